"""`dinh ledger export FILE`: the log as lines of JSON, for a copy in other hands."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dinh.spine.ledger import api as ledger

HELP = "write the ledger to a file, one entry a line, the tree head last"


def run(arguments: list[str]) -> int:
    """The file appears whole or not at all; `-` is the standard output."""
    parser = argparse.ArgumentParser(prog="dinh ledger export", description=HELP)
    parser.add_argument("file", type=Path)
    target: Path = parser.parse_args(arguments).file
    if str(target) == "-":
        for line in ledger.export():
            print(line)
        return 0
    unfinished = target.with_name(f"{target.name}.unfinished")
    lines = 0
    with unfinished.open("w", encoding="utf-8") as file:
        for line in ledger.export():
            file.write(f"{line}\n")
            lines += 1
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)
    print(f"{lines - 1} entries written to {target}", file=sys.stderr)
    return 0

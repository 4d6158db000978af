"""`dinh ledger consistency OLD NEW`: the proof that the ledger of OLD entries is the beginning of that of NEW."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from dinh.spine.ledger import api as ledger

HELP = "write the proof that the ledger only grew between two sizes"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh ledger consistency", description=HELP)
    parser.add_argument("old", type=int)
    parser.add_argument("new", type=int)
    parser.add_argument("--out", type=Path, help="where to write it; without, the standard output")
    options = parser.parse_args(arguments)
    first, second = ledger.head_at(options.old), ledger.head_at(options.new)
    file = ledger.consistency_file(first, second, ledger.consistency_proof(options.old, options.new))
    for name, head in (("first", first), ("second", second)):
        signed = ledger.checkpoint_of(head.size)
        if signed is not None:
            file[name] = {**file[name], "checkpoint": signed.note}
    text = json.dumps(file, indent=1, ensure_ascii=False) + "\n"
    if options.out is None:
        sys.stdout.write(text)
    else:
        options.out.write_text(text, encoding="utf-8")
    return 0

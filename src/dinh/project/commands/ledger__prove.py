"""`dinh ledger prove INDEX --out FILE`: the proof of an entry, with the signed checkpoint that it leads to."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from dinh.kernel.errors import NotFound
from dinh.spine.ledger import api as ledger

HELP = "write the proof of an entry, to be checked without Đình"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh ledger prove", description=HELP)
    parser.add_argument("index", type=int)
    parser.add_argument("--out", type=Path, help="where to write it; without, the standard output")
    parser.add_argument("--size", type=int, help="the size of the checkpoint to lead to; without, the newest one")
    parser.add_argument("--without-content", action="store_true", help="leave out what the entry says")
    options = parser.parse_args(arguments)
    newest = ledger.checkpoint_of(options.size) if options.size is not None else ledger.checkpoint_state().latest
    if newest is None or newest.size <= options.index:
        raise NotFound(
            "ledger.no_checkpoint",
            "no checkpoint of that size covers the entry {index}; run: dinh ledger checkpoint",
            index=options.index,
        )
    file = ledger.proof_file(ledger.inclusion_proof(options.index, newest.size), content=not options.without_content)
    text = json.dumps({**file, "checkpoint": newest.note}, ensure_ascii=False, indent=1) + "\n"
    if options.out is None:
        sys.stdout.write(text)
    else:
        options.out.write_text(text, encoding="utf-8")
        print(f"entry {options.index} in a ledger of {newest.size} entries: {options.out}", file=sys.stderr)
    return 0

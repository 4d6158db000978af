"""`dinh ledger verify`: recomputes every leaf and every hash of the ledger and names what differs, also from what was
signed before."""

from __future__ import annotations

import argparse
from pathlib import Path

from dinh.engines import checkpoints
from dinh.spine.ledger import api as ledger

HELP = "recompute the ledger from its entries, compare it with signed checkpoints, and name what differs"


def run(arguments: list[str]) -> int:
    """Exit status 0 when all agrees, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="dinh ledger verify", description=HELP)
    parser.add_argument(
        "--against",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a file of signed checkpoints from a second place; the house's own file is always compared",
    )
    parser.add_argument(
        "--key", action="append", default=[], help="a public key to believe, instead of those that the house names"
    )
    options = parser.parse_args(arguments)
    notes = dict.fromkeys(checkpoints.split(ledger.exported_checkpoints()))
    faults = []
    for path in options.against:
        found = list(checkpoints.split(path.read_text(encoding="utf-8")))
        notes |= dict.fromkeys(found)
        if not found:
            faults.append(f"{path} holds no signed checkpoint")
    verdict = ledger.verify(against=list(notes), keys=options.key)
    faults += verdict.faults
    for fault in faults:
        print(f"fault: {fault}")
    print(
        f"{verdict.size} entries, root {verdict.root.hex()}, {len(notes)} signed checkpoints compared: "
        f"{'NOT SOUND' if faults else 'sound'}"
    )
    return 1 if faults else 0

"""`dinh ledger verify`: recomputes every leaf and every hash of the ledger and names what differs."""

from __future__ import annotations

import argparse

from dinh.spine.ledger import api as ledger

HELP = "recompute the ledger from its entries and name what differs"


def run(arguments: list[str]) -> int:
    """Exit status 0 when all agrees, 1 otherwise."""
    argparse.ArgumentParser(prog="dinh ledger verify", description=HELP).parse_args(arguments)
    verdict = ledger.verify()
    for fault in verdict.faults:
        print(f"fault: {fault}")
    print(f"{verdict.size} entries, root {verdict.root.hex()}: {'sound' if verdict.ok else 'NOT SOUND'}")
    return 0 if verdict.ok else 1

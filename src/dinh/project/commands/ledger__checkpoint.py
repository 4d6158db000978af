"""`dinh ledger checkpoint`: signs the present state of the ledger now, and sends it."""

from __future__ import annotations

import argparse

from dinh.project import checkpointing
from dinh.spine.ledger import api as ledger

HELP = "sign the present state of the ledger and send it to the second places"


def run(arguments: list[str]) -> int:
    """Exit status 1 where a second place could not be reached."""
    argparse.ArgumentParser(prog="dinh ledger checkpoint", description=HELP).parse_args(arguments)
    checkpointing.sign()
    ledger.send_checkpoints(now=True)
    state = ledger.checkpoint_state()
    if state.latest is None:
        print("the ledger is empty: there is nothing to sign")
        return 0
    print(state.latest.note, end="")
    for place in state.places:
        print(f"{place.place}: {place.error or 'has it'}")
    return 1 if any(place.error for place in state.places) else 0

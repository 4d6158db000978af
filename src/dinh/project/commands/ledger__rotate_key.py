"""`dinh ledger rotate-key`: a new key for checkpoints, signed by the present one."""

from __future__ import annotations

import argparse

from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties

HELP = "replace the key that signs checkpoints; the present key signs the new one"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh ledger rotate-key", description=HELP)
    parser.add_argument(
        "--lost", action="store_true", help="the present key is gone: begin anew, and tell whoever trusted it"
    )
    options = parser.parse_args(arguments)
    print(ledger.rotate_key(by=parties.SYSTEM.urn, lost=options.lost).key)
    return 0

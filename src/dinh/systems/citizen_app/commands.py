"""`dinh reports texts` and `dinh reports examples`."""

from __future__ import annotations

import argparse

from dinh.spine.parties.api import SYSTEM
from dinh.systems.citizen_app import examples as simulated
from dinh.systems.citizen_app import texts as drafts


def texts(arguments: list[str]) -> int:
    """Texts that are there already stay as the offices wrote them."""
    argparse.ArgumentParser(prog="dinh reports texts", description="texts to begin from for every office").parse_args(
        arguments
    )
    print(f"{drafts.keep(SYSTEM)} of {len(drafts.TEXTS)} texts added")
    return 0


def examples(arguments: list[str]) -> int:
    """With the texts of the offices. Done again it adds nothing."""
    parser = argparse.ArgumentParser(prog="dinh reports examples", description="simulated reports with histories")
    parser.add_argument("--seed", type=int, default=94)
    drafts.keep(SYSTEM)
    print(f"{simulated.make(parser.parse_args(arguments).seed)} simulated reports added")
    return 0

"""`dinh files verify`: opens every stored file and names what is missing or was altered."""

from __future__ import annotations

import argparse

from dinh.spine.files import api as files

HELP = "open every stored file and name what is missing or was altered"


def run(arguments: list[str]) -> int:
    """Exit status 0 when all agrees, 1 otherwise."""
    argparse.ArgumentParser(prog="dinh files verify", description=HELP).parse_args(arguments)
    verdict = files.verify()
    for fault in verdict.faults:
        print(f"fault: {fault}")
    print(f"{verdict.contents} contents: {'sound' if verdict.ok else 'NOT SOUND'}")
    return 0 if verdict.ok else 1

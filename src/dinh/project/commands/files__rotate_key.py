"""`dinh files rotate-key`: a new master key for all stored files; the older ones are destroyed."""

from __future__ import annotations

import argparse

from dinh.spine.files import api as files

HELP = "make a new master key for stored files and destroy the older ones"


def run(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="dinh files rotate-key", description=HELP).parse_args(arguments)
    number, contents = files.rotate_key()
    print(f"key {number} opens {contents} contents; the older keys are destroyed, back up the new one now")
    return 0

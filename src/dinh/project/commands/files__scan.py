"""`dinh files scan`: scans every stored file with what the virus scanner knows today."""

from __future__ import annotations

import argparse

from dinh.kernel.errors import Invalid
from dinh.spine.files import api as files

HELP = "scan every stored file again and hold back what is infected"


def run(arguments: list[str]) -> int:
    """Exit status 1 when something was found."""
    argparse.ArgumentParser(prog="dinh files scan", description=HELP).parse_args(arguments)
    scanner = files.scanner()
    if not scanner:
        raise Invalid(
            "files.no_scanner", "no virus scanner is set; set DINH_VIRUS_SCAN, dinh check --variables shows how"
        )
    found = 0
    for urn in files.scan_again():
        found += 1
        print(f"held back: {urn}")
    print(f"{found} found by {scanner}")
    return 1 if found else 0

"""`dinh import cap FILE…`: warnings of the Common Alerting Protocol."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dinh.kernel.errors import DinhError
from dinh.spine.parties.api import SYSTEM
from dinh.systems.local_news.actions import alerts


def run(arguments: list[str]) -> int:
    """Exit status 1 if any file was refused."""
    parser = argparse.ArgumentParser(prog="dinh import cap", description="take in warnings from CAP 1.2 or 1.1 files")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    failed = False
    for path in parser.parse_args(arguments).files:
        try:
            got = alerts.receive_by_hand(path.read_bytes(), by=SYSTEM)
        except OSError as error:
            print(f"{path}: {error.strerror}; give the path of a file that can be read", file=sys.stderr)
            failed = True
        except DinhError as error:
            print(f"{path}: {error.message} [{error.code}]", file=sys.stderr)
            failed = True
        else:
            print(f"{path}: {got.what}, warning {got.number} for {got.communes} communes: {got.headline}")
    return 1 if failed else 0

"""`dinh jobs retry ID`."""

from __future__ import annotations

import argparse

from dinh.spine.jobs import api as jobs
from dinh.spine.parties import api as parties

HELP = "try long work that failed or was cancelled again, from its last checkpoint"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh jobs retry", description=HELP)
    parser.add_argument("id", help="as `dinh jobs` shows it")
    row = jobs.retry(parser.parse_args(arguments).id, by=parties.SYSTEM.urn)
    print(f"{row.id}  {row.state}{'  (asked to stop)' if row.cancelling else ''}  {row.title}")
    return 0

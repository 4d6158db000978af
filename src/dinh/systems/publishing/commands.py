"""`dinh brief --day 2026-11-25 --out FILE.pdf --language vi`."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.parties.api import SYSTEM
from dinh.spine.publications import api as publications
from dinh.systems.publishing import actions, printing

HELP = "write the daily brief of a day to a PDF file"


def brief(arguments: list[str]) -> int:
    """Makes the brief's draft where there is none yet; the file shows the version in force, else the draft."""
    parser = argparse.ArgumentParser(prog="dinh brief", description=HELP)
    parser.add_argument("--day", help="YYYY-MM-DD in Vietnam; yesterday by default")
    parser.add_argument("--out", type=Path, required=True, help="ends with .pdf")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")
    options = parser.parse_args(arguments)
    out: Path = options.out
    if out.suffix != ".pdf":
        raise Invalid("publishing.file", "'{file}' does not end with .pdf; give a name that does", file=out)
    try:
        day = date.fromisoformat(options.day) if options.day else clock.today() - timedelta(days=1)
    except ValueError as error:
        raise Invalid("publishing.day", "'{value}' is no day; write it like 2026-11-25", value=options.day) from error
    made = actions.make_brief(day, by=SYSTEM)
    row = publications.publication(made.slug)
    version = publications.public_version(made.slug) if row.state == "published" else made
    unfinished = out.with_name(f"{out.name}.unfinished")
    try:
        unfinished.write_bytes(printing.typeset(row, version, options.language))
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{made.slug}, version {version.number} ({version.state}), written to {out}", file=sys.stderr)
    return 0

"""`dinh import procedures FILE.jsonl[.gz]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dinh.systems.public_services.actions import catalogue
from dinh.systems.public_services.feeds import national


def import_procedures(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dinh import procedures", description="read the catalogue of national procedures from JSON Lines"
    )
    parser.add_argument("file", type=Path, help="one JSON object a line; .gz is unpacked")
    options = parser.parse_args(arguments)
    read = catalogue.take_in(national.read(options.file))
    for refusal in read.refused[:20]:
        print(refusal, file=sys.stderr)
    print(f"{read.taken} procedures taken in, {len(read.refused)} lines left out")
    return 0 if read.taken or not read.refused else 1

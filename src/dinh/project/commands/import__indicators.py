"""`dinh import indicators FILE.toml`: declares indicators, rules and sources."""

from __future__ import annotations

import argparse
from pathlib import Path

from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM

HELP = "declare indicators, rules and sources from a TOML file"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh import indicators", description=HELP)
    parser.add_argument("file", type=Path, help="TOML with [[source]], [[indicator]] and [[rule]] tables")
    options = parser.parse_args(arguments)
    done = observations.import_declarations(options.file, by=SYSTEM)
    print(f"{options.file}: {done.added} added, {done.changed} changed, {done.unchanged} unchanged")
    return 0

"""`dinh import map FILE.osm.pbf`: places and roads of an OpenStreetMap extract."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from dinh.spine.places import api as places
from dinh.systems.maps import actions

_SHOWN = 20


def run(arguments: list[str]) -> int:
    """Exit status 1 if any place was refused."""
    parser = argparse.ArgumentParser(
        prog="dinh import map",
        description="places and roads of an OpenStreetMap extract; the roads replace those of the import before",
    )
    parser.add_argument("file", type=Path, metavar="FILE.osm.pbf")
    options = parser.parse_args(arguments)
    if not places.places([places.COUNTRY]):
        places.load_units()
    began = time.monotonic()

    def tell(words: str) -> None:
        print(f"  {time.monotonic() - began:7.1f} s  {words}", file=sys.stderr, flush=True)

    taken = actions.import_map(options.file, hear=tell)
    graph = taken.graph
    west, south, east, north = graph.bounds
    print(f"{options.file}: {graph.ways:,} roads from {west:.3f}, {south:.3f} to {east:.3f}, {north:.3f}; graph {graph.digest[:12]} is in force{'' if taken.rebuilt else ' (it was built before)'}")  # fmt: skip
    print(f"places: {taken.taken:,} taken, {taken.changed:,} changed, {taken.unchanged:,} unchanged, {taken.gone:,} gone, {len(taken.refused):,} refused")  # fmt: skip
    for line in taken.refused[:_SHOWN]:
        print(f"  {line}", file=sys.stderr)
    if len(taken.refused) > _SHOWN:
        print(f"  … and {len(taken.refused) - _SHOWN} more", file=sys.stderr)
    return 1 if taken.refused else 0

"""`dinh import boundaries FILE…`: exact boundaries from GeoJSON or GeoPackage."""

from __future__ import annotations

import sys
from pathlib import Path

from dinh.kernel.errors import DinhError
from dinh.spine.places import api as places

HELP = "import exact boundaries from GeoJSON or GeoPackage"
_SHOWN = 40


def run(arguments: list[str]) -> int:
    """Exit status 1 if anything was refused."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(
            "usage: dinh import boundaries FILE [FILE …]\n\nFILE is GeoJSON (.geojson, .json, also .gz) or a GeoPackage."
        )
        return 0 if arguments else 2
    if not places.places([places.COUNTRY]):
        places.load_units()
    failed = False
    for name in arguments:
        try:
            report = places.import_boundaries(Path(name), progress=_progress if sys.stderr.isatty() else None)
        except DinhError as error:
            print(f"{name}: {error.message} [{error.code}]", file=sys.stderr)
            failed = True
            continue
        print(
            f"{name}: {report.taken} taken, {report.changed} changed, {report.unchanged} unchanged, "
            f"{len(report.refused)} refused ({report.note})"
        )
        for line in report.refused[:_SHOWN]:
            print(f"  {line}", file=sys.stderr)
        if len(report.refused) > _SHOWN:
            print(f"  … and {len(report.refused) - _SHOWN} more", file=sys.stderr)
        failed = failed or bool(report.refused)
    return 1 if failed else 0


def _progress(done: int, total: int) -> None:
    print(f"\r  {done} of {total} boundaries", end="\n" if done == total else "", file=sys.stderr, flush=True)

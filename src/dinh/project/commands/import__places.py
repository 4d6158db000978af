"""`dinh import places FILE…`: facilities and assets from CSV, Parquet, GeoJSON or GeoPackage."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dinh.kernel.errors import DinhError
from dinh.spine.places import api as places

HELP = "import facilities and assets from CSV, Parquet, GeoJSON or GeoPackage"
_SHOWN = 40


def run(arguments: list[str]) -> int:
    """Exit status 1 if anything was refused."""
    parser = argparse.ArgumentParser(prog="dinh import places", description=HELP)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--kind", choices=["asset", "facility"], default="asset", help="where the file has no column kind"
    )
    parser.add_argument("--level", help="the type, such as salinity_station, where the file has no column level")
    parser.add_argument("--simulated", action="store_true", help="mark all of them as simulated")
    parser.add_argument(
        "--column", action="append", default=[], metavar="FIELD=COLUMN", help="the column of a field, such as id=osm_id"
    )
    options = parser.parse_args(arguments)
    if wrong := [pair for pair in options.column if "=" not in pair]:
        parser.error(f"--column {wrong[0]}: write FIELD=COLUMN, such as id=osm_id")
    columns = dict(pair.split("=", 1) for pair in options.column)
    if not places.places([places.COUNTRY]):
        places.load_units()
    failed = False
    for path in options.files:
        try:
            report = places.import_places(
                path, kind=options.kind, level=options.level, simulated=options.simulated, columns=columns,
                progress=_progress if sys.stderr.isatty() else None,
            )  # fmt: skip
        except DinhError as error:
            print(f"{path}: {error.message} [{error.code}]", file=sys.stderr)
            failed = True
            continue
        print(
            f"{path}: {report.taken} taken, {report.changed} changed, {report.unchanged} unchanged, "
            f"{len(report.refused)} refused ({report.note})"
        )
        for line in report.refused[:_SHOWN]:
            print(f"  {line}", file=sys.stderr)
        if len(report.refused) > _SHOWN:
            print(f"  … and {len(report.refused) - _SHOWN} more", file=sys.stderr)
        failed = failed or bool(report.refused)
    return 1 if failed else 0


def _progress(read: int) -> None:
    print(f"\r  {read} rows read", end="", file=sys.stderr, flush=True)

"""`dinh export readings FILE`: readings in force, with their place and source, as Parquet, CSV or Arrow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.observations import api as observations

HELP = "write readings to a Parquet, CSV or Arrow file"
PAGE = 100_000


def run(arguments: list[str]) -> int:
    """The file appears whole or not at all; its ending chooses the format."""
    parser = argparse.ArgumentParser(prog="dinh export readings", description=HELP)
    parser.add_argument("file", type=Path, help="ends with .parquet, .csv or .arrow")
    parser.add_argument("--indicator", help="code; every indicator by default")
    parser.add_argument("--subject", help="URN of the asset, place or party")
    parser.add_argument("--within", help="URN of a unit; everything inside it")
    parser.add_argument("--from", dest="start", help="ISO 8601 with zone; a day ago by default")
    parser.add_argument("--to", dest="end", help="ISO 8601 with zone; now by default")
    options = parser.parse_args(arguments)
    target: Path = options.file
    if target.suffix not in {".parquet", ".csv", ".arrow"}:
        raise Invalid(
            "export.format", "'{file}' ends with no known format; end it with .parquet, .csv or .arrow", file=target
        )
    end = clock.parse_moment(options.end) if options.end else clock.now()
    start = clock.parse_moment(options.start) if options.start else end - timedelta(days=1)

    def pages() -> Iterator[pa.Table]:
        after = ""
        while True:
            page, after = observations.readings(
                indicator=options.indicator,
                subject=options.subject,
                within=options.within,
                start=start,
                end=end,
                after=after,
                limit=PAGE,
            )
            yield page
            if not after:
                return

    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        rows = _write(pages(), unfinished, target.suffix)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{rows} readings written to {target}", file=sys.stderr)
    return 0


def _write(pages: Iterator[pa.Table], file: Path, suffix: str) -> int:
    first = next(pages)
    rows: int = first.num_rows
    with _writer(file, first.schema, suffix) as writer:
        writer.write_table(first)
        for page in pages:
            writer.write_table(page.cast(first.schema))
            rows += page.num_rows
    return rows


def _writer(
    file: Path, schema: pa.Schema, suffix: str
) -> pa.parquet.ParquetWriter | pa.csv.CSVWriter | pa.RecordBatchWriter:
    if suffix == ".parquet":
        return pa.parquet.ParquetWriter(file, schema)
    if suffix == ".csv":
        return pa.csv.CSVWriter(file, schema)
    return pa.ipc.new_file(str(file), schema)

"""`dinh import readings`: somebody's table of readings through a mapping file, every row taken or refused with a reason."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa

from dinh.gateways.http import mapping as mappings
from dinh.gateways.http import readings_file
from dinh.gateways.http.mapping import Spelling
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places


class Tally:
    """What became of the rows so far."""

    def __init__(self) -> None:
        self.rows = self.accepted = self.duplicates = self.corrections = 0
        self.refused: Counter[str] = Counter()
        self.example: dict[str, str] = {}

    def add(self, receipt: observations.Receipt, rows: int) -> None:
        self.rows += rows
        self.accepted += receipt.accepted
        self.duplicates += receipt.duplicates
        self.corrections += receipt.corrections
        for rejection in receipt.rejected:
            self.refused[rejection.code] += 1
            self.example.setdefault(rejection.code, f"row {rejection.line}: {rejection.message}")

    @property
    def accounted(self) -> int:
        return self.accepted + self.duplicates + self.corrections + sum(self.refused.values())


def run(arguments: list[str]) -> int:
    """Exit status 0 when every row was taken or refused with a reason; 1 when rows are unaccounted for."""
    parser = argparse.ArgumentParser(prog="dinh import readings", description="record readings from a file")
    parser.add_argument("file", type=Path, help="Parquet, CSV, NDJSON or Arrow")
    parser.add_argument("--mapping", type=Path, help="TOML: columns, constants, spellings, stations; see docs/examples")
    parser.add_argument("--source", help="code of the registered source, for every row")
    parser.add_argument("--stations", type=Path, help="the table of stations, where it is not beside the file")
    parser.add_argument("--refused", type=Path, help="write refused rows with their reasons here, as NDJSON")
    options = parser.parse_args(arguments)
    spelling = mappings.read(options.mapping) if options.mapping else Spelling()
    if options.source:
        spelling = _with_source(spelling, options.source)
    opened = readings_file.find(options.file)
    with _history():
        if spelling.declarations:
            declared = observations.import_declarations(spelling.declarations, by=SYSTEM)
            print(f"catalogue: {declared.added} added, {declared.changed} changed, {declared.unchanged} unchanged")
        if spelling.stations:
            beside = options.stations or options.file.parent / spelling.stations.file
            report = save_stations(spelling, beside)
            print(
                f"stations: {report.taken} new, {report.changed} changed, {report.unchanged} unchanged, {len(report.refused)} refused"
            )
            for line in report.refused[:10]:
                print(f"  {line}")
        with _refused_file(options.refused) as refused:
            tally = take(opened, spelling, refused)
    tell(tally)
    return 0 if tally.accounted == tally.rows else 1


def _with_source(spelling: Spelling, source: str) -> Spelling:
    columns = {name: column for name, column in spelling.columns.items() if name != "source"}
    return replace(spelling, columns=columns, constants={**spelling.constants, "source": source})


@contextmanager
def _history() -> Any:
    """The history open in this process for the whole import, or with its owner where one runs."""
    mine = True
    try:
        observations.start()
    except Conflict:
        mine = False
    try:
        yield
    finally:
        if mine:
            observations.stop()


@contextmanager
def _refused_file(path: Path | None) -> Any:
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8") as file:
        yield file


def save_stations(spelling: Spelling, path: Path) -> places.ImportReport:
    """Creates the assets that the mapping's [stations] describes. Raises Invalid `import.no_column`."""
    stations = spelling.stations
    assert stations is not None
    table = readings_file.whole(path)
    needed = (stations.id, stations.name, stations.longitude, stations.latitude, *stations.attributes.values())
    for column in needed:
        if column not in table.column_names:
            raise Invalid(
                "import.no_column",
                "{path} has no column '{column}' for [stations]; it has {known}",
                path=path,
                column=column,
                known=", ".join(table.column_names),
            )
    return places.save_places(_stations(spelling, stations, table))


def _stations(spelling: Spelling, stations: mappings.Stations, table: pa.Table) -> Iterable[Mapping[str, Any]]:
    for row in table.to_pylist():
        name = str(row[stations.name] or "")
        urn = mappings.subject_urn(spelling.template or "urn:dinh:asset:{text}", str(row[stations.id] or ""))
        _, _, identifier = urn.removeprefix("urn:dinh:").partition(":")
        yield {
            "kind": "asset",
            "id": identifier,
            "level": stations.level,
            "name_vi": name,
            "name_en": name,
            "longitude": row[stations.longitude],
            "latitude": row[stations.latitude],
            "attributes": {key: row[column] for key, column in stations.attributes.items() if row[column] is not None},
        }


def take(opened: readings_file.ReadingsFile, spelling: Spelling, refused: TextIO | None) -> Tally:
    """Records the file part by part; rows are numbered from 1 over the whole file."""
    tally = Tally()
    started = time.monotonic()
    for part in opened.parts():
        table = mappings.apply(spelling, part)
        if "value" not in table.column_names:
            raise Invalid("import.no_column", "no column says the value; name it in the mapping's [columns] as value")
        numbered, odd = readings_file.with_numbers(table)
        receipt = observations.record(numbered, by=SYSTEM, channel=f"import {opened.path.name}"[:64])
        receipt = _renumbered(receipt, odd, tally.rows, table.num_rows)
        tally.add(receipt, table.num_rows)
        if refused is not None:
            _write_refused(refused, receipt, part, before=tally.rows - table.num_rows)
        _progress(tally, opened.rows, time.monotonic() - started)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return tally


def _write_refused(file: TextIO, receipt: observations.Receipt, part: pa.Table, *, before: int) -> None:
    places_in_part = pa.array([rejection.line - 1 - before for rejection in receipt.rejected], pa.int64())
    for rejection, row in zip(receipt.rejected, part.take(places_in_part).to_pylist(), strict=True):
        told = {"row": rejection.line, "code": rejection.code, "message": rejection.message, "as_it_came": row}
        file.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")


def _renumbered(
    receipt: observations.Receipt, odd: list[tuple[int, str]], before: int, rows: int
) -> observations.Receipt:
    """Lines of the whole file, with the rows that had no number put back among the refused."""
    kept = np.delete(np.arange(rows), [place for place, _ in odd])
    rejected = [replace(rejection, line=before + int(kept[rejection.line - 1]) + 1) for rejection in receipt.rejected]
    for place, text in odd:
        told = f"value is '{text[:60]}', which is no number; write it like 12.5, or leave it empty with missing"
        rejected.append(observations.Rejection(before + place + 1, "value.not_number", told))
    return replace(receipt, rejected=sorted(rejected, key=lambda rejection: rejection.line))


def _progress(tally: Tally, rows: int | None, seconds: float) -> None:
    if not sys.stderr.isatty():
        return
    share = f" of {rows:,} ({tally.rows / rows:.0%})" if rows else ""
    print(
        f"\r{tally.rows:,}{share} rows, {tally.rows / max(seconds, 0.001):,.0f}/s", end="", file=sys.stderr, flush=True
    )


def tell(tally: Tally) -> None:
    print(f"rows:        {tally.rows:>10,}")
    print(f"accepted:    {tally.accepted:>10,}")
    print(f"duplicates:  {tally.duplicates:>10,}")
    print(f"corrections: {tally.corrections:>10,}")
    print(f"refused:     {sum(tally.refused.values()):>10,}")
    for code, count in tally.refused.most_common():
        print(f"  {code}: {count:,} ({tally.example[code]})")

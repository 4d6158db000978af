"""`dinh import cases`: the records of another system, a CSV through a mapping file, into the history of cases.

The mapping (TOML) names columns, the form and zone of times, and for all rows what no column says:

    [columns]
    key = "CASE_ENQUIRY_ID"
    title = "CASE_TITLE"
    opened_at = "OPEN_DT"
    due_at = "TARGET_DT"
    closed_at = "CLOSED_DT"
    reason = "CLOSURE_REASON"
    department = "Department"

    [constants]
    type = "task"

    [times]
    form = "%m/%d/%Y %I:%M:%S %p"
    zone = "America/New_York"

    [departments]
    prefix = "boston-"
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import PastCase
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

TEXTS: Final = ("key", "type", "title", "reason", "organisation", "place", "category", "severity")
TIMES: Final = ("opened_at", "due_at", "owned_at", "closed_at")
NEEDED: Final = ("key", "title", "opened_at")
LONGEST: Final = 300


@dataclass(slots=True)
class Mapped:
    """How a row of the file becomes a case."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    form: str
    zone: ZoneInfo
    prefix: str
    offices: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Mapped:
        """Raises NotFound, Invalid `cases.mapping` with what is wrong and where."""
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFound("cases.no_mapping", "there is no file {path}", path=str(path)) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Invalid("cases.mapping", "{path} is no TOML file: {says}", path=str(path), says=str(error)) from error
        columns, constants = told.get("columns", {}), told.get("constants", {})
        known = {*TEXTS, *TIMES, "department"}
        strange = sorted((columns.keys() | constants.keys()) - known)
        absent = [name for name in NEEDED if name not in columns]
        if strange or absent or "type" not in {*columns, *constants}:
            raise Invalid(
                "cases.mapping",
                "{path}: [columns] needs {needed}, and type there or in [constants]; known are {known}; strange: {strange}",
                path=str(path),
                needed=", ".join(NEEDED),
                known=", ".join(sorted(known)),
                strange=", ".join(strange) or "-",
            )
        times = told.get("times", {})
        try:
            zone = ZoneInfo(times.get("zone", "Asia/Ho_Chi_Minh"))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise Invalid("cases.mapping", "{path}: [times] zone: {says}", path=str(path), says=str(error)) from error
        return cls(columns, constants, times.get("form", ""), zone, told.get("departments", {}).get("prefix", ""))

    def case(self, row: Mapping[str, str]) -> PastCase:
        """Raises Invalid `cases.past_time` for a time that is none."""
        given: dict[str, Any] = {
            name: self._text(name, row) for name in TEXTS if name in self.columns or name in self.constants
        }
        for name in TIMES:
            if name in self.columns:
                given[name] = self._moment(name, row)
        if given["opened_at"] is None:
            raise Invalid(
                "cases.past_time", "{column} is empty; when it was opened is needed", column=self.columns["opened_at"]
            )
        if "department" in self.columns:
            given["organisation"] = self._office(row.get(self.columns["department"], "").strip())
        given["title"] = given["title"][:LONGEST]
        return PastCase(**given)

    def _text(self, name: str, row: Mapping[str, str]) -> str:
        column = self.columns.get(name)
        return (row.get(column) or "").strip() if column else self.constants[name]

    def _moment(self, name: str, row: Mapping[str, str]) -> datetime | None:
        text = (row.get(self.columns[name]) or "").strip()
        if not text:
            return None
        try:
            found = datetime.strptime(text, self.form) if self.form else datetime.fromisoformat(text)  # noqa: DTZ007 - below
        except ValueError as error:
            raise Invalid(
                "cases.past_time", "{column}: '{text}' is no time of the form {form}",
                column=self.columns[name], text=text[:60], form=self.form or "ISO 8601",
            ) from error  # fmt: skip
        return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)

    def _office(self, name: str) -> str:
        """The organisation of a department's name; made where the mapping gives a prefix for it."""
        if not name or not self.prefix:
            return ""
        if name not in self.offices:
            slug = self.prefix + "-".join("".join(c if c.isalnum() else " " for c in fold(name)).split())[:60]
            urn = f"urn:dinh:organisation:{slug}"
            if urn not in parties.parties([urn]):
                parties.save_organisation(id=slug, name_vi=name, name_en=name)
            self.offices[name] = urn
        return self.offices[name]


def opened(path: Path) -> TextIO:
    """The file as text, unpacked where it is gzip. Raises NotFound."""
    try:
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
        return path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError as error:
        raise NotFound("cases.no_file", "there is no file {path}", path=str(path)) from error


class Reading:
    """Walks the file; rows that are no cases are counted and kept with their reason."""

    def __init__(self, mapped: Mapped) -> None:
        self.mapped = mapped
        self.rows = 0
        self.refused: list[tuple[int, str, str]] = []

    def cases(self, file: TextIO) -> Iterator[PastCase]:
        reader = csv.DictReader(file)
        absent = sorted(set(self.mapped.columns.values()) - set(reader.fieldnames or ()))
        if absent:
            raise Invalid(
                "cases.columns", "the file has no column {absent}; it has {there}",
                absent=", ".join(absent), there=", ".join(reader.fieldnames or ())[:500],
            )  # fmt: skip
        for line, row in enumerate(reader, start=2):
            self.rows += 1
            try:
                yield self.mapped.case(row)
            except Invalid as error:
                self.refused.append((line, error.code, error.message))


def run(arguments: list[str]) -> int:
    """Exit status 0 when every row was taken, there already or refused with a reason."""
    parser = argparse.ArgumentParser(prog="dinh import cases", description="take over the cases of another system")
    parser.add_argument("file", type=Path, help="CSV, also as .gz")
    parser.add_argument(
        "--mapping", type=Path, required=True, help="TOML: columns, constants, times; see docs/examples"
    )
    options = parser.parse_args(arguments)
    reading = Reading(Mapped.read(options.mapping))
    started = time.perf_counter()
    with opened(options.file) as file:
        report = cases.import_past(reading.cases(file), by=SYSTEM)
    seconds = time.perf_counter() - started
    refused = [*reading.refused, *report.refusals]
    print(
        f"{reading.rows} rows in {seconds:.1f} s: {report.taken} taken, {report.there} there already, "
        f"{len(reading.refused) + report.refused} refused"
    )
    for code, count in Counter(code for _, code, _ in refused).most_common():
        line, _, message = next(row for row in refused if row[1] == code)
        print(f"  {count} × {code}, first at line {line}: {message}", file=sys.stderr)
    accounted = report.taken + report.there + report.refused + len(reading.refused)
    return 0 if accounted == reading.rows else 1

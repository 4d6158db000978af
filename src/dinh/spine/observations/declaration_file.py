"""Reads a TOML file of indicators, rules and sources for `dinh import indicators`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from dinh.kernel.durations import parse_duration
from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import Aggregation, Direction, IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.spine.observations import catalogue, specs
from dinh.spine.observations.api import Declared, SourceRow
from dinh.spine.parties.api import Actor

_HEADER: Final = re.compile(r"^\s*\[\[\s*(\w+)\s*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a file declares, checked one by one."""

    sources: Sequence[SourceRow]
    indicators: Sequence[IndicatorSpec]
    rules: Sequence[RuleSpec]


def import_file(path: Path, *, by: Actor) -> Declared:
    """Declares all of a file or, where anything in it is wrong, nothing."""
    declared = read(path)
    known = catalogue.current().sources
    with transaction.atomic():
        added, changed = catalogue.declare_indicators(declared.indicators, by=by)
        more, other = catalogue.declare_rules(declared.rules, by=by)
        for row in declared.sources:
            catalogue.save_source(
                code=row.code,
                name_vi=row.name_vi,
                name_en=row.name_en,
                owner=row.owner,
                licence=row.licence,
                simulated=row.simulated,
                period=row.period,
            )
    new = sum(row.code not in known for row in declared.sources)
    mended = sum(row.code in known and known[row.code] != row for row in declared.sources)
    added, changed = added + more + new, changed + other + mended
    return Declared(
        added, changed, len(declared.indicators) + len(declared.rules) + len(declared.sources) - added - changed
    )


def read(path: Path) -> Declarations:
    """Raises Invalid `observations.bad_file` with file, line, field, value and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise Invalid(
            "observations.bad_file", "{path} cannot be read: {why}", path=path, why=error.strerror or error
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("observations.bad_file", "{path} is not TOML: {why}", path=path, why=error) from error
    unknown = sorted(document.keys() - {"source", "indicator", "rule"})
    if unknown:
        raise Invalid(
            "observations.bad_file",
            "{path}: there is no table '{table}'; tables are [[source]], [[indicator]] and [[rule]]",
            path=path,
            table=unknown[0],
        )
    lines: dict[str, list[int]] = {}
    for match in _HEADER.finditer(text):
        lines.setdefault(match[1], []).append(text.count("\n", 0, match.start(1)) + 1)

    def rows[T](table: str, read_one: Callable[[_Entry], T]) -> list[T]:
        given = document.get(table, [])
        if not isinstance(given, list):
            raise Invalid(
                "observations.bad_file", "{path}: write [[{table}]] with two brackets", path=path, table=table
            )
        found = []
        for number, fields in enumerate(given):
            line = lines.get(table, [])[number : number + 1]
            entry = _Entry(f"{path}, line {line[0]}" if line else str(path), table, fields)
            try:
                found.append(read_one(entry))
            except DinhError as error:
                if error.code == "observations.bad_file":
                    raise
                raise Invalid(
                    "observations.bad_file", "{place}: {why}", place=entry.place, why=error.message
                ) from error
        return found

    return Declarations(rows("source", _source), rows("indicator", _indicator), rows("rule", _rule))


class _Entry:
    """One table of the file; every field is taken once, what is left over is an error."""

    def __init__(self, place: str, table: str, fields: Mapping[str, Any]) -> None:
        self.place, self.table, self.fields = place, table, dict(fields)

    def bad(self, field: str, value: object, remedy: str) -> Invalid:
        return Invalid(
            "observations.bad_file",
            "{place}, [[{table}]] {field} = {value}: {remedy}",
            place=self.place,
            table=self.table,
            field=field,
            value=repr(value)[:100],
            remedy=remedy,
        )

    def text(self, field: str, default: str | None = None) -> str:
        value = self.fields.pop(field, default)
        if not isinstance(value, str):
            raise self.bad(field, value, "give a text in quotes")
        return value

    def optional_text(self, field: str) -> str | None:
        return self.text(field) if field in self.fields else None

    def name(self, field: str) -> Text:
        value = self.fields.pop(field, None)
        if (
            not isinstance(value, dict)
            or value.keys() != {"vi", "en"}
            or not all(isinstance(t, str) for t in value.values())
        ):
            raise self.bad(field, value, 'give both languages, like { vi = "Độ mặn", en = "Salinity" }')
        return Text(**value)

    def number(self, field: str) -> float | None:
        value = self.fields.pop(field, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.bad(field, value, "give a number without quotes")
        return float(value)

    def whole(self, field: str, default: int | None) -> int | None:
        value = self.fields.pop(field, default)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.bad(field, value, "give a whole number without quotes")
        return value

    def truth(self, field: str, default: bool) -> bool:
        value = self.fields.pop(field, default)
        if not isinstance(value, bool):
            raise self.bad(field, value, "give true or false")
        return value

    def duration(self, field: str) -> timedelta | None:
        if field not in self.fields:
            return None
        value = self.text(field)
        try:
            return parse_duration(value)
        except Invalid as error:
            raise self.bad(field, value, "give an ISO 8601 duration, like PT15M or P1D") from error

    def one_of[T: StrEnum](self, field: str, kind: type[T], default: T | None = None) -> T:
        value = self.fields.pop(field, default)
        try:
            return kind(value)
        except ValueError as error:
            raise self.bad(field, value, f"give one of {', '.join(kind)}") from error

    def done(self) -> None:
        for field, value in self.fields.items():
            raise self.bad(field, value, "there is no such field; take it out or mend its name")


def _indicator(entry: _Entry) -> IndicatorSpec:
    spec = IndicatorSpec(
        code=entry.text("code"),
        name=entry.name("name"),
        domain=entry.name("domain"),
        unit=entry.text("unit"),
        kind=entry.one_of("kind", Kind),
        direction=entry.one_of("direction", Direction, Direction.NEITHER),
        over_time=entry.one_of("over_time", Aggregation, Aggregation.MEAN),
        over_place=entry.one_of("over_place", Aggregation, Aggregation.MEAN),
        period=entry.duration("period"),
        decimals=entry.whole("decimals", 1) or 0,
        target=entry.number("target"),
        valid_min=entry.number("valid_min"),
        valid_max=entry.number("valid_max"),
        numerator=entry.optional_text("numerator"),
        denominator=entry.optional_text("denominator"),
        owner=entry.text("owner", ""),
        source=entry.text("source", ""),
        licence=entry.text("licence", "CC-BY-4.0"),
        headline=entry.whole("headline", None),
    )
    entry.done()
    return specs.checked_indicator(spec)


def _rule(entry: _Entry) -> RuleSpec:
    spec = RuleSpec(
        code=entry.text("code"),
        indicator=entry.text("indicator"),
        name=entry.name("name"),
        severity=entry.one_of("severity", Severity),
        above=entry.number("above"),
        below=entry.number("below"),
        clear_at=entry.number("clear_at"),
        lasting=entry.duration("lasting") or timedelta(0),
        case_type=entry.optional_text("case_type"),
    )
    entry.done()
    return specs.checked_rule(spec)


def _source(entry: _Entry) -> SourceRow:
    name = entry.name("name")
    row = SourceRow(
        code=entry.text("code"),
        name_vi=name.vi,
        name_en=name.en,
        owner=entry.text("owner", ""),
        licence=entry.text("licence", "CC-BY-4.0"),
        simulated=entry.truth("simulated", False),
        period=entry.duration("period"),
    )
    entry.done()
    return specs.checked_source(row)

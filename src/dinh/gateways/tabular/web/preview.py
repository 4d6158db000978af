"""What the preview shows and what its form says: columns of one label stand together, whatever periods they name."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from dinh.engines.tables import coordinates, decoding, periods, reading
from dinh.engines.tables.reading import Table
from dinh.gateways.tabular import placing, suggesting, taking
from dinh.gateways.tabular.judging import Judge
from dinh.gateways.tabular.mapping import HEADER, PLACE_ROLES, READING_ROLES, Mapping, Use, label, uses_of
from dinh.gateways.tabular.problems import Problem
from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import IndicatorSpec
from dinh.kernel.vietnamese_text import fold
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor

SHOWN_ROWS: Final = 12
SHOWN_COLUMNS: Final = 40
JUDGED_ROWS: Final = 200_000
"""Rows that a preview judges; the import judges all."""


@dataclass(slots=True)
class Group:
    """Columns that are alike: one label, and the same role."""

    number: int
    label: str
    use: Use
    headers: list[str]
    sample: list[str]
    ambiguous: bool = False

    @property
    def several(self) -> int:
        return len(self.headers)


@dataclass(slots=True)
class Preview:
    table: Table
    mapping: Mapping
    groups: list[Group]
    tally: taking.Tally
    declare: Sequence[IndicatorSpec]
    fault: DinhError | None = None
    """Why nothing can be judged yet."""
    partial: bool = False
    swapped: bool = False
    causes: list[Any] = field(default_factory=list)
    names: list[tuple[str, int, Problem]] = field(default_factory=list)
    """Place names that were not found: name, rows, and an example with candidates."""

    @property
    def rows(self) -> list[tuple[int, list[str]]]:
        return [(row, cells[:SHOWN_COLUMNS]) for row, cells in taking.first_rows(self.table, SHOWN_ROWS)]

    @property
    def headers(self) -> list[str]:
        return self.table.headers[:SHOWN_COLUMNS]

    @property
    def roles(self) -> list[str]:
        return [use.role for use in uses_of(self.mapping, self.headers)]


def look(table: Table, mapping: Mapping, declare: Sequence[IndicatorSpec], *, by: Actor) -> Preview:
    """Judges without recording; new indicators count as declared."""
    shown = Preview(table, mapping, groups_of(table, mapping), taking.Tally(), declare)
    known = {spec.code: spec for spec in observations.indicators()}
    judged = table
    if len(table.rows) > JUDGED_ROWS:
        judged, shown.partial = table.slice(0, JUDGED_ROWS), True
    try:
        if mapping.target == "places":
            outcome = placing.take(judged, mapping, by=by, record=False)
            shown.tally.rows, shown.tally.accepted = len(judged.rows), outcome.taken
            shown.tally.told, shown.swapped = outcome.told, outcome.swapped
            shown.tally.refused_rows = len(outcome.by_row)
        else:
            judge = Judge(table, mapping, known | {spec.code: spec for spec in declare}, by=by)
            ambiguous = {values.place for values in judge.values if not values.decimal}
            for group in shown.groups:
                group.ambiguous = any(table.headers[place] in group.headers for place in ambiguous)
            taking.look(judged, judge, shown.tally)
    except DinhError as error:
        shown.fault = error
    shown.causes = shown.tally.told.by_cause()
    for code in ("place.unknown", "place.ambiguous"):
        for found, _, values in shown.causes:
            if found == code:
                shown.names += [(value, times, problems[0]) for value, times, problems in values]
    return shown


def groups_of(table: Table, mapping: Mapping) -> list[Group]:
    groups: dict[tuple[str, str], Group] = {}
    for column, use in zip(table.columns, uses_of(mapping, table.headers), strict=True):
        named = periods.find(column.header) is not None
        key = (fold(label(column.header)), use.role) if named else (column.header, "")
        group = groups.get(key)
        if group is None:
            texts = [text for text in column.text.slice(0, 400).unique().slice(0, 8).to_pylist() if text]
            said = label(column.header) if named else column.header
            group = groups[key] = Group(len(groups), said, use, [], texts[:4])
        group.headers.append(column.header)
    return list(groups.values())


def suggested(table: Table, *, title: str, source: str) -> suggesting.Suggestion:
    known = {spec.code: spec for spec in observations.indicators()}
    return suggesting.suggest(table, known, source=source, prefix=source, title=title)


def from_form(form: AnyMapping[str, str], table: Table, before: Mapping) -> Mapping:
    """The mapping that the form says; what it does not name stays as it was. Raises Invalid."""
    uses: list[Use] = []
    for group in groups_of(table, before):
        said = {
            name: form.get(f"{name}_{group.number}")
            for name in ("role", "indicator", "unit", "factor", "decimal", "dimension")
        }
        changes: dict[str, Any] = {name: value.strip() for name, value in said.items() if value is not None}
        if "factor" in changes:
            changes["factor"] = _number(changes["factor"] or "1")
        for header in group.headers:
            period = (
                HEADER if periods.find(header) is not None else group.use.period if group.use.period != HEADER else ""
            )
            use = msgspec.structs.replace(group.use, header=header, period=period, **changes)
            uses.append(use if use.role == "value" else msgspec.structs.replace(use, period=""))
    order = {header: place for place, header in enumerate(table.headers)}
    uses.sort(key=lambda use: order[use.header])
    texts = ("target", "source", "indicator", "unit", "period", "place", "level", "totals", "decimal", "order", "stamp",
             "empty", "kind", "place_level")  # fmt: skip
    changed: dict[str, Any] = {name: form[name].strip() for name in texts if name in form}
    if "meridian" in form:
        changed["meridian"] = _meridian(form["meridian"])
    if form.get("zone") in ("3", "6"):
        changed["zone"] = int(form["zone"])
    chosen = dict(before.places)
    for name, value in form.items():
        if name.startswith("place:") and value:
            chosen[fold(name[6:])] = "" if value == "-" else value.strip()
    return msgspec.structs.replace(before, columns=uses, places=chosen, **changed)


def read_otherwise(form: AnyMapping[str, str], before: Mapping) -> Mapping:
    """What the form says of how the file is to be read."""
    changed: dict[str, Any] = {name: form[name] for name in ("encoding", "sheet", "font") if name in form}
    if "delimiter" in form:
        changed["delimiter"] = "\t" if form["delimiter"] == "tab" else form["delimiter"][:1]
    if "header_row" in form:
        text = form["header_row"].strip()
        if text and not text.isdigit():
            raise Invalid(
                "tabular.bad_mapping", "the mapping cannot be used: {says}", says=f"the header row is '{text[:20]}'"
            )
        changed["header_row"] = int(text or 0)
    return msgspec.structs.replace(before, **changed)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise Invalid(
            "tabular.bad_mapping", "the mapping cannot be used: {says}", says=f"the factor is '{text[:20]}'"
        ) from error


def _meridian(text: str) -> float:
    """A number of degrees, or the name of a province."""
    if not text.strip():
        return 0.0
    return coordinates.meridian_of(text) or _number(text)


def choices(preview: Preview) -> AnyMapping[str, Any]:
    """What the selects offer."""
    return {
        "encodings": decoding.ENCODINGS,
        "delimiters": [(sign, name) for sign, name in zip(reading.DELIMITERS, ("; ", ", ", "tab", "|"), strict=True)],
        "roles": PLACE_ROLES if preview.mapping.target == "places" else READING_ROLES,
        "sources": observations.sources(),
        "indicators": [(spec.code, spec.name) for spec in (*observations.indicators(), *preview.declare)],
    }

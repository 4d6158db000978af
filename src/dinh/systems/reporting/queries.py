"""What the pages show: the grid with its names, the overview's matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import registry
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.systems.reporting.domain import period_name, show_figure

PERIODS = ("day", "week", "month", "quarter", "half", "year")
STARTS = {"day": 14, "week": 12, "month": 12, "quarter": 8, "half": 6, "year": 6}


def spoken() -> str:
    """vi or en."""
    return (get_language() or "vi")[:2]


@dataclass(slots=True)
class GridCell:
    name: str
    label: str
    text: str
    before: str
    theirs: str = ""
    level: str = ""
    says: Sequence[Any] = ()


@dataclass(slots=True)
class GridRow:
    place: PlaceRow | None
    urn: str
    note_name: str
    note: str
    cells: list[GridCell] = field(default_factory=list)


def names_of(row: reported.ReturnRow) -> Mapping[str, PlaceRow]:
    return places.places(row.assignment.places)


def grid(
    row: reported.ReturnRow,
    names: Mapping[str, PlaceRow],
    found: Sequence[reported.Finding],
    language: str,
    *,
    typed: Mapping[str, str] | None = None,
) -> Sequence[GridRow]:
    """`typed` is what a form that could not be saved held: it is shown again, beside what is saved where they differ."""
    before = reported.last_period(row)
    said: dict[tuple[str, int], list[reported.Finding]] = {}
    for finding in found:
        said.setdefault((finding.place, finding.column), []).append(finding)
    rows = []
    for line, urn in enumerate(row.assignment.places):
        known = names.get(urn)
        note = row.notes.get(urn, "")
        shown = GridRow(known, urn, f"n-{line}", typed.get(f"n-{line}", note) if typed is not None else note)
        for number, column in enumerate(row.assignment.columns):
            cell = row.cells.get((urn, number), reported.Cell())
            past = before.get((urn, number), reported.Cell())
            name, saved = f"c-{line}-{number}", show_figure(cell.value, cell.missing, language)
            text = saved if typed is None else typed.get(name, saved)
            place = known.name(language) if known else urn
            here = said.get((urn, number), [])
            shown.cells.append(
                GridCell(
                    name,
                    f"{place}, {column.indicator.name.in_(language)}",
                    text,
                    show_figure(past.value, past.missing, language),
                    saved if typed is not None and text != saved else "",
                    "" if not here else here[0].level,
                    [finding.says for finding in here],
                )
            )
        rows.append(shown)
    return rows


@dataclass(frozen=True, slots=True)
class Line:
    """A return in a list."""

    row: reported.ReturnRow
    organisation: parties.PartyRow | None
    period: str


def lines(rows: Sequence[reported.ReturnRow]) -> Sequence[Line]:
    offices = parties.parties({row.assignment.organisation for row in rows})
    return [
        Line(row, offices.get(row.assignment.organisation), period_name(row.assignment.period, row.first_day, spoken()))
        for row in rows
    ]


def punctuality(row: reported.ReturnRow) -> str:
    """on_time, late (sent after the day), missing (not sent, past the day) or waiting."""
    sent = row.state not in {"open"}
    if row.late:
        return "late" if sent else "missing"
    return "on_time" if sent else "waiting"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    assignment: reported.AssignmentRow
    organisation: parties.PartyRow | None
    cells: Sequence[tuple[reported.ReturnRow | None, str]]


def since(period: str) -> date:
    days = {"day": 1, "week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366}[period]
    return date.fromordinal(clock.today().toordinal() - days * (STARTS[period] + 1))


def matrix(rows: Sequence[reported.ReturnRow], period: str) -> tuple[Sequence[str], Sequence[MatrixRow]]:
    """Names of the periods, oldest first, and a row a form."""
    firsts = sorted({row.first_day for row in rows})[-STARTS[period] :]
    forms = {row.assignment.id: row.assignment for row in rows}
    held = {(row.assignment.id, row.first_day): row for row in rows}
    offices = parties.parties({form.organisation for form in forms.values()})
    found = []
    for form in sorted(forms.values(), key=lambda form: (form.organisation, form.code)):
        cells = [(held.get((form.id, first)), first) for first in firsts]
        found.append(
            MatrixRow(
                form,
                offices.get(form.organisation),
                [(row, punctuality(row) if row else "") for row, _ in cells],
            )
        )
    return [period_name(period, first, spoken()) for first in firsts], found


def area_places() -> Sequence[PlaceRow]:
    """The area itself and its communes, for choosing."""
    try:
        own = places.place(settings.AREA)
        return [own, *sorted(places.area(settings.AREA), key=lambda row: row.name_vi)]
    except DinhError:
        return []


def proof(index: int | None) -> str:
    return "" if index is None else registry.link_path("leaf", str(index)) or ""

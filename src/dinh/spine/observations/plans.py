"""Targets, plans and floors by indicator, place and year. A change is a new version; the old ones stay."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import catalogue
from dinh.spine.observations.api import Figure
from dinh.spine.observations.models import Target
from dinh.spine.observations.reporting_rows import TargetRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places

PERMISSION: Final = "observations.plan"
KINDS: Final = ("target", "plan", "floor")
YEARS: Final = range(1990, 2101)


def row_of(row: Target) -> TargetRow:
    return TargetRow(
        row.indicator, row.place, row.year, row.kind, row.version, row.value, row.document, row.by, row.by_name, row.at,
        row.in_force, row.ledger_index,
    )  # fmt: skip


@transaction.atomic
def save(
    *,
    indicator: str,
    place: str,
    year: int,
    kind: str,
    value: float | None,
    document: str,
    by: Actor,
    version: int | None,
) -> TargetRow:
    parties.require(by, PERMISSION, place=place)
    catalogue.current().indicator(indicator)
    places.place(place)
    if kind not in KINDS:
        raise Invalid("plans.no_such_kind", "'{kind}' is none of {kinds}", kind=kind[:40], kinds=", ".join(KINDS))
    if year not in YEARS:
        raise Invalid(
            "plans.no_such_year", "{year} is no year of plans; give {first} to {last}", year=year, first=YEARS[0],
            last=YEARS[-1],
        )  # fmt: skip
    if value is not None and not math.isfinite(value):
        raise Invalid("plans.not_finite", "the value is not a finite number; correct it")
    same = Target.objects.filter(indicator=indicator, place=place, year=year, kind=kind)
    present = same.select_for_update().filter(in_force=True).first()
    newest = same.aggregate(n=Max("version"))["n"] or 0
    if version is not None and version != newest:
        raise Conflict("plans.changed", "somebody else has changed this since you opened it; load it again")
    document = nfc(document).strip()[:400]
    if present is not None and (present.value, present.document) == (value, document):
        return row_of(present)
    same.filter(in_force=True).update(in_force=False)
    catalogue.new_stamp()
    data = {
        "indicator": indicator, "place": place, "year": year, "kind": kind, "version": newest + 1,
        "value": value, "document": document, "by": by.urn,
    }  # fmt: skip
    row = Target.objects.create(
        **(data | {"by_name": by.name[:200], "at": clock.now(), "in_force": True}),
        ledger_index=ledger.append("plan.set", f"urn:dinh:indicator:{indicator}", data).index,
    )
    return row_of(row)


def targets(*, indicator: str, place: str, year: int | None, in_force: bool) -> Sequence[TargetRow]:
    rows = Target.objects.all()
    for name, wanted in (("indicator", indicator), ("place", place), ("year", year)):
        if wanted:
            rows = rows.filter(**{name: wanted})
    if in_force:
        rows = rows.filter(in_force=True, value__isnull=False)
    return [row_of(row) for row in rows[:5000]]


# --- in force, in memory ---------------------------------------------------------

type Held = Mapping[tuple[str, str, int, str], float]
_guard: Final = threading.Lock()
_held: tuple[str, Held] | None = None


def current(stamp: str) -> Held:
    """Values by indicator, place, year and kind; read once for each stamp of the catalogue."""
    global _held
    held = _held
    if held is None or held[0] != stamp or not stamp:
        rows = Target.objects.filter(in_force=True, value__isnull=False)
        found = {(row.indicator, row.place, row.year, row.kind): float(row.value or 0.0) for row in rows}
        held = (stamp, found)
        with _guard:
            _held = held
    return held[1]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of an indicator at a place in a year; None where nobody decided."""

    target: float | None
    plan: float | None
    floor: float | None


def wanted(stamp: str, indicator: str, place: str, at: datetime) -> Wanted:
    held, year = current(stamp), at.astimezone(clock.VIETNAM).year
    return Wanted(*(held.get((indicator, place, year, kind)) for kind in KINDS))


def with_targets(known: catalogue.Catalogue, found: Sequence[Figure], within: str, at: datetime) -> Sequence[Figure]:
    """The figures with the target of place and year in place of the declared one, and with their plan and floor."""
    if not current(known.stamp):
        return found
    return tuple(_with_target(figure, wanted(known.stamp, figure.indicator.code, within, at)) for figure in found)


def _with_target(figure: Figure, given: Wanted) -> Figure:
    if given == Wanted(None, None, None):
        return figure
    spec = figure.indicator if given.target is None else replace(figure.indicator, target=given.target)
    return replace(figure, indicator=spec, plan=given.plan, floor=given.floor)

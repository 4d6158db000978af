"""Requests that another system worked off or still has: with their real times, told to nobody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Final
from uuid import UUID

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import PastCase
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.requests import categories, models
from dinh.spine.requests.api import ImportReport, PastRequest

PART: Final = 500
MOST_TOLD: Final = 1000
SPACE: Final = UUID("a3b8e9d2-54c1-5b0f-9a59-2f40d7b0c6ee")


def import_past(rows: Iterable[PastRequest], *, source: str, by: Actor) -> ImportReport:
    taken = there = 0
    refused: list[tuple[str, str]] = []
    for part in batched(rows, PART):
        known = set(
            models.Request.objects.filter(
                source="import", external__in=[_external(source, row) for row in part]
            ).values_list("external", flat=True)
        )
        fresh = [row for row in part if _external(source, row) not in known]
        there += len(part) - len(fresh)
        done, wrong = _take(fresh, source, by)
        taken += done
        refused += wrong
    return ImportReport(taken, there, len(refused), tuple(refused[:MOST_TOLD]))


def _external(source: str, row: PastRequest) -> str:
    return f"{source}/{row.id}"[:100]


def _key(source: str, row: PastRequest) -> str:
    return f"request:{_external(source, row)}"


@transaction.atomic
def _take(rows: Sequence[PastRequest], source: str, by: Actor) -> tuple[int, list[tuple[str, str]]]:
    refused: list[tuple[str, str]] = []
    good: dict[str, tuple[PastRequest, str]] = {}
    for row in rows:
        try:
            categories.service(row.category)
            unit = places.unit_at(row.longitude, row.latitude) if _has_point(row) else None  # type: ignore[arg-type]
        except DinhError as error:
            refused.append((row.id, error.message))
            continue
        good[_key(source, row)] = row, unit.urn if unit else ""
    report = cases.import_past(
        (
            PastCase(
                key=key, type=categories.service(row.category).type, title=_title(row), opened_at=row.at, due_at=row.due_at,
                closed_at=row.closed_at, reason=row.reason, category=row.category, place=unit,
            )
            for key, (row, unit) in good.items()
        ),
        by=by,
    )  # fmt: skip
    order = list(good.values())
    refused += [(order[line - 1][0].id, told) for line, _, told in report.refusals]
    opened = cases.keyed(good)
    now = clock.now()
    models.Request.objects.bulk_create(
        [_request(row, unit, opened[key], source, now) for key, (row, unit) in good.items() if key in opened],
        ignore_conflicts=True,
    )
    return len(opened), refused


def _has_point(row: PastRequest) -> bool:
    return row.longitude is not None and row.latitude is not None


def _title(row: PastRequest) -> str:
    name = categories.service(row.category).name.vi
    where = row.address or row.title
    return f"{name}: {where}"[:300] if where else name


def _request(row: PastRequest, unit: str, case: cases.CaseRow, source: str, now: object) -> models.Request:
    external = _external(source, row)
    number = re.sub(r"[^A-Za-z0-9.-]+", "-", external)[:60].strip("-")
    name = categories.service(row.category).name
    return models.Request(
        id=uuid.uuid5(SPACE, external),
        number=number,
        case=case.urn,
        type=case.type,
        category=row.category,
        description=nfc(row.description)[:4000],
        search=fold(f"{number} {name.vi} {name.en} {row.title} {row.description} {row.address}"),
        longitude=row.longitude,
        latitude=row.latitude,
        address=nfc(row.address)[:300],
        unit=unit,
        at=row.at,
        updated_at=row.closed_at or row.at,
        shown=True,
        source="import",
        external=external,
        state=case.state,
        counts_as=case.counts_as,
        organisation=case.organisation or "",
        due_at=row.due_at,
        closed_at=row.closed_at,
        reason=row.reason,
    )

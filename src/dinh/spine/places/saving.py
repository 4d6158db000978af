"""Facilities and assets are saved here: checked, placed in their commune, counted."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
from django.db import connection, transaction

from dinh.kernel.errors import Invalid
from dinh.spine.places import shapes, standing
from dinh.spine.places.api import ImportReport, PlaceRow
from dinh.spine.places.containment import unit_of
from dinh.spine.places.drafts import Draft, checked
from dinh.spine.places.models import Place
from dinh.spine.places.tree import tree
from dinh.spine.places.versions import bump, written

_CHUNK = 5_000
_REFUSALS_TOLD = 1_000
COLUMNS = tuple(column.name for column in fields(Draft))
_values = attrgetter(*COLUMNS)


def save_place(**values: Any) -> PlaceRow:
    draft = checked(values)
    with transaction.atomic():
        if draft.parent_id and not _existing({draft.parent_id}):
            raise _no_parent(draft.parent_id)
        _settle_homes([draft])
        if _values(draft) != _held([draft.urn]).get(draft.urn):
            _write([draft], bump("assets"))
    return standing.places([draft.urn])[draft.urn]


def save_places(rows: Iterable[Mapping[str, Any]]) -> ImportReport:
    return save_rows((f"row {number}", values) for number, values in enumerate(rows, start=1))


def save_rows(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> ImportReport:
    """Rows with where they stand («line 5»), in one transaction; what is wrong is refused with that, and does not stop
    the others."""
    wanted: dict[str, Draft] = {}
    at: dict[str, int] = {}
    where: list[str] = []
    refused: list[tuple[int, str]] = []
    for number, (place, values) in enumerate(rows):
        where.append(place)
        try:
            draft = checked(values)
            if draft.urn in wanted:
                raise Invalid("places.twice", "'{urn}' is {where} already; give each place once",
                              urn=draft.urn, where=where[at[draft.urn]])  # fmt: skip
        except Invalid as error:
            refused.append((number, error.message))
            continue
        wanted[draft.urn] = draft
        at[draft.urn] = number
    with transaction.atomic():
        for urn, parent in _without_parent(wanted):
            refused.append((at[urn], _no_parent(parent).message))
        _settle_homes(list(wanted.values()))
        held = _held(list(wanted))
        fresh = [draft for urn, draft in wanted.items() if urn not in held]
        changed = [draft for urn, draft in wanted.items() if urn in held and _values(draft) != held[urn]]
        if fresh or changed:
            _write([*fresh, *changed], bump("assets"))
    unplaced = sum(draft.unit_id is None for draft in wanted.values())
    return ImportReport(
        taken=len(fresh),
        changed=len(changed),
        unchanged=len(wanted) - len(fresh) - len(changed),
        refused=tuple(f"{where[number]}: {message}" for number, message in sorted(refused)[:_REFUSALS_TOLD]),
        note=f"{len(where)} rows read, {len(refused)} refused, {unplaced} outside every commune",
    )


def relocate() -> int:
    """Finds the commune of every place anew, after boundaries changed; how many moved."""
    drafts = [Draft(*values) for values in Place.objects.exclude(kind="unit").values_list(*COLUMNS)]
    before = [draft.unit_id for draft in drafts]
    for draft in drafts:
        if draft.parent_id == draft.unit_id:
            draft.parent_id = None
    _settle_homes(drafts)
    moved: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for draft, unit in zip(drafts, before, strict=True):
        if draft.unit_id != unit:
            moved[draft.unit_id, draft.parent_id].append(draft.urn)
    if moved:
        version = bump("assets")
        for (unit, parent), urns in moved.items():
            for start in range(0, len(urns), _CHUNK):
                chunk = Place.objects.filter(urn__in=urns[start : start + _CHUNK])
                chunk.update(unit=unit, parent=parent, version=version)
        written("assets")
    return sum(map(len, moved.values()))


def _held(urns: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """What is written of those that exist, in the order of COLUMNS."""
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(urns), _CHUNK):
        rows = Place.objects.filter(urn__in=urns[start : start + _CHUNK])
        found.update((values[0], values) for values in rows.values_list(*COLUMNS))
    return found


def _write(drafts: Sequence[Draft], version: int) -> None:
    """Statements of our own: through models, 100,000 rows take 14 s instead of 2."""
    columns = (*COLUMNS, "boundary", "version")
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "urn")
    statement = (
        f"INSERT INTO {Place._meta.db_table} ({', '.join(columns)}) "  # noqa: S608 - names of columns only
        f"VALUES ({', '.join(['%s'] * len(columns))}) ON CONFLICT (urn) DO UPDATE SET {updates}"
    )
    at = COLUMNS.index("attributes")
    with connection.cursor() as cursor:
        for start in range(0, len(drafts), _CHUNK):
            rows = []
            for draft in drafts[start : start + _CHUNK]:
                values = _values(draft)
                written_attributes = json.dumps(values[at], ensure_ascii=False) if values[at] else "{}"
                rows.append((*values[:at], written_attributes, *values[at + 1 :], "none", version))
            cursor.executemany(statement, rows)
    written("assets")


def _existing(urns: set[str]) -> set[str]:
    units = tree().rows
    others = [urn for urn in urns if urn not in units]
    found = urns & units.keys()
    for start in range(0, len(others), _CHUNK):
        found |= set(Place.objects.filter(urn__in=others[start : start + _CHUNK]).values_list("urn", flat=True))
    return found


def _without_parent(wanted: dict[str, Draft]) -> Iterable[tuple[str, str]]:
    """Takes out those whose parent neither exists nor is saved with them, then those that stand in these."""
    known = _existing({draft.parent_id for draft in wanted.values() if draft.parent_id})
    while True:
        orphans = [
            (urn, draft.parent_id)
            for urn, draft in wanted.items()
            if draft.parent_id and draft.parent_id not in known and draft.parent_id not in wanted
        ]
        if not orphans:
            return
        for urn, parent in orphans:
            del wanted[urn]
            yield urn, parent


def _no_parent(urn: str) -> Invalid:
    return Invalid("places.no_parent", "the parent '{urn}' does not exist; save it first or leave it out", urn=urn)


def _settle_homes(drafts: Sequence[Draft]) -> None:
    """The commune from the point; without a point, the parent's commune. The parent is the commune by default."""
    placed = [draft for draft in drafts if draft.longitude is not None]
    longitude = np.array([draft.longitude for draft in placed], dtype=np.float64)
    latitude = np.array([draft.latitude for draft in placed], dtype=np.float64)
    for draft, unit in zip(placed, shapes.communes_at(longitude, latitude), strict=True):
        draft.unit_id = unit
    here = {draft.urn: draft.unit_id for draft in placed}
    for draft in drafts:
        if draft.longitude is None and draft.parent_id:
            draft.unit_id = here[draft.parent_id] if draft.parent_id in here else unit_of(draft.parent_id)
        if draft.parent_id is None:
            draft.parent_id = draft.unit_id

"""Mappings by name and by the headers of the table they were made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dinh.gateways.tabular import mapping as mappings
from dinh.gateways.tabular.mapping import Mapping
from dinh.gateways.tabular.models import SavedMapping
from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor


@dataclass(frozen=True, slots=True)
class Saved:
    name: str
    version: int
    mapping: Mapping
    fingerprint: str
    saved_at: datetime
    saved_by_name: str


def _row(row: SavedMapping) -> Saved:
    return Saved(row.name, row.version, mappings.read(row.body), row.fingerprint, row.saved_at, row.saved_by_name)


@transaction.atomic
def save(name: str, mapping: Mapping, headers: Sequence[str], *, by: Actor) -> Saved:
    """Keeps a mapping for the actor's organisation; the same name again is its next version, the same words are none."""
    name = nfc(name)
    if not 0 < len(name) <= 120:
        raise Invalid(
            "tabular.mapping_name", "the mapping's name is '{name}'; give one of 1 to 120 letters", name=name[:130]
        )
    mappings.checked(mapping)
    body = mappings.write(mapping)
    organisation = by.organisation or ""
    row = SavedMapping.objects.select_for_update().filter(organisation=organisation, name=name).first()
    if row is not None and row.body == body:
        return _row(row)
    row = row or SavedMapping(organisation=organisation, name=name, version=0)
    row.version += 1
    row.body, row.fingerprint = body, mappings.fingerprint(headers)
    row.saved_by, row.saved_by_name, row.saved_at = by.urn, by.name[:200], clock.now()
    row.save()
    ledger.append(
        "tabular.mapping_saved", by.urn or "urn:dinh:organisation:dinh", {"mapping": row.pk, "version": row.version}
    )
    return _row(row)


def saved(name: str, *, by: Actor) -> Saved:
    """Raises NotFound `tabular.no_mapping`."""
    row = SavedMapping.objects.filter(organisation=by.organisation or "", name=nfc(name)).first()
    if row is None:
        raise NotFound(
            "tabular.no_mapping",
            "no mapping is kept under the name '{name}'; save one from a preview first",
            name=name[:120],
        )
    return _row(row)


def of_headers(headers: Sequence[str], *, by: Actor) -> Saved | None:
    """The newest mapping of the organisation that was made for a table of these headers."""
    rows = SavedMapping.objects.filter(
        organisation=by.organisation or "", fingerprint=mappings.fingerprint(headers)
    ).order_by("-saved_at", "-id")
    row = rows.first()
    return _row(row) if row else None


def all_of(by: Actor, *, limit: int = 100) -> Sequence[Saved]:
    """By name."""
    rows = SavedMapping.objects.filter(organisation=by.organisation or "").order_by("name")[:limit]
    return [_row(row) for row in rows]

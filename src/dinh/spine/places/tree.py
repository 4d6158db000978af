"""Every unit of both periods in memory, with parents, children and history; some 14,000 rows, about 20 MB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dinh.spine.places import domain
from dinh.spine.places.api import PlaceRow, Succession
from dinh.spine.places.models import Passage, Place
from dinh.spine.places.versions import Cached

FIELDS = (
    "urn", "kind", "level", "name_vi", "name_en", "full_name_vi", "code", "parent_id", "longitude", "latitude",
    "valid_from", "valid_to", "boundary", "population", "area_km2", "attributes", "simulated", "full_name_en",
    "unit_id", "operator",
)  # fmt: skip


def row_of(values: Sequence[Any]) -> PlaceRow:
    """The frozen row of FIELDS as read."""
    return PlaceRow(*values)


@dataclass(slots=True)
class Tree:
    rows: dict[str, PlaceRow] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    heirs: dict[str, list[tuple[str, date, bool]]] = field(default_factory=lambda: defaultdict(list))
    formers: dict[str, list[tuple[str, date, bool]]] = field(default_factory=lambda: defaultdict(list))
    main_heir: dict[str, str] = field(default_factory=dict)
    _areas: dict[str, frozenset[str]] = field(default_factory=dict)

    def chain(self, urn: str | None) -> list[str]:
        """The unit and what it lies in, itself first."""
        found: list[str] = []
        while urn is not None and urn in self.rows:
            found.append(urn)
            urn = self.rows[urn].parent
        return found

    def is_present(self, urn: str) -> bool:
        return self.rows[urn].valid_to is None

    def communes(self, urn: str) -> frozenset[str]:
        """URNs of the present communes that the unit covers, or that what it covered passed to."""
        held = self._areas.get(urn)
        if held is None:
            held = self._areas[urn] = frozenset(self._communes(urn))
        return held

    def _communes(self, urn: str) -> set[str]:
        row = self.rows[urn]
        if row.level == "commune" and row.valid_to is None:
            return {urn}
        below = [child for child in self.below.get(urn, ()) if self.is_present(child) or row.valid_to is not None]
        if below:
            return {commune for child in below for commune in self.communes(child)}
        heirs = (heir for heir, _, _ in self.heirs.get(urn, ()))
        return {commune for heir in heirs for commune in self.communes(heir)}

    def present_commune(self, urn: str) -> str | None:
        """The commune of today in which a commune, or a district without communes, lies for its main part."""
        row = self.rows[urn]
        if row.level == "commune" and row.valid_to is None:
            return urn
        if row.level in ("province", "country"):
            return None
        heir = self.main_heir.get(urn)
        return heir if heir and self.rows[heir].level == "commune" else None

    def successions(self, links: Mapping[str, list[tuple[str, date, bool]]], urn: str) -> Sequence[Succession]:
        found = [Succession(self.rows[other], on, whole) for other, on, whole in links.get(urn, ())]
        return tuple(sorted(found, key=lambda line: (not line.whole, line.place.code)))

    def valid_on(self, urn: str, on: date) -> bool:
        row = self.rows[urn]
        return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on < row.valid_to)


def _build() -> Tree:
    tree = Tree()
    for values in Place.objects.filter(kind="unit").order_by("urn").values_list(*FIELDS):
        row = row_of(values)
        tree.rows[row.urn] = row
        if row.parent is not None:
            tree.below[row.parent].append(row.urn)
    for former, heir, on, whole, main in Passage.objects.values_list("former_id", "heir_id", "on", "whole", "main"):
        tree.heirs[former].append((heir, on, whole))
        tree.formers[heir].append((former, on, whole))
        if main:
            tree.main_heir[former] = heir
    return tree


_tree = Cached(("units",), _build)


def tree() -> Tree:
    return _tree.get()


def level_rank(level: str) -> int:
    return domain.UNIT_LEVELS.index(level) if level in domain.UNIT_LEVELS else len(domain.UNIT_LEVELS)

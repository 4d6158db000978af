"""Names of what rules and windows are about, for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dinh.kernel.manifests import IndicatorSpec
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places

PARTIES = ("urn:dinh:organisation:", "urn:dinh:person:")


def names(urns: Iterable[str | None], language: str) -> Mapping[str, str]:
    """By URN; the URN itself where nobody knows the thing."""
    wanted = sorted({urn for urn in urns if urn})
    people = [urn for urn in wanted if urn.startswith(PARTIES)]
    found = {urn: row.name(language) for urn, row in places.places([u for u in wanted if u not in people]).items()}
    if people:
        found |= {urn: row.name(language) for urn, row in parties.parties(people).items()}
    return {urn: found.get(urn, urn) for urn in wanted}


def indicators() -> Mapping[str, IndicatorSpec]:
    return {spec.code: spec for spec in observations.indicators()}


def named(
    windows: Sequence[observations.MaintenanceRow], language: str
) -> list[tuple[observations.MaintenanceRow, list[str]]]:
    """Each window of maintenance with the names of what it is about."""
    known = names((urn for row in windows for urn in (row.place, row.subject)), language)
    sources = {row.code: row.name(language) for row in observations.sources()}
    rules = {row.code: row.name.in_(language) for row in observations.rules()}
    found = []
    for row in windows:
        words = [known.get(row.place or ""), known.get(row.subject or "")]
        words += [row.source and sources.get(row.source, row.source), row.rule and rules.get(row.rule, row.rule)]
        if row.series:
            words.append(f"#{row.series}")
        found.append((row, [word for word in words if word]))
    return found

"""One search over places, indicators, cases and alerts; diacritics folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dinh.kernel.manifests import IndicatorSpec, registry
from dinh.kernel.urns import parse_urn
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.operations_centre.queries import area as areas


@dataclass(frozen=True, slots=True)
class Found:
    """One result: `kind` is place, indicator, case or alert."""

    kind: str
    title: str
    note: str
    href: str
    severity: str = ""
    past: bool = False


def search(text: str, *, actor: parties.Actor, language: str, limit: int = 8) -> dict[str, Sequence[Found]]:
    """Results by kind, best first; cases only for those who may see them. Shorter than two letters finds nothing."""
    text = nfc(text)[:120]
    key = fold(text)
    if len(key) < 2:
        return {}
    found: dict[str, Sequence[Found]] = {
        "place": _places(text, language, limit),
        "indicator": indicators(key, language)[:limit],
        "alert": _alerts(key, language, limit),
    }
    if parties.may(actor, "cases.view"):
        found["case"] = _cases(text, actor, language, limit)
    return {kind: rows for kind, rows in found.items() if rows}


def _places(text: str, language: str, limit: int) -> Sequence[Found]:
    rows = places.find(text, limit=limit)
    above = areas.names([row.parent for row in rows])
    return [
        Found(
            "place",
            areas.place_label(row, language),
            areas.place_label(above.get(row.parent or ""), language),
            registry.link_path(row.kind, parse_urn(row.urn).id) or "",
            past=row.valid_to is not None,
        )
        for row in rows
    ]


def matching(key: str) -> Sequence[IndicatorSpec]:
    """Indicators whose names, domain or code hold every word of a folded key."""
    words = key.split()
    specs = []
    for spec in observations.indicators():
        text = fold(f"{spec.name.vi} {spec.name.en} {spec.domain.vi} {spec.domain.en} {spec.code}")
        if all(word in text for word in words):
            specs.append(spec)
    return specs


def indicators(key: str, language: str) -> Sequence[Found]:
    return [
        Found(
            "indicator",
            spec.name.in_(language),
            spec.domain.in_(language),
            registry.link_path("indicator", spec.code) or "",
        )
        for spec in matching(key)
    ]


def _alerts(key: str, language: str, limit: int) -> Sequence[Found]:
    rows = observations.alerts(within=areas.area_urn(), limit=200)
    named = areas.names([row.subject for row in rows])
    words = key.split()
    found = []
    for row in rows:
        place = areas.place_label(named.get(row.subject), language)
        text = fold(f"{row.name_vi} {row.name_en} {place}")
        if all(word in text for word in words):
            href = registry.link_path("alert", parse_urn(row.urn).id) or ""
            found.append(Found("alert", row.name(language), place, href, severity=row.severity))
    return found[:limit]


def _cases(text: str, actor: parties.Actor, language: str, limit: int) -> Sequence[Found]:
    page = cases.cases(cases.CaseQuery(text=text, states=cases.EVERY, limit=limit), actor=actor)
    return [
        Found(
            "case",
            row.title,
            f"{row.number_text} · {row.state_name_vi if language.startswith('vi') else row.state_name_en}",
            registry.link_path("case", parse_urn(row.urn).id) or "",
            severity=row.severity,
        )
        for row in page.rows
    ]

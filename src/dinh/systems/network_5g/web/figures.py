"""A summary as tables: what pages, workbooks and reports show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.domain import Carrier
from dinh.systems.network_5g.models import Scenario


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """`covered` is the share of the people, of the area where nobody is counted; one for each carrier."""

    urn: str
    name: str
    people: float
    km2: float
    covered: Sequence[float]


@dataclass(frozen=True, slots=True)
class CellLine:
    mast: str
    name: str
    cell: int
    load: float
    people: float


@dataclass(frozen=True, slots=True)
class CarrierFigures:
    carrier: Carrier
    people: float
    people_share: float
    km2: float
    km2_share: float
    levels: Sequence[Mapping[str, float]]
    within: float | None
    down: Sequence[float] | None
    up: Sequence[float] | None
    sinr: Sequence[float] | None
    busy: Mapping[str, Any]
    busiest: Sequence[CellLine]


@dataclass(frozen=True, slots=True)
class Figures:
    carriers: Sequence[CarrierFigures]
    communes: Sequence[CommuneLine]
    anchors: Sequence[Mapping[str, Any]]
    people: float
    km2: float
    seconds: float
    outside: Sequence[str] = ()
    """Names of masts beyond the ground, which are not calculated."""


def shown(summary: Mapping[str, Any], question: Question, row: Scenario, language: str) -> Figures:
    """Communes with the least covered first: there is the work."""
    people, km2 = summary["people"], summary["km2"]
    names = {mast.code: mast.name for mast in question.masts}
    carriers = [
        _carrier(carrier, summary["carriers"][carrier.code], names, people, km2)
        for carrier in question.settings.carriers
    ]
    lines = []
    for number, commune in enumerate(row.area.about["communes"]):
        found = [summary["carriers"][carrier.code]["communes"][number] for carrier in question.settings.carriers]
        by_people = commune["people"] > 0
        whole = commune["people"] if by_people else commune["km2" if "km2" in commune else "area_km2"]
        covered = [min(1.0, one["people" if by_people else "km2"] / whole) if whole else 0.0 for one in found]
        name = commune["name_en"] if language == "en" else commune["name_vi"]
        lines.append(CommuneLine(commune["urn"], name, commune["people"], commune["area_km2"], covered))
    lines.sort(key=lambda line: (max(line.covered, default=0.0), -line.people))
    return Figures(carriers, lines, summary["anchors"], people, km2, summary["seconds"], _outside(summary, names))


def _carrier(carrier: Carrier, found: Mapping[str, Any], names: Mapping[str, str], people: float, km2: float) -> CarrierFigures:  # fmt: skip
    cells = [
        CellLine(cell["mast"], names.get(cell["mast"], cell["mast"]), cell["cell"] + 1, cell["load"], cell["people"])
        for cell in found["cells"]
    ]
    cells.sort(key=lambda cell: -cell.load)
    return CarrierFigures(
        carrier, found["people"], found["people"] / people if people else 0.0, found["km2"], found["km2"] / km2 if km2 else 0.0,
        found["levels"], found["within"], found["down_mbps"], found["up_mbps"], found["sinr_db"], found["busy"], cells[:20],
    )  # fmt: skip


def _outside(summary: Mapping[str, Any], names: Mapping[str, str]) -> Sequence[str]:
    found = {code for carrier in summary["carriers"].values() for code in carrier["outside"]}
    return sorted(names.get(code, code) for code in found)

"""The two communes of a planted province, and the words by which a walk tells what is whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.conf import settings

from dinh.kernel.manifests import Aggregation, DocumentKindSpec, IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.spine.documents import api as documents
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.spine.places import api as places

BODY: Final = [{"type": "paragraph", "text": {"vi": "Nội dung.", "en": "Words."}}]
METER, COUNT, RULE = "walk.meter", "walk.count", "walk.high"
SOURCE: Final = "walk"
WORK: Final = "walk.work"
PAPER: Final = "walk.paper"
SILENT: Final = {"issuer": "http://127.0.0.1:9", "client_id": "x", "secret": "x", "hosts": (), "simulated": True}
"""A VNeID that is set up and does not answer."""
AMONG: Final = ("A", "B")


@dataclass(slots=True)
class Side:
    """A commune, its office, its people, and by kind the identifiers of what was planted there."""

    letter: str
    commune: str
    office: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        return f"bimat{self.letter}"

    @property
    def internal(self) -> str:
        return f"noibo{self.letter}"

    @property
    def public(self) -> str:
        return f"congkhai{self.letter}"

    def actor(self, role: str, *, second: bool = False) -> Actor:
        name = username(role, self.letter) + ("-2" if second else "")
        grants = (Grant(role, self.commune),)
        return Actor(f"urn:dinh:person:{name}", name, grants, self.office, is_staff=True)


def username(role: str, letter: str) -> str:
    return f"{role}-{letter}".lower()


def communes() -> tuple[str, str]:
    """Two communes of the demonstration's area."""
    first, second = [row.urn for row in places.area(settings.AREA)][:2]
    return first, second


def found() -> Mapping[str, Side]:
    """What both communes need: units, a source, an indicator of each kind, a rule; and the two, still empty."""
    places.load_units()
    observations.declare_manifests()
    jobs.task_kind(WORK, lambda work: {"rows": 1})
    documents.declare_kind(DocumentKindSpec(PAPER, Text("Giấy phép", "Permit"), "{sequence}/{year}/GP"))
    period = timedelta(minutes=15)
    observations.save_source(
        code=SOURCE, name_vi="Trạm đo", name_en="Stations", owner="", licence="CC-BY-4.0", simulated=False, period=period
    )  # fmt: skip
    domain = Text("Môi trường", "Environment")
    observations.declare_indicators(
        [
            IndicatorSpec(code=METER, name=Text("Độ mặn", "Salinity"), domain=domain, unit="g/L", kind=Kind.GAUGE,
                          period=period, over_place=Aggregation.MAX, headline=1, valid_min=0, valid_max=50),
            IndicatorSpec(code=COUNT, name=Text("Số hộ", "Households"), domain=domain, unit="1", kind=Kind.GAUGE,
                          over_time=Aggregation.SUM, over_place=Aggregation.SUM, decimals=0, valid_min=0),
        ],
        by=SYSTEM,
    )  # fmt: skip
    high = RuleSpec(RULE, METER, Text("Độ mặn cao", "High salinity"), Severity.CRITICAL, above=4.0, clear_at=3.5)
    observations.declare_rules([high], by=SYSTEM)
    sides = {}
    for letter, commune in zip(AMONG, communes(), strict=True):
        office = parties.save_organisation(
            id=f"ubnd-{letter.lower()}", name_vi=f"UBND xã {letter}", name_en=f"Committee {letter}", place=commune
        )
        sides[letter] = Side(letter, commune, office.urn)
    return sides

"""A small invented picture of Sóc Trăng: eight indicators, forty-odd stations, a day of readings, an incident."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dinh.kernel.clock import now
from dinh.kernel.manifests import Aggregation, Direction, IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.spine.places import api as places

AREA: Final = "urn:dinh:unit:2004:94"
SALINITY: Final = "test.salinity"

ENVIRONMENT = Text("Môi trường", "Environment")
NETWORK = Text("Mạng 5G", "5G network")
SERVICES = Text("Dịch vụ công", "Public services")


def _spec(code: str, vi: str, en: str, domain: Text, unit: str, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(
        code=code, name=Text(vi, en), domain=domain, unit=unit, kind=Kind.GAUGE, period=timedelta(minutes=15), **more
    )


INDICATORS: Final = (
    _spec(SALINITY, "Độ mặn cao nhất", "Highest salinity", ENVIRONMENT, "g/L", over_place=Aggregation.MAX,
          direction=Direction.LOWER, target=4.0, headline=1, valid_min=0, valid_max=50, source="Đo thử"),
    _spec("test.water_level", "Mực nước cao nhất", "Highest water level", ENVIRONMENT, "m",
          over_place=Aggregation.MAX, decimals=2, headline=2, valid_min=-5, valid_max=10),
    _spec("test.coverage", "Vùng phủ dân số", "Population coverage", NETWORK, "%", direction=Direction.HIGHER,
          target=90.0, headline=3, valid_min=0, valid_max=100),
    _spec("test.download", "Tốc độ tải xuống trung vị", "Median download rate", NETWORK, "Mbit/s",
          direction=Direction.HIGHER, decimals=0, headline=4, valid_min=0),
    _spec("test.on_time", "Hồ sơ đúng hạn", "Dossiers in time", SERVICES, "%", direction=Direction.HIGHER,
          target=98.0, headline=5, valid_min=0, valid_max=100),
)  # fmt: skip
RULES: Final = (
    RuleSpec("test.salinity.high", SALINITY, Text("Độ mặn vượt ngưỡng", "Salinity over the limit"),
             Severity.CRITICAL, above=4.0, clear_at=3.5, case_type=None),
    RuleSpec("test.water.high", "test.water_level", Text("Mực nước trên báo động II", "Water above alarm II"),
             Severity.MAJOR, above=1.8, clear_at=1.6),
    RuleSpec("test.coverage.low", "test.coverage", Text("Vùng phủ giảm", "Coverage has fallen"),
             Severity.MINOR, below=80.0, clear_at=82.0),
    RuleSpec("test.download.low", "test.download", Text("Tốc độ thấp", "Slow downloads"),
             Severity.INFORMATION, below=150.0, clear_at=160.0),
)  # fmt: skip


def declare() -> None:
    observations.save_source(
        code="mo-phong", name_vi="Trạm mô phỏng", name_en="Simulated stations", owner="", licence="CC-BY-4.0",
        simulated=True, period=timedelta(minutes=15),
    )  # fmt: skip
    observations.save_source(
        code="do-thu", name_vi="Trạm đo thử", name_en="Trial stations", owner="", licence="CC-BY-4.0",
        simulated=False, period=timedelta(minutes=15),
    )  # fmt: skip
    observations.declare_indicators(INDICATORS, by=SYSTEM)
    observations.declare_rules(RULES, by=SYSTEM)


def stations(count: int = 43) -> Sequence[places.PlaceRow]:
    """One of each kind in each of the area's communes."""
    made = []
    for number, commune in enumerate(list(places.area(AREA))[:count]):
        assert commune.longitude is not None
        assert commune.latitude is not None
        made.append(
            places.save_place(
                kind="asset", id=f"tram-{number}", level="salinity_station", name_vi=f"Trạm {commune.name_vi}",
                name_en=f"{commune.name_en} station", longitude=commune.longitude, latitude=commune.latitude,
                parent=commune.urn, simulated=True,
            )
        )  # fmt: skip
    return made


def reading(
    subject: str, value: float, at: datetime, indicator: str = SALINITY, source: str = "mo-phong"
) -> dict[str, Any]:
    return {
        "indicator": indicator, "subject": subject, "observed_at": at.isoformat(), "value": value, "source": source,
    }  # fmt: skip


def record(rows: Sequence[dict[str, Any]]) -> observations.Receipt:
    return observations.record(list(rows), by=SYSTEM, channel="test")


def a_day(
    subjects: Sequence[places.PlaceRow], *, hours: int = 24, minutes: int = 15, end: datetime | None = None
) -> None:
    """Readings of every indicator at every station; salinity rises over its limit in the east during the last hours."""
    end = end or now()
    rows = []
    for step in range(hours * 60 // minutes, -1, -1):
        at = end - timedelta(minutes=step * minutes)
        phase = step * minutes / 60
        for number, place in enumerate(subjects):
            east = ((place.longitude or 105.9) - 105.5) * 4.2
            tide = math.sin((phase + number * 0.1) / 12.4 * 2 * math.pi)
            surge = max(0.0, 3 - phase) * 0.5 if east > 2.8 else 0.0
            rows += [
                reading(place.urn, round(max(0.05, east * 0.9 + 0.3 * tide + surge), 2), at),
                reading(place.urn, round(1.1 + 0.6 * tide + east * 0.05, 2), at, "test.water_level"),
                reading(
                    place.urn,
                    round(87 + 3 * math.sin(number) - (12 if number == 7 and phase < 2 else 0), 1),
                    at,
                    "test.coverage",
                    "do-thu",
                ),
                reading(
                    place.urn,
                    round(214 + 9 * math.sin(number + phase / 3) - (90 if number == 3 and phase < 1 else 0)),
                    at,
                    "test.download",
                    "do-thu",
                ),
            ]
            if step % 4 == 0:
                rows.append(reading(place.urn, round(96.5 + math.sin(number + phase), 1), at, "test.on_time", "do-thu"))
    for start in range(0, len(rows), 5000):
        record(rows[start : start + 5000])


def person(username: str, role: str, name: str, *, place: str | None = None) -> Actor:
    department = parties.save_organisation(
        id="so-nnmt" if place is None else "xa-khac",
        name_vi="Sở Nông nghiệp và Môi trường",
        name_en="Department of Agriculture and Environment",
    )
    row = parties.save_person(
        username=username, name=name, email=f"{username}@example.vn", organisation=department.urn,
        grants=[Grant(role, place)],
    )  # fmt: skip
    return Actor(urn=row.urn, name=name, grants=(Grant(role, place),), organisation=department.urn, is_staff=True)

"""Three stations in two communes of the former Sóc Trăng, and how to record on them in few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from dinh.kernel import clock
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places

AREA = "urn:dinh:unit:2004:94"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MIDNIGHT = clock.parse_moment("2026-11-20T00:00:00+07:00")


def stations() -> tuple[list[str], list[str]]:
    """URNs of three stations, the first two in one commune, and of the two communes."""
    communes = [row for row in places.area(AREA) if row.longitude is not None][:2]
    found = []
    for number, row in enumerate([communes[0], communes[0], communes[1]]):
        found.append(
            places.save_place(
                kind="asset",
                id=f"station-{number}",
                level="station",
                name_vi=f"Trạm {number}",
                name_en=f"Station {number}",
                longitude=row.longitude,
                latitude=row.latitude,
            ).urn
        )
    return found, [row.urn for row in communes]


def declare(code: str, kind: Kind = Kind.GAUGE, **more: Any) -> IndicatorSpec:
    spec = IndicatorSpec(
        code=code,
        name=Text(code, code),
        domain=Text("Nước", "Water"),
        unit=more.pop("unit", "1"),
        kind=kind,
        over_time=more.pop("over_time", Aggregation.MEAN),
        over_place=more.pop("over_place", Aggregation.MEAN),
        period=more.pop("period", 10 * MINUTE),
        **more,
    )
    observations.declare_indicators([spec], by=SYSTEM)
    return spec


def source(code: str = "met", *, simulated: bool = False, period: timedelta | None = None) -> None:
    observations.save_source(
        code=code, name_vi=code, name_en=code, owner="", licence="CC-BY-4.0", simulated=simulated, period=period
    )


def record(
    indicator: str,
    subject: str,
    values: Iterable[float | None],
    *,
    start: datetime = MIDNIGHT,
    every: timedelta = MINUTE,
    source: str = "met",
    **more: Any,
) -> observations.Receipt:
    """Values at even distances; None is a reading that is missing because the station was out of service."""
    rows = [
        {
            "indicator": indicator,
            "subject": subject,
            "observed_at": (start + number * every).isoformat(),
            "value": value,
            "source": source,
        }
        | ({"missing": "out_of_service"} if value is None else {})
        | more
        for number, value in enumerate(values)
    ]
    receipt = observations.record(rows, by=SYSTEM, channel="test")
    assert not receipt.rejected, receipt.rejected
    return receipt


def rolled(indicator: str, *, end: datetime = MIDNIGHT + HOUR, **more: Any) -> Sequence[dict[str, Any]]:
    table = observations.roll_up(
        indicator,
        within=more.pop("within", AREA),
        start=more.pop("start", MIDNIGHT),
        end=end,
        every=more.pop("every", HOUR),
        **more,
    )
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows

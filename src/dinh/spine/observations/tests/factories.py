"""A small province to measure: two organisations as subjects, a few indicators, two sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

WARD = "urn:dinh:organisation:ward-1"
WARD_2 = "urn:dinh:organisation:ward-2"
AT = clock.parse_moment("2026-11-20T08:00:00+07:00")


def spec(code: str, unit: str, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(
        code=code, name=Text(code, code), domain=Text("Môi trường", "Environment"), unit=unit, kind=Kind.GAUGE, **more
    )


def declare() -> None:
    """Temperature in °C within -50 … 60, salinity in g/L, visits without bounds; sources `met` and `hydro`."""
    specs = [
        spec("test.temperature", "Cel", valid_min=-50, valid_max=60, period=timedelta(minutes=10)),
        spec("test.salinity", "g/L", valid_min=0),
        spec("test.visits", "1"),
    ]
    observations.declare_indicators(specs, by=SYSTEM)
    for code in ("met", "hydro"):
        observations.save_source(
            code=code, name_vi=code, name_en=code, owner="", licence="CC-BY-4.0", simulated=code == "hydro", period=None
        )
    parties.save_organisation(id="ward-1", name_vi="Phường 1", name_en="Ward 1")
    parties.save_organisation(id="ward-2", name_vi="Phường 2", name_en="Ward 2")


def reading(value: Any = 20.0, at: datetime | str = AT, **more: Any) -> Mapping[str, Any]:
    row = {
        "indicator": "test.temperature",
        "subject": WARD,
        "observed_at": at if isinstance(at, str) else at.isoformat(),
        "value": value,
        "source": "met",
    }
    return row | more

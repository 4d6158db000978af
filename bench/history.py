"""A history to read: seeded readings through the real schema, at even minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import numpy as np

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AREA = "urn:dinh:unit:2004:94"
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Held:
    """`series` are ids, ascending; one reading a series and minute."""

    indicators: Sequence[str]
    series: Sequence[int]
    end: datetime
    rows: int


def fill(*, stations: int, indicators: int, minutes: int, start: datetime = START) -> Held:
    """Stations spread over the 43 communes of the former Sóc Trăng; the history is open in this process afterwards."""
    from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text
    from dinh.spine.observations import api as observations
    from dinh.spine.observations.history import owner
    from dinh.spine.parties.api import SYSTEM
    from dinh.spine.places import api as places

    places.load_units()
    communes = [row for row in places.area(AREA) if row.longitude is not None]
    codes = [f"bench.read{number}" for number in range(indicators)]
    observations.declare_indicators(
        [
            IndicatorSpec(
                code=code, name=Text("Đo thử", "Benchmark"), domain=Text("Đo thử", "Benchmark"), unit="m", kind=Kind.GAUGE,
                over_place=Aggregation.MAX if number % 3 == 0 else Aggregation.MEAN, period=MINUTE,
            )
            for number, code in enumerate(codes)
        ],
        by=SYSTEM,
    )  # fmt: skip
    observations.save_source(
        code="bench.read",
        name_vi="Đo thử",
        name_en="Benchmark",
        owner="",
        licence="CC0-1.0",
        simulated=True,
        period=MINUTE,
    )
    places.save_places(
        {
            "kind": "asset", "id": f"bench-read-{number:05}", "level": "water_gauge", "name_vi": f"Trạm {number}",
            "name_en": f"Station {number}", "longitude": communes[number % len(communes)].longitude,
            "latitude": communes[number % len(communes)].latitude, "simulated": True,
        }
        for number in range(stations)
    )  # fmt: skip
    first = [
        {"indicator": code, "subject": f"urn:dinh:asset:bench-read-{number:05}", "observed_at": (start - MINUTE).isoformat(),
         "value": 1.0, "source": "bench.read"}
        for code in codes
        for number in range(stations)
    ]  # fmt: skip
    receipt = observations.record(first, by=SYSTEM, channel="bench")
    assert receipt.accepted == len(first), receipt.rejected[:3]
    history = owner.open_history()
    series = sorted(row.id for code in codes for row in observations.series_of(indicator=code, limit=stations + 1))
    cursor = history.cursor()
    cursor.execute("SELECT setseed(0.42)")
    cursor.execute(
        """
        INSERT INTO observation
        SELECT s.id::UINTEGER, 1, $start::TIMESTAMP + INTERVAL 1 MINUTE * m.minute,
               50 + 40 * sin(m.minute / 700.0 + s.id) + random(), 0, 2 + m.minute // 10
        FROM range($minutes) m(minute), (SELECT unnest($series) AS id) s ORDER BY m.minute, s.id
        """,
        {"start": start.replace(tzinfo=None), "minutes": minutes, "series": list(series)},
    )
    cursor.execute(
        "INSERT INTO batch SELECT 2 + b, $start::TIMESTAMP + INTERVAL 10 MINUTE * (b + 1), $rows, ''::BLOB "
        "FROM range($batches) r(b)",
        {"start": start.replace(tzinfo=None), "rows": 10 * len(series), "batches": -(-minutes // 10)},
    )
    cursor.execute("CHECKPOINT")
    return Held(codes, series, start + minutes * MINUTE, minutes * len(series))


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median of `rounds` after one that does not count."""
    work()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return float(median(taken))


def places_of(series: Sequence[int]) -> Any:
    """A table series -> commune for the peer."""
    import pyarrow as pa

    from dinh.spine.observations import attachment

    index = attachment.index()
    ids = np.array(series, np.uint32)
    return pa.table({"series": ids, "commune": index.commune[index.subject[index.position(ids)]]})

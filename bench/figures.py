"""The twelve tiles of a picture: drawn from the history, and again after a commit."""

from __future__ import annotations

import time
from datetime import timedelta

from bench import Result, at_most

STATIONS = 167
INDICATORS = 12
MINUTES = 24 * 60
LIMIT_MS = 50


def run() -> list[Result]:
    from bench.history import AREA, MINUTE, fill, milliseconds
    from bench.house import data_folder

    with data_folder():
        from dinh.kernel import clock

        start = clock.now().replace(second=0, microsecond=0) - (MINUTES + 1) * MINUTE
        held = fill(stations=STATIONS, indicators=INDICATORS, minutes=MINUTES, start=start)
        from dinh.spine.observations import api as observations
        from dinh.spine.observations import figures
        from dinh.spine.observations.step_cache import cache
        from dinh.spine.parties.api import SYSTEM

        observations.start()

        def drawn() -> int:
            found = observations.figures(held.indicators, within=AREA)
            assert all(figure.value is not None and len(figure.trend) > 90 for figure in found)
            return len(found)

        def cold() -> int:
            figures._held.clear()
            cache._held.clear()
            return drawn()

        number = iter(range(1, 1_000_000))

        def commit() -> None:
            at = held.end - MINUTE + timedelta(milliseconds=next(number))
            row = {"indicator": held.indicators[0], "subject": "urn:dinh:asset:bench-read-00000", "observed_at": at.isoformat(),
                   "value": 1.0, "source": "bench.read"}  # fmt: skip
            heard = figures._last_batch
            assert observations.record([row], by=SYSTEM, channel="bench").accepted == 1
            while figures._last_batch == heard:
                time.sleep(0.001)

        drawn()
        live = []
        for _ in range(7):
            commit()
            live.append(milliseconds_once(drawn))
        given = f"{INDICATORS} indicators, {held.rows:,} readings of {len(held.series):,} series in a day of minutes"
        first = milliseconds(cold)
        observations.stop()
        return [
            at_most("figures after a commit", sorted(live)[3], "ms", LIMIT_MS, input=given),
            at_most("figures of an area drawn for the first time", first, "ms", 4 * LIMIT_MS, input=given),
        ]


def milliseconds_once(work: object) -> float:
    assert callable(work)
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000

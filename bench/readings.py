"""Readings to send: 1,000 stations with 10 indicators each, and clients that post bodies made beforehand."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from bench.house import Served

STATIONS = 1_000
INDICATORS = 10
ROWS = STATIONS * INDICATORS
START = datetime(2026, 1, 1, tzinfo=UTC)
CONNECTIONS = 8
"""Senders at once: enough that what comes while one transaction is written can join the next."""
ARROW = "application/vnd.apache.arrow.stream"
NDJSON = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Province:
    indicators: Sequence[str]
    subjects: Sequence[str]
    key: str


def declare() -> Province:
    """Puts stations, indicators, a source and a key into the registers."""
    from dinh.kernel.manifests import IndicatorSpec, Kind, Text
    from dinh.spine.observations import api as observations
    from dinh.spine.parties import api as parties
    from dinh.spine.parties.api import SYSTEM
    from dinh.spine.places import api as places

    specs = [
        IndicatorSpec(
            code=f"bench.level{i}",
            name=Text("Mực", "Level"),
            domain=Text("Đo thử", "Benchmark"),
            unit="m",
            kind=Kind.GAUGE,
            valid_min=-100,
            valid_max=1000,
        )
        for i in range(INDICATORS)
    ]
    observations.declare_indicators(specs, by=SYSTEM)
    observations.save_source(
        code="bench",
        name_vi="Đo thử",
        name_en="Benchmark",
        owner="",
        licence="CC0-1.0",
        simulated=True,
        period=timedelta(minutes=1),
    )
    rows = [
        {
            "kind": "asset", "id": f"bench-{i:04}", "level": "water_gauge", "name_vi": f"Trạm {i}", "name_en": f"Station {i}",
            "longitude": 105.6 + (i % 40) * 0.015, "latitude": 9.3 + (i // 40) * 0.015, "simulated": True,
        }
        for i in range(STATIONS)
    ]  # fmt: skip
    report = places.save_places(rows)
    assert report.taken == STATIONS, report.refused[:3]
    owner = parties.save_organisation(id="bench", name_vi="Đo thử", name_en="Benchmark")
    _, secret = parties.issue_key(label="bench", owner=owner.urn, scopes=["observations.record"], by=SYSTEM)
    return Province([spec.code for spec in specs], [f"urn:dinh:asset:bench-{i:04}" for i in range(STATIONS)], secret)


def table(province: Province, minute: int, *, late: int | None = None) -> pa.Table:
    """One reading of each series at that minute, texts as dictionaries. With the number of a `late` batch, each series
    at the middle of another minute before, all minutes mixed, none in two batches."""
    at = np.full(ROWS, int(START.timestamp()) * 1_000_000 + minute * 60_000_000, np.int64)
    if late is not None:
        mixed = np.random.default_rng(0).permutation(minute - 1) + 1
        at -= mixed[(np.arange(ROWS) * 7 + late) % len(mixed)] * 60_000_000 - 30_000_000
    value = np.round(np.random.default_rng(minute).normal(2.0, 0.5, ROWS), 3)

    def words(index: np.ndarray, of: Sequence[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(of))

    series = np.arange(ROWS)
    return pa.table(
        {
            "indicator": words(series % INDICATORS, province.indicators),
            "subject": words(series // INDICATORS, province.subjects),
            "observed_at": pa.array(at).view(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
            "value": value,
            "unit": words(np.zeros(ROWS, np.int64), ["m"]),
            "source": words(np.zeros(ROWS, np.int64), ["bench"]),
        }
    )


def as_arrow(readings: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, readings.schema) as writer:
        writer.write_table(readings)
    return sink.getvalue().to_pybytes()


def as_ndjson(readings: pa.Table) -> bytes:
    rows = readings.to_pylist()
    for row in rows:
        row["observed_at"] = row["observed_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return "\n".join(json.dumps(row, separators=(",", ":")) for row in rows).encode()


def post_all(server: Served, key: str, form: str, bodies: Sequence[bytes], *, connections: int = CONNECTIONS) -> float:
    """Seconds until every body was acknowledged in full; anything else but 200 and all accepted ends the run."""
    waiting = list(reversed(bodies))
    faults: list[str] = []
    guard = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=120)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": form}
        while not faults:
            with guard:
                if not waiting:
                    break
                body = waiting.pop()
            connection.request("POST", "/api/v1/observations", body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status != 200 or told["accepted"] != ROWS:
                faults.append(f"{answer.status}: {str(told)[:500]}")
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(connections)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if faults:
        raise SystemExit(f"the server did not take a batch: {faults[0]}")
    return seconds

"""Durable, idempotent intake over HTTP as NDJSON; the peer is DuckDB reading the same lines by itself."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from bench import Result, at_least
from bench.house import data_folder, served
from bench.readings import CONNECTIONS, NDJSON, ROWS, as_ndjson, declare, post_all, table

BATCHES = 100
WARM = 4
LIMIT = 150_000


def run() -> list[Result]:
    with data_folder() as home:
        province = declare()
        bodies = [as_ndjson(table(province, minute)) for minute in range(1, WARM + BATCHES + 1)]
        with served(home) as server:
            post_all(server, province.key, NDJSON, bodies[:WARM], connections=1)
            seconds = post_all(server, province.key, NDJSON, bodies[WARM:])
        peer_s = _duckdb(home, bodies[WARM:])
    rows = BATCHES * ROWS
    given = f"{BATCHES} batches of {ROWS:,} lines ({len(bodies[-1]) / 1e6:.1f} MB each), {CONNECTIONS} connections, one server"
    return [
        at_least(
            "intake_ndjson",
            rows / seconds,
            "readings/s",
            LIMIT,
            input=given,
            peer="DuckDB read_ndjson of the same batches from files, a commit each",
            peer_value=rows / peer_s,
        )
    ]


def _duckdb(home: Path, bodies: list[bytes]) -> float:
    files = []
    for number, body in enumerate(bodies):
        files.append(home / f"{number}.ndjson")
        files[-1].write_bytes(body)
    connection = duckdb.connect(str(home / "peer.duckdb"), config={"threads": 2})
    columns = "{indicator: 'VARCHAR', subject: 'VARCHAR', observed_at: 'TIMESTAMPTZ', value: 'DOUBLE', unit: 'VARCHAR', source: 'VARCHAR'}"
    connection.execute(f"CREATE TABLE peer AS SELECT * FROM read_ndjson('{files[0]}', columns={columns}) LIMIT 0")
    started = time.perf_counter()
    for file in files:
        connection.execute(f"INSERT INTO peer SELECT * FROM read_ndjson('{file}', columns={columns})")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds

"""Durable, idempotent intake over HTTP as Arrow; the peer is a bare DuckDB append of the same batches."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from bench import Result, at_least
from bench.house import data_folder, served
from bench.readings import ARROW, CONNECTIONS, ROWS, as_arrow, declare, post_all, table

BATCHES = 300
ROUNDS = 3
"""Ours and the peer take turns, so that a machine that becomes slower or faster becomes so for both."""
WARM = 10
LIMIT = 500_000
LIMIT_RATIO = 0.40


def run() -> list[Result]:
    with data_folder() as home:
        province = declare()
        tables = [table(province, minute) for minute in range(1, WARM + BATCHES + 1)]
        bodies = [as_arrow(readings) for readings in tables]
        peer = _Peer(home)
        seconds = peer_s = 0.0
        with served(home) as server:
            post_all(server, province.key, ARROW, bodies[:WARM], connections=1)
            for start in range(WARM, WARM + BATCHES, BATCHES // ROUNDS):
                chosen = slice(start, start + BATCHES // ROUNDS)
                seconds += post_all(server, province.key, ARROW, bodies[chosen])
                peer_s += peer.append(tables[chosen])
    rows = BATCHES * ROWS
    ours, bare = rows / seconds, rows / peer_s
    given = f"{BATCHES} batches of {ROWS:,} rows ({len(bodies[-1]) / 1e3:.0f} kB each), {CONNECTIONS} connections, one server"
    told = "bare DuckDB append of the same batches, numbered columns, a commit each"
    return [
        at_least("intake_arrow", ours, "readings/s", LIMIT, input=given, peer=told, peer_value=bare),
        at_least("intake_arrow_share", ours / bare, "of a bare append", LIMIT_RATIO, input=given),
    ]


class _Peer:
    """The columns that the history holds, without looking for duplicates, over HTTP or otherwise."""

    def __init__(self, home: Path) -> None:
        self._connection = duckdb.connect(str(home / "peer.duckdb"), config={"threads": 2})
        self._connection.execute(
            "CREATE TABLE observation (series UINTEGER NOT NULL, source USMALLINT NOT NULL,"
            " observed_at TIMESTAMP NOT NULL, value DOUBLE, missing UTINYINT NOT NULL, batch UBIGINT NOT NULL)"
        )

    def append(self, tables: list[pa.Table]) -> float:
        """Seconds for a commit each; texts were turned into numbers before."""
        plain = [
            pa.table(
                {
                    "series": np.arange(1, ROWS + 1, dtype=np.uint32),
                    "source": np.ones(ROWS, np.uint16),
                    "observed_at": readings["observed_at"].cast(pa.timestamp("us")),
                    "value": readings["value"],
                    "missing": np.zeros(ROWS, np.uint8),
                    "batch": np.full(ROWS, number, np.uint64),
                }
            )
            for number, readings in enumerate(tables)
        ]
        started = time.perf_counter()
        for readings in plain:
            self._connection.register("incoming", readings)
            self._connection.execute("INSERT INTO observation SELECT * FROM incoming")
            self._connection.unregister("incoming")
        return time.perf_counter() - started

"""A million rows of CSV through the product's own import; the peer is DuckDB's reader of the same file into a table."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bench import Result, at_least
from bench.house import data_folder
from bench.readings import INDICATORS, STATIONS, declare

LONG_ROWS = 1_000_000
LIMIT = 100_000
START = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> list[Result]:
    with data_folder() as home:
        province = declare()
        path = home / "readings.csv"
        _write(path, list(province.subjects))
        seconds, refused = _ours(path)
        peer_s = _peer(home, path)
        size_mb = path.stat().st_size / 1e6
    given = (
        f"{LONG_ROWS:,} rows of {INDICATORS} indicators and {STATIONS:,} stations, {size_mb:.0f} MB, numbers like 1.234,5, "
        f"dates like 31/01/2026 08:10; found out, judged and recorded; {refused:,} cells refused, as written"
    )
    told = "DuckDB read_csv of the same file into a table of texts, told its form, nothing judged"
    return [
        at_least(
            "import_table", LONG_ROWS / seconds, "rows/s", LIMIT, input=given, peer=told, peer_value=LONG_ROWS / peer_s
        )
    ]


def _write(path: Path, subjects: list[str]) -> None:
    """Ten minutes between two readings of a station; one row in 10,000 holds a word instead of a number."""
    names = [subject.rpartition(":")[2] for subject in subjects]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Trạm;Chỉ tiêu;Thời gian;Giá trị\r\n")
        number = 0
        for step in range(LONG_ROWS // (STATIONS * INDICATORS)):
            at = f"{START + timedelta(minutes=10 * step):%d/%m/%Y %H:%M}"
            lines = []
            for name in names:
                for indicator in range(INDICATORS):
                    number += 1
                    value = f"{number * 7919 % 999_983 / 1000:,.3f}".translate(str.maketrans(",.", ".,"))
                    lines.append(f"{name};bench.level{indicator};{at};{'hỏng' if number % 10_000 == 0 else value}\r\n")
            file.write("".join(lines))


def _ours(path: Path) -> tuple[float, int]:
    """Seconds from the bytes of the file to the last row on the disk, by the steps of the import's long work."""
    from dinh.engines.tables import reading
    from dinh.gateways.tabular import suggesting, taking
    from dinh.gateways.tabular.judging import Judge
    from dinh.spine.observations import api as observations
    from dinh.spine.parties.api import SYSTEM

    observations.start()
    started = time.perf_counter()
    table = reading.read(path.read_bytes())
    known = {spec.code: spec for spec in observations.indicators()}
    mapping = suggesting.suggest(table, known, source="bench").mapping
    judge = Judge(table, mapping, known, by=SYSTEM)
    tally = taking.Tally()
    for _, part in taking.parts(table, len(judge.values)):
        taking.take(part, judge, tally, by=SYSTEM, channel="bench")
    seconds = time.perf_counter() - started
    observations.stop()
    expected = LONG_ROWS // 10_000
    if tally.accepted != LONG_ROWS - expected or tally.told.counts != {"number.not_number": expected}:
        raise SystemExit(f"not every row came in: {tally.counts()}")
    return seconds, expected


def _peer(home: Path, path: Path) -> float:
    with duckdb.connect(str(home / "peer.duckdb"), config={"threads": 2}) as connection:
        started = time.perf_counter()
        connection.execute(
            "CREATE TABLE reading AS SELECT * FROM read_csv(?, delim=';', header=true, all_varchar=true)", [str(path)]
        )
        return time.perf_counter() - started

"""The system calls of the server: the data is synced to the disk before the answer leaves."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from .house import SUBJECT, House

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

# A call that another thread interrupts is written in two lines; the second has its end.
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>")


CALLS = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg,read,recvfrom,recvmsg"
ROW = {
    "indicator": "crash.level0",
    "subject": SUBJECT,
    "observed_at": "2026-01-01T00:00:00Z",
    "value": 1.0,
    "source": "crash",
}
LARGE = 200_000
"""More than a row group: DuckDB writes such a batch past its log, into the file itself."""


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[House]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = House(tmp_path, port)
    house.declare()
    house.start("strace", "-f", "-y", "-s", "64", "-e", CALLS, "-o", str(tmp_path / "trace"))
    house.post([ROW])  # the series is made by this one
    yield house
    if house.process is not None and house.process.poll() is None:
        house.end()


def _between(house: House, status: int) -> list[str]:
    """The calls from the last request's arrival to the moment at which its answer is written."""
    house.end()
    lines = (house.home / "trace").read_text(encoding="utf-8", errors="replace").splitlines()
    answered = max(
        n for n, line in enumerate(lines) if f"HTTP/1.1 {status}" in line and re.search(r"(write|send)", line)
    )
    asked = max(n for n, line in enumerate(lines[:answered]) if "POST /api/v1/observations" in line)
    return lines[asked:answered]


def test_history_and_registers_are_synced_before_the_acknowledgement_is_written(traced: House) -> None:
    told = traced.post([ROW | {"observed_at": "2026-01-01T00:01:00Z"}, ROW | {"indicator": "crash.none"}])
    assert (told["status"], told["accepted"], len(told["rejected"])) == (207, 1, 1)
    between = _between(traced, 207)
    assert _synced(between, "history.duckdb.wal"), "\n".join(between)
    assert _synced(between, "registers.sqlite3-wal"), "\n".join(between)


def test_a_batch_that_passes_the_log_is_synced_in_the_file_itself(traced: House) -> None:
    at = pa.array(np.arange(LARGE) * 1_000_000 + 1_767_312_000_000_000).view(pa.timestamp("us"))
    columns = {
        name: pa.DictionaryArray.from_arrays(np.zeros(LARGE, np.int8), [ROW[name]])
        for name in ("indicator", "subject", "source")
    }
    table = pa.table(
        columns | {"observed_at": at.cast(pa.timestamp("us", "UTC")), "value": np.random.default_rng(1).random(LARGE)}
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    connection = http.client.HTTPConnection("127.0.0.1", traced.port, timeout=60)
    told = traced.post_body(connection, sink.getvalue().to_pybytes(), "application/vnd.apache.arrow.stream")
    connection.close()
    assert (told["status"], told["accepted"]) == (200, LARGE), str(told)[:500]
    between = _between(traced, 200)
    for file in ("history.duckdb", "history.duckdb.wal"):
        written = [n for n, line in enumerate(between) if re.search(rf"write(64)?\(\d+<[^>]*{re.escape(file)}>", line)]
        if written:
            assert _synced(between[written[-1] :], file), f"{file} was written and not synced"
    assert _synced(between, "history.duckdb.wal") or _synced(between, "history.duckdb")


def _synced(lines: list[str], file: str) -> bool:
    """Whether an fsync or fdatasync of the file began and ended with 0 within these lines."""
    begun: set[str] = set()
    for line in lines:
        thread = line.split(maxsplit=1)[0]
        if re.search(rf"f(data)?sync\(\d+<[^>]*{re.escape(file)}>", line):
            if re.search(r"\)\s+= 0", line):
                return True
            begun.add(thread)
        elif (resumed := RESUMED.search(line)) and "sync" in resumed[1] and thread in begun and "= 0" in line:
            return True
    return False

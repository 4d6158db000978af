"""The system calls of the server: the data is synced to the disk before the answer leaves."""

from __future__ import annotations

import re
import shutil
import socket
from pathlib import Path

import pytest

from .house import SUBJECT, House

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

# A call that another thread interrupts is written in two lines; the second has its end.
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_history_and_registers_are_synced_before_the_acknowledgement_is_written(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = House(tmp_path, port)
    house.declare()
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,write,writev,sendto,sendmsg,read,recvfrom,recvmsg"
    house.start("strace", "-f", "-y", "-s", "64", "-e", calls, "-o", str(trace))
    try:
        row = {
            "indicator": "crash.level0",
            "subject": SUBJECT,
            "observed_at": "2026-01-01T00:00:00Z",
            "value": 1.0,
            "source": "crash",
        }
        house.post([row])  # the series is made by this one
        told = house.post([row | {"observed_at": "2026-01-01T00:01:00Z"}, row | {"indicator": "crash.none"}])
        assert (told["status"], told["accepted"], len(told["rejected"])) == (207, 1, 1)
    finally:
        house.end()
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    answered = next(n for n, line in enumerate(lines) if "HTTP/1.1 207" in line and re.search(r"(write|send)", line))
    asked = max(n for n, line in enumerate(lines[:answered]) if "POST /api/v1/observations" in line)
    between = lines[asked:answered]
    assert _synced(between, "history.duckdb.wal"), "\n".join(between)
    assert _synced(between, "registers.sqlite3-wal"), "\n".join(between)


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

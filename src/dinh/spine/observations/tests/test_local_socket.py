"""A process that does not own the history records and reads through the owner's socket."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import numpy as np
import pyarrow as pa
import pytest
import uvicorn
from django.conf import settings

from dinh.kernel.errors import Conflict, Invalid, SourceUnavailable
from dinh.spine.observations import api as observations
from dinh.spine.observations.history import local_socket, owner, reading
from dinh.spine.observations.intake import door, service
from dinh.spine.observations.tests.factories import AT, WARD, declare
from dinh.spine.observations.tests.factories import reading as row
from dinh.spine.parties.api import SYSTEM


@pytest.fixture
def elsewhere(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This thread is made to believe that it does not own the history; the socket's threads know that they do."""
    declare()
    observations.start()
    config = uvicorn.Config(
        observations.local_application, uds=str(settings.LOCAL_SOCKET), lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    asking = threading.get_ident()
    intake, history = service.running(), owner.owned()
    monkeypatch.setattr(service, "running", lambda: None if threading.get_ident() == asking else intake)
    monkeypatch.setattr(owner, "owned", lambda: None if threading.get_ident() == asking else history)
    yield
    monkeypatch.undo()
    server.should_exit = True
    thread.join()
    observations.stop()


def test_recording_over_the_socket_gives_the_same_receipt(elsewhere: None) -> None:
    rows: list[Any] = [row(1.0), row("x"), row(2.0, subject="urn:dinh:organisation:nobody"), row(1.0)]
    receipt = observations.record(rows, by=SYSTEM, channel="elsewhere")
    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    assert [(r.line, r.code) for r in receipt.rejected] == [(2, "value.not_number"), (3, "subject.unknown")]
    assert observations.rejected()[0].channel == "elsewhere"


def test_newest_readings_and_queries_come_over_the_socket(elsewhere: None) -> None:
    observations.record([row(1.0)], by=SYSTEM, channel="elsewhere")
    (newest,) = observations.latest(subject=WARD)
    assert (newest.value, newest.observed_at) == (1.0, AT)
    assert reading.newest_of(np.array([], np.int64)).value.tolist() == []
    found = local_socket.ask_query(
        "SELECT value * weight.of AS product FROM observation, weight WHERE observed_at BETWEEN ? AND ?",
        [AT, AT.replace(tzinfo=None).replace(hour=23)],
        {"weight": pa.table({"of": [3.0]})},
    )
    assert found["product"].to_pylist() == [3.0]


def test_only_questions_are_answered(elsewhere: None) -> None:
    for sql in ("DELETE FROM observation", "SELECT 1; DROP TABLE observation", "ATTACH '/tmp/x' AS x"):
        with pytest.raises(Invalid, match="SELECT"):
            local_socket.ask_query(sql, (), None)
    with pytest.raises(Invalid, match="nonsense"):
        local_socket.ask_query("SELECT nonsense FROM observation", (), None)


def test_an_owner_that_is_closing_says_so(elsewhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "running", lambda: None)
    parsed = door.parse_body(b"{}", door.NDJSON)
    with pytest.raises(SourceUnavailable, match="not open"):
        door._ask(parsed, by="x", channel="x", sources=frozenset())


@pytest.fixture
def held_elsewhere() -> Iterator[subprocess.Popen[bytes]]:
    """A worker that found no owner and took the file itself; it lets go of it when told."""
    owner.close_history()
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(settings.HISTORY_FILE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process


def test_an_owner_that_starts_waits_for_whoever_has_the_file_for_a_moment(
    held_elsewhere: subprocess.Popen[bytes],
) -> None:
    with pytest.raises(Conflict, match="held by another process"):
        owner.open_history(wait_s=0.1)
    threading.Timer(0.3, lambda: held_elsewhere.communicate(timeout=10)).start()
    owner.open_history(wait_s=20)
    owner.close_history()


def test_an_owner_that_starts_beside_a_live_one_is_refused_at_once(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Conflict("observations.history_in_use", "{path} is held by another process", path="x")
    monkeypatch.setattr(owner, "_opened", Mock(side_effect=refused))
    begun = time.monotonic()
    with pytest.raises(Conflict):
        owner.open_history(wait_s=20)
    assert time.monotonic() - begun < 5

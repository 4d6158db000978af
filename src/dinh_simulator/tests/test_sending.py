"""What is sent, in which form, and that it arrives whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

from dinh_simulator import history, state
from dinh_simulator.http_gateway import NDJSON, HttpGateway
from dinh_simulator.live import Clockwork
from dinh_simulator.mqtt_gateway import messages
from dinh_simulator.noise import HOUR, MINUTE, SECOND
from dinh_simulator.province import BadProvince, read
from dinh_simulator.readings import Readings, Sampler, joined
from dinh_simulator.tests.conftest import NOON


def identities(readings: Readings) -> set[tuple[int, int, int]]:
    return set(zip(readings.measure.tolist(), readings.subject.tolist(), readings.at.tolist(), strict=True))


def test_history_holds_each_promised_moment_once_save_for_what_is_lost_or_repeated(sampler: Sampler) -> None:
    found = joined(list(history.hours(sampler, NOON - 6 * HOUR, NOON)))
    promised = sampler.per_second() * 6 * 3600
    unique = identities(found)
    assert 0.985 * promised < len(unique) <= 1.001 * promised
    assert 0 < len(found) - len(unique) < 0.01 * promised
    assert found.at.min() >= NOON - 6 * HOUR
    assert found.at.max() < NOON


def test_history_sent_again_in_other_pieces_is_the_same(sampler: Sampler) -> None:
    whole = joined(list(history.hours(sampler, NOON - 3 * HOUR, NOON)))
    late = joined(list(history.hours(sampler, NOON - 95 * MINUTE, NOON)))
    said = dict(
        zip(
            zip(whole.measure.tolist(), whole.subject.tolist(), whole.at.tolist(), strict=True),
            whole.value.tolist(),
            strict=True,
        )
    )
    assert len(late)
    for measure, subject, at, value in zip(
        late.measure.tolist(), late.subject.tolist(), late.at.tolist(), late.value.tolist(), strict=True
    ):
        before = said[measure, subject, at]
        assert value == before or (value != value and before != before)


def test_batches_hold_everything_once(sampler: Sampler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "ROWS_A_BATCH", 100)
    hour = next(iter(history.hours(sampler, NOON - HOUR, NOON)))
    parts = list(history.batches(hour))
    assert [len(part) for part in parts[:-1]] == [100] * (len(parts) - 1)
    assert sum(len(part) for part in parts) == len(hour)


def test_the_present_brings_each_reading_once_late_ones_later_and_some_twice(sampler: Sampler) -> None:
    clockwork = Clockwork(sampler, NOON, factor=20.0)
    seconds, arrived, late = 900, [], 0
    for second in range(3, seconds + 1, 3):
        now = NOON + second * SECOND
        some = clockwork.until(now)
        if some is not None:
            assert some.at.max() <= now
            late += int((now - some.at > MINUTE).sum())
            arrived.append(some)
    found = joined(arrived)
    unique = identities(found)
    assert 0.97 * 20 * sampler.per_second() * seconds < len(unique) <= 20 * sampler.per_second() * seconds * 1.01
    assert len(found) > len(unique)
    assert late


def test_arrow_and_json_say_the_same(sampler: Sampler) -> None:
    hour = next(iter(history.hours(sampler, NOON - HOUR, NOON)))
    with pa.ipc.open_stream(sampler.arrow(hour)) as reader:
        table = reader.read_all()
    assert table.schema.field("observed_at").type == pa.timestamp("us", "UTC")
    rows = list(sampler.rows(hour))
    columns = table.to_pydict()
    for number in range(0, len(rows), 97):
        for name in ("indicator", "subject", "unit", "source", "value"):
            assert columns[name][number] == rows[number][name]
        assert columns["missing"][number] == rows[number].get("missing")
        assert columns["observed_at"][number].isoformat(timespec="milliseconds") == rows[number]["observed_at"]
    assert {json.loads(line)["subject"] for line in sampler.lines(hour).splitlines()} <= set(sampler.subjects)
    archived = pa.ipc.open_stream(sampler.arrow(hour, source="archive")).read_all()
    assert set(archived["source"].to_pylist()) == {"archive"}


def test_faults_are_rare_and_come_with_their_reason(sampler: Sampler) -> None:
    found = joined(list(history.hours(sampler, NOON - 24 * HOUR, NOON)))
    assert 0 < found.not_measured.mean() < 0.003
    assert 0 < found.wrong_unit.mean() < 0.001
    missing = list(sampler.rows(found.where(np.isnan(found.value))))
    assert {row["missing"] for row in missing} <= {"not_measured", "out_of_service"}
    assert {row["unit"] for row in sampler.rows(found.where(found.wrong_unit))} == {"Cel"}


def test_stations_speak_senml_and_the_rest_plain_json(sampler: Sampler) -> None:
    hour = next(iter(history.hours(sampler, NOON - HOUR, NOON)))
    topics = dict(messages(sampler.rows(hour)))
    pack = json.loads(topics["senml/sim-thuy-van/tram-tran-de"])
    assert pack[0]["bn"] == "tram-tran-de:"
    assert {"n", "u", "v"} == pack[1].keys()
    plain = next(json.loads(said) for topic, said in topics.items() if topic.startswith("dinh/sim-y-te/urn:dinh:"))
    assert {"value", "unit", "observed_at"} <= plain.keys()


class Moody(BaseHTTPRequestHandler):
    """Answers what the list says, then 200."""

    answers: ClassVar[list[int]] = []
    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.bodies.append(body)
        said = json.dumps({"accepted": 1, "duplicates": 0, "corrections": 0, "rejected": []}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said) if status == 200 else 0))
        self.end_headers()
        if status == 200:
            self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def moody() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    Moody.bodies = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


async def test_a_batch_is_sent_until_it_is_taken(moody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dinh_simulator.http_gateway.FIRST_WAIT_S", 0.01)
    Moody.answers = [503, 429, 500, 401]
    gateway = HttpGateway(moody, "key", asyncio.Event())
    assert await gateway.send(b"{}\n", NDJSON)
    assert Moody.bodies == [b"{}\n"]
    assert gateway.tally.accepted == 1
    await gateway.close()


async def test_what_will_never_be_taken_is_left_and_a_stop_ends_the_waiting(
    moody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dinh_simulator.http_gateway.FIRST_WAIT_S", 0.01)
    stop = asyncio.Event()
    gateway = HttpGateway(moody, "key", stop)
    Moody.answers = [413]
    assert not await gateway.send(b"{}\n", NDJSON)
    Moody.answers = [500] * 1000
    waiting = asyncio.create_task(gateway.send(b"{}\n", NDJSON))
    await asyncio.sleep(0.1)
    stop.set()
    assert not await asyncio.wait_for(waiting, 2)
    await gateway.close()
    Moody.answers = []


def test_the_state_is_kept_for_one_seed(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state.save(path, state.State(94, NOON, (1, 2)))
    kept = state.load(path, 94)
    assert (kept.sent_until, list(kept.incidents)) == (NOON, [1, 2])
    assert state.load(path, 95).sent_until == 0
    path.write_text("broken")
    assert state.load(path, 94).sent_until == 0


def test_a_file_that_describes_no_province_is_named(tmp_path: Path) -> None:
    path = tmp_path / "province.json"
    path.write_text('{"communes": []}')
    with pytest.raises(BadProvince, match=r"province\.json"):
        read(path, 1)

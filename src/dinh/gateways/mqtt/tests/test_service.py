"""The gateway between a real Mosquitto and the real history: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiomqtt
import pytest
from django.db import OperationalError, connection

from dinh.gateways.mqtt import checks, service
from dinh.gateways.mqtt.broker import AcknowledgingClient, broker_at, session_name
from dinh.gateways.mqtt.templates import BUILT_IN
from dinh.gateways.mqtt.tests.conftest import Broker, gateway
from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.spine.observations import api as observations

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]

TOPIC = "dinh/tram-thu/tram-thu/test.salinity"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def payload(number: float) -> bytes:
    return json.dumps(
        {"value": number / 10, "unit": "g/L", "observed_at": (START + timedelta(seconds=number)).isoformat()}
    ).encode()


async def publish(broker: Broker, messages: Iterable[tuple[str, bytes]]) -> None:
    url = broker_at(broker.url("device"))
    async with aiomqtt.Client(url.host, url.port, username=url.username, password=url.password) as client:
        client.pending_calls_threshold = 100_000
        await asyncio.gather(*(client.publish(topic, said, qos=1) for topic, said in messages))


def values() -> list[float | None]:
    found = observations.series_of(indicator="test.salinity")
    if not found:
        return []
    table = observations.raw_history(found[0].id, start=START - timedelta(days=1), end=START + timedelta(days=1))
    return list(table["value"].to_pylist())


async def ask[T](question: Callable[[], T]) -> T:
    """The answer of something that reads the registers, from a thread that leaves no connection behind."""

    def answer() -> T:
        try:
            return question()
        finally:
            connection.close()

    return await asyncio.to_thread(answer)


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not await ask(holds):
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.05)


async def listens() -> None:
    await until(lambda: service.connected._value.get() == 1)


async def test_a_published_reading_is_recorded(broker: Broker, history: None) -> None:
    async with gateway(broker.url()):
        await listens()
        await publish(broker, [(TOPIC, payload(42))])
        await until(lambda: values() == [4.2])


async def test_a_senml_pack_and_whole_readings_are_recorded(broker: Broker, history: None) -> None:
    pack = [{"bn": "tram-thu:", "bt": START.timestamp(), "n": "test.salinity", "u": "g/l", "v": 1.5}]
    reading = {
        "indicator": "test.salinity",
        "subject": "urn:dinh:asset:tram-thu",
        "observed_at": (START + timedelta(seconds=1)).isoformat(),
        "value": 2500,
        "unit": "mg/L",
    }
    async with gateway(broker.url()):
        await listens()
        await publish(
            broker, [("senml/tram-thu", json.dumps(pack).encode()), ("json/tram-thu", json.dumps([reading]).encode())]
        )
        await until(lambda: values() == [1.5, 2.5])


async def test_what_cannot_be_read_is_kept_with_its_reason_and_does_not_hold_up_the_rest(
    broker: Broker, history: None
) -> None:
    unknown = TOPIC.replace("test.salinity", "test.colour")
    async with gateway(broker.url()):
        await listens()
        await publish(broker, [(TOPIC, b"wet"), (unknown, payload(1)), (TOPIC, payload(2))])
        await until(lambda: values() == [0.2])
        await until(lambda: len(observations.rejected()) >= 2)
    batches = await ask(observations.rejected)
    assert {batch.channel for batch in batches} == {"mqtt"}
    assert {code for batch in batches for code in batch.codes} == {"mqtt.not_json", "indicator.unknown"}
    shown = [row for batch in batches for row, _ in await ask(lambda: observations.rejected_rows(batch.id))]  # noqa: B023
    assert {"source": "tram-thu", "topic": TOPIC, "payload": "wet"} in shown


async def test_what_is_published_while_it_is_down_waits_for_it(broker: Broker, history: None) -> None:
    async with gateway(broker.url()):
        await listens()
    await publish(broker, [(TOPIC, payload(number)) for number in range(1500)])
    async with gateway(broker.url()):
        await until(lambda: len(values()) == 1500)


async def test_it_comes_back_after_the_broker_was_away(broker: Broker, history: None) -> None:
    async with gateway(broker.url()):
        await listens()
        await asyncio.to_thread(broker.stop)
        await until(lambda: service.connected._value.get() == 0)
        await asyncio.to_thread(broker.start)
        await listens()
        await publish(broker, [(TOPIC, payload(7))])
        await until(lambda: values() == [0.7])


async def test_messages_sent_twice_add_nothing(broker: Broker, history: None) -> None:
    async with gateway(broker.url()):
        await listens()
        await publish(broker, [(TOPIC, payload(number)) for number in (1, 2, 1, 2, 1)])
        await publish(broker, [(TOPIC, payload(3))])
        await until(lambda: len(values()) == 3)
    assert sorted(map(str, await ask(values))) == ["0.1", "0.2", "0.3"]


async def test_what_was_received_and_not_acknowledged_comes_again(
    broker: Broker, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between receipt and the durable write: a client with our session dies without a word."""
    from django.conf import settings

    dying = AcknowledgingClient(broker_at(broker.url()), session_name(settings.SECRET_KEY), persistent=True)
    await dying.__aenter__()
    await dying.hear(BUILT_IN)
    await publish(broker, [(TOPIC, payload(number)) for number in range(300)])
    received = 0
    while received < 300:
        received += len(await dying.next_messages(100, 0.01))
    sock = dying._client.socket()
    assert sock is not None
    dying._client.on_socket_close = None
    asyncio.get_running_loop().remove_reader(sock.fileno())
    if dying._misc_task is not None:
        dying._misc_task.cancel()
    sock.close()
    assert await ask(values) == []
    async with gateway(broker.url()):
        await until(lambda: len(values()) == 300)


async def test_a_batch_is_acknowledged_only_once_it_is_written(
    broker: Broker, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    failures = iter([True, True, False])

    def record(readings: Any, **rest: Any) -> observations.Receipt:
        if next(failures, False):
            order.append("full")
            raise SourceUnavailable("observations.busy", "the disk is busy")
        order.append("written")
        return receipt(readings, **rest)

    receipt = observations.record
    acknowledge = AcknowledgingClient.acknowledge

    def note(self: AcknowledgingClient, messages: Any) -> None:
        order.append("acknowledged")
        acknowledge(self, messages)

    monkeypatch.setattr(observations, "record", record)
    monkeypatch.setattr(AcknowledgingClient, "acknowledge", note)
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.05)
    async with gateway(broker.url()):
        await listens()
        await publish(broker, [(TOPIC, payload(5))])
        await until(lambda: values() == [0.5])
    assert order == ["full", "full", "written", "acknowledged"]


def failing(monkeypatch: pytest.MonkeyPatch, fails: Callable[[Any], Exception | None]) -> None:
    """Recording raises what `fails` says of any of its readings."""
    real = observations.record

    def record(readings: Any, **rest: Any) -> observations.Receipt:
        for reading in readings:
            if error := fails(reading["value"]):
                raise error
        return real(readings, **rest)

    monkeypatch.setattr(observations, "record", record)
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.05)


async def test_a_message_that_fails_unforeseen_is_refused_alone_and_the_rest_is_recorded(
    broker: Broker, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway(broker.url()):
        await listens()
    failing(monkeypatch, lambda value: ZeroDivisionError("odd one") if value == 1.3 else None)
    await publish(broker, [(TOPIC, payload(number)) for number in range(40)])
    async with gateway(broker.url()):
        await until(lambda: len(values()) == 39)
        await until(lambda: len(observations.rejected()) == 1)
        await publish(broker, [(TOPIC, payload(50))])
        await until(lambda: 5.0 in values())
    (batch,) = await ask(observations.rejected)
    assert (batch.source, batch.codes) == ("tram-thu", {"mqtt.unreadable": 1})
    ((row, _),) = await ask(lambda: observations.rejected_rows(batch.id))
    assert (row["topic"], row["payload"]) == (TOPIC, payload(13).decode())
    assert 1.3 not in await ask(values)
    async with gateway(broker.url()):  # all was acknowledged: nothing comes again
        await listens()
        await asyncio.sleep(0.3)
    assert len(await ask(observations.rejected)) == 1


@pytest.mark.parametrize("fault", [SourceUnavailable("observations.busy", "busy"), OperationalError("gone"), OSError()])
async def test_a_fault_of_disk_or_database_refuses_nothing_and_everything_waits(
    broker: Broker, history: None, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    faults = iter([fault] * 3)
    failing(monkeypatch, lambda value: next(faults, None))
    async with gateway(broker.url()):
        await listens()
        await publish(broker, [(TOPIC, payload(number)) for number in range(5)])
        await until(lambda: len(values()) == 5)
    assert not await ask(observations.rejected)


async def test_when_no_message_at_all_can_be_recorded_none_is_refused(
    broker: Broker, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway(broker.url()):
        await listens()
    await publish(broker, [(TOPIC, payload(number)) for number in range(30)])
    mended = asyncio.Event()
    tried: list[float] = []

    def fails(value: float) -> Exception | None:
        tried.append(value)
        return None if mended.is_set() else ZeroDivisionError()

    failing(monkeypatch, fails)
    monkeypatch.setattr(service, "FIRST_WAIT_S", 1.0)
    async with gateway(broker.url()):
        await until(lambda: bool(tried) and service.connected._value.get() == 0)  # given up until it connects again
        mended.set()
        await until(lambda: len(values()) == 30)
    assert not await ask(observations.rejected)


async def test_two_thousand_readings_a_second_need_less_than_one_processor(broker: Broker, history: None) -> None:
    """Processor time, not wall time: the machine that runs the tests may be busy with other things."""
    count = 6000
    async with gateway(broker.url()):
        await listens()
    await publish(broker, [(TOPIC, payload(number / 10)) for number in range(count)])
    before = time.process_time()
    async with gateway(broker.url()):
        await until(lambda: len(values()) == count, 30)
    spent_s = time.process_time() - before
    assert spent_s < count / 2000, f"{count} readings cost {spent_s:.1f} s"


async def test_without_a_broker_configured_it_returns_at_once() -> None:
    async with gateway("") as task:
        await asyncio.wait_for(task, 1)


def says(url: str, settings: Any) -> tuple[bool, str]:
    settings.MQTT_URL = url
    findings = list(checks.findings())
    assert len(findings) == 1
    assert findings[0].ok or findings[0].remedy
    return findings[0].ok, findings[0].says


def test_dinh_check_says_in_plain_words_what_is_wrong(broker: Broker, settings: Any) -> None:
    assert says("", settings)[0]
    assert says(broker.url(), settings) == (
        True, f"127.0.0.1:{broker.port} lets us in and hear dinh/+/+/+, senml/+/#, json/+",
    )  # fmt: skip
    assert says(broker.url(password="wrong"), settings) == (
        False, f"127.0.0.1:{broker.port} does not accept the user name or password",
    )  # fmt: skip
    broker.stop()
    assert says(broker.url(), settings) == (False, f"nothing listens at 127.0.0.1:{broker.port}")
    assert says("http://here", settings)[1].startswith("DINH_MQTT_URL begins with 'http'")
    settings.MQTT_TOPICS = "/nowhere.toml"
    assert says(broker.url(), settings)[1].startswith("topic template '/nowhere.toml'")


def test_the_password_is_in_no_message() -> None:
    with pytest.raises(Invalid) as refused:
        broker_at("mqtt://dinh:hidden@host:port")
    assert "hidden" not in refused.value.message
    assert "hidden" not in repr(broker_at("mqtt://dinh:hidden@host"))

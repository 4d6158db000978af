"""The gateway at work: hears, decodes, records, and only then acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import aiomqtt
import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, close_old_connections
from prometheus_client import Gauge

from dinh.gateways.mqtt.broker import AcknowledgingClient, Broker, broker_at, session_name, why
from dinh.gateways.mqtt.decoding import Refusal, decode, unreadable
from dinh.gateways.mqtt.templates import Template, configured
from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, SourceUnavailable
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor

log = structlog.get_logger("dinh.mqtt")
CHANNEL: Final = "mqtt"
MOST_MESSAGES: Final = 5_000
LINGER_S: Final = 0.02
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
MOST_ALONE: Final = 16
"""So many messages that fail one by one, with none taken between them, tell of a fault that is not theirs."""
ACTOR: Final = Actor(
    urn="urn:dinh:organisation:dinh", name="MQTT", is_staff=True, permissions=frozenset({"observations.record"})
)
"""Who may publish for which source is the broker's to decide, by its access list on the topics."""

connected: Final = Gauge("dinh_mqtt_connected", "1 while the gateway is connected to its broker")


async def serve(stop: asyncio.Event) -> None:
    """Runs until `stop`; without a configured broker it returns at once."""
    if not settings.MQTT_URL:
        return
    broker = broker_at(settings.MQTT_URL)
    templates = configured(settings.MQTT_TOPICS)
    with ThreadPoolExecutor(1, thread_name_prefix="mqtt") as thread:
        listening = asyncio.create_task(_listen(broker, templates, thread, stop))
        ended = asyncio.create_task(stop.wait())
        await asyncio.wait([listening, ended], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not listening.done() and not await _ends(listening):
            listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        connected.set(0)


async def _ends(task: asyncio.Task[None]) -> bool:
    """Whether it ends by itself soon: a batch that is being written is written and acknowledged first."""
    done, _ = await asyncio.wait([task], timeout=5)
    return bool(done)


async def _listen(
    broker: Broker, templates: Sequence[Template], thread: ThreadPoolExecutor, stop: asyncio.Event
) -> None:
    """Connects, and connects again, waiting longer after each failure."""
    wait_s = FIRST_WAIT_S
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            async with AcknowledgingClient(broker, session_name(settings.SECRET_KEY), persistent=True) as client:
                await client.hear(templates)
                connected.set(1)
                log.info("listening", broker=str(broker), topics=[template.subscription for template in templates])
                await _take(client, templates, thread, stop)
        except (aiomqtt.MqttError, OSError, DinhError) as error:
            log.warning("broker lost", reason=why(error, broker)[0])
        except Exception:  # the broker sends again what was not acknowledged; the log tells what to mend
            log.exception("messages could not be taken")
        finally:
            connected.set(0)
        if asyncio.get_running_loop().time() - began > LONGEST_WAIT_S:
            wait_s = FIRST_WAIT_S
        await _pause(stop, wait_s)
        wait_s = min(wait_s * 2, LONGEST_WAIT_S)


async def _take(
    client: AcknowledgingClient, templates: Sequence[Template], thread: ThreadPoolExecutor, stop: asyncio.Event
) -> None:
    """Batches until `stop`, each acknowledged once all of it is on disk."""
    ended = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            coming = asyncio.create_task(client.next_messages(MOST_MESSAGES, LINGER_S))
            await asyncio.wait([coming, ended], return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                return
            messages = coming.result()
            if not await _taken(messages, templates, thread, stop):
                return
            client.acknowledge(messages)
    finally:
        ended.cancel()


async def _taken(
    messages: Sequence[aiomqtt.Message], templates: Sequence[Template], thread: ThreadPoolExecutor, stop: asyncio.Event
) -> bool:
    """Whether all is on disk, recorded or refused; False where `stop` came first.

    What cannot be written now is tried again until it can. What fails for another reason is halved until the message
    that fails stands alone: that one is refused, and the rest is recorded.
    """
    run = asyncio.get_running_loop().run_in_executor
    parts = [messages]
    refusals: list[Refusal] = []
    any_taken = False
    wait_s = FIRST_WAIT_S
    while parts or refusals:
        try:
            if parts:
                await run(thread, keep, parts[-1], templates)
                parts.pop()
                any_taken = True
            else:
                await run(thread, _keep_apart, refusals)
                refusals = []
            wait_s = FIRST_WAIT_S
        except Exception as error:
            if _passes(error):
                log.warning("cannot write now", messages=len(messages), reason=str(error))
                await _pause(stop, wait_s)
                if stop.is_set():
                    return False
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                continue
            if not parts:
                raise
            part = parts.pop()
            if len(part) > 1:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
                continue
            refusals.append(unreadable(templates, str(part[0].topic), _payload(part[0]), error))
            if not any_taken and len(refusals) >= MOST_ALONE:
                raise
            log.exception("message refused", topic=str(part[0].topic))
    return True


def _passes(error: Exception) -> bool:
    """Whether the same messages may be taken later: the fault lies with disk, memory or database, not with them."""
    return isinstance(error, (SourceUnavailable, Conflict, DatabaseError, OSError, MemoryError)) and not isinstance(
        error, DataError
    )


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def keep(messages: Sequence[aiomqtt.Message], templates: Sequence[Template]) -> None:
    """Records what the messages say and keeps what cannot be read; when it returns, both are on disk."""
    received_at = clock.now()
    readings: list[Mapping[str, Any]] = []
    refusals: list[Refusal] = []
    for message in messages:
        good, bad = decode(templates, str(message.topic), _payload(message), received_at=received_at)
        readings.extend(good)
        refusals.extend(bad)
    try:
        if readings:
            observations.record(readings, by=ACTOR, channel=CHANNEL)
        if refusals:
            _keep_refused(refusals)
    finally:
        close_old_connections()


def _payload(message: aiomqtt.Message) -> bytes:
    return message.payload if isinstance(message.payload, bytes) else b""


def _keep_apart(refusals: Sequence[Refusal]) -> None:
    try:
        _keep_refused(refusals)
    finally:
        close_old_connections()


def _keep_refused(refusals: Sequence[Refusal]) -> None:
    by_source: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        by_source.setdefault(str(refusal.row["source"]), []).append(refusal)
    for source, theirs in by_source.items():
        observations.keep_rejected(
            [observations.Rejection(line, refusal.code, refusal.message) for line, refusal in enumerate(theirs, 1)],
            [refusal.row for refusal in theirs],
            by=ACTOR,
            channel=CHANNEL,
            source=source,
        )

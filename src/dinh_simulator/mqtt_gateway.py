"""Publishes through a broker: stations as SenML packs, everything else one value a message, QoS 1."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiomqtt

from dinh_simulator.http_gateway import FIRST_WAIT_S, LONGEST_WAIT_S, pause

SENML_SOURCES: Final = frozenset({"sim-thuy-van"})
SENML_UNITS: Final = {"g/L": "g/l", "1": "count"}
AT_ONCE: Final = 500
MOST_WAITING: Final = 200_000
type Message = tuple[str, bytes]


def messages(rows: Iterable[Mapping[str, Any]]) -> Iterator[Message]:
    """Topics and payloads for Đình's built-in topic templates."""
    for row in rows:
        senml = row["source"] in SENML_SOURCES and row["value"] is not None
        yield _senml(row) if senml else _value(row)


def _value(row: Mapping[str, Any]) -> Message:
    topic = f"dinh/{row['source']}/{row['subject']}/{row['indicator']}"
    said = {name: row[name] for name in ("value", "unit", "observed_at", "missing") if name in row}
    return topic, json.dumps(said).encode()


def _senml(row: Mapping[str, Any]) -> Message:
    device = row["subject"].removeprefix("urn:dinh:asset:")
    seconds = datetime.fromisoformat(row["observed_at"]).timestamp()
    pack = [
        {"bn": f"{device}:", "bt": seconds},
        {"n": row["indicator"], "u": SENML_UNITS.get(row["unit"], row["unit"]), "v": row["value"]},
    ]
    return f"senml/{row['source']}/{device}", json.dumps(pack).encode()


class MqttGateway:
    """Keeps what is not yet acknowledged and sends it again after a lost connection."""

    def __init__(self, url: str, stop: asyncio.Event) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._stop = stop
        self._waiting: deque[Message] = deque(maxlen=MOST_WAITING)
        self._came = asyncio.Event()
        self.published = 0
        self._trouble = ""
        logging.getLogger("mqtt").setLevel(logging.CRITICAL)

    def publish(self, more: Iterable[Message]) -> None:
        self._waiting.extend(more)
        self._came.set()

    async def run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                async with aiomqtt.Client(
                    self._host,
                    self._port,
                    username=self._username,
                    password=self._password,
                    identifier="dinh-simulator",
                    max_inflight_messages=AT_ONCE,
                    timeout=10,
                ) as client:
                    client.pending_calls_threshold = 2 * AT_ONCE
                    self._trouble, wait_s = "", FIRST_WAIT_S
                    await self._send(client)
            except (aiomqtt.MqttError, OSError) as error:
                if str(error) != self._trouble:
                    self._trouble = str(error)
                    print(f"simulator: broker lost ({error})", flush=True)
            await pause(self._stop, wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _send(self, client: aiomqtt.Client) -> None:
        while not self._stop.is_set():
            if not self._waiting:
                self._came.clear()
                await pause_until(self._came, 0.5)
                continue
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            results = await asyncio.gather(
                *(client.publish(topic, payload, qos=1) for topic, payload in batch), return_exceptions=True
            )
            failed = [message for message, result in zip(batch, results, strict=True) if result is not None]
            self.published += len(batch) - len(failed)
            if failed:
                self._waiting.extendleft(reversed(failed))
                raise next(result for result in results if isinstance(result, aiomqtt.MqttError))


async def pause_until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return

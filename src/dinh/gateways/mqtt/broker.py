"""The connection to a broker: MQTT 5, a session that outlives us, acknowledgement when we say so."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from dinh.gateways.mqtt.templates import Template
from dinh.kernel.errors import Invalid, SourceUnavailable

SESSION_EXPIRY_S: Final = 7 * 24 * 3600
IN_FLIGHT: Final = 10_000
"""Messages that the broker may send before the first is acknowledged: two full batches."""
CONNECT_TIMEOUT_S: Final = 10
KEEPALIVE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Broker:
    """Where it is and who we are there."""

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def broker_at(url: str) -> Broker:
    """Raises Invalid `mqtt.bad_url` without repeating the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid(
            "mqtt.bad_url", "DINH_MQTT_URL has no readable port; write mqtt://user:password@host:1883"
        ) from error
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise Invalid(
            "mqtt.bad_url",
            "DINH_MQTT_URL begins with '{scheme}'; write mqtt://user:password@host:1883, or mqtts:// for TLS",
            scheme=parts.scheme or "nothing",
        )
    tls = parts.scheme == "mqtts"
    return Broker(
        parts.hostname,
        port or (8883 if tls else 1883),
        tls,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def session_name(secret: str) -> str:
    """The client identifier of this installation: always the same, so that the broker keeps its queue."""
    return f"dinh-{hashlib.sha256(secret.encode()).hexdigest()[:16]}"


class AcknowledgingClient(aiomqtt.Client):
    """aiomqtt acknowledges at once and offers no choice; the paho client beneath it does (`manual_ack_set`, `ack`)."""

    def __init__(self, broker: Broker, identifier: str, *, persistent: bool) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = IN_FLIGHT
        properties.SessionExpiryInterval = SESSION_EXPIRY_S if persistent else 0
        super().__init__(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            identifier=identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False if persistent else MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties,
            tls_context=ssl.create_default_context() if broker.tls else None,
            timeout=CONNECT_TIMEOUT_S,
            keepalive=KEEPALIVE_S,
        )
        self._client.manual_ack_set(True)

    async def hear(self, templates: Iterable[Template]) -> None:
        """Subscribes at QoS 1. Raises SourceUnavailable `mqtt.not_permitted` with the topics that the broker refuses."""
        topics = list(dict.fromkeys(template.subscription for template in templates))
        # Retained messages come once, when the subscription is new, not again at every reconnection.
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        answers = await self.subscribe([(topic, options) for topic in topics])
        refused = [topic for topic, answer in zip(topics, answers, strict=True) if _failed(answer)]
        if refused:
            raise SourceUnavailable(
                "mqtt.not_permitted",
                "the broker does not let us hear {topics}; permit it in the broker's access list",
                topics=", ".join(refused),
            )

    async def next_messages(self, most: int, linger_s: float) -> Sequence[aiomqtt.Message]:
        """What arrives together. Raises MqttError when the connection is lost."""
        messages = [await anext(aiter(self.messages))]
        if self._queue.qsize() < most:
            await asyncio.sleep(linger_s)
        while len(messages) < most and not self._queue.empty():
            messages.append(self._queue.get_nowait())
        return messages

    def acknowledge(self, messages: Iterable[aiomqtt.Message]) -> None:
        """Tells the broker that it may forget them; what it does not hear it sends again."""
        for message in messages:
            if message.qos:
                self._client.ack(message.mid, message.qos)


def _failed(answer: object) -> bool:
    return int(getattr(answer, "value", answer)) >= 0x80  # type: ignore[call-overload, no-any-return]


def why(error: BaseException, broker: Broker) -> tuple[str, str]:
    """What went wrong with a connection, in plain words, and how to mend it."""
    told = str(error)
    low = told.lower()
    if "not authorized" in low or "bad user name" in low or "not authorised" in low:
        return (
            f"{broker} does not accept the user name or password",
            "correct the user name and password in DINH_MQTT_URL",
        )
    if "refused" in low:
        return f"nothing listens at {broker}", "start the broker, or correct host and port in DINH_MQTT_URL"
    if "name or service" in low or "resolution" in low or "getaddrinfo" in low:
        return f"there is no host named {broker.host}", "correct the host in DINH_MQTT_URL"
    if "certificate" in low or "ssl" in low:
        return f"the certificate of {broker} is not trusted ({told})", "let the system trust its authority"
    if "protocol version" in low:
        return f"{broker} does not speak MQTT 5", "use a broker that speaks MQTT 5, like Mosquitto 2"
    if "timed out" in low or "timeout" in low:
        return f"{broker} does not answer", "check the network between here and the broker"
    return f"{broker}: {told}", "see the broker's log"

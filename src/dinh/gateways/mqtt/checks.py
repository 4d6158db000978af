"""What `dinh check` says of the broker and the topic templates."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Sequence

import aiomqtt
from django.conf import settings

from dinh.gateways.mqtt.broker import AcknowledgingClient, Broker, broker_at, why
from dinh.gateways.mqtt.templates import Template, configured
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding

WHAT = "MQTT broker"


def findings() -> Iterator[Finding]:
    """The templates are read even where the gateway is off."""
    try:
        templates = configured(settings.MQTT_TOPICS)
    except DinhError as error:
        yield Finding("MQTT topics", False, error.message, "mend the file that DINH_MQTT_TOPICS names")
        return
    if not settings.MQTT_URL:
        yield Finding(WHAT, True, "none configured, the gateway is off (DINH_MQTT_URL turns it on)")
        return
    try:
        broker = broker_at(settings.MQTT_URL)
    except DinhError as error:
        yield Finding(WHAT, False, error.message, "correct DINH_MQTT_URL")
        return
    try:
        asyncio.run(_try(broker, templates))
    except DinhError as error:
        yield Finding(WHAT, False, error.message, "correct the broker's access list")
    except (aiomqtt.MqttError, OSError, TimeoutError) as error:
        yield Finding(WHAT, False, *why(error, broker))
    else:
        heard = ", ".join(template.subscription for template in templates)
        yield Finding(WHAT, True, f"{broker} lets us in and hear {heard}")


async def _try(broker: Broker, templates: Sequence[Template]) -> None:
    """With a name of its own, so that a running gateway keeps its session."""
    async with AcknowledgingClient(broker, f"dinh-check-{uuid.uuid4().hex[:8]}", persistent=False) as client:
        await client.hear(templates)

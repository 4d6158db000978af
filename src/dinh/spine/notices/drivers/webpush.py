"""Web push (RFC 8030, 8291, 8292): encrypted for the one browser, signed with the house's own key.

The ref is the message's Topic, so that the push service keeps one of a repeated message, and its tag on the screen, so
that a browser shows one.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02  # type: ignore[import-untyped]
from pywebpush import WebPusher, WebPushException  # type: ignore[import-untyped]

from dinh.kernel.specs import Text
from dinh.spine.notices.drivers import Browser, Message, NotSent, Sent, http

KEPT_S: Final = 24 * 3600
"""How long a push service keeps a message for a browser that is off."""
MOST_S: Final = 60.0
"""For all browsers of a person together; a claim must not end meanwhile."""
STOP: Final = Text("Thôi nhận tin này", "Stop these messages")
STOPPED: Final = Text("Đã thôi nhận tin này", "These messages have stopped")
MOST_BYTES: Final = 3500
"""Push services take 4096 bytes, encrypted."""


@dataclass(frozen=True, slots=True)
class WebPush:
    def send(self, message: Message) -> Sent:
        data = content_of(message)
        reached, gone, failure = 0, [], None
        begun = time.monotonic()
        for browser in message.browsers:
            try:
                if time.monotonic() - begun > MOST_S:
                    raise NotSent("timeout", "the push services are slow")
                self._to(browser, message, data)
                reached += 1
            except NotSent as error:
                if error.code == "gone":
                    gone.append(browser.id)
                elif failure is None or failure.permanent:
                    failure = error
        if reached:
            return Sent(provider_id=f"{reached}/{len(message.browsers)}", gone=gone)
        if failure is not None:
            raise NotSent(failure.code, failure.says, permanent=failure.permanent, wait=failure.wait, gone=gone)
        raise NotSent("gone", "no browser takes messages any more", permanent=True, gone=gone)

    def _to(self, browser: Browser, message: Message, data: bytes) -> None:
        if not permitted(browser.endpoint):
            raise NotSent("gone", "not an address of a known push service", permanent=True)
        parts = urlsplit(browser.endpoint)
        keys = {"p256dh": browser.p256dh, "auth": browser.auth}
        try:
            encoded = WebPusher({"endpoint": browser.endpoint, "keys": keys}).encode(data, "aes128gcm")
            claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": contact()}
            signed = Vapid02.from_raw(settings.VAPID_KEY.encode()).sign(claims)
        except (WebPushException, ValueError) as error:
            raise NotSent("gone", f"{type(error).__name__}: {error}", permanent=True) from error
        headers = {
            **{str(name): str(value) for name, value in signed.items()},
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Topic": message.ref,
            "Urgency": "high" if message.emergency else "normal",
        }
        http.post(browser.endpoint, content=encoded["body"], headers=headers)

    def describe(self) -> str:
        return "push services of the browsers"


def content_of(message: Message) -> bytes:
    """What the browser's script is given; a long text is cut."""
    told = {
        "title": message.title[:200],
        "body": message.body,
        "link": message.link,
        "tag": message.ref,
        "lang": message.language,
        "emergency": message.emergency,
    }
    if message.stop:
        told |= {
            "stop": message.stop,
            "stop_name": STOP.in_(message.language),
            "stopped": STOPPED.in_(message.language),
        }
    while len(data := json.dumps(told, ensure_ascii=False).encode()) > MOST_BYTES:
        told["body"] = f"{message.body[: len(str(told['body'])) * 3 // 4]}…"
    return data


def permitted(endpoint: str) -> bool:
    """Browsers name where to send: only the services that browsers use, never a machine of our own network."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_HOSTS)
    return known and parts.scheme == "https" and parts.port in (None, 443) and parts.username is None


def contact() -> str:
    """RFC 8292, 2.1: whom a push service may ask."""
    address = settings.PUBLIC_URL
    host = urlsplit(address).hostname or "localhost"
    return address if address.startswith("https://") else f"mailto:no-reply@{host}"


def public_key() -> str:
    """What a browser subscribes with: the uncompressed point in base64url."""
    raw = settings.VAPID_KEY
    key = ec.derive_private_key(int.from_bytes(_bytes_of(raw), "big"), ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode("ascii").rstrip("=")


def _bytes_of(text: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

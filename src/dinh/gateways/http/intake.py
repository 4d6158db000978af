"""POST /api/v1/observations: answered before Django, because thousands of sensors wait for it.

The answer goes out after the readings are on the disk. Its body is the same at every status:
accepted, duplicates, corrections, rejected, and `code` and `message` where the request as a whole was refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import structlog
from django.db import DatabaseError, close_old_connections, connection

from dinh.kernel.errors import DinhError, Invalid, Refused, SourceUnavailable
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import security
from dinh.web.asgi import PassOn

log = structlog.get_logger("dinh.http")
type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH: Final = "/api/v1/observations"
CHANNEL: Final = "http"
SCOPE: Final = "observations.record"
FORMS: Final = ("application/x-ndjson", "application/json", "application/vnd.apache.arrow.stream")
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one body, also after it is unpacked."""
MOST_READINGS: Final = 250_000
MOST_REQUESTS: Final = 256
MOST_BYTES_HELD: Final = 512 * 1024 * 1024
"""Of all bodies in memory together: beyond, requests are turned away at the door, before they are read."""
THREADS: Final = 16
RETRY_AFTER_S: Final = 1


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Held:
    """What is being taken in at this moment."""

    requests: int = 0
    bytes: int = 0
    threads: ThreadPoolExecutor | None = field(default=None)

    def pool(self) -> ThreadPoolExecutor:
        if self.threads is None:
            self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="http-intake")
        return self.threads


_held = Held()


def whole(status: int, code: str, message: str, *headers: tuple[str, str]) -> Answer:
    """The answer to a request that was refused as a whole."""
    body = {
        "accepted": 0,
        "duplicates": 0,
        "corrections": 0,
        "rejected": [{"line": 1, "code": code, "message": message}] if status == 422 else [],
        "code": code,
        "message": message,
    }
    return Answer(status, msgspec.json.encode(body), headers)


def receipt_answer(receipt: observations.Receipt) -> Answer:
    """200 all taken, 207 some, 422 none; duplicates and corrections are taken."""
    taken = receipt.accepted + receipt.duplicates + receipt.corrections
    status = 200 if not receipt.rejected else 207 if taken else 422
    return Answer(status, msgspec.json.encode(receipt))


def form_of(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def door(headers: Mapping[str, str]) -> Answer | None:
    """What can be refused by the headers alone."""
    form = form_of(headers)
    if form not in FORMS:
        told = f"Content-Type is '{form[:100]}'; send one of {', '.join(FORMS)}"
        return whole(415, "batch.form", told, ("Accept-Post", ", ".join(FORMS)))
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip"}:
        told = f"Content-Encoding is '{coding[:40]}'; send the body plain or as gzip"
        return whole(415, "batch.coding", told, ("Accept-Encoding", "gzip"))
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > MOST_BYTES:
        return too_large()
    return None


def too_large() -> Answer:
    return whole(413, "batch.too_large", f"a body may have {MOST_BYTES} bytes at most; send smaller batches")


def key_in(headers: Mapping[str, str]) -> parties.ApiKeyRow | Answer:
    """The key of the request, or the 401 or 403 that it deserves."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    challenge = ("WWW-Authenticate", 'Bearer realm="dinh"')
    if scheme.lower() != "bearer" or not secret.strip():
        return whole(401, "key.missing", "send the header 'Authorization: Bearer <API key>'", challenge)
    key = parties.key_of(secret.strip())
    if key is None:
        return whole(401, "key.unknown", "this API key does not exist, has expired or was revoked", challenge)
    if SCOPE not in key.scopes and "*" not in key.scopes:
        return whole(403, "key.scope", f"this API key has not the scope {SCOPE}; ask for one that has")
    return key


def take(body: bytes, headers: Mapping[str, str], key: parties.ApiKeyRow) -> Answer:
    """Records the body; never raises for what is in it."""
    try:
        if headers.get("content-encoding", "").strip().lower() == "gzip":
            body = observations.unzip(body, most_bytes=MOST_BYTES)
        receipt = observations.record_body(
            body, form=form_of(headers), by=key.actor(), channel=CHANNEL, sources=key.sources, most_rows=MOST_READINGS
        )
        return receipt_answer(receipt)
    except Invalid as error:
        return whole(413 if error.code == "batch.too_large" else 422, error.code, error.message)
    except Refused as error:
        return whole(403, error.code, error.message)
    except SourceUnavailable as error:
        return busy(error)
    except (DinhError, DatabaseError) as error:
        log.error("intake_failed", error=repr(error))
        return busy(error)
    finally:
        if connection.connection is not None and not connection.in_atomic_block:
            close_old_connections()


def busy(error: Exception) -> Answer:
    code = error.code if isinstance(error, DinhError) else "observations.busy"
    told = str(error) if isinstance(error, DinhError) else "the registers do not answer; send this again in a moment"
    return whole(503, code, told, ("Retry-After", str(RETRY_AFTER_S)))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].rstrip("/") != PATH or scope["method"] != "POST":
        raise PassOn
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    answer = door(headers)
    if answer is None and (_held.requests >= MOST_REQUESTS or _held.bytes >= MOST_BYTES_HELD):
        answer = busy(
            SourceUnavailable(
                "observations.busy", "too many readings are being taken in at once; send this again in a moment"
            )
        )
    if answer is None:
        _held.requests += 1
        try:
            answer = await _answer(headers, receive)
        finally:
            _held.requests -= 1
    if answer is not None:
        await _send(answer, send)


async def _answer(headers: Mapping[str, str], receive: Receive) -> Answer | None:
    """None where the client went away before its body was whole."""
    loop = asyncio.get_running_loop()
    key = await loop.run_in_executor(_held.pool(), _key, headers)
    if isinstance(key, Answer):
        return key
    parts: list[bytes] = []
    size = 0
    try:
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                return None
            part = event.get("body", b"")
            size += len(part)
            _held.bytes += len(part)
            if size > MOST_BYTES:
                return too_large()
            parts.append(part)
            if not event.get("more_body"):
                break
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        return await loop.run_in_executor(_held.pool(), take, body, headers, key)
    finally:
        _held.bytes -= size


def _key(headers: Mapping[str, str]) -> parties.ApiKeyRow | Answer:
    try:
        found = key_in(headers)
        if isinstance(found, Answer) and headers.get("authorization"):
            security.note("key_refused" if found.status == 401 else "permission_refused")
        return found
    except DatabaseError as error:
        return busy(error)
    finally:
        if connection.connection is not None and not connection.in_atomic_block:
            close_old_connections()


async def _send(answer: Answer, send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})

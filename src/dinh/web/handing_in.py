"""Taking in what people hand in, before Django and before any database: bounded, one after another when many come, never refused for load.

An application made here answers one address. Its function is given the form and where it came from, in a thread, and
returns once what it took is on the disk.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import tempfile
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any, Final, cast

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.db import connection
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import override

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid, NotFound, Phrase, SourceUnavailable
from dinh.spine.files import api as files
from dinh.web import words
from dinh.web.asgi import PassOn
from dinh.web.limits import Bucket, client_in, network_of
from dinh.web.requests import from_another_site

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger("dinh.handing_in")
THREADS: Final = 32
HELD_BYTES: Final = 256 * 1024 * 1024
"""Of all bodies that are being worked through: whoever comes later waits, with the body on the disk."""
IN_MEMORY: Final = 64 * 1024
WORDS: Final = 512 * 1024
"""Of a form, beside its files."""
MANY_AN_HOUR: Final = 20


@dataclass(frozen=True, slots=True)
class Form:
    """`values` by name, in their order; `files` are field, name, bytes. `sender` tells senders of one day apart and names nobody."""

    values: Mapping[str, Sequence[str]]
    files: Sequence[tuple[str, str, bytes]]
    sender: str
    many: bool
    """More came from this address within the hour than one household sends."""

    def get(self, name: str, default: str = "") -> str:
        found = self.values.get(name)
        return found[-1] if found else default


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    said: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


type Take = Callable[[Form], Answer]


def sender_of(client: str) -> str:
    """The same for one address on one day, and nothing that leads back to the address."""
    day = f"{clock.now():%Y%m%d}"
    text = f"{day} {network_of(client)}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()[:24]


class Room:
    """Bytes that may be held at once; whoever does not fit waits in line."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._freed = asyncio.Condition()

    async def take(self, size: int) -> None:
        async with self._freed:
            await self._freed.wait_for(lambda: self.held + size <= self.most or self.held == 0)
            self.held += size

    async def give(self, size: int) -> None:
        async with self._freed:
            self.held -= size
            self._freed.notify_all()


class HandingIn:
    """The ASGI application of one address."""

    def __init__(self, path: str, take: Take, *, most_files: int) -> None:
        self.path = path
        self.take = take
        self.most_files = most_files
        self.bucket = Bucket(MANY_AN_HOUR / 3600, MANY_AN_HOUR)
        self._pool: ThreadPoolExecutor | None = None
        self._room: tuple[asyncio.AbstractEventLoop, Room] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != self.path or scope["method"] != "POST":
            raise PassOn
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        answer = self._door(headers)
        if answer is None:
            answer = await self._read(headers, client_in(scope), receive)
        if answer is not None:
            await _send(answer, send)

    def _most_bytes(self) -> int:
        return self.most_files * files.limits()[0] + WORDS

    def _door(self, headers: Mapping[str, str]) -> Answer | None:
        """What can be refused by the headers alone. A page of another site may not send in somebody's name."""
        if from_another_site(headers, headers.get("host", "")):
            return _refused(403, "request.cross_site", Phrase("this page was opened from another site; open it anew"))
        form = headers.get("content-type", "").partition(";")[0].strip().lower()
        if form not in ("multipart/form-data", "application/x-www-form-urlencoded"):
            return _refused(415, "request.form", Phrase("send it as multipart/form-data"))
        length = headers.get("content-length", "")
        if not length.isdigit():
            return _refused(411, "request.length", Phrase("send it with its length"))
        if int(length) > (self._most_bytes() if form == "multipart/form-data" else WORDS):
            return _refused(413, "request.too_large", Phrase("it is too large; send fewer or smaller files"))
        return None

    async def _read(self, headers: Mapping[str, str], client: str, receive: Receive) -> Answer | None:
        """None where the client went away before its body was whole: it will send it again."""
        size, got = int(headers["content-length"]), 0
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(settings.FILE_UPLOAD_TEMP_DIR)) as body:
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    return None
                part = event.get("body", b"")
                got += len(part)
                if got > size:
                    return _refused(400, "request.length", Phrase("send it with its length"))
                body.write(part)
                if not event.get("more_body"):
                    break
            body.seek(0)
            # Only what is whole takes room: whoever sends slowly, or nothing, keeps nobody out.
            room, loop = self._room_here(), asyncio.get_running_loop()
            await room.take(got)
            try:
                return await loop.run_in_executor(self._threads(), self._take, headers, client, cast("IO[bytes]", body))
            finally:
                await room.give(got)

    def _take(self, headers: Mapping[str, str], client: str, body: IO[bytes]) -> Answer:
        language = "vi"
        try:
            values, given = _parsed(headers, body)
            language = "en" if values.get("language", ["vi"])[-1] == "en" else "vi"
            many = self.bucket.wait_s(network_of(client)) > 0
            return self.take(Form(values, given, sender_of(client), many))
        except (MultiPartParserError, SuspiciousOperation, UnicodeError):
            return _refused(400, "request.form", Phrase("send it as multipart/form-data"), language)
        except (Invalid, NotFound) as error:
            return told(error, 422, language)
        except SourceUnavailable as error:
            return told(error, 503, language)
        except Exception:
            log.exception("what was handed in could not be taken")
            return _refused(503, "request.failed", Phrase("it could not be taken now; it is sent again"), language)
        finally:
            if connection.connection is not None and not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="handing-in")
        return self._pool

    def _room_here(self) -> Room:
        """Conditions belong to one event loop."""
        loop = asyncio.get_running_loop()
        if self._room is None or self._room[0] is not loop:
            self._room = (loop, Room(HELD_BYTES))
        return self._room[1]


def _parsed(
    headers: Mapping[str, str], body: IO[bytes]
) -> tuple[Mapping[str, Sequence[str]], Sequence[tuple[str, str, bytes]]]:
    if headers["content-type"].lower().startswith("application/x-www-form-urlencoded"):
        from django.http import QueryDict

        values = QueryDict(body.read(), encoding="utf-8")
        return {name: values.getlist(name) for name in values}, ()
    meta = {"CONTENT_TYPE": headers["content-type"], "CONTENT_LENGTH": headers["content-length"]}
    handlers = [MemoryFileUploadHandler(), TemporaryFileUploadHandler()]
    fields, uploads = MultiPartParser(meta, cast("Any", body), handlers, "utf-8").parse()
    given = [
        (str(name), str(upload.name or ""), bytes(upload.read())) for name, found in uploads.lists() for upload in found
    ]
    return {str(name): [str(value) for value in found] for name, found in fields.lists()}, given


def told(error: DinhError, status: int, language: str) -> Answer:
    """The error in words, with what is wrong of each field where it says so."""
    with override(language):
        said: dict[str, Any] = {"code": error.code, "message": words.told(error)}
        faults = error.params.get("fields")
        if isinstance(faults, Mapping):
            said["fields"] = {name: words.said(str(fault)) for name, fault in faults.items()}
    return Answer(status, said, {"retry-after": "5"} if status == 503 else {})


def _refused(status: int, code: str, message: Phrase, language: str = "vi") -> Answer:
    with override(language):
        return Answer(
            status, {"code": code, "message": words.said(message)}, {"retry-after": "5"} if status == 503 else {}
        )


async def _send(answer: Answer, send: Send) -> None:
    body = msgspec.json.encode(answer.said)
    headers = {
        "content-type": "application/json", "content-length": str(len(body)), "cache-control": "no-store",
        "x-content-type-options": "nosniff", **answer.headers,
    }  # fmt: skip
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})

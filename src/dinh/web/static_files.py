"""Static files, answered before Django: hashed ones for a year, the rest by ETag; compressed beforehand by the build."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join

from dinh.web.assets import BUILT

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HASHED: Final = "built/assets/"
ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
CHUNK: Final = 256 * 1024
_TEXT: Final = {"application/json", "image/svg+xml", "text/css", "text/html", "text/javascript", "text/plain"}
_TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".pbf": "application/x-protobuf",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it lies on the disk now."""

    path: Path
    size: int
    changed_ns: int

    @property
    def etag(self) -> str:
        return f'"{self.changed_ns:x}-{self.size:x}"'


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["method"] not in {"GET", "HEAD"}:
        return await _answer(send, 405, [(b"allow", b"GET, HEAD")])
    name = unquote(scope["path"].removeprefix(settings.STATIC_URL))
    original = _locate(name)
    if original is None:
        return await _answer(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"There is no such file.\n")
    headers = {key.lower(): value.decode("latin-1") for key, value in scope["headers"]}
    content, encoding = _variant(original, headers.get(b"accept-encoding", ""))
    answer = [
        (b"content-type", _content_type(original.path).encode()),
        (b"cache-control", b"public, max-age=31536000, immutable" if name.startswith(HASHED) else b"public, no-cache"),
        (b"etag", content.etag.encode()),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if encoding:
        answer.append((b"content-encoding", encoding.encode()))
    known = headers.get(b"if-none-match", "")
    if known and content.etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return await _answer(send, 304, answer)
    answer.append((b"content-length", str(content.size).encode()))
    if scope["method"] == "HEAD":
        return await _answer(send, 200, answer)
    if content.size <= CHUNK:
        return await _answer(send, 200, answer, _content(content))
    await send({"type": "http.response.start", "status": 200, "headers": answer})
    with content.path.open("rb") as file:
        left = content.size
        while left:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                break
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
    return None


def _locate(name: str) -> Found | None:
    if not name or name.endswith("/") or "\\" in name or "\0" in name or name.startswith("built/."):
        return None
    if name.startswith("built/"):
        try:
            path = Path(safe_join(str(BUILT.parent), name))
        except (SuspiciousFileOperation, ValueError):  # a way out of the folder
            return None
    else:
        found = _find(name)
        if found is None:
            return None
        path = Path(found)
    return _stat(path)


@lru_cache(maxsize=1024)
def _find(name: str) -> str | None:
    try:
        return finders.find(name)
    except (SuspiciousFileOperation, ValueError):
        return None


def _stat(path: Path) -> Found | None:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Found(path, stat.st_size, stat.st_mtime_ns) if path.is_file() else None


def _variant(original: Found, accepted: str) -> tuple[Found, str]:
    offered = {part.split(";")[0].strip() for part in accepted.split(",") if not part.replace(" ", "").endswith(";q=0")}
    for encoding, ending in ENCODINGS:
        if encoding in offered:
            compressed = _stat(original.path.with_name(original.path.name + ending))
            if compressed and compressed.changed_ns >= original.changed_ns:
                return compressed, encoding
    return original, ""


@lru_cache(maxsize=256)
def _content(found: Found) -> bytes:
    return found.path.read_bytes()


def _content_type(path: Path) -> str:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind in _TEXT else kind


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

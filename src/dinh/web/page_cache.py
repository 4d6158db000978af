"""Public pages for everybody at once: what a view marked as public is kept for its seconds and answered before Django.

Only whole answers to people without a session or key are kept, by address, language and theme. While one is drawn anew others get
the one before, and where the house is too full to draw it, that one for some minutes more. What was taken off the public pages is
given out no more: in the process that took it off from that moment (`forget`), in others within LOOK_S, since all look at one stamp.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponseBase, parse_cookie
from django.utils.cache import patch_cache_control

from dinh.web.limits import HAS_ANOTHER

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

THEME: Final = "dinh_theme"
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_PAGE: Final = 2 * 1024 * 1024
STALE_S: Final = 10.0
"""How long the one before is given out while the next is drawn."""
FULL_S: Final = 120.0
"""And where the next cannot be drawn."""
_OWN: Final = frozenset({"Authorization", "Hx-Request", "Hx-Target"})
"""With one of these the answer may be somebody's own, or a part of the page."""
LOOK_S: Final = 2.0
"""How often it is looked whether another process took something off."""
PATIENCE_S: Final = 0.5
"""So long an answer waits for that look; a slow database holds up no page for longer."""
log = structlog.get_logger("dinh.pages")
_times: Final = itertools.count(1)
_forgotten = 0
_TOKEN: Final = b"csrfmiddlewaretoken"
_AGE: Final = re.compile(rb"max-age=(\d{1,6})")
_WORTH_ZIPPING: Final = (
    b"text/",
    b"application/json",
    b"application/geo+json",
    b"application/rss",
    b"application/atom",
    b"image/svg",
)
_DROPPED: Final = (b"vary", b"content-length", b"etag", b"content-encoding")


def public_page[**P](seconds: int) -> Callable[[View[P]], View[P]]:
    """Marks a view whose answer is the same for everybody without a session or key who asks for the whole page."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            anyone = settings.SESSION_COOKIE_NAME not in request.COOKIES and not _OWN.intersection(request.headers)
            if anyone and response.status_code == 200 and not response.cookies:
                patch_cache_control(response, public=True, max_age=seconds)
            return response

        return marked

    return decorate


def forget() -> None:
    """Something left the public pages: nothing that was drawn before is given out any more by this process. From any thread."""
    global _forgotten
    _forgotten = next(_times)


@dataclass(slots=True)
class Page:
    """Both forms of an answer, ready to send."""

    plain: tuple[Message, Message]
    zipped: tuple[Message, Message] | None
    unchanged: Message
    tag: bytes
    size: int


@dataclass(slots=True)
class Asked:
    """What of a request makes a difference to a public page."""

    key: tuple[bytes, ...]
    zipped: bool
    tag: bytes


@dataclass(slots=True)
class Captured:
    """An answer as it goes by."""

    start: Message | None = None
    body: list[bytes] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class Held:
    """An answer as it went by; its forms are made when it is asked for again, since most are not."""

    until: float
    captured: Captured
    size: int
    page: Page | None = None


class PageCache:
    """In front of the shell. `stamp` is read off the event loop and differs once any process took something off."""

    def __init__(
        self, application: Application, *, most_bytes: int = MOST_BYTES, stamp: Callable[[], object] | None = None
    ) -> None:
        self.application = application
        self.most_bytes = most_bytes
        self.stamp = stamp
        self._stamped: tuple[object, ...] = ()
        self._looked_at = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._looker = ThreadPoolExecutor(1, "dinh-pages")
        self._forgotten = _forgotten
        self._held: OrderedDict[tuple[bytes, ...], Held] = OrderedDict()
        self._size = 0
        self._drawing: dict[tuple[bytes, ...], asyncio.Event] = {}
        # A token against forged forms makes no difference to a page without forms; any other cookie may.
        self._harmless = {settings.LANGUAGE_COOKIE_NAME, THEME, settings.CSRF_COOKIE_NAME}
        self._languages = {code for code, _ in settings.LANGUAGES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if asked is None:
            await self.application(scope, receive, send)
            return
        now = time.monotonic()
        if self.stamp is not None and (self._looking is not None or now - self._looked_at >= LOOK_S):
            await self._look(self.stamp, now)
        self._clear()
        page, until = self._page(asked.key)
        if page is not None:
            if now < until or (now < until + STALE_S and asked.key in self._drawing):
                self._held.move_to_end(asked.key)
                await self._give(page, asked, send)
                return
        elif (drawing := self._drawing.get(asked.key)) is not None:
            await drawing.wait()
            self._clear()
            page, until = self._page(asked.key)
            if page is not None:
                await self._give(page, asked, send)
                return
        await self._draw(asked, page, until, scope, receive, send)

    async def _look(self, stamp: Callable[[], object], now: float) -> None:
        """The first look only notes the stamp: before it nothing was kept."""
        if self._looking is None:
            self._looked_at = now
            self._looking = asyncio.create_task(self._compare(stamp))
        await asyncio.wait((self._looking,), timeout=max(0.0, self._looked_at + PATIENCE_S - now))

    async def _compare(self, stamp: Callable[[], object]) -> None:
        def read() -> object:
            try:
                return stamp()
            finally:
                connections.close_all()

        try:
            found = (await asyncio.get_running_loop().run_in_executor(self._looker, read),)
            if self._stamped and found != self._stamped:
                forget()
            self._stamped = found
        except DatabaseError as error:
            log.warning("it could not be looked whether something left the public pages", error=str(error))
        finally:
            self._looking = None

    def _clear(self) -> None:
        if self._forgotten != _forgotten:
            self._forgotten = _forgotten
            self._held.clear()
            self._size = 0

    async def _draw(
        self, asked: Asked, before: Page | None, until: float, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Passes the answer on as it comes, unless what was kept before is better than a refusal for fullness."""
        captured = Captured()
        refused = False
        begun = _forgotten

        def usable() -> bool:
            return before is not None and time.monotonic() < until + FULL_S and begun == _forgotten

        scope[HAS_ANOTHER] = usable()

        async def hear(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                captured.start = message
                refused = message["status"] == 503 and usable()
            else:
                captured.size += len(message.get("body", b""))
                if captured.size <= MOST_PAGE:
                    captured.body.append(bytes(message.get("body", b"")))
                if not message.get("more_body"):
                    # Before it is sent: whoever takes it slowly holds back nobody who waits for the same page.
                    if begun == _forgotten:
                        self._keep(asked.key, captured)
                    drawn()
            if not refused:
                await send(message)

        event = asyncio.Event()
        self._drawing.setdefault(asked.key, event)

        def drawn() -> None:
            if self._drawing.get(asked.key) is event:
                del self._drawing[asked.key]
            event.set()

        try:
            await self.application(scope, receive, hear)
        finally:
            drawn()
        if refused and before is not None:
            await self._give(before, asked, send)

    def _asked(self, scope: Scope) -> Asked | None:
        """None where the answer may be somebody's own."""
        cookies: list[bytes] = []
        host = b""
        zipped, tag = False, b""
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookies.append(value)
            elif name == b"host":
                host = value
            elif name == b"accept-encoding":
                zipped = b"gzip" in value
            elif name == b"if-none-match":
                tag = value
            elif name in (b"authorization", b"range") or name.startswith(b"hx-"):
                return None
        # Read as Django will read them: what is taken differently here and there would put a page in another's place.
        sent = parse_cookie(b"; ".join(cookies).decode("latin-1")) if cookies else {}
        if not self._harmless.issuperset(sent):
            return None
        language, theme = sent.get(settings.LANGUAGE_COOKIE_NAME, ""), sent.get(THEME, "")
        key = (
            scope.get("raw_path") or scope["path"].encode(),
            scope.get("query_string", b""),
            scope.get("scheme", "").encode(),
            host,
            language.encode() if language in self._languages else b"",
            theme.encode() if theme in ("light", "dark") else b"",
        )
        return Asked(key, zipped, tag)

    async def _give(self, page: Page, asked: Asked, send: Send) -> None:
        if asked.tag and page.tag in asked.tag:
            await send(page.unchanged)
            await send({"type": "http.response.body", "body": b""})
            return
        start, body = page.zipped if asked.zipped and page.zipped else page.plain
        await send(start)
        await send(body)

    def _keep(self, key: tuple[bytes, ...], captured: Captured) -> None:
        start = captured.start
        if start is None or start["status"] != 200 or captured.size > MOST_PAGE:
            return
        age = _age_of(start["headers"])
        if age:
            self._put(key, Held(time.monotonic() + age, captured, captured.size + 1000))

    def _put(self, key: tuple[bytes, ...], held: Held) -> None:
        old = self._held.pop(key, None)
        self._size += held.size - (old.size if old else 0)
        self._held[key] = held
        while self._size > self.most_bytes:
            _, gone = self._held.popitem(last=False)
            self._size -= gone.size

    def _page(self, key: tuple[bytes, ...]) -> tuple[Page | None, float]:
        """With its end; None where nothing is held, or nothing that may be given to another."""
        held = self._held.get(key)
        if held is None:
            return None, 0.0
        if held.page is None:
            self._size -= self._held.pop(key).size
            held.page = _made_of(held.captured)
            if held.page is None:
                return None, 0.0
            held.captured, held.size = Captured(), held.page.size
            self._put(key, held)
        return held.page, held.until


def _age_of(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Seconds for which an answer is everybody's; 0 where it is not."""
    said = b""
    for name, value in headers:
        match name.lower():
            case b"cache-control":
                said += b"," + value
            case b"set-cookie":
                return 0
    age = _AGE.search(said)
    return int(age[1]) if age and b"public" in said else 0


def _made_of(captured: Captured) -> Page | None:
    assert captured.start is not None
    headers = [(name.lower(), value) for name, value in captured.start["headers"]]
    body = b"".join(captured.body)
    encoding = next((value for name, value in headers if name == b"content-encoding"), b"")
    if encoding not in (b"", b"gzip"):
        return None
    packed = body if encoding else None
    if packed is not None:
        body = gzip.decompress(packed)
    if _TOKEN in body:  # made of the cookie of whoever asked
        return None
    tag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    common = [pair for pair in headers if pair[0] not in _DROPPED]
    common += [(b"etag", tag), (b"vary", b"Cookie, Accept-Encoding")]
    kind = next((value for name, value in headers if name == b"content-type"), b"")
    if packed is None and kind.startswith(_WORTH_ZIPPING) and len(body) > 500:
        packed = gzip.compress(body, 6)
    return Page(
        plain=_answer(common, body),
        zipped=_answer([*common, (b"content-encoding", b"gzip")], packed) if packed else None,
        unchanged={"type": "http.response.start", "status": 304, "headers": common},
        tag=tag,
        size=len(body) + len(packed or b"") + 1000,
    )


def _answer(headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[Message, Message]:
    whole = [*headers, (b"content-length", str(len(body)).encode())]
    return (
        {"type": "http.response.start", "status": 200, "headers": whole},
        {"type": "http.response.body", "body": body},
    )

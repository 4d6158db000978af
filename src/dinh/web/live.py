"""Live updates: one server-sent stream per page at /live.

Observers of the spine hand over what happened in their own threads; the hub gathers it on
the event loop and each client takes what has gathered since it last took. So a slow client
holds back nobody and keeps at most one set of names and one value per series it watches.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import secrets
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import msgspec
import numpy as np
import structlog

from dinh.kernel.clock import EPOCH

if TYPE_CHECKING:
    from dinh.spine.jobs.api import Event
    from dinh.spine.observations.api import Change

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

WHATS: Final = ("alerts", "cases", "figures", "notices")
VALUES_S: Final = 0.2
"""Least time between two sendings of values, alerts and cases."""
FIGURES_S: Final = 1.0
BEAT_S: Final = 10.0
SEND_LIMIT_S: Final = 30.0
"""A client that takes nothing for so long is let go."""
MOST_CLIENTS: Final = 2_000
MOST_PER_ADDRESS: Final = 300
MOST_SERIES: Final = 500

log = structlog.get_logger("dinh.live")


class Client:
    """What one page watches and what it has not been sent yet."""

    __slots__ = ("series", "values", "waiting", "what")

    def __init__(self, series: frozenset[int]) -> None:
        self.series = series
        self.what: set[str] = set()
        self.values: dict[int, tuple[int, float | None]] = {}
        self.waiting = asyncio.Event()

    def take(self) -> tuple[list[str], dict[int, tuple[int, float | None]]]:
        what, values = sorted(self.what), self.values
        self.what, self.values = set(), {}
        self.waiting.clear()
        return what, values


class Hub:
    """Gathers on any thread, hands out on the loop's. One for a process; tests make their own."""

    def __init__(self, *, beat_s: float = BEAT_S, most_clients: int = MOST_CLIENTS) -> None:
        self.beat_s = beat_s
        self.most_clients = most_clients
        self.most_per_address = MOST_PER_ADDRESS
        self.epoch = secrets.token_hex(4)
        self.version = _version()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._fresh: dict[int, tuple[int, float | None]] = {}
        self._scheduled = False
        self._watched: frozenset[int] = frozenset()
        self._watching: Counter[int] = Counter()
        self._clients: set[Client] = set()
        self._addresses: Counter[str] = Counter()
        self._number = itertools.count(1)
        self._last: dict[str, int] = {}
        self._sent = 0
        self._flushed_at = 0.0
        self._figures_at = 0.0
        self._figures_planned = False
        self.closing = False

    # --- from any thread ------------------------------------------------------

    def tell(self, what: str | Iterable[str]) -> None:
        """Something of these names changed: alerts, cases, figures or notices."""
        names = {what} if isinstance(what, str) else set(what)
        with self._lock:
            self._told |= names
            self._wake()

    def hear(self, change: Change) -> None:
        """Readings were recorded. Only newest values of watched series are kept."""
        watched = self._watched
        fresh: dict[int, tuple[int, float | None]] = {}
        if watched:
            chosen = np.flatnonzero(np.isin(change.series, np.fromiter(watched, np.uint32, len(watched))))
            columns = (change.series[chosen], change.observed_at_us[chosen] // 1000, change.value[chosen])
            for series, moment_ms, value in zip(*(column.tolist() for column in columns), strict=True):
                fresh[series] = (moment_ms, None if value != value else value)
        with self._lock:
            self._told.add("figures")
            for series, reading in fresh.items():
                known = self._fresh.get(series)
                if known is None or known[0] <= reading[0]:
                    self._fresh[series] = reading
            self._wake()

    def _wake(self) -> None:
        """With the lock held: asks the loop to flush, once."""
        if self._loop is None or self._scheduled or self.closing:
            return
        self._scheduled = True
        try:
            self._loop.call_soon_threadsafe(self._plan)
        except RuntimeError:  # the loop has ended: nobody is left to be told
            self._scheduled = False

    # --- on the loop ----------------------------------------------------------

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.closing = False

    def stop(self) -> None:
        """Ends every stream; from the loop's thread."""
        self.closing = True
        for client in self._clients:
            client.waiting.set()

    def _plan(self) -> None:
        """At once after a quiet time, else when the pause since the last flush is over."""
        loop = asyncio.get_running_loop()
        pause = self._flushed_at + VALUES_S - loop.time()
        if pause > 0:
            loop.call_later(pause, self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        with self._lock:
            told, fresh = self._told, self._fresh
            self._told, self._fresh = set(), {}
            self._scheduled = False
            if "figures" in told and now < self._figures_at + FIGURES_S:
                told.discard("figures")
                self._told.add("figures")
                if not self._figures_planned:
                    self._figures_planned = True
                    loop.call_later(self._figures_at + FIGURES_S - now, self._late_figures)
        if "figures" in told:
            self._figures_at = now
        self._flushed_at = now
        for name in told:
            self._last[name] = self._sent = next(self._number)
        for client in self._clients:
            if told:
                client.what |= told
            if fresh and client.series:
                client.values |= {series: fresh[series] for series in client.series & fresh.keys()}
            if client.what or client.values:
                client.waiting.set()

    def _late_figures(self) -> None:
        with self._lock:
            self._figures_planned = False
            if self._told:
                self._wake()

    def missed(self, last: str) -> list[str]:
        """What changed since the event that a returning client heard last; all of it when that is not known."""
        epoch, _, number = last.partition("-")
        if epoch != self.epoch or not number.isdigit():
            return list(WHATS)
        return [name for name, sent in self._last.items() if sent > int(number)]

    @property
    def clients(self) -> int:
        return len(self._clients)

    # --- the stream -------------------------------------------------------------

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._loop is None:
            _observe(self)
            self.start(asyncio.get_running_loop())
        if scope["method"] not in {"GET", "HEAD"}:
            return await _answer(send, 405, "only GET is answered here")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        asked = [part for part in ",".join(query.get("series", ())).split(",") if part]
        if len(asked) > MOST_SERIES or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in asked):
            return await _answer(send, 400, f"series takes up to {MOST_SERIES} whole numbers, separated by commas")
        address = (scope.get("client") or ("",))[0]
        if self.closing or len(self._clients) >= self.most_clients or self._addresses[address] >= self.most_per_address:
            return await _answer(send, 503, "too many pages are open; this one tries again by itself")
        series = frozenset(int(part) for part in asked)
        if series and not await asyncio.to_thread(_may_see_values, scope):
            series = frozenset()
        headers = {name.lower(): value for name, value in scope["headers"]}
        last = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("last", [""])[0]
        client = Client(series)
        self._enter(client, address)
        try:
            await self._stream(client, last, receive, send)
        finally:
            self._leave(client, address)

    def _enter(self, client: Client, address: str) -> None:
        self._clients.add(client)
        self._addresses[address] += 1
        self._watching.update(client.series)
        self._watched = frozenset(self._watching)

    def _leave(self, client: Client, address: str) -> None:
        self._clients.discard(client)
        self._addresses -= Counter((address,))
        self._watching -= Counter(client.series)
        self._watched = frozenset(self._watching)

    async def _stream(self, client: Client, last: str, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        hello = {"now": _milliseconds(datetime.now(UTC)), "version": self.version}
        opening = [_event("hello", hello, f"{self.epoch}-{self._sent}")]
        if last and (missed := self.missed(last)):
            opening.append(_event("changed", {"what": missed}))
        await send(_body(b"".join(opening)))
        gone = asyncio.create_task(_disconnected(receive, client))
        try:
            while not (self.closing or gone.done()):
                try:
                    async with asyncio.timeout(self.beat_s):
                        await client.waiting.wait()
                except TimeoutError:
                    text = _event("beat", {"now": _milliseconds(datetime.now(UTC))})
                else:
                    text = self._told_to(client)
                if text:
                    async with asyncio.timeout(SEND_LIMIT_S):
                        await send(_body(text))
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, OSError):
            log.info("live client let go", reason="takes nothing")
        finally:
            gone.cancel()

    def _told_to(self, client: Client) -> bytes:
        what, values = client.take()
        text = b""
        if values:
            text += _event("values", {"series": values})
        if what:
            text += _event("changed", {"what": what}, f"{self.epoch}-{self._sent}")
        return text


async def _disconnected(receive: Receive, client: Client) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.waiting.set()


_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_encode: Final = msgspec.json.Encoder().encode


def _event(name: str, data: object, number: str = "") -> bytes:
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {name}\ndata: ".encode() + _encode(data) + b"\n\n"


def _body(text: bytes) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": text, "more_body": True}


async def _answer(send: Send, status: int, message: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    body = _encode({"code": f"live.{status}", "message": message})
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _milliseconds(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds() * 1000)


def _may_see_values(scope: Scope) -> bool:
    from django.db import connections

    from dinh.kernel.errors import DinhError
    from dinh.spine.parties import api as parties
    from dinh.web import requests

    try:
        return parties.may(requests.actor_in(scope), "observations.read")
    except DinhError:
        return False
    finally:
        connections.close_all()


def _version() -> str:
    """Changes with the built front end: a wall loads itself anew."""
    from dinh.web.assets import BUILT

    manifest = BUILT / "manifest.json"
    content = manifest.read_bytes() if manifest.is_file() else b""
    return hashlib.sha256(content).hexdigest()[:12]


# --- the hub of this process ------------------------------------------------------

_hub: Hub | None = None
_observing = False
_process = 0


def hub() -> Hub:
    global _hub, _process
    if _hub is None or _process != os.getpid():
        _hub, _process = Hub(), os.getpid()
    return _hub


def tell(what: str | Iterable[str]) -> None:
    """Tells every open page, from any thread, that `alerts`, `cases`, `figures` or `notices` changed."""
    hub().tell(what)


def start(loop: asyncio.AbstractEventLoop) -> None:
    """Called by `dinh serve` once the history is open."""
    _observe(hub())
    hub().start(loop)


def stop() -> None:
    """Ends every stream, so that the server can end; on the loop's thread."""
    hub().stop()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    await hub().application(scope, receive, send)


def _observe(asking: Hub) -> None:
    """Listens to the spine, once a process."""
    global _observing
    if _observing or asking is not _hub:
        return
    _observing = True
    from dinh.spine.jobs import api as jobs
    from dinh.spine.observations import api as observations

    jobs.on_delivered(_on_event)
    observations.on_recorded(_on_recorded)


def _on_event(event: Event) -> None:
    part, _, _ = event.name.partition(".")
    if part == "alert":
        tell("alerts")
    elif part == "case":
        tell(("cases", "alerts"))
    elif event.name == "notice.written":
        tell("notices")


def _on_recorded(change: Change) -> None:
    hub().hear(change)

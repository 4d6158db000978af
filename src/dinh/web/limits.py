"""How much one address or one key may ask for, and what goes first when the house is full.

Counts are in this process's memory: cheap, and forgotten at a restart. A gate in
front of several processes must count for itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from functools import wraps
from typing import Any, Concatenate, Final
from weakref import WeakSet

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dinh.kernel.errors import Refused
from dinh.web import overload
from dinh.web.arriving import MOST_BYTES, Arriving, length_of
from dinh.web.requests import SAFE_METHODS

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

TOO_LARGE: Final = (413, "request.too_large", "no body so large is taken here; send smaller files, or fewer at once")
NO_ROOM: Final = (503, "request.disk", "the disk is nearly full; send it without files, or later")
REFUSED_AFTER_S: Final = 0.3
HAS_ANOTHER: Final = "dinh.has_another"
"""In the scope of a request for which whoever stands in front has another answer, should it be refused: that is given at once."""
HOLDERS: Final = 20_000
"""Addresses remembered by one limit; the one that asked longest ago is forgotten first."""


_every: WeakSet[Bucket] = WeakSet()


def forget() -> None:
    """Every limit begins anew."""
    for bucket in tuple(_every):
        bucket.forget()


class Bucket:
    """A token bucket a holder: `burst` at once, then `per_second`."""

    def __init__(self, per_second: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self.burst = burst
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()
        _every.add(self)

    def wait_s(self, holder: str, cost: float = 1.0) -> float:
        """Takes `cost` tokens and returns 0, or takes nothing and returns the seconds until they would be there."""
        moment = self._clock()
        with self._lock:
            tokens, since = self._held.pop(holder, (float(self.burst), moment))
            tokens = min(float(self.burst), tokens + (moment - since) * self.per_second)
            wait = 0.0
            if tokens >= cost:
                tokens -= cost
            else:
                wait = (cost - tokens) / self.per_second
            self._held[holder] = (tokens, moment)
            while len(self._held) > HOLDERS:
                self._held.popitem(last=False)
        return wait

    def forget(self) -> None:
        with self._lock:
            self._held.clear()


def network_of(address: str) -> str:
    """The holder behind an address: IPv4 as it is, IPv6 by its /64, which one subscriber has whole."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def client_of(request: HttpRequest) -> str:
    """The address of the connection as the server told it. Headers that any client can write are not read here:
    the server itself may take them over from a proxy that it was told to trust."""
    return str(request.META.get("REMOTE_ADDR", "") or "unknown")


def client_in(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def in_words(wait_s: float) -> str:
    """«try again in 12 seconds», in the language of the request."""
    seconds = max(1, math.ceil(wait_s))
    if seconds < 90:
        when = ngettext("Try again in %(count)d second.", "Try again in %(count)d seconds.", seconds) % {
            "count": seconds
        }
    else:
        minutes = math.ceil(seconds / 60)
        when = ngettext("Try again in %(count)d minute.", "Try again in %(count)d minutes.", minutes) % {
            "count": minutes
        }
    return _("Too many requests came from your address.") + " " + when


def too_many(request: HttpRequest, wait_s: float) -> HttpResponseBase:
    """429 with Retry-After, as JSON for machines and as a page for people."""
    told = in_words(wait_s)
    headers = {"Retry-After": str(max(1, math.ceil(wait_s)))}
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        body = {"code": "request.too_many", "message": told}
        return JsonResponse(body, status=429, headers=headers)
    response = render(
        request,
        "house/error.html",
        {"error": Refused("request.too_many", "{says}", says=told), "status": 429},
        status=429,
    )
    response["Retry-After"] = headers["Retry-After"]
    return response


def limited[**P](per_minute: float, burst: int, *, reads: bool = False) -> Callable[[View[P]], View[P]]:
    """Limits a view by client address: writes only, unless `reads`. The bucket is `view.bucket`."""
    bucket = Bucket(per_minute / 60, burst)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if reads or request.method not in SAFE_METHODS:
                wait = bucket.wait_s(network_of(client_of(request)))
                if wait:
                    return too_many(request, wait)
            return view(request, *args, **kwargs)

        guarded.bucket = bucket  # type: ignore[attr-defined]
        return guarded

    return decorate


async def tell(send: Send, status: int, code: str, message: str, retry_after_s: float, *, unread: bool = False) -> None:
    """A refusal from an ASGI application that answers before Django; with a body that stays unread the connection ends."""
    from msgspec import json

    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json; charset=utf-8"),
                (b"retry-after", str(max(1, math.ceil(retry_after_s))).encode()),
                (b"cache-control", b"no-store"),
                (b"x-content-type-options", b"nosniff"),
                *(((b"connection", b"close"),) if unread else ()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": json.encode({"code": code, "message": message})})


def wants_page(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _any_of(paths: tuple[str, ...]) -> re.Pattern[str]:
    one = (re.escape(path.removesuffix("*")) + (".*" if path.endswith("*") else "") for path in paths)
    return re.compile("|".join(one) or "(?!)")


class Shedder:
    """In front of the whole shell: when more than `reads_at` requests are in hand, reads are refused with 503 and
    Retry-After; writes go on until `writes_at`, so that a reading or a report still gets in. Streams do not count.
    What pages can do without goes earlier: `first` at two fifths of `reads_at`, `then` at seven tenths. Whoever is about to be
    refused waits for a moment first and is let in where there is room then: those who ask again without rest would otherwise take
    the time of those who were let in.

    `in_hand` is what the watchdog may show.
    """

    def __init__(
        self,
        application: Application,
        *,
        reads_at: int = 200,
        writes_at: int = 1000,
        streams: tuple[str, ...] = ("/live",),
        intake: tuple[str, ...] = (),
        first: tuple[str, ...] = (),
        then: tuple[str, ...] = (),
    ) -> None:
        """What is sent to `intake` is let in however full it is: its applications bound themselves."""
        self.application = application
        self.reads_at = reads_at
        self.writes_at = writes_at
        self.streams = streams
        self.intake = intake
        self.earlier = ((_any_of(first), reads_at * 2 // 5), (_any_of(then), reads_at * 7 // 10))
        self.in_hand = 0
        self.shed = 0
        self.arriving = Arriving()

    def full(self, method: str, path: str = "") -> bool:
        if method not in SAFE_METHODS:
            return self.in_hand >= self.writes_at
        most = next((at for paths, at in self.earlier if paths.fullmatch(path)), self.reads_at)
        return self.in_hand >= most

    async def _still_full(self, scope: Scope) -> bool:
        if not self.full(scope["method"], scope["path"]):
            return False
        if not scope.get(HAS_ANOTHER):
            await asyncio.sleep(REFUSED_AFTER_S)
        return self.full(scope["method"], scope["path"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self.streams) or scope["path"] == "/healthz":
            await self.application(scope, receive, send)
            return
        handed_in = scope["method"] == "POST" and bool(self.intake) and scope["path"].startswith(self.intake)
        if not handed_in and await self._still_full(scope):
            self.shed += 1
            if scope["method"] == "GET" and wants_page(scope):
                await overload.notice(scope, send)
            else:
                message = "Đình is handling too many requests; try again in 2 seconds"
                await tell(send, 503, "request.shed", message, 2)
            return
        length = length_of(scope["headers"])
        if length is not None and (length > MOST_BYTES or self.arriving.too_much(length)):
            status, code, message = NO_ROOM if length <= MOST_BYTES else TOO_LARGE
            await tell(send, status, code, message, 60, unread=True)
            return
        answered = False

        async def say(message: MutableMapping[str, Any]) -> None:
            """Whoever takes a large answer slowly is waited for, and is no work meanwhile."""
            nonlocal answered
            answered = True
            self._wait(-1)
            try:
                await send(message)
            finally:
                self._wait(1)

        self.in_hand += 1
        try:
            if length is None:
                await self.application(scope, receive, say)
                return
            network = network_of(client_in(scope))
            async with self.arriving.body(receive, length=length, network=network, waits=self._wait) as body:
                await self.application(scope, body, say)
                if body.given_up and not answered:
                    await tell(send, 408, "request.slow", "the body did not arrive; send it again", 1, unread=True)
        finally:
            self.in_hand -= 1

    def _wait(self, step: int) -> None:
        self.in_hand += step

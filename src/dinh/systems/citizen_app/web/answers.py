"""Answers that many ask for: made once, told apart by what they were made of, never older than what was last hidden."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import http_date, parse_etags, quote_etag
from django.views.decorators.gzip import gzip_page

from dinh.kernel import clock
from dinh.spine.requests import api as requests

KEPT_S: Final = 300
"""What is late becomes so by the clock alone: an answer is not given for longer than this."""
AGE_S: Final = 30
"""For how long a browser or a cache between may show it unasked: so long a report that was hidden may still be seen there."""


KEPT_BYTES: Final = 16_000_000


class Kept:
    """The answers asked for last, within a bound of their own: whoever asks for many must not push out what others keep in
    the house's cache, such as counts of failed sign-ins."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self.most_bytes = most_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, name: str) -> bytes | None:
        with self._lock:
            body = self._bodies.get(name)
            if body is not None:
                self._bodies.move_to_end(name)
            return body

    def put(self, name: str, body: bytes) -> None:
        with self._lock:
            self._size += len(body) - len(self._bodies.pop(name, b""))
            self._bodies[name] = body
            while self._size > self.most_bytes and self._bodies:
                self._size -= len(self._bodies.popitem(last=False)[1])


_kept: Final = Kept()


def name_of(about: str, changed: datetime | None, kept_s: int) -> str:
    """Of what is made of public reports: another one once anything public changed, and after `kept_s` at the latest."""
    stamp = changed.isoformat() if changed else "-"
    return hashlib.sha256(f"{about}|{stamp}|{int(clock.now().timestamp()) // kept_s}".encode()).hexdigest()[:40]


def public(request: HttpRequest, about: str, make: Callable[[], bytes], content_type: str) -> HttpResponse:
    """The answer for `about`, made anew once anything public changed. A conditional request is answered without making it."""
    changed = requests.changed_at()
    name = name_of(about, changed, KEPT_S)
    tag = quote_etag(name)
    # What is compressed on the way has the tag as a weak one.
    given = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
    if tag in given:
        response = HttpResponse(status=304)
    else:
        body = _kept.get(name)
        if body is None:
            body = make()
            _kept.put(name, body)
        response = HttpResponse(body, content_type=content_type)
    response["ETag"] = tag
    if changed is not None:
        response["Last-Modified"] = http_date(changed.timestamp())
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=AGE_S, must_revalidate=True)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


compressed = gzip_page

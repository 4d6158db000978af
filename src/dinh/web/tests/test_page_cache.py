"""Public pages are drawn once for everybody, and nobody's own page is ever another's."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dinh.web import page_cache
from dinh.web.limits import HAS_ANOTHER
from dinh.web.page_cache import PageCache, public_page


class Drawn:
    """An application that counts what it draws."""

    def __init__(
        self, *headers: tuple[bytes, bytes], body: bytes = b"<p>Xin ch\xc3\xa0o</p>" * 100, status: int = 200
    ) -> None:
        self.headers = [(b"content-type", b"text/html; charset=utf-8"), *headers]
        self.body = body
        self.status = status
        self.count = 0
        self.had_another: list[bool] = []
        """Whether it could have been refused without harm, each time."""
        self.go: asyncio.Event | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.count += 1
        self.had_another.append(bool(scope.get(HAS_ANOTHER)))
        if self.go is not None:
            await self.go.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


PUBLIC = (b"cache-control", b"public, max-age=10")


async def ask(
    cache: PageCache, path: str = "/x", *headers: tuple[bytes, bytes], query: bytes = b"", scheme: str = "http"
) -> Any:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "query_string": query,
        "headers": [(b"host", b"a"), *headers],
    }
    await cache(scope, receive, send)
    start = sent[0]
    return start["status"], dict(start["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


async def test_a_public_page_is_drawn_once_and_given_packed_to_whoever_takes_it() -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    first = await ask(cache)
    _, headers, body = await ask(cache, "/x", (b"accept-encoding", b"br, gzip"))
    assert drawn.count == 1
    assert gzip.decompress(body) == first[2]
    assert len(body) < len(first[2]) / 5
    assert headers[b"vary"] == b"Cookie, Accept-Encoding"
    status, _, body = await ask(cache, "/x", (b"if-none-match", headers[b"etag"]))
    assert (status, body) == (304, b"")


async def test_languages_themes_addresses_and_hosts_are_told_apart() -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    for headers in ((), ((b"cookie", b"csrftoken=1; django_language=en"),), ((b"cookie", b"dinh_theme=dark"),)):
        await ask(cache, "/x", *headers)
    await ask(cache, "/y")
    await ask(cache, "/x", query=b"page=2")
    assert drawn.count == 5
    await ask(cache, "/x", scheme="https")
    assert drawn.count == 6
    await ask(cache, "/x", (b"cookie", b"django_language=xx; dinh_theme=pink"))
    assert drawn.count == 6, "what is no language makes no page of its own"


@pytest.mark.parametrize("cookie", [b'django_language="en"', b"django_language= en ", b'dinh_theme="dark"'])
async def test_a_choice_in_quotation_marks_is_the_choice_that_the_house_reads(cookie: bytes) -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    await ask(cache, "/x", (b"cookie", cookie))
    await ask(cache, "/x", (b"cookie", cookie.replace(b'"', b"").replace(b" ", b"")))
    assert drawn.count == 1
    await ask(cache)
    assert drawn.count == 2


@pytest.mark.parametrize(
    "headers",
    [
        ((b"cookie", b"dinh_session=abc"),),
        ((b"cookie", b"django_language=en; commune=31500"),),
        ((b"cookie", b"messages=x"),),
        ((b"authorization", b"Bearer x"),),
        ((b"hx-request", b"true"),),
        ((b"hx-target", b"catalogue"),),
        ((b"cookie", b"dinh_session=abc"), (b"cookie", b"django_language=en")),
    ],
)
async def test_whoever_is_somebody_is_answered_by_the_house(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    for _ in range(2):
        await ask(cache, "/x", *headers)
    assert drawn.count == 2
    await ask(cache)
    assert drawn.count == 3


@pytest.mark.parametrize(
    "drawn",
    [
        Drawn(), Drawn((b"cache-control", b"private, max-age=10")), Drawn((b"cache-control", b"public, max-age=0")),
        Drawn(PUBLIC, (b"set-cookie", b"a=1")), Drawn(PUBLIC, status=404),
        Drawn(PUBLIC, body=b'<form><input name="csrfmiddlewaretoken" value="somebody\'s">'),
    ],
)  # fmt: skip
async def test_what_is_not_marked_public_or_sets_a_cookie_is_never_kept(drawn: Drawn) -> None:
    cache = PageCache(drawn)
    for _ in range(2):
        await ask(cache)
    assert drawn.count == 2


async def test_many_who_ask_at_once_wait_for_one_drawing() -> None:
    drawn = Drawn(PUBLIC)
    drawn.go = asyncio.Event()
    cache = PageCache(drawn)
    waiting = [asyncio.create_task(ask(cache)) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    drawn.go.set()
    answers = await asyncio.gather(*waiting)
    assert drawn.count == 1
    assert {status for status, _, _ in answers} == {200}


async def test_whoever_takes_a_page_slowly_holds_back_nobody_who_waits_for_it() -> None:
    drawn = Drawn(PUBLIC)
    drawn.go = asyncio.Event()
    cache = PageCache(drawn)
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [(b"host", b"a")]}

    async def takes_nothing(message: Any) -> None:
        await asyncio.Event().wait()

    async def nothing() -> Any: ...

    slow = asyncio.create_task(cache(scope, nothing, takes_nothing))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(ask(cache))
    await asyncio.sleep(0)
    drawn.go.set()
    assert (await asyncio.wait_for(waiting, 5))[0] == 200
    slow.cancel()


@pytest.mark.parametrize("header", ["Authorization", "HX-Request", "HX-Target"])
def test_an_answer_to_a_key_or_a_part_of_a_page_is_not_marked_as_everybodys(header: str) -> None:
    @public_page(10)
    def view(request: HttpRequest, /) -> HttpResponse:
        return HttpResponse("a page")

    ask = RequestFactory()
    assert "public" in view(ask.get("/"))["Cache-Control"]
    assert "Cache-Control" not in view(ask.get("/", headers={header: "x"}))


async def test_a_full_house_gives_the_page_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    await ask(cache)
    moved = [60.0]
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + moved[0])
    drawn.status = 503
    status, _, body = await ask(cache)
    assert (status, body, drawn.count) == (200, drawn.body, 2)
    moved[0] = 2000.0
    assert (await ask(cache))[0] == 503
    assert drawn.had_another == [False, True, False]


async def test_it_holds_no_more_than_its_room() -> None:
    drawn = Drawn(PUBLIC, body=bytes(range(256)) * 40)
    drawn.headers[0] = (b"content-type", b"image/png")
    cache = PageCache(drawn, most_bytes=50_000)
    for number in range(20):
        await ask(cache, f"/{number}")
    assert cache._size <= 50_000
    await ask(cache, "/19")
    await ask(cache, "/0")
    assert drawn.count == 21


async def test_a_view_may_pack_its_page_itself_and_both_kinds_of_reader_are_served() -> None:
    plain = b"<p>Ch\xc3\xa0o</p>" * 200
    drawn = Drawn(PUBLIC, (b"content-encoding", b"gzip"), body=gzip.compress(plain))
    cache = PageCache(drawn)
    await ask(cache)
    _, headers, body = await ask(cache, "/x", (b"accept-encoding", b"gzip"))
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == plain
    _, headers, body = await ask(cache)
    assert b"content-encoding" not in headers
    assert body == plain
    assert drawn.count == 1


async def test_what_was_taken_off_is_given_to_nobody_from_that_moment() -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    await ask(cache)
    drawn.body = b"without it"
    page_cache.forget()
    assert (await ask(cache))[2] == b"without it"


async def test_not_even_by_a_house_that_is_full() -> None:
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn)
    await ask(cache)
    drawn.status = 503
    page_cache.forget()
    assert (await ask(cache))[0] == 503


async def test_a_page_that_was_being_drawn_meanwhile_is_not_kept() -> None:
    drawn = Drawn(PUBLIC)
    drawn.go = asyncio.Event()
    cache = PageCache(drawn)
    first, second = asyncio.create_task(ask(cache)), asyncio.create_task(ask(cache))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    page_cache.forget()
    drawn.go.set()
    await asyncio.gather(first, second)
    assert drawn.count == 2, "who waited for it has it drawn anew"


async def test_another_process_that_takes_something_off_is_heard_within_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamp = ["before"]
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn, stamp=lambda: stamp[0])
    await ask(cache)
    await ask(cache)
    assert drawn.count == 1
    stamp[0] = "after"
    await ask(cache)
    assert drawn.count == 1, "it is not looked at every answer"
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + page_cache.LOOK_S)
    await ask(cache)
    assert drawn.count == 2


async def test_a_database_that_does_not_answer_holds_up_no_page() -> None:
    going_on = threading.Event()
    drawn = Drawn(PUBLIC)
    cache = PageCache(drawn, stamp=going_on.wait)
    begun = time.monotonic()
    await ask(cache)
    await ask(cache)
    going_on.set()
    assert time.monotonic() - begun < 2 * page_cache.PATIENCE_S
    assert drawn.count == 1

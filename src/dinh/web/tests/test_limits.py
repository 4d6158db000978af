from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from dinh.web.limits import HAS_ANOTHER, HOLDERS, REFUSED_AFTER_S, Bucket, Shedder, limited, network_of


class Clock:
    def __init__(self) -> None:
        self.moment = 1000.0

    def __call__(self) -> float:
        return self.moment


@given(
    per_second=st.floats(0.1, 50),
    burst=st.integers(1, 50),
    pauses_s=st.lists(st.floats(0, 5), min_size=1, max_size=200),
)
def test_no_more_pass_than_the_burst_and_what_time_brings(per_second: float, burst: int, pauses_s: list[float]) -> None:
    clock = Clock()
    bucket = Bucket(per_second, burst, clock=clock)
    passed = 0
    for pause_s in pauses_s:
        clock.moment += pause_s
        passed += bucket.wait_s("a") == 0
    assert passed <= burst + sum(pauses_s) * per_second + 1e-6


@given(per_second=st.floats(0.1, 50), burst=st.integers(1, 20))
def test_whoever_waits_as_told_is_let_in(per_second: float, burst: int) -> None:
    clock = Clock()
    bucket = Bucket(per_second, burst, clock=clock)
    while not (wait := bucket.wait_s("a")):
        pass
    clock.moment += wait + 1e-6
    assert bucket.wait_s("a") == 0


def test_one_holder_does_not_use_up_another() -> None:
    bucket = Bucket(1, 1)
    assert bucket.wait_s("a") == 0
    assert bucket.wait_s("a") > 0
    assert bucket.wait_s("b") == 0


def test_memory_is_bounded_however_many_addresses_ask() -> None:
    bucket = Bucket(1, 1)
    for number in range(HOLDERS + 500):
        bucket.wait_s(str(number))
    assert len(bucket._held) == HOLDERS


@pytest.mark.parametrize(
    ("address", "holder"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_subscriber_counts_once(address: str, holder: str) -> None:
    assert network_of(address) == holder


@limited(per_minute=1, burst=2)
def _view(request: HttpRequest, /) -> HttpResponse:
    return HttpResponse("in")


def test_writes_are_limited_in_words_and_reads_are_not() -> None:
    ask = RequestFactory(headers={"Accept": "application/json"})
    _view.bucket.forget()  # type: ignore[attr-defined]
    answers: list[Any] = [_view(ask.post("/report/")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    told = json.loads(answers[2].content)
    assert told["code"] == "request.too_many"
    assert "60" in told["message"]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert _view(ask.get("/report/")).status_code == 200
    assert _view(ask.post("/report/", REMOTE_ADDR="203.0.113.9")).status_code == 200


def test_a_forwarded_header_that_anyone_can_write_does_not_give_a_new_allowance() -> None:
    _view.bucket.forget()  # type: ignore[attr-defined]
    ask = RequestFactory()
    statuses = [
        _view(ask.post("/api/x", headers={"X-Forwarded-For": f"203.0.113.{number}"})).status_code for number in range(4)
    ]
    assert statuses[2:] == [429, 429]


async def _ask(shedder: Shedder, method: str, path: str = "/x") -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await shedder({"type": "http", "method": method, "path": path, "headers": []}, receive, send)
    return int(sent[0]["status"])


async def test_when_full_reads_are_shed_first_and_writes_and_streams_go_on() -> None:
    go = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    shedder = Shedder(slow, reads_at=3, writes_at=5)
    waiting = [asyncio.create_task(_ask(shedder, "GET")) for _ in range(3)]
    await asyncio.sleep(0)
    assert await _ask(shedder, "GET") == 503
    waiting += [asyncio.create_task(_ask(shedder, "POST")) for _ in range(2)]
    waiting.append(asyncio.create_task(_ask(shedder, "GET", "/live")))
    waiting.append(asyncio.create_task(_ask(shedder, "GET", "/healthz")))
    await asyncio.sleep(0)
    assert await _ask(shedder, "POST") == 503
    go.set()
    assert await asyncio.gather(*waiting) == [200] * 7
    assert (shedder.in_hand, shedder.shed) == (0, 2)


async def test_what_people_hand_in_is_let_in_however_full_it_is() -> None:
    async def taken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": []})

    shedder = Shedder(taken, reads_at=0, writes_at=0, intake=("/app/report/",))
    assert await _ask(shedder, "POST", "/app/report/send") == 201
    assert await _ask(shedder, "GET", "/app/report/send") == 503
    assert await _ask(shedder, "POST", "/app/other") == 503


async def test_whoever_is_about_to_be_refused_is_let_in_once_there_is_room() -> None:
    async def taken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    shedder = Shedder(taken, reads_at=3, writes_at=5)
    shedder.in_hand = 3
    waiting = asyncio.create_task(_ask(shedder, "GET"))
    await asyncio.sleep(0)
    assert not waiting.done()
    shedder.in_hand = 2
    assert await waiting == 200
    assert (shedder.in_hand, shedder.shed) == (2, 0)


async def test_whoever_can_be_given_another_answer_is_refused_at_once() -> None:
    shedder = Shedder(lambda *_: asyncio.sleep(0), reads_at=0, writes_at=0)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [], HAS_ANOTHER: True}
    async with asyncio.timeout(REFUSED_AFTER_S / 2):
        await shedder(scope, lambda: asyncio.sleep(0, {}), send)
    assert sent[0]["status"] == 503


async def test_maps_go_first_then_lists_then_all_reads_and_people_see_a_page_that_says_so() -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    shedder = Shedder(nothing, reads_at=10, writes_at=20, first=("/tiles/*",), then=("/list/",))

    async def left(in_hand: int) -> list[int]:
        shedder.in_hand = in_hand
        return [await _ask(shedder, "GET", path) for path in ("/tiles/1", "/list/", "/list/of-one")]

    assert await left(3) == [200, 200, 200]
    assert await left(4) == [503, 200, 200]
    assert await left(7) == [503, 503, 200]
    assert await left(10) == [503, 503, 503]
    assert await left(0) == [200, 200, 200]
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    shedder.in_hand = 10
    scope = {"type": "http", "method": "GET", "path": "/page/", "headers": [(b"accept", b"text/html")]}
    await shedder(scope, receive, send)
    assert b"tel:115" in sent[1]["body"]
    assert dict(sent[0]["headers"])[b"retry-after"] == b"5"

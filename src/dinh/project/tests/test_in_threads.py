"""Django behind the shell: few threads that stay, bodies read before one is taken, streams sent while they are made."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.utils.translation import activate, gettext

from dinh.project.in_threads import AHEAD, AT_ONCE, LONG_S, InThreads, Turns

pytestmark = [pytest.mark.django_db(transaction=True)]
made: list[str] = []
held: list[Any] = []


def plain(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    pooled = bool(connection.settings_dict["OPTIONS"].get("pool"))  # then it goes back after each request
    held_on_to = "" if pooled else id(connection.connection)
    return HttpResponse(f"{threading.current_thread().name} {held_on_to} {len(request.body)}")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[str]:
        for number in range(20):
            made.append(f"{threading.current_thread().name} {gettext('Search')}")
            yield f"{number};"

    activate("vi")
    return StreamingHttpResponse(parts())


def held_by_its_thread(request: HttpRequest) -> StreamingHttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close_at = 0.0  # as PostgreSQL's are, which go back to where others wait for one
    held.append(connections["default"])
    return StreamingHttpResponse(iter("ab"))


def broken(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[str]:
        yield "a"
        raise RuntimeError("the disk is gone")

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("plain/", plain),
    path("stream/", stream),
    path("broken/", broken),
    path("held/", held_by_its_thread),
]


@pytest.fixture
def django() -> Iterator[InThreads]:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        handler = InThreads(threads=1)
        yield handler
        handler.threads.submit(connections.close_all).result()
        handler.threads.shutdown()


async def ask(handler: InThreads, where: str, body: asyncio.Queue[bytes] | None = None) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": await body.get() if body else b""}

    async def send(message: Any) -> None:
        sent.append(message)

    await handler(scope(where, "POST" if body else "GET"), receive, send)
    return sent


def scope(where: str, method: str = "GET") -> dict[str, Any]:
    return {
        "type": "http", "method": method, "path": where, "raw_path": where.encode(), "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "http_version": "1.1",
    }  # fmt: skip


def said(sent: list[Any]) -> str:
    return b"".join(message.get("body", b"") for message in sent).decode()


async def test_a_thread_and_its_connection_serve_one_request_after_another(django: InThreads) -> None:
    first, second = said(await ask(django, "/plain/")), said(await ask(django, "/plain/"))
    assert first == second
    assert first.startswith("django_0 ")


async def test_a_body_that_comes_slowly_holds_no_thread(django: InThreads) -> None:
    body: asyncio.Queue[bytes] = asyncio.Queue()
    slow = asyncio.create_task(ask(django, "/plain/", body))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert said(await ask(django, "/plain/")).endswith(" 0")
        body.put_nowait(b"words")
        assert said(await slow).endswith(" 5")


async def test_a_stream_is_made_by_a_thread_of_its_own_in_the_language_of_its_request(django: InThreads) -> None:
    made.clear()
    assert said(await ask(django, "/stream/")) == "".join(f"{number};" for number in range(20))
    assert set(made) == {"django-stream Tìm kiếm"}


async def test_whoever_begins_a_stream_keeps_no_connection_for_it(django: InThreads) -> None:
    held.clear()
    assert said(await ask(django, "/held/")) == "ab"
    assert held[0].connection is None


async def test_no_more_of_a_stream_is_made_than_somebody_reads(django: InThreads) -> None:
    made.clear()
    held = asyncio.Event()

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await held.wait()

    reading = asyncio.create_task(django(scope("/stream/"), receive, send))
    async with asyncio.timeout(5):
        while len(made) < AHEAD:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(made) == AHEAD + 1
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        while any(thread.name == "django-stream" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
    assert len(made) == AHEAD + 1, "whoever has gone is made nothing for"


async def test_nothing_more_is_made_for_whoever_has_left_though_the_server_takes_it(django: InThreads) -> None:
    made.clear()
    left = asyncio.Event()
    asked = 0

    async def receive() -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            return {"type": "http.request"}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            left.set()
            await asyncio.sleep(0.01)

    async with asyncio.timeout(5):
        await django(scope("/stream/"), receive, send)
        while any(thread.name == "django-stream" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
    assert len(made) < 20


async def test_a_stream_that_breaks_is_cut_and_never_ends_as_if_it_were_whole(django: InThreads) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError, match="the disk is gone"):
        await django(scope("/broken/"), receive, send)
    assert said(sent) == "a"
    assert all(message.get("more_body", True) for message in sent)


async def test_so_many_have_a_turn_at_once_and_the_next_in_the_order_in_which_they_came() -> None:
    turns, order, go = Turns(AT_ONCE), [], asyncio.Event()

    async def come(name: int) -> None:
        async with turns.taken():
            order.append(name)
            await go.wait()

    came = [asyncio.create_task(come(name)) for name in range(5)]
    await asyncio.sleep(LONG_S / 4)
    assert order == [0, 1]
    go.set()
    await asyncio.gather(*came)
    assert order == [0, 1, 2, 3, 4]


async def test_what_takes_long_is_not_waited_for() -> None:
    turns, done = Turns(1), asyncio.Event()

    async def long() -> None:
        async with turns.taken():
            await done.wait()

    waiting = asyncio.create_task(long())
    await asyncio.sleep(0)
    async with asyncio.timeout(LONG_S * 5):
        for _ in range(3):
            async with turns.taken():
                pass
    done.set()
    await waiting
    # Its turn came back once: whoever comes now is still alone.
    assert turns._free._value == 1


async def test_a_turn_comes_back_from_whoever_fails_or_leaves() -> None:
    turns = Turns(1)
    with pytest.raises(RuntimeError):
        async with turns.taken():
            raise RuntimeError("gone")
    left = asyncio.create_task(turns.taken().__aenter__())
    await left
    waiting = asyncio.create_task(turns.taken().__aenter__())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(LONG_S * 1.5)
    async with asyncio.timeout(1), turns.taken():
        pass

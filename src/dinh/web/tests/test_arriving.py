"""Whoever sends slowly, much or nothing keeps nobody else out."""

from __future__ import annotations

import asyncio
import shutil
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import pytest

from dinh.web import arriving, handing_in
from dinh.web.handing_in import Answer, HandingIn
from dinh.web.limits import Shedder

Usage = namedtuple("Usage", "total used free")


class Network:
    """One request whose body comes in the parts that are given, or waits for the next for ever."""

    def __init__(
        self, *parts: bytes, announced: int, path: str = "/x", client: str = "203.0.113.7", kind: str = ""
    ) -> None:
        self.parts = list(parts)
        self.left = announced
        self.sent: list[Any] = []
        headers = [(b"content-length", str(announced).encode()), (b"content-type", kind.encode())]
        self.scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "client": (client, 1)}

    async def receive(self) -> Any:
        if not self.parts:
            await asyncio.Event().wait()
        part = self.parts.pop(0)
        self.left -= len(part)
        return {"type": "http.request", "body": part, "more_body": self.left > 0}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def through(self, shell: Any) -> int:
        await shell(self.scope, self.receive, self.send)
        return int(self.sent[0]["status"])


async def reader(scope: Any, receive: Any, send: Any) -> None:
    """As Django: reads all, answers nothing to whoever went away."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def begun(shell: Any, requests: Sequence[Network]) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(one.through(shell)) for one in requests]
    await asyncio.sleep(0.01)
    return tasks


async def test_bodies_that_do_not_come_are_no_work_in_hand() -> None:
    shedder = Shedder(reader, reads_at=3, writes_at=5)
    waiting = await begun(shedder, [Network(b"a", announced=9) for _ in range(20)])
    assert shedder.in_hand == 0
    assert await Network(b"abc", announced=3).through(shedder) == 200
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (shedder.in_hand, shedder.arriving.announced, shedder.arriving.places) == (0, 0, {})


async def test_an_answer_that_is_taken_slowly_is_no_work_in_hand() -> None:
    shedder = Shedder(reader, reads_at=3, writes_at=5)

    async def takes_nothing(message: Any) -> None:
        await asyncio.Event().wait()

    waiting = []
    for _ in range(20):
        one = Network(b"abc", announced=3)
        waiting.append(asyncio.create_task(shedder(one.scope, one.receive, takes_nothing)))
    await asyncio.sleep(0.01)
    assert shedder.in_hand == 0
    for task in waiting:
        task.cancel()


async def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "PATIENCE_S", 0.05)
    slow = Network(b"a", b"b", announced=9)
    assert await slow.through(Shedder(reader)) == 408
    assert (b"connection", b"close") in slow.sent[0]["headers"]


async def test_one_network_waits_for_its_own_slow_bodies_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "AT_ONCE", 2)
    shedder = Shedder(reader)
    waiting = await begun(shedder, [Network(announced=9) for _ in range(2)])
    (late,) = await begun(shedder, [Network(b"abc", announced=3)])
    assert not late.done()
    assert await Network(b"abc", announced=3, client="198.51.100.1").through(shedder) == 200
    waiting[0].cancel()
    assert await late == 200
    waiting[1].cancel()


async def test_where_the_disk_is_nearly_full_words_are_taken_and_files_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shedder = Shedder(reader)
    room = arriving.KEPT_FREE + 10_000_000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10 * room, 9 * room, room))
    assert await Network(b"x" * 8_000_000, announced=8_000_000).through(shedder) == 200
    (waiting,) = await begun(shedder, [Network(announced=8_000_000)])
    assert await Network(announced=8_000_000).through(shedder) == 503, "what is on its way counts"
    assert await Network(b"words", announced=5).through(shedder) == 200
    waiting.cancel()


@pytest.mark.parametrize("announced", [arriving.MOST_BYTES + 1, 10**18])
async def test_what_is_larger_than_anything_is_refused_before_a_byte_is_read(announced: int) -> None:
    assert await Network(announced=announced).through(Shedder(reader)) == 413


async def test_reports_that_are_announced_and_not_sent_take_no_room_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = HandingIn("/give", lambda form: Answer(201, {}), most_files=5)
    form, words = "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"
    most = desk._most_bytes()
    monkeypatch.setattr(handing_in, "HELD_BYTES", most)
    waiting = await begun(desk, [Network(announced=most, path="/give", kind=form) for _ in range(4)])
    whole = Network(b"text=abc", announced=8, path="/give", kind=words)
    assert await asyncio.wait_for(whole.through(desk), 5) == 201
    for task in waiting:
        task.cancel()

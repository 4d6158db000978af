"""A head that never ends keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from dinh.project import heads
from dinh.project.heads import MOST_BYTES, BoundedHeads

BEGIN = b"POST / HTTP/1.1\r\nHost: a\r\n"


async def told_length(scope: Any, receive: Any, send: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(told_length, http=BoundedHeads, lifespan="off", log_config=None, ws="none")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: BoundedHeads(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()


async def answer(*parts: bytes) -> bytes:
    async with connected() as (reader, writer):
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await asyncio.wait_for(reader.read(200), 10)
        except ConnectionError:
            return b"closed"


@pytest.mark.parametrize(
    "parts",
    [
        (b"GET /", *[b"a" * 65_536] * 20),
        (BEGIN + b"X-A: ", *[b"a" * 65_536] * 20),
        (BEGIN, *[b"X-A: b\r\n" * 8_000] * 20),
        (BEGIN + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", *[b"X-A: b\r\n" * 8_000] * 20),
        (BEGIN + b"Transfer-Encoding: chunked\r\n\r\n3;", *[b"a" * 65_536] * 20),
    ],
)
async def test_a_head_without_end_is_refused(parts: tuple[bytes, ...]) -> None:
    said = await answer(*parts)
    assert said == b"closed" or said.startswith(b"HTTP/1.1 400")


async def test_a_body_may_be_as_long_as_it_is_and_come_in_parts() -> None:
    size = 20 * MOST_BYTES
    whole = BEGIN + b"Content-Length: %d\r\n\r\n" % size
    assert (await answer(whole[:9], whole[9:], *[b"x" * MOST_BYTES] * 20)).endswith(str(size).encode())
    chunk = b"%x\r\n%b\r\n" % (MOST_BYTES, b"x" * MOST_BYTES)
    said = await answer(BEGIN + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 20, b"0\r\n\r\n")
    assert said.endswith(str(size).encode())


async def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "PATIENCE_S", 0.05)
    assert await answer() == b""
    assert await answer(b"GET / HT") == b""
    async with connected() as (reader, writer):
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
        writer.write(b"GET / HT")
        assert await asyncio.wait_for(reader.read(), 5) == b""

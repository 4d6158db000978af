"""Clients for load: many connections of one event loop that send prepared requests and read what comes back."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Milliseconds of each answer by status, and what every answer said."""

    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    seconds: float = 0.0

    def share(self, part: float) -> float:
        ordered = sorted(self.took_ms)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


async def send(
    port: int,
    request: Callable[[], bytes],
    *,
    connections: int,
    seconds: float,
    keep: bool = False,
    settle_s: float = 0.0,
) -> Tally:
    """Each connection sends its next request as soon as the last is answered. What is answered in the first `settle_s`, which come
    before the `seconds`, is left out."""
    tally, started = Tally(), time.perf_counter() + settle_s
    over = started + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while time.perf_counter() < over:
                begun = time.perf_counter()
                writer.write(request())
                status, body = await _answer(reader)
                if begun < started:
                    continue
                tally.took_ms.append((time.perf_counter() - begun) * 1000)
                tally.statuses[status] += 1
                if keep:
                    tally.bodies.append(body)
        finally:
            writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    tally.seconds = time.perf_counter() - started
    return tally


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at >= 0:
        length = int(lowered[at + 15 : lowered.index(b"\r\n", at)])
        return status, await reader.readexactly(length) if length else b""
    body = bytearray()
    if b"transfer-encoding: chunked" in lowered:
        while (size := int((await reader.readline()).strip(), 16)) > 0:
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    return status, bytes(body)


def get(path: str, accept: str = "text/html") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\n\r\n".encode()

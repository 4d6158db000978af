"""Bodies on their way in: so many at once from one network, no slower than a poor telephone line, and only as long as the disk
has room for all that was announced. Until a body is whole its request is no work, and does not count as being in hand."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings

type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

AT_ONCE: Final = 32
"""From one network; whoever comes later waits, with the body still in the network."""
PATIENCE_S: Final = 120.0
SLOWEST: Final = 500
"""Bytes a second, beyond the patience."""
MOST_BYTES: Final = 650 * 1024 * 1024
"""Elevation rasters are the largest that any page takes."""
SMALL: Final = 64 * 1024
"""Words without pictures: taken also where the disk is nearly full."""
KEPT_FREE: Final = 1024**3
"""Of the disk, for the registers, the journal and the ledger."""


@dataclass(slots=True)
class Body:
    """Stands in the place of `receive`. `waits` is told −1 and +1 around each wait for the network."""

    receive: Receive
    waits: Callable[[int], None]
    place: asyncio.Semaphore
    began: float = 0.0
    got: int = 0
    in_line: bool = False
    whole: bool = False
    given_up: bool = False
    """It came too slowly, or was longer than anything that is taken."""

    async def __call__(self) -> MutableMapping[str, Any]:
        if self.whole:
            return await self.receive()
        self.waits(-1)
        try:
            message = await self._next()
        finally:
            self.waits(1)
        self.got += len(message.get("body", b""))
        self.given_up = self.given_up or self.got > MOST_BYTES
        if self.given_up or not message.get("more_body"):
            self.end()
        return {"type": "http.disconnect"} if self.given_up else message

    async def _next(self) -> MutableMapping[str, Any]:
        if not self.in_line:
            await self.place.acquire()
            self.in_line, self.began = True, time.monotonic()
        left = self.began + PATIENCE_S + self.got / SLOWEST - time.monotonic()
        try:
            return await asyncio.wait_for(self.receive(), max(left, 0.0))
        except TimeoutError:
            self.given_up = True
            return {"type": "http.disconnect"}

    def end(self) -> None:
        self.whole = True
        if self.in_line:
            self.in_line = False
            self.place.release()


@dataclass(slots=True)
class Arriving:
    """All bodies of one process, on its event loop."""

    announced: int = 0
    places: dict[str, tuple[asyncio.Semaphore, int]] = field(default_factory=dict)

    @asynccontextmanager
    async def body(
        self, receive: Receive, *, length: int, network: str, waits: Callable[[int], None]
    ) -> AsyncIterator[Body]:
        place, users = self.places.get(network) or (asyncio.Semaphore(AT_ONCE), 0)
        self.places[network] = (place, users + 1)
        self.announced += length
        held = Body(receive, waits, place)
        try:
            yield held
        finally:
            held.end()
            self.announced -= length
            place, users = self.places.pop(network)
            if users > 1:
                self.places[network] = (place, users - 1)

    def too_much(self, length: int) -> bool:
        """Whether the disk would be left with too little."""
        if length <= SMALL:
            return False
        free = shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free
        return self.announced + length + KEPT_FREE > free


def length_of(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Bytes that a request announces; None where it has no body. Of one that comes in pieces nobody knows: one byte more than
    what counts as small."""
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() and int(value) else None
        if name == b"transfer-encoding":
            return SMALL + 1
    return None

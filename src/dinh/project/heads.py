"""Heads of requests, bounded in size and in time, where no proxy in front bounds them.

The server's own reader joins the parts of an address or a header as they come, however long it gets: 60 MB of one address held
up every other request for half a minute.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES: Final = 64 * 1024
"""Of what is no body: an address with its headers, what stands between the parts of a body and after it."""
PATIENCE_S: Final = 20.0
"""For a head, from the connection or from its first byte."""


class BoundedHeads(HttpToolsProtocol):
    """One connection."""

    unread = 0
    in_head = True
    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.unread += len(data)
        if self.in_head and self.timer is None:
            self._wait()
        super().data_received(data)
        if self.unread > MOST_BYTES and not self.transport.is_closing():
            self._stop_waiting()
            self.send_400_response("The head of this request is too long.")

    def on_headers_complete(self) -> None:
        self.unread, self.in_head = 0, False
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unread, self.in_head = 0, True
        super().on_message_complete()

    def _wait(self) -> None:
        self.timer = self.loop.call_later(PATIENCE_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _give_up(self) -> None:
        self.timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait()  # the answer to the request before is still on its way
        elif not self.transport.is_closing():
            self.transport.close()

"""Django behind the shell: the event loop reads bodies and sends answers, a few threads that stay do what is between.

Django's own handler makes a thread for every request, and with it a connection to the registers.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections, connections
from django.http import FileResponse
from django.urls import set_script_prefix

type Message = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

THREADS: Final = 8
AT_ONCE: Final = 2
"""Of Python one runs at a time; a second goes on while the first waits. More would wait for each other, and the event loop for all."""
LONG_S: Final = 0.2
"""Whatever takes longer counts no more among those: probably it waits for something, and others shall not wait for it."""
AHEAD: Final = 4
"""Parts of a stream that are made before the first of them was sent."""


class InThreads(ASGIHandler):
    """A body is read whole before a thread is taken, so that a slow line holds none; a stream has a thread of its own."""

    def __init__(self, threads: int = THREADS) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self.turns = Turns(min(threads, AT_ONCE))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        stream = None
        try:
            async with self.turns.taken():
                loop = asyncio.get_running_loop()
                response, stream = await loop.run_in_executor(self.threads, self._answer, scope, body)
            if stream is None:
                await self.send_response(response, send)
            else:
                await unless_gone(self.send_response(response, send), receive)
        finally:
            body.close()
            if stream is not None:
                await stream.aclose()

    def _answer(self, scope: Message, body: Any) -> tuple[Any, AsyncGenerator[bytes] | None]:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = refused if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
            return response, None
        stream = response.streaming_content = ahead(response.streaming_content, response.close)
        close_old_connections()  # what comes at the end of the stream comes in another thread
        return response, stream


class Turns:
    """So many at once, in the order in which they came; whoever holds a turn for longer than LONG_S holds it no more."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def taken(self) -> AsyncGenerator[None]:
        await self._free.acquire()
        held = True

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                self._free.release()

        late = asyncio.get_running_loop().call_later(LONG_S, give_back)
        try:
            yield
        finally:
            late.cancel()
            give_back()


async def unless_gone(sending: Coroutine[Any, Any, None], receive: Receive) -> None:
    """A server takes what is sent to nobody as sent: whoever has left in the middle has to be asked for."""
    sent, left = asyncio.create_task(sending), asyncio.ensure_future(receive())
    try:
        await asyncio.wait((sent, left), return_when=asyncio.FIRST_COMPLETED)
        if sent.done() or left.result()["type"] != "http.disconnect":
            await sent
    finally:
        sent.cancel()
        left.cancel()
        await asyncio.wait((sent, left))


def ahead(parts: Any, close: Callable[[], None]) -> AsyncGenerator[bytes]:
    """The parts, each made while those before are sent: by one thread, in the language of now, over one connection."""
    context = contextvars.copy_context()

    async def sent() -> AsyncGenerator[bytes]:
        loop = asyncio.get_running_loop()
        made: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        room, over = threading.Semaphore(AHEAD), threading.Event()

        def tell(part: bytes | Exception | None) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(made.put_nowait, part)

        def make() -> None:
            try:
                for part in parts:
                    room.acquire()
                    if over.is_set():
                        return
                    tell(part)
                tell(None)
            except Exception as error:  # noqa: BLE001 - told where the stream is read
                tell(error)
            finally:
                close()
                connections.close_all()

        threading.Thread(target=context.run, args=(make,), name="django-stream", daemon=True).start()
        try:
            while (part := await made.get()) is not None:
                if isinstance(part, Exception):
                    raise part
                yield part
                room.release()
        finally:
            over.set()
            room.release()

    return sent()

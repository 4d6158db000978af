"""What this process has registered: listeners, periodic work, observers, and who is to be woken."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from dinh.spine.jobs.api import Event, Handler, Run

log = structlog.get_logger("dinh.jobs")
REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class Listening:
    name: str
    listener: str
    handler: Handler

    def hears(self, event_name: str) -> bool:
        return self.name in {"*", event_name}


@dataclass(frozen=True, slots=True)
class Work:
    interval: timedelta
    name: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class TaskKind:
    kind: str
    run: Run
    attempts: int


listeners: dict[str, Listening] = {}
kinds: dict[str, TaskKind] = {}
works: dict[str, Work] = {}
observers: list[Callable[[Event], None]] = []
_wakers: set[threading.Event] = set()
_told: OrderedDict[int, None] = OrderedDict()
_lock = threading.Lock()


def wake() -> None:
    for waker in tuple(_wakers):
        waker.set()


def add_waker(waker: threading.Event) -> None:
    with _lock:
        _wakers.add(waker)


def drop_waker(waker: threading.Event) -> None:
    with _lock:
        _wakers.discard(waker)


def tell(event: Event, *, again: bool = True) -> None:
    """Calls every observer; `again` False skips an event that this process was told of already."""
    with _lock:
        known = event.number in _told
        _told[event.number] = None
        while len(_told) > REMEMBERED:
            _told.popitem(last=False)
    if known and not again:
        return
    for observer in tuple(observers):
        try:
            observer(event)
        except Exception:  # one observer's fault is not the publisher's
            log.exception("observer failed", event_name=event.name, number=event.number)

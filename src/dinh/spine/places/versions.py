"""Versions of the register: caches ask here, at most once a second, whether what they hold is still true."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import connection, transaction

from dinh.spine.places.models import Version

PARTS: Final = ("units", "assets", "boundaries")
_EVERY_S: Final = 1.0


class _Known:
    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.read_at = float("-inf")


_known = _Known()
_own = threading.local()
"""`changes`: versions this thread wrote in a transaction that has not ended."""


def bump(part: str) -> int:
    """A new version of `part`, to be called first in the transaction that changes it.

    The row stays locked until the transaction ends, so versions become visible in their order.
    """
    row = Version.objects.select_for_update().filter(part=part).first()
    number = max(time.time_ns() // 1000, row.number + 1 if row else 0)
    Version.objects.update_or_create(part=part, defaults={"number": number})
    if connection.in_atomic_block:
        changes: dict[str, int] = getattr(_own, "changes", {})
        changes[part] = number
        _own.changes = changes
    written(part)
    transaction.on_commit(_settle)
    return number


def written(*parts: str) -> None:
    """To be called after the rows of a change are written: what this thread built of these before, it builds anew."""
    writes: dict[str, int] = getattr(_own, "writes", {})
    for part in parts:
        writes[part] = writes.get(part, 0) + 1
    _own.writes = writes


def current(part: str) -> int:
    """The version of `part` as last read; 0 before anything was written."""
    if getattr(_own, "changes", None):
        numbers = _read()
        if any(numbers.get(name) != number for name, number in _own.changes.items()):
            _settle()  # the transaction was rolled back
        return numbers.get(part, 0)
    if time.monotonic() - _known.read_at >= _EVERY_S:
        moment = time.monotonic()
        _known.numbers = _read()
        _known.read_at = moment
    return _known.numbers.get(part, 0)


def uncommitted() -> bool:
    """True while this thread sees changes of its own that may yet be rolled back."""
    return bool(getattr(_own, "changes", None))


def _read() -> dict[str, int]:
    return dict(Version.objects.values_list("part", "number"))


def _settle() -> None:
    _own.changes = {}
    _known.read_at = float("-inf")


class Cached[T]:
    """A value built from the register, built anew when a part it rests on has changed; safe for threads."""

    def __init__(self, parts: tuple[str, ...], build: Callable[[], T]) -> None:
        self._parts = parts
        self._build = build
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, ...], T] | None = None

    def get(self) -> T:
        versions = tuple(current(part) for part in self._parts)
        if changes := getattr(_own, "changes", None):
            versions += tuple(_own.writes[part] for part in self._parts if part in changes)
        held = self._held
        if held is not None and held[0] == versions:
            return held[1]
        with self._lock:
            held = self._held
            if held is None or held[0] != versions:
                held = self._held = (versions, self._build())
            return held[1]

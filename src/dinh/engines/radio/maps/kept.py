"""What was calculated and may be asked for again, up to so many bytes; what was not asked for the longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Protocol, cast


class Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


class Kept:
    """Not for several threads at once."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[Hashable, Sized] = OrderedDict()
        self.nbytes = 0

    def get[T: Sized](self, key: Hashable, make: Callable[[], T]) -> T:
        """What is held by this key, or what `make` gives."""
        if key in self._held:
            self._held.move_to_end(key)
            return cast("T", self._held[key])
        made = make()
        self._held[key] = made
        self.nbytes += made.nbytes
        while self.nbytes > self._most:
            _, gone = self._held.popitem(last=False)
            self.nbytes -= gone.nbytes
        return made

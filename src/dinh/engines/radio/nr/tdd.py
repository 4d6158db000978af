"""Slots of unpaired spectrum: which share of time each direction has. TS 38.213 clause 11.1."""

from __future__ import annotations

from dataclasses import dataclass

from dinh.engines.radio.nr.resource_blocks import SYMBOLS, numerology
from dinh.kernel.errors import Invalid, Phrase


@dataclass(frozen=True, slots=True)
class TddPattern:
    """`slots` such as DDDSU: D downlink, U uplink, S special with the given symbols of downlink, guard and uplink."""

    slots: str
    spacing_hz: float = 30e3
    special: tuple[int, int, int] = (10, 2, 2)

    def __post_init__(self) -> None:
        if not self.slots or set(self.slots) - set("DSU"):
            raise _wrong(self.slots, Phrase("write one of D, S and U for each slot, such as DDDSU"))
        if sum(self.special) != SYMBOLS or min(self.special) < 0:
            raise _wrong(
                str(self.special), Phrase("the symbols of a special slot are 14 together: downlink, guard, uplink")
            )
        per_20_ms = 20 * 2 ** numerology(self.spacing_hz)
        if per_20_ms % len(self.slots):
            raise _wrong(self.slots, Phrase("the pattern must fit a whole number of times into 20 ms"))

    @property
    def period_s(self) -> float:
        return float(len(self.slots) * 1e-3 / 2 ** numerology(self.spacing_hz))

    def symbols(self) -> tuple[int, int, int]:
        """Of downlink, guard and uplink in one period."""
        down, guard, up = (self.slots.count("S") * part for part in self.special)
        return down + SYMBOLS * self.slots.count("D"), guard, up + SYMBOLS * self.slots.count("U")

    @property
    def downlink_share(self) -> float:
        return self.symbols()[0] / (SYMBOLS * len(self.slots))

    @property
    def uplink_share(self) -> float:
        return self.symbols()[2] / (SYMBOLS * len(self.slots))


def _wrong(value: str, remedy: Phrase) -> Invalid:
    return Invalid("nr.tdd", "«{value}» is no TDD pattern: {remedy}", value=value[:40], remedy=remedy)

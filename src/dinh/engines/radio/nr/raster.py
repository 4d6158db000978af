"""Numbers of frequencies: NR-ARFCN (TS 38.104 clause 5.4.2) and GSCN of the SSB (clause 5.4.3). Reckoned in whole hertz."""

from __future__ import annotations

from typing import Final, NamedTuple

from dinh.kernel.errors import OutOfRange


class _Span(NamedTuple):
    first: int
    last: int
    step_hz: int
    from_hz: int


_ARFCN: Final = (
    _Span(0, 599_999, 5_000, 0),
    _Span(600_000, 2_016_666, 15_000, 3_000_000_000),
    _Span(2_016_667, 3_279_165, 60_000, 24_250_080_000),
)
"""Table 5.4.2.1-1."""
_GSCN_HIGH: Final = (_Span(7_499, 22_255, 1_440_000, 3_000_000_000), _Span(22_256, 26_639, 17_280_000, 24_250_080_000))
"""Table 5.4.3.1-1, rows 2 and 3; the first row below 3 GHz is N·1.2 MHz + M·50 kHz with M of 1, 3, 5."""


def arfcn_to_hz(arfcn: int) -> float:
    for span in _ARFCN:
        if span.first <= arfcn <= span.last:
            return float(span.from_hz + (arfcn - span.first) * span.step_hz)
    raise _beyond("NR-ARFCN", arfcn, f"0–{_ARFCN[-1].last}")


def hz_to_arfcn(frequency_hz: float) -> int:
    """Raises OutOfRange `nr.raster` for a frequency between two numbers: it would name another channel."""
    for span in reversed(_ARFCN):
        if frequency_hz >= span.from_hz:
            number, rest = divmod(frequency_hz - span.from_hz, span.step_hz)
            if rest == 0.0 and span.first + number <= span.last:
                return span.first + int(number)
            break
    raise _beyond("NR-ARFCN", f"{frequency_hz / 1e6:.6g} MHz", "5 kHz < 3 GHz, 15 kHz < 24.25 GHz, 60 kHz")


def gscn_to_hz(gscn: int) -> float:
    """SS_REF, the middle of the SSB (subcarrier 0 of its resource block 10)."""
    if 2 <= gscn <= 7_498:
        n, m = (gscn + 1) // 3, 2 * ((gscn + 1) % 3) + 1
        return float(n * 1_200_000 + m * 50_000)
    for span in _GSCN_HIGH:
        if span.first <= gscn <= span.last:
            return float(span.from_hz + (gscn - span.first) * span.step_hz)
    raise _beyond("GSCN", gscn, f"2–{_GSCN_HIGH[-1].last}")


def nearest_gscn(frequency_hz: float) -> int:
    """The number whose SSB lies nearest, the lower of two; a carrier's SSB must also lie within the carrier."""
    if frequency_hz < 3_000_000_000:
        n = int(frequency_hz // 1_200_000)
        near = [g for g in range(3 * n - 2, 3 * n + 5) if 2 <= g <= 7_498] or [2]
        return min([*near, 7_499], key=lambda g: (abs(gscn_to_hz(g) - frequency_hz), g))
    span = _GSCN_HIGH[1] if frequency_hz >= _GSCN_HIGH[1].from_hz else _GSCN_HIGH[0]
    position = round((frequency_hz - span.from_hz) / span.step_hz)
    return max(span.first, min(span.last, span.first + position))


def _beyond(what: str, value: object, known: str) -> OutOfRange:
    return OutOfRange(
        "nr.raster", "{what} {value} does not exist; the raster is {known}", what=what, value=value, known=known
    )

"""Antenna pattern files as vendors give them: .msi, .pln, .ant of Planet (MSI). Bytes in, a pattern out, and back.

Read whatever the vendor's Windows wrote: byte order mark, CRLF, tabs, decimal commas, 361 lines where the last repeats the
first. Refused, with line, value and remedy: what would silently become another antenna.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

import numpy as np

from dinh.engines.radio.antennas.cuts import Cuts, Method
from dinh.engines.radio.antennas.pattern import Floats
from dinh.engines.tables.decoding import decode, guess
from dinh.kernel.errors import Invalid, Phrase

DIPOLE_DBI: Final = 2.15
GainUnit = Literal["dBi", "dBd"]
_NUMBER: Final = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")
_GAIN: Final = re.compile(r"(?P<number>[-+]?\d+(?:[.,]\d*)?)\s*(?P<unit>dBi|dBd|dB)?", re.IGNORECASE)
_RANGE: Final = re.compile(r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|to|\s)\s*(\d+(?:\.\d+)?))?(?:\s*MHz)?", re.IGNORECASE)
_FINEST: Final = 3600
_DEEPEST_DB: Final = 200.0
_LARGEST: Final = 1_000_000


@dataclass(frozen=True, eq=False)
class PlanetPattern:
    """`horizontal_db` and `vertical_db` as in `Cuts`. `others` are the remaining lines of the head, as they stand."""

    name: str
    gain_dbi: float
    horizontal_db: Floats
    vertical_db: Floats
    frequency_hz: tuple[float, float] | None = None
    """Lowest and highest; equal where the file names one."""
    electrical_tilt_deg: float | None = None
    others: tuple[tuple[str, str], ...] = ()

    def in_space(self, method: Method = Method.CROSS_WEIGHTED) -> Cuts:
        return Cuts(self.gain_dbi, self.horizontal_db, self.vertical_db, method)


def read_planet(data: bytes, *, gain_unit: GainUnit | None = None) -> PlanetPattern:
    """Raises Invalid `antennas.file`. `gain_unit` is for files whose GAIN carries none; a unit in the file goes first."""
    if len(data) > _LARGEST:
        _refuse(1, f"{len(data)} B", Phrase("a pattern file has less than 1 MB; give one antenna's file"))
    text, _ = decode(data, guess(data).encoding)
    lines = _Lines(text)
    head: dict[str, tuple[int, str]] = {}
    cuts: dict[str, Floats] = {}
    for number, word, rest in lines:
        if word in {"HORIZONTAL", "VERTICAL"}:
            if word in cuts:
                _refuse(number, word, Phrase("leave one such table in the file"))
            cuts[word] = _cut(lines, number, word, rest)
        else:
            head[word] = (number, rest)
    for word in ("HORIZONTAL", "VERTICAL"):
        if word not in cuts:
            _refuse(lines.last, word, Phrase("add the table that is missing, such as HORIZONTAL 360 and its 360 lines"))
    known = {"NAME", "GAIN", "FREQUENCY", "TILT", "ELECTRICAL_TILT"}
    return PlanetPattern(
        name=head.get("NAME", (0, ""))[1],
        gain_dbi=_gain(head, gain_unit, lines.last),
        horizontal_db=cuts["HORIZONTAL"],
        vertical_db=cuts["VERTICAL"],
        frequency_hz=_frequency(head),
        electrical_tilt_deg=_tilt(head),
        others=tuple((word, rest) for word, (_, rest) in head.items() if word not in known),
    )


def write_planet(pattern: PlanetPattern) -> bytes:
    """UTF-8 with CRLF, gain in dBi, attenuations to 0.01 dB: what the programs that read such files agree on."""
    lines = [f"NAME {pattern.name}"]
    if pattern.frequency_hz is not None:
        low, high = (f"{hz / 1e6:.10g}" for hz in pattern.frequency_hz)
        lines.append(f"FREQUENCY {low}" if low == high else f"FREQUENCY {low}-{high}")
    lines.append(f"GAIN {pattern.gain_dbi:.10g} dBi")
    if pattern.electrical_tilt_deg is not None:
        lines += ["TILT ELECTRICAL", f"ELECTRICAL_TILT {pattern.electrical_tilt_deg:.10g}"]
    lines += [f"{word} {rest}".rstrip() for word, rest in pattern.others]
    for word, cut in (("HORIZONTAL", pattern.horizontal_db), ("VERTICAL", pattern.vertical_db)):
        lines.append(f"{word} {len(cut)}")
        lines += [f"{position * 360.0 / len(cut):.10g} {value:.2f}" for position, value in enumerate(cut)]
    return ("\r\n".join(lines) + "\r\n").encode()


class _Lines:
    """Lines that hold something, with their numbers; a table takes its own from the same stream."""

    def __init__(self, text: str) -> None:
        split = text.splitlines()
        self.last = len(split)
        self._rest = deque((number, line.strip()) for number, line in enumerate(split, start=1) if line.strip())

    def __iter__(self) -> Iterator[tuple[int, str, str]]:
        while self._rest:
            self.refuse_rows()
            number, line = self._rest.popleft()
            word, _, rest = line.replace("\t", " ").partition(" ")
            yield number, word.upper(), rest.strip()

    def refuse_rows(self) -> None:
        """Rows of a table where none should be."""
        if self._rest and _NUMBER.match(self._rest[0][1]):
            number, line = self._rest[0]
            remedy = Phrase("the table above it has more lines than its heading says; correct the number or the lines")
            _refuse(number, line, remedy)

    def next_row(self) -> tuple[int, str] | None:
        return self._rest.popleft() if self._rest else None


def _cut(lines: _Lines, heading: int, word: str, rest: str) -> Floats:
    if not re.fullmatch(r"\d{1,5}", rest) or not 4 <= int(rest) <= _FINEST + 1:
        _refuse(heading, f"{word} {rest}", Phrase("write the number of lines that follow, from 4 to 3600, usually 360"))
    count = int(rest)
    angles, values, numbers = np.empty(count), np.empty(count), []
    for position in range(count):
        row = lines.next_row()
        parts = row[1].split() if row is not None else []
        if row is None or (parts and not _NUMBER.match(parts[0])):
            _refuse(
                row[0] if row is not None else lines.last, f"{word} {position} / {count}",
                Phrase("the table has fewer lines than its heading says; correct the number or add the lines"),
            )  # fmt: skip
        number, line = row
        if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
            _refuse(number, line, Phrase("write the angle and the attenuation in dB, with one space between them"))
        angles[position], values[position] = (_float(part) for part in parts)
        if not -360.0 <= angles[position] <= 720.0:
            _refuse(number, parts[0], Phrase("an angle is given in degrees, from 0 to 360"))
        if not 0.0 <= values[position] <= _DEEPEST_DB:
            _refuse(
                number,
                parts[1],
                Phrase("attenuation is 0 dB or more below the peak; change the sign, or mend the value"),
            )
        numbers.append(number)
    lines.refuse_rows()
    if count > 4 and angles[-1] - angles[0] == 360.0 and values[-1] == values[0]:
        angles, values = angles[:-1], values[:-1]  # 0° again, as 360°
    steps = np.diff(angles, append=angles[0] + 360.0)
    usual = float(np.median(steps))
    odd = int(np.abs(steps - usual).argmax())
    if usual <= 0.0 or abs(steps[odd] - usual) > 1e-3 * usual:
        _refuse(
            numbers[min(odd + 1, count - 1)], f"{angles[odd]:g}° → {(angles[odd] + steps[odd]) % 360.0:g}°",
            Phrase("angles must go round the circle in equal steps, each once; add what is missing or remove the double"),
        )  # fmt: skip
    step = 360.0 / len(angles)
    start = -angles[0] / step
    if abs(start - round(start)) > 1e-3:
        _refuse(numbers[0], f"{angles[0]:g}°", Phrase("one of the angles must be 0°"))
    return np.roll(values, -round(start))


def _gain(head: dict[str, tuple[int, str]], assumed: GainUnit | None, last: int) -> float:
    if "GAIN" not in head:
        _refuse(last, "GAIN", Phrase("add a line with the gain and its unit, such as GAIN 17.5 dBi"))
    number, said = head["GAIN"]
    match = _GAIN.fullmatch(said)
    if match is None:
        _refuse(number, f"GAIN {said}", Phrase("write the gain as a number and its unit, such as GAIN 17.5 dBi"))
    unit = (match["unit"] or "").lower()
    if unit not in {"dbi", "dbd"}:
        if assumed is None:
            _refuse(number, f"GAIN {said}", Phrase("dBi and dBd differ by 2.15 dB; write which one the vendor means"))
        unit = assumed.lower()
    gain = _float(match["number"]) + (DIPOLE_DBI if unit == "dbd" else 0.0)
    if not -100.0 <= gain <= 100.0:
        _refuse(number, f"GAIN {said}", Phrase("write the gain as a number and its unit, such as GAIN 17.5 dBi"))
    return gain


def _frequency(head: dict[str, tuple[int, str]]) -> tuple[float, float] | None:
    if "FREQUENCY" not in head or not head["FREQUENCY"][1]:
        return None
    number, said = head["FREQUENCY"]
    match = _RANGE.fullmatch(said)
    if match is None:
        # A comma here may part thousands or decimals, and 3,500 would be wrong by a thousand.
        _refuse(number, f"FREQUENCY {said}", Phrase("write MHz without separators, such as 3500 or 3400-3800"))
    low = float(match[1]) * 1e6
    high = float(match[2]) * 1e6 if match[2] else low
    if not 0.0 < low <= high <= 1e12:
        _refuse(number, f"FREQUENCY {said}", Phrase("write MHz without separators, such as 3500 or 3400-3800"))
    return low, high


def _tilt(head: dict[str, tuple[int, str]]) -> float | None:
    for word in ("ELECTRICAL_TILT", "TILT"):
        number, written = head.get(word, (0, ""))
        said = written.removesuffix("°").strip()
        if _NUMBER.fullmatch(said):
            if abs(_float(said)) > 90.0:
                _refuse(number, f"{word} {written}", Phrase("an electrical tilt is given in degrees, from -90 to 90"))
            return _float(said)
    return None


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _refuse(line: int, value: str, remedy: Phrase) -> NoReturn:
    raise Invalid("antennas.file", "line {line}, «{value}»: {remedy}", line=line, value=value[:80], remedy=remedy)

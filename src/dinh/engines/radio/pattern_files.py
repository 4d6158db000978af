"""Antenna patterns in MSI Planet files (.msi, .pln, .ant): a head of `NAME value` lines and two cuts of 360 attenuations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from dinh.engines.radio.patterns import DEGREES, Cut, Pattern
from dinh.kernel.errors import Invalid

DIPOLE_DBI: Final = 2.15
"""What dBd lacks of dBi."""
_FRONT_TO_BACK_DB: Final = 40.0
"""Measured cuts go deeper than the parabola's 30 dB; what is summed from both beyond this is not known from them."""


def read_pattern(text: str, *, name: str = "") -> Pattern:
    """The pattern of a file. GAIN counts as dBd where no unit stands, as the format says; decimal commas are read.

    Raises Invalid with the line, the value and what to do: angles that lack or come twice, values that are no attenuation, a
    file without gain or cuts.
    """
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
    head: dict[str, tuple[int, str]] = {}
    cuts: dict[str, Cut] = {}
    rows = iter(enumerate(lines, start=1))
    for number, line in rows:
        if not line:
            continue
        key, _, rest = line.partition(" ")
        key = key.upper()
        if key in ("HORIZONTAL", "VERTICAL"):
            cuts[key] = _cut(key, number, rest, rows)
        elif key not in head:
            head[key] = (number, rest.strip())
    for key in ("HORIZONTAL", "VERTICAL"):
        if key not in cuts:
            raise Invalid(
                "radio.pattern_cut", "the file has no {key} cut; add the line {key} 360 with its angles", key=key
            )
    if "GAIN" not in head:
        raise Invalid("radio.pattern_gain", "the file has no GAIN; add it, such as: GAIN 15.5 dBi")
    return Pattern(
        head.get("NAME", (0, name))[1] or name,
        _gain_dbi(*head["GAIN"]),
        cuts["HORIZONTAL"],
        cuts["VERTICAL"],
        _FRONT_TO_BACK_DB,
        _electrical_tilt(head),
    )


def write_pattern(pattern: Pattern, *, frequency_mhz: float) -> str:
    """The file of a pattern; what `read_pattern` reads back."""
    lines = [
        f"NAME {pattern.name}", f"FREQUENCY {frequency_mhz:g}", f"GAIN {pattern.gain_dbi:.2f} dBi",
        f"ELECTRICAL_TILT {pattern.tilt_deg:g}",
    ]  # fmt: skip
    for key, cut in (("HORIZONTAL", pattern.horizontal_db), ("VERTICAL", pattern.vertical_db)):
        lines.append(f"{key} {DEGREES}")
        lines += [f"{degree} {value:.2f}" for degree, value in enumerate(cut.tolist())]
    return "\n".join(lines) + "\n"


def _cut(key: str, at: int, told: str, rows: Iterator[tuple[int, str]]) -> Cut:
    count = _number(told or "360", at, f"{key} count")
    if count != DEGREES:
        raise Invalid("radio.pattern_count", "line {line}: {key} tells of {count} angles; give all 360, one a degree", line=at, key=key, count=told)  # fmt: skip
    cut = np.full(DEGREES, np.nan, dtype=np.float32)
    for number, line in rows:
        if not line:
            continue
        if line[0].isalpha():  # the next part begins before this one is whole
            break
        parts = re.split(r"[\s;]+", line)
        if len(parts) != 2:
            raise Invalid("radio.pattern_line", "line {line}: '{value}' is not an angle and an attenuation", line=number, value=line)  # fmt: skip
        angle, attenuation = _number(parts[0], number, "angle"), _number(parts[1], number, "attenuation")
        if not (angle.is_integer() and 0 <= angle < DEGREES):
            raise Invalid("radio.pattern_angle", "line {line}: the angle {value} is not a whole degree from 0 to 359", line=number, value=parts[0])  # fmt: skip
        place = int(angle)
        if np.isfinite(cut[place]):
            raise Invalid("radio.pattern_twice", "line {line}: {key} has the angle {angle} twice; keep one", line=number, key=key, angle=place)  # fmt: skip
        if attenuation < 0:
            raise Invalid("radio.pattern_sign", "line {line}: {value} dB at {angle} degrees; attenuations below the greatest gain are 0 or more", line=number, value=attenuation, angle=place)  # fmt: skip
        cut[place] = attenuation
        if np.isfinite(cut).all():
            return cut
    lacking = np.flatnonzero(~np.isfinite(cut))
    raise Invalid("radio.pattern_gap", "{key} lacks {count} angles: {angles}; ask the maker for the whole pattern", key=key, count=int(lacking.size), angles=_spans(lacking.tolist()))  # fmt: skip


def _spans(degrees: Sequence[int]) -> str:
    """12-15, 40 for 12, 13, 14, 15, 40."""
    spans: list[list[int]] = []
    for degree in degrees:
        if spans and degree == spans[-1][1] + 1:
            spans[-1][1] = degree
        else:
            spans.append([degree, degree])
    told = [f"{first}-{last}" if last > first else f"{first}" for first, last in spans[:8]]
    return ", ".join(told) + (" …" if len(spans) > 8 else "")


def _gain_dbi(line: int, text: str) -> float:
    parts = text.split()
    if not parts:
        raise Invalid("radio.pattern_gain", "the file has no GAIN; add it, such as: GAIN 15.5 dBi")
    unit = parts[1].lower() if len(parts) > 1 else "dbd"
    if unit not in ("dbi", "dbd"):
        raise Invalid("radio.pattern_unit", "line {line}: the unit {unit} of GAIN is neither dBi nor dBd", line=line, unit=parts[1])  # fmt: skip
    return _number(parts[0], line, "GAIN") + (DIPOLE_DBI if unit == "dbd" else 0.0)


def _electrical_tilt(head: dict[str, tuple[int, str]]) -> float:
    """Degrees, where the file gives a number; the word ELECTRICAL after TILT alone tells no angle."""
    for key in ("ELECTRICAL_TILT", "TILT"):
        line, text = head.get(key, (0, ""))
        if text and re.match(r"[-+\d.,]", text):
            return _number(text.split()[0], line, key)
    return 0.0


def _number(text: str, line: int, what: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise Invalid("radio.pattern_number", "line {line}, {what}: '{value}' is not a number", line=line, what=what, value=text) from None  # fmt: skip

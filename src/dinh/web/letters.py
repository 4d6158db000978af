"""Which signs the house's letters can show, read from the fonts' own tables: a tagged PDF may hold no other."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

STAND_IN: Final = "?"
_KEPT: Final = frozenset(map(ord, "\n\t\u200b\u00ad"))
"""Signs without a shape, which the typesetter deals with."""


def signs_of(font: bytes) -> frozenset[int]:
    """Code points of a TrueType font that have a shape: `cmap` subtables of formats 4 and 12 (OpenType 1.9)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    places = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    cmap = places[b"cmap"]
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    found: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)
        (kind,) = struct.unpack_from(">H", font, cmap + offset)
        if kind == 4:
            found |= _format_4(font, cmap + offset)
        elif kind == 12:
            (groups,) = struct.unpack_from(">I", font, cmap + offset + 12)
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">III", font, cmap + offset + 16 + 12 * group)
                found.update(range(first, last + 1))
    return frozenset(found)


def _format_4(font: bytes, at: int) -> set[int]:
    (double,) = struct.unpack_from(">H", font, at + 6)
    half = double // 2
    ends = struct.unpack_from(f">{half}H", font, at + 14)
    starts = struct.unpack_from(f">{half}H", font, at + 16 + double)
    deltas = struct.unpack_from(f">{half}H", font, at + 16 + 2 * double)
    ranges_at = at + 16 + 3 * double
    ranges = struct.unpack_from(f">{half}H", font, ranges_at)
    found = set()
    for segment in range(half):
        for code in range(starts[segment], min(ends[segment], 0xFFFE) + 1):
            if ranges[segment]:
                place = ranges_at + 2 * segment + ranges[segment] + 2 * (code - starts[segment])
                (glyph,) = struct.unpack_from(">H", font, place)
            else:
                glyph = (code + deltas[segment]) & 0xFFFF
            if glyph:
                found.add(code)
    return found


def shown(thing: Any, fonts: Iterable[bytes]) -> Any:
    """Plain data with a question mark for each sign in its texts that no font has: somebody's odd name spoils no page."""
    known = _KEPT.union(*map(signs_of, fonts))
    return _shown(thing, known)


def _shown(thing: Any, known: frozenset[int]) -> Any:
    if isinstance(thing, str):
        return "".join(sign if ord(sign) in known else STAND_IN for sign in thing)
    if isinstance(thing, Mapping):
        return {key: _shown(value, known) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_shown(value, known) for value in thing]
    return thing

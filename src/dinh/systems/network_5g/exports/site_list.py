"""Masts as a CSV that `feeds.sites.read_any` reads back to the same masts: a row for each antenna."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from dinh.systems.network_5g.domain import Cell, Mast
from dinh.systems.network_5g.feeds.site_columns import EXPORTED

_QUOTED: Final = ("=", "+", "-", "@", "\t", "\r", "'")


def site_list(masts: Sequence[Mast]) -> bytes:
    """UTF-8 with a byte order mark, which sheets need to read Vietnamese. Degrees WGS 84, metres above ground."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(EXPORTED)
    for mast in masts:
        for cell in mast.cells or (Cell(),):
            rows.writerow([
                harmless(mast.code), harmless(mast.name), _number(mast.latitude), _number(mast.longitude),
                _number(mast.antenna_height_m), _number(cell.azimuth_deg), _number(cell.tilt_deg), _number(cell.power_dbm),
                _number(cell.gain_dbi), _number(cell.pci), harmless("+".join(cell.bands)), mast.standing.value,
                harmless(mast.operator), mast.backhaul, "yes" if mast.generated else "no",
            ])  # fmt: skip
    return ("\ufeff" + buffer.getvalue()).encode("utf-8", "replace")


def harmless(text: str) -> str:
    """What a sheet would take for a formula has an apostrophe before it, and so has what begins with one already: the
    reader takes off exactly one."""
    return f"'{text}" if text.startswith(_QUOTED) else text


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)

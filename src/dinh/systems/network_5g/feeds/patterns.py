"""A vendor's antenna for a carrier, with what a planner should look at before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np

from dinh.engines.radio.antennas import PlanetPattern, read_planet
from dinh.kernel.errors import Phrase
from dinh.systems.network_5g.domain import AntennaPattern, Fault

MOST_STEPS: Final = 720
"""Half a degree: finer tables are thinned to it, since they go into every edit of the settings."""
_ASIDE_DEG: Final = 10.0
_FAINT_DB: Final = 0.5


def read_pattern(data: bytes, name: str, *, frequency_mhz: float) -> tuple[AntennaPattern, Sequence[Fault]]:
    """With warnings. Raises Invalid `antennas.file` with line, value and remedy."""
    read = read_planet(data)
    low, high = (hz / 1e6 for hz in read.frequency_hz) if read.frequency_hz else (None, None)
    tables = (_kept(read.horizontal_db), _kept(read.vertical_db))
    pattern = AntennaPattern(
        read.name[:80] or name[:80], round(read.gain_dbi, 2), *tables, read.electrical_tilt_deg, low, high, name[:120],
        hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    return pattern, [*_off_its_band(pattern, frequency_mhz), *_odd(read)]


def _kept(cut_db: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, ...]:
    if len(cut_db) > MOST_STEPS:
        turn = np.arange(len(cut_db) + 1) / len(cut_db)
        cut_db = np.interp(np.arange(MOST_STEPS) / MOST_STEPS, turn, np.append(cut_db, cut_db[0]))
    return tuple(np.round(cut_db, 2).tolist())


def _off_its_band(pattern: AntennaPattern, frequency_mhz: float) -> list[Fault]:
    low, high = pattern.lowest_mhz, pattern.highest_mhz
    if low is None or high is None or low <= frequency_mhz <= high:
        return []
    says = Phrase("{name} was measured at {low:g} to {high:g} MHz, the carrier is at {at:g} MHz; ask the vendor for the table of this band")  # fmt: skip
    return [Fault(0, "FREQUENCY", "", says, {"name": pattern.name, "low": low, "high": high, "at": frequency_mhz})]


def _odd(read: PlanetPattern) -> list[Fault]:
    """A table that is turned or not at its peak is read as it stands; whoever plans with it should know."""
    found = []
    strongest = float(np.argmin(read.horizontal_db)) * 360.0 / len(read.horizontal_db)
    aside = min(strongest, 360.0 - strongest)
    if aside > _ASIDE_DEG and read.horizontal_db[0] > _FAINT_DB:
        says = Phrase("the horizontal table is strongest at {at:g}°, not in front; azimuths of cells are the antenna's front")  # fmt: skip
        found.append(Fault(0, "HORIZONTAL", "", says, {"at": strongest}))
    for word, cut in (("HORIZONTAL", read.horizontal_db), ("VERTICAL", read.vertical_db)):
        if (least := float(cut.min())) > _FAINT_DB:
            says = Phrase("the table {word} begins at {least:.1f} dB below the peak and never reaches it; the antenna is that much weaker than its gain says")  # fmt: skip
            found.append(Fault(0, word, "", says, {"word": word, "least": least}))
    return found

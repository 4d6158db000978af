"""Which antenna a cell has on a carrier: a vendor's where the carrier brings one, else the usual sector antenna."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from dinh.engines.radio.antennas import Cuts, Element, Isotropic, Pattern
from dinh.systems.network_5g.domain import AntennaPattern, Carrier, Cell, Settings

ACROSS_DEG, UPRIGHT_DEG = 65.0, 7.0
"""Beamwidths of a usual sector antenna, in the form of TR 38.901 Table 7.3-1."""
EVEN: Final = Isotropic()


def gain_of(cell: Cell, carrier: Carrier, settings: Settings) -> float:
    """The cell's own goes before the vendor's, that before the scenario's; whatever radiates evenly has 0 dBi of its own."""
    if cell.gain_dbi is not None:
        return cell.gain_dbi
    if cell.azimuth_deg is None:
        return 0.0
    return settings.gain_dbi if carrier.pattern is None else carrier.pattern.gain_dbi


def tilt_of(cell: Cell, carrier: Carrier, settings: Settings) -> float:
    """Mechanical. A vendor's antenna has its electrical tilt in its table and hangs upright unless the cell says otherwise."""
    if cell.tilt_deg is not None:
        return cell.tilt_deg
    return settings.tilt_deg if carrier.pattern is None else 0.0


def antenna_of(cell: Cell, carrier: Carrier, settings: Settings) -> Pattern:
    """Of a cell with an azimuth. Equal ones are one object: the engine makes a table for each, and what stayed the same is
    not calculated anew."""
    return antenna(gain_of(cell, carrier, settings), carrier.pattern)


@lru_cache(maxsize=256)
def antenna(gain_dbi: float, pattern: AntennaPattern | None) -> Pattern:
    if pattern is None:
        return Element(gain_dbi, ACROSS_DEG, UPRIGHT_DEG)
    return Cuts(gain_dbi, np.array(pattern.horizontal_db), np.array(pattern.vertical_db))

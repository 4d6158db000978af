"""From a planner's list to what the radio engine takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from dinh.engines.radio.antennas import Cuts, Element, Isotropic, Pattern
from dinh.engines.radio.maps.coverage import Sector, Site
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.nr.link_budget import element_power_dbm
from dinh.systems.network_5g.domain import Cell, SiteRow


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a list may leave out: power of a cell's carrier, gain and down-tilt of antennas with an azimuth, load."""

    power_dbm: float
    gain_dbi: float
    tilt_deg: float
    load: float
    resource_blocks: int
    pattern: Cuts | None = None
    """Measured, in place of the usual sector antenna; its gain is `gain_dbi`."""


def radio_sites(rows: Sequence[SiteRow], transformer: Any, defaults: Defaults) -> list[Site]:
    """Sites in the ground's metres; `transformer` takes longitude and latitude there."""
    xs, ys = transformer.transform([row.longitude for row in rows], [row.latitude for row in rows])
    return [
        Site(row.name, float(x), float(y), row.antenna_height_m, _sectors(row, defaults))
        for row, x, y in zip(rows, xs, ys, strict=True)
    ]


def _sectors(row: SiteRow, defaults: Defaults) -> list[Sector]:
    return [_sector(cell, defaults) for cell in row.mast(row.code).cells]


def _sector(cell: Cell, defaults: Defaults) -> Sector:
    power = defaults.power_dbm if cell.power_dbm is None else cell.power_dbm
    element = element_power_dbm(power, defaults.resource_blocks)
    tilt = defaults.tilt_deg if cell.tilt_deg is None else cell.tilt_deg
    if cell.azimuth_deg is None:
        return Sector(0.0, 0.0, Isotropic(), element + (cell.gain_dbi or 0.0), defaults.load)
    pattern = _sector_antenna(defaults.gain_dbi if cell.gain_dbi is None else cell.gain_dbi, defaults.pattern)
    return Sector(cell.azimuth_deg, tilt, pattern, element, defaults.load)


@lru_cache(maxsize=64)
def _sector_antenna(gain_dbi: float, measured: Cuts | None) -> Pattern:
    """The measured pattern with this gain, else the form of TR 38.901 Table 7.3-1 with the beamwidths of a usual sector antenna.

    The engine makes a table for each antenna: equal ones are one object.
    """
    return Element(gain_dbi, 65.0, 7.0) if measured is None else replace(measured, peak_dbi=gain_dbi)


def standing_in_water(sites: Sequence[Site], ground: Ground) -> Iterator[str]:
    """Names of sites around which the terrain is exactly 0 m, as terrain models write the sea."""
    rows, columns = ground.shape
    for site in sites:
        row, column = (round(place) for place in ground.pixel(site.x, site.y))
        around = ground.height_m[max(row - 1, 0) : min(row + 2, rows), max(column - 1, 0) : min(column + 2, columns)]
        if np.all(around == 0):
            yield site.name

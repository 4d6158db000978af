"""What is asked of a map and what it answers: sites with their cells, models, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.antennas import Pattern
from dinh.engines.radio.maps.ground import Grid

type Servers = npt.NDArray[np.int32]
type Flags = npt.NDArray[np.bool_]
type Model = Literal["p1812", "tr38901-rma", "tr38901-uma", "tr38901-umi"]
type Sight = Literal["terrain", "statistical"]

MODELS: Final[tuple[Model, ...]] = ("p1812", "tr38901-rma", "tr38901-uma", "tr38901-umi")
SIGHTS: Final[tuple[Sight, ...]] = ("terrain", "statistical")
NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class Sector:
    """One cell: power of a resource element at the antenna's port in dBm; `load` is the share of resource elements that
    it fills, 0 to 1, as seen by others. Azimuth clockwise from the north; mechanical down-tilt."""

    azimuth_deg: float
    tilt_deg: float
    pattern: Pattern
    element_dbm: float
    load: float = 1.0


@dataclass(frozen=True, slots=True)
class Site:
    """A mast at x, y in the ground's units, its antennas so high above the terrain."""

    name: str
    x: float
    y: float
    antenna_height_m: float
    sectors: Sequence[Sector]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per pixel of the ground, all of its shape: `rsrp_dbm` of the best cell (SS-RSRP per resource element), NaN where no
    site reaches; `server`, number of that cell counted through all sites, `NOBODY` where none; `sinr_db`; `within`, whether
    the best cell's loss lies in its model's range of validity."""

    rsrp_dbm: Grid
    server: Servers
    sinr_db: Grid
    within: Flags

    @classmethod
    def of_nobody(cls, shape: tuple[int, int]) -> Coverage:
        nothing = np.full(shape, np.nan, dtype=np.float32)
        return cls(nothing, np.full(shape, NOBODY, dtype=np.int32), nothing.copy(), np.zeros(shape, dtype=np.bool_))

    def copy(self) -> Coverage:
        return Coverage(self.rsrp_dbm.copy(), self.server.copy(), self.sinr_db.copy(), self.within.copy())

    def paste(self, part: Coverage, at: tuple[slice, slice]) -> None:
        """Writes a part over these arrays."""
        self.rsrp_dbm[at], self.server[at] = part.rsrp_dbm, part.server
        self.sinr_db[at], self.within[at] = part.sinr_db, part.within

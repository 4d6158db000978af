"""What a planner has: sites as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One mast. Degrees WGS 84, metres above ground, azimuths clockwise from the north; None is what the list leaves to the
    planner's defaults. No azimuth is an antenna that radiates evenly."""

    line: int
    name: str
    latitude: float
    longitude: float
    antenna_height_m: float
    azimuths_deg: Sequence[float] = ()
    tilt_deg: float | None = None
    power_dbm: float | None = None
    gain_dbi: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a list, where, and what to do."""

    line: int
    column: str
    value: str
    says: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column} '{self.value}': {self.says}"


@dataclass(frozen=True, slots=True)
class SiteList:
    sites: Sequence[SiteRow]
    faults: Sequence[Fault]

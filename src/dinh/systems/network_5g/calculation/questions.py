"""What is asked of the radio process, and the name of each answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dinh.systems.network_5g.domain import Mast, Settings, plain

VERSION: Final = 3
"""Of the calculation: another one gives every answer another name."""
GROWTH: Final = "growth-1.json"
"""What fails first, beside an answer; another form of it takes another number."""
LEVELS_DBM: Final = (-85.0, -95.0, -105.0, -115.0)
"""SS-RSRP of the tables: very good, good, fair, edge."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A unit whose figures are told apart; `shape` is its outline in degrees as WKB, `people` None where unknown."""

    urn: str
    name_vi: str
    name_en: str
    shape: bytes
    people: int | None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class GroundQuestion:
    """What a grid is laid from. `terrain` without files is flat at `flat_m`."""

    folder: Path
    """Where grounds lie; the new one gets a folder in it, named by a digest of all this."""
    box: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    margin_km: float
    resolution_m: float
    communes: Sequence[Commune]
    terrain: Sequence[Path] = ()
    clutter: Path | None = None
    people: Path | None = None
    flat_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """A network to be calculated over a ground; `results` is where answers lie."""

    ground: Path
    results: Path
    masts: tuple[Mast, ...]
    settings: Settings

    @property
    def digest(self) -> str:
        """The name of the answer: what changes no number of it is left out."""
        masts = sorted((_heard_of(mast) for mast in self.masts), key=lambda values: str(values["code"]))
        asked = [VERSION, self.ground.name, masts, plain(self.settings)]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:40]

    @property
    def answer(self) -> Path:
        return self.results / self.digest


def _heard_of(mast: Mast) -> dict[str, Any]:
    values: Mapping[str, Any] = plain(mast)
    silent = {"name", "operator", "standing", "backhaul", "generated"}
    cells = [{name: value for name, value in cell.items() if name != "pci"} for cell in values["cells"]]
    return {name: value for name, value in values.items() if name not in silent} | {"cells": cells}


@dataclass(frozen=True, slots=True)
class Radio:
    """Both ends' radios of a microwave link: power in dBm, gains in dBi, threshold in dBm, rain in mm/h for 0.01 % of the year."""

    power_dbm: float = 20.0
    gain_dbi: float = 38.0
    threshold_dbm: float = -70.0
    rain_mm_h: float = 100.0


@dataclass(frozen=True, slots=True)
class PathQuestion:
    """Longitude, latitude and height above ground of both ends; `radio` where it is a link for backhaul."""

    ground: Path
    start: tuple[float, float]
    end: tuple[float, float]
    start_height_m: float
    end_height_m: float
    frequency_ghz: float
    radio: Radio | None = None

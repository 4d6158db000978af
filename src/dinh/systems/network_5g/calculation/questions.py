"""What is asked of the radio process, and the name of each answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from dinh.systems.network_5g.domain import Carrier, Mast, Settings, plain

VERSION: Final = 6
"""Of the calculation: another one gives every answer another name."""
GROWTH: Final = "growth-1.json"
"""What fails first, beside an answer; another form of it takes another number."""
PERSON_M: Final = 2.0
"""Height of whoever stands on the ground or on a roof."""
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


@dataclass(frozen=True, slots=True)
class SafetyQuestion:
    """How near people may come to masts. `field_factor` is that of a reflecting ground, 1 for none; `roof_m` the height of a
    roof in the neighbourhood; with `outlines` the edge of what must be kept free is told for a drawing."""

    masts: tuple[Mast, ...]
    settings: Settings
    power_reduction: float = 1.0
    field_factor: float = 1.0
    antenna_size_m: float = 1.0
    roof_m: float | None = None
    outlines: bool = False


@dataclass(frozen=True, slots=True)
class Direction:
    """What one direction of a link budget is given; `blocks` None takes as many as serve the throughput best."""

    throughput_mbps: float
    transmit_power_dbm: float
    layers: int = 1
    blocks: int | None = None
    transmit_gain_dbi: float = 0.0
    transmit_feeder_loss_db: float = 0.0
    receive_gain_dbi: float = 0.0
    receive_feeder_loss_db: float = 0.0
    noise_figure_db: float = 7.0
    interference_margin_db: float = 0.0
    body_loss_db: float = 0.0
    foliage_loss_db: float = 0.0
    rain_margin_db: float = 0.0
    other_gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class BudgetQuestion:
    """Shares are 0 to 1; `exponent` is n of a loss that grows by 10·n dB a decade; no `building` is a terminal outdoors."""

    carrier: Carrier
    down: Direction
    up: Direction
    area_probability: float = 0.95
    sigma_db: float = 8.0
    exponent: float = 3.9
    building: Literal["", "traditional", "efficient"] = ""
    building_probability: float = 0.5
    mast_height_m: float = 30.0
    terminal_height_m: float = 1.5

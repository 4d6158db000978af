"""What a planner has: masts with cells, carriers, the settings of a calculation; and rows of lists on their way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from dinh.kernel.errors import Phrase

type Model = Literal["p1812", "tr38901-rma", "tr38901-uma", "tr38901-umi"]
type Sight = Literal["terrain", "statistical"]


class Standing(StrEnum):
    """What a mast is for whoever builds: the network's own that stands, a tower of others to share, or one to build."""

    EXISTING = "existing"
    SHARED = "shared"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Cell:
    """One antenna with its azimuth clockwise from the north, None where it radiates evenly; its down-tilt, and what differs
    from the scenario's settings. `bands` names the carriers that it sends; none named means all of them."""

    azimuth_deg: float | None = None
    tilt_deg: float | None = None
    gain_dbi: float | None = None
    power_dbm: float | None = None
    pci: int | None = None
    bands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mast:
    """A site of a scenario. `code` is unique there and stays through edits. Degrees WGS 84; metres above ground."""

    code: str
    name: str
    latitude: float
    longitude: float
    antenna_height_m: float
    cells: tuple[Cell, ...] = (Cell(),)
    standing: Standing = Standing.NEW
    operator: str = ""
    backhaul: Literal["", "fibre", "microwave"] = ""
    generated: bool = False
    """Made by a program, not surveyed: every page and file says so."""


@dataclass(frozen=True, slots=True)
class AntennaPattern:
    """A vendor's measured antenna. Attenuations in dB below the peak, 0 or more, at even steps over a full turn from 0°:
    horizontal clockwise from the front, vertical from the front horizon downward."""

    name: str
    gain_dbi: float
    horizontal_db: tuple[float, ...]
    vertical_db: tuple[float, ...]
    electrical_tilt_deg: float | None = None
    """In the vertical table already; for people to read."""
    lowest_mhz: float | None = None
    highest_mhz: float | None = None
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier as the cells send it. `power_dbm` is that of the whole carrier at the antenna's port."""

    code: str
    """n41, n78, or B3 for an anchor of LTE."""
    frequency_mhz: float
    bandwidth_mhz: int
    subcarrier_khz: int = 30
    power_dbm: float = 53.0
    layers: int = 4
    slots: str = "DDDSU"
    technology: Literal["nr", "lte"] = "nr"
    pattern: AntennaPattern | None = None
    """Of all its cells with an azimuth, in place of the usual sector antenna."""


N41: Final = Carrier("n41", 2600.0, 100)
"""The band is 2496 to 2690 MHz: the trials' 2600 MHz."""
N78: Final = Carrier("n78", 3750.0, 100)
"""The band is 3300 to 3800 MHz: the trials' 3700 to 3800 MHz."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a scenario is calculated with."""

    model: Model = "tr38901-rma"
    sight: Sight = "terrain"
    radius_km: float = 10.0
    receiver_height_m: float = 1.5
    noise_figure_db: float = 7.0
    gain_dbi: float = 17.0
    tilt_deg: float = 3.0
    load: float = 0.5
    served_dbm: float = -105.0
    """SS-RSRP from which a place counts as covered."""
    subscribers_share: float = 0.2
    """Of the people, who are customers of this network."""
    subscribers: float | None = None
    """Customers in all, spread as the people are; where given it takes the place of the share."""
    busy_hour_kbps: float = 50.0
    """Mean demand of a customer in the busy hour, down."""
    terminal_dbm: float = 23.0
    carriers: tuple[Carrier, ...] = (N41, N78)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One mast of a list. Degrees WGS 84, metres above ground, azimuths clockwise from the north; None is what the list leaves
    to the planner's defaults. No azimuth is an antenna that radiates evenly."""

    line: int
    name: str
    latitude: float
    longitude: float
    antenna_height_m: float
    azimuths_deg: Sequence[float] = ()
    tilt_deg: float | None = None
    power_dbm: float | None = None
    gain_dbi: float | None = None
    pcis: Sequence[int | None] = ()
    """One for each azimuth, where the list gives them."""
    standing: Standing = Standing.NEW
    operator: str = ""
    backhaul: Literal["", "fibre", "microwave"] = ""
    cells: Sequence[Cell] = ()
    """Where the list gives antennas one by one: what each has of its own. Then the fields above say the same of all."""
    code: str = ""
    above_sea: bool = False
    """The height is one above sea: the terrain has still to be subtracted."""
    generated: bool = False
    note: str = ""
    """What is not measured but taken for granted: a Phrase, for people to read."""

    def mast(self, code: str, *, generated: bool = False) -> Mast:
        """Raises ValueError for a height above sea: a mast's is above ground."""
        if self.above_sea:
            raise ValueError(f"{self.name} has a height above sea; subtract the terrain first")
        azimuths: Sequence[float | None] = self.azimuths_deg or (None,)
        pcis = [*self.pcis, *[None] * len(azimuths)]
        cells = self.cells or [
            Cell(azimuth, self.tilt_deg, self.gain_dbi, self.power_dbm, pci)
            for azimuth, pci in zip(azimuths, pcis, strict=False)
        ]
        return Mast(
            code, self.name, self.latitude, self.longitude, self.antenna_height_m, tuple(cells), self.standing,
            self.operator, self.backhaul, generated=generated or self.generated,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a list, where, and what to do. `says` is a sentence that is translated, `values` stand in it."""

    line: int
    column: str
    value: str
    says: Phrase
    values: Mapping[str, object] = field(default_factory=dict)
    counted: Literal["line", "placemark", "feature"] = "line"
    """What `line` counts, from 1."""
    layer: str = ""
    """Which of a file's layers, where it has several."""

    @property
    def sentence(self) -> str:
        return self.says.format(**self.values) if self.values else str(self.says)

    def in_words(self, translate: Callable[[str], str]) -> str:
        """The sentence in another language."""
        said = translate(self.says)
        return said.format(**self.values) if self.values else said

    def __str__(self) -> str:
        where = f"layer {self.layer}, {self.counted}" if self.layer else self.counted
        return f"{where} {self.line}, {self.column} '{self.value}': {self.sentence}"


@dataclass(frozen=True, slots=True)
class SiteList:
    """`faults` are rows that were left out, `warnings` what is taken but should be looked at."""

    sites: Sequence[SiteRow]
    faults: Sequence[Fault]
    warnings: Sequence[Fault] = ()


def plain(thing: Any) -> Any:
    """As JSON has it: what is kept and sent."""
    return msgspec.json.decode(msgspec.json.encode(thing))


def mast_of(values: Any) -> Mast:
    """Raises msgspec.ValidationError."""
    found: Mast = msgspec.convert(values, Mast)
    return found


def settings_of(values: Any) -> Settings:
    """Raises msgspec.ValidationError. What is not named has its default."""
    found: Settings = msgspec.convert(values, Settings)
    return found

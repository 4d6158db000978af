"""What a scenario's files tell: plain figures, worked out by whoever asks for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dinh.systems.network_5g.domain import Mast, Settings

type MapKind = Literal["level", "sinr", "throughput", "server"]


@dataclass(frozen=True, slots=True)
class Step:
    """One colour of a map's legend, as #rrggbb, and the least value it stands for; None for all below the others."""

    colour: str
    least: float | None


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map as PNG, north up. `across_m` is its width on the ground; `steps` from the highest to the lowest, in the kind's
    unit: dBm, dB, Mb/s. A map of servers has no steps. `band` '' is all carriers together."""

    kind: MapKind
    band: str
    png: bytes
    across_m: float
    steps: Sequence[Step] = ()


@dataclass(frozen=True, slots=True)
class LevelShare:
    """What has at least this SS-RSRP."""

    dbm: float
    people: float
    area_km2: float


@dataclass(frozen=True, slots=True)
class CommuneFigures:
    """`geometry` is anything that shapely's `shape` takes, in degrees; None where no boundary is known."""

    code: str
    name: str
    people: float
    covered_people: float
    area_km2: float
    covered_km2: float
    geometry: Any = None


@dataclass(frozen=True, slots=True)
class BandCapacity:
    """One carrier: the peak of a terminal (TS 38.306), the mean rate over the covered people, what all cells are asked for in the
    busy hour and what of it they carry; Mb/s, down."""

    band: str
    cells: int
    peak_mbps: float
    mean_mbps: float
    asked_mbps: float
    carried_mbps: float


@dataclass(frozen=True, slots=True)
class CellLoad:
    """`asked` is the share of its time that the traffic of a cell's people would need: above 1 not all is carried."""

    mast: str
    """Its code."""
    cell: int
    """Its place among the mast's cells, from 0."""
    band: str
    asked: float
    people: float
    area_km2: float


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that went into the calculation."""

    role: Literal["terrain", "clutter", "people", "sites", "boundaries", "antenna"]
    name: str
    sha256: str
    generated: bool = False


@dataclass(frozen=True, slots=True)
class ReportInput:
    """A scenario with its results. Raises ValueError nowhere: what is not known is empty and told to be so."""

    title: str
    area_name: str
    organisation: str
    made_at: datetime
    address: str
    """Where the scenario is on this server, such as /network/…/."""
    digest: str
    """The name of the result: of ground, masts, settings and engine."""
    settings: Settings
    masts: Sequence[Mast]
    area_km2: float
    people: float
    pixel_m: float
    coverage: Sequence[LevelShare] = ()
    communes: Sequence[CommuneFigures] = ()
    bands: Sequence[BandCapacity] = ()
    loads: Sequence[CellLoad] = ()
    maps: Sequence[MapPicture] = ()
    inputs: Sequence[InputFile] = ()
    outside: Sequence[str] = ()
    """Names of masts beyond the ground: they are listed, and in no figure."""
    people_source: str = ""
    """Where a table of the communes' people comes from."""
    assumed: Sequence[str] = ()
    """Sentences of the caller's own, as msgids of its catalogue, such as a Phrase."""

    @property
    def generated(self) -> bool:
        """Whether anything in it was made by a program instead of surveyed."""
        return any(mast.generated for mast in self.masts) or any(held.generated for held in self.inputs)

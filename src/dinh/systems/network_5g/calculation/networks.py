"""From masts and carriers to what the radio engine takes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dinh.engines.radio.maps.coverage import Sector, Site
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.nr.link_budget import element_power_dbm
from dinh.systems.network_5g.calculation.antennas import EVEN, antenna_of, gain_of, tilt_of
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.carriers import blocks_of, element_noise_dbm
from dinh.systems.network_5g.domain import Carrier, Mast, Settings

MOST_BYTES: Final = 600_000_000
"""Of losses that one network keeps: some thousand masts at 10 km and 100 m."""


@dataclass(frozen=True, slots=True)
class CellOf:
    """A cell of a network: which mast, which of its cells."""

    mast: str
    number: int
    element_dbm: float


@dataclass(frozen=True, eq=False)
class Sent:
    """What the masts send on one carrier: sites for the engine, and whose each of their cells is, in the engine's order."""

    sites: Sequence[Site]
    cells: Sequence[CellOf] = field(default_factory=tuple)
    outside: Sequence[str] = ()
    """Codes of masts that stand beyond the ground and send nothing onto it."""


def sent(masts: Sequence[Mast], settings: Settings, carrier: Carrier, laid: Laid) -> Sent:
    """Masts without a cell on the carrier are left out."""
    sites, cells, outside = [], [], []
    blocks = blocks_of(carrier)
    xs, ys = laid.to_metres.transform([mast.longitude for mast in masts], [mast.latitude for mast in masts])
    for mast, x, y in zip(masts, xs, ys, strict=True):
        if not on_ground(laid.ground, x, y):
            outside.append(mast.code)
            continue
        sectors = []
        for number, cell in enumerate(mast.cells):
            if cell.bands and carrier.code not in cell.bands:
                continue
            power = carrier.power_dbm if cell.power_dbm is None else cell.power_dbm
            element = element_power_dbm(power, blocks)
            if cell.azimuth_deg is None:
                sectors.append(Sector(0.0, 0.0, EVEN, element + gain_of(cell, carrier, settings), settings.load))
            else:
                tilt, antenna = tilt_of(cell, carrier, settings), antenna_of(cell, carrier, settings)
                sectors.append(Sector(cell.azimuth_deg, tilt, antenna, element, settings.load))
            cells.append(CellOf(mast.code, number, sectors[-1].element_dbm))
        if sectors:
            sites.append(Site(mast.code, float(x), float(y), mast.antenna_height_m, sectors))
    return Sent(sites, cells, outside)


def on_ground(ground: Ground, x: float, y: float) -> bool:
    rows, columns = ground.shape
    return bool(
        ground.west <= x < ground.west + columns * ground.step_x
        and ground.north - rows * ground.step_y < y <= ground.north
    )


class Networks:
    """The networks that are being looked at, with the losses of their masts; the least recently used goes."""

    def __init__(self, most: int = 3) -> None:
        self._held: OrderedDict[tuple[Any, ...], Network] = OrderedDict()
        self._most = most

    def of(self, laid: Laid, settings: Settings, carrier: Carrier) -> Network:
        noise = element_noise_dbm(carrier, settings)
        key = (
            laid.name, settings.model, settings.sight, carrier.frequency_mhz, settings.radius_km, noise,
            settings.receiver_height_m,
        )  # fmt: skip
        if key not in self._held:
            while len(self._held) >= self._most:
                self._held.popitem(last=False)
            self._held[key] = Network(
                laid.ground, model=settings.model, sight=settings.sight, frequency_ghz=carrier.frequency_mhz / 1000,
                radius_m=settings.radius_km * 1000, noise_dbm=noise, receiver_height_m=settings.receiver_height_m, most_cached_bytes=MOST_BYTES,
            )  # fmt: skip
        self._held.move_to_end(key)
        return self._held[key]

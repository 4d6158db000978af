"""A network as commands are told of it: a list of sites, the terrain around them, their antennas."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from pyproj import Transformer

from dinh.engines.radio.antennas import PlanetPattern, read_planet
from dinh.engines.radio.maps.coverage import MODELS, SIGHTS
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.rasters import metric_crs, read_ground, terrain_files
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.commands.lists import SHOWN, content_of, tell_faults
from dinh.systems.network_5g.domain import Fault, SiteList, SiteRow
from dinh.systems.network_5g.feeds.sites import heights_above_ground, plane_of, read_any
from dinh.systems.network_5g.radio_sites import Defaults

MOST_PIXELS: Final = 400_000_000
GAIN_DBI: Final = 17.0
TILT_DEG: Final = 3.0


def add_to(parser: argparse._ActionsContainer, *, required: bool) -> None:
    parser.add_argument(
        "--sites", type=Path, required=required,
        help="CSV, Excel, GeoPackage, zipped Shapefile, GeoJSON, KML, KMZ or OpenCelliD: name, latitude, longitude, height …",
    )  # fmt: skip
    parser.add_argument("--terrain", type=Path, required=required, help="a folder of .hgt or .tif, or one file")
    parser.add_argument("--clutter", type=Path, help="a raster of what stands on the terrain, m")
    parser.add_argument("--model", choices=MODELS, default="tr38901-rma")
    parser.add_argument(
        "--sight", choices=SIGHTS, default="terrain",
        help="what hides a mast: the terrain and clutter given, or statistical, a mean over sight and no sight, where buildings are unknown",
    )  # fmt: skip
    parser.add_argument("--radius-km", type=float, default=10.0)
    parser.add_argument("--resolution-m", type=float, default=50.0)
    parser.add_argument("--power-dbm", type=float, default=53.0, help="of a cell's carrier, where the list gives none")
    parser.add_argument(
        "--pattern", type=Path, metavar="FILE", help="a vendor's antenna (Planet: .msi, .pln) for cells with an azimuth"
    )
    parser.add_argument(
        "--gain-dbi", type=float,
        help=f"of antennas with an azimuth, where the list gives none (default {GAIN_DBI:g}, or the pattern's own)",
    )  # fmt: skip
    parser.add_argument(
        "--tilt-deg", type=float,
        help=f"mechanical down-tilt, where the list gives none (default {TILT_DEG:g}, or 0 with a pattern, which has its own)",
    )  # fmt: skip
    parser.add_argument(
        "--heights", choices=("ground", "sea"), default="ground", help="what the list's heights of antennas are above; the terrain is subtracted from those above sea",
    )  # fmt: skip
    parser.add_argument("--default-height-m", type=float, help="of antennas, where the list gives none")
    parser.add_argument("--receiver-height-m", type=float, default=1.5)
    parser.add_argument("--noise-figure-db", type=float, default=7.0)
    parser.add_argument(
        "--fill-holes", type=int, default=0, metavar="PIXELS", help="fill holes in the terrain up to this size"
    )
    parser.add_argument(
        "--vn2000", metavar="ZONE", help="the list is in metres: a central meridian, or a former province's name"
    )
    parser.add_argument("--skip-faulty", action="store_true", help="leave faulty sites out")


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Ends with the usage and what is wrong, before any terrain is read."""
    for name in ("radius_km", "resolution_m"):
        if not 0 < getattr(options, name) < math.inf:
            parser.error(f"--{name.replace('_', '-')} is above 0, not {getattr(options, name)}")
    for name in ("power_dbm", "gain_dbi", "tilt_deg", "noise_figure_db"):
        value = getattr(options, name)
        if value is not None and not math.isfinite(value):
            parser.error(f"--{name.replace('_', '-')} is a number, not {value}")
    if options.sight == "statistical" and options.model == "p1812":
        parser.error("--sight statistical: p1812 reads the terrain of each path; choose a tr38901 model")
    if options.fill_holes < 0:
        parser.error(f"--fill-holes is 0 or more, not {options.fill_holes}")


@dataclass(frozen=True, slots=True)
class Placed:
    """The sites of a list, all heights above ground, and the ground around them; `to_metres` goes there from degrees."""

    rows: Sequence[SiteRow]
    ground: Ground
    to_metres: Transformer


def placed(options: argparse.Namespace) -> Placed | None:
    """None where some sites are faulty and were not to be left out; the faults are told. Raises Invalid for no site at all."""
    read = read_any(
        content_of(options.sites), options.sites.name, plane=plane_of(options.vn2000) if options.vn2000 else None,
        above_sea=options.heights == "sea", default_height_m=options.default_height_m,
    )  # fmt: skip
    for warning in read.warnings[:SHOWN]:
        print(f"warning: {options.sites.name}: {warning}", file=sys.stderr)
    if not _may_go_on(options, read.faults):
        return None
    _require_sites(options, read.sites)
    ground, to_metres = ground_around(read.sites, options)
    stand = heights_above_ground(SiteList(read.sites, ()), lambda latitude, longitude: ground.height_at(*ground.pixel(*to_metres.transform(longitude, latitude))))  # fmt: skip
    if not _may_go_on(options, stand.faults):
        return None
    _require_sites(options, stand.sites)
    return Placed(stand.sites, ground, to_metres)


def _may_go_on(options: argparse.Namespace, faults: Sequence[Fault]) -> bool:
    tell_faults(options.sites, faults)
    if faults and not options.skip_faulty:
        print(f"{len(faults)} faults; mend them, or leave these sites out with --skip-faulty", file=sys.stderr)
        return False
    return True


def _require_sites(options: argparse.Namespace, sites: Sequence[SiteRow]) -> None:
    if not sites:
        raise Invalid("radio.no_sites", "{file} holds no site that can be used", file=options.sites.name)


def ground_around(rows: Sequence[SiteRow], options: argparse.Namespace) -> tuple[Ground, Transformer]:
    """Terrain around all sites on a metric grid, and the way there from degrees."""
    middle = np.mean([(row.longitude, row.latitude) for row in rows], axis=0)
    crs = metric_crs(float(middle[0]), float(middle[1]))
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = transformer.transform([row.longitude for row in rows], [row.latitude for row in rows])
    reach, step = options.radius_km * 1000 + 2 * options.resolution_m, options.resolution_m
    west, south = (np.floor((min(values) - reach) / step) * step for values in (x, y))
    east, north = (np.ceil((max(values) + reach) / step) * step for values in (x, y))
    pixels = (east - west) * (north - south) / step**2
    if pixels > MOST_PIXELS:
        raise Invalid("radio.map_large", "the map would have {pixels:,.0f} pixels, more than {most:,}; choose a coarser resolution or fewer sites", pixels=float(pixels), most=MOST_PIXELS)  # fmt: skip
    ground = read_ground(
        terrain_files(options.terrain), west=float(west), south=float(south), east=float(east), north=float(north),
        resolution=step, crs=crs, clutter=options.clutter, fill_holes_up_to=options.fill_holes,
    )  # fmt: skip
    return ground, transformer


def defaults_of(
    options: argparse.Namespace, resource_blocks: int, frequency_mhz: float, *, load: float = 1.0
) -> Defaults:
    """Raises Invalid for a pattern file that cannot be read, with line, value and remedy."""
    gain, tilt = GAIN_DBI, TILT_DEG
    measured: PlanetPattern | None = None
    if options.pattern is not None:
        measured = read_planet(content_of(options.pattern))
        gain, tilt = measured.gain_dbi, 0.0
        low, high = measured.frequency_hz or (0.0, math.inf)
        if not low <= frequency_mhz * 1e6 <= high:
            print(
                f"warning: {options.pattern.name} was measured at {low / 1e6:g} to {high / 1e6:g} MHz, not at {frequency_mhz:g} MHz",
                file=sys.stderr,
            )
    return Defaults(
        power_dbm=options.power_dbm, gain_dbi=gain if options.gain_dbi is None else options.gain_dbi,
        tilt_deg=tilt if options.tilt_deg is None else options.tilt_deg, load=load, resource_blocks=resource_blocks,
        pattern=measured.in_space() if measured is not None else None,
    )  # fmt: skip


def tell(done: int, of: int) -> None:
    """Progress to a terminal."""
    print(f"\r{done} of {of} sites", end="\n" if done == of else "", file=sys.stderr, flush=True)

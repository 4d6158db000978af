"""`dinh radio map`: a list of sites over terrain to a GeoTIFF of level, server and SINR."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from pyproj import Transformer

from dinh.engines.radio.maps.coverage import MODELS, Coverage, coverage
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.nr.link_budget import noise_dbm
from dinh.engines.radio.nr.resource_blocks import resource_blocks
from dinh.engines.radio.rasters import metric_crs, read_ground, terrain_files, write_geotiff
from dinh.engines.tables.coordinates import Plane, meridian_of
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.commands.lists import SHOWN, content_of, tell_faults
from dinh.systems.network_5g.domain import Fault, SiteRow
from dinh.systems.network_5g.feeds.sites import read_any
from dinh.systems.network_5g.radio_sites import Defaults, radio_sites, standing_in_water

SHOWN_LEVELS_DBM = (-85, -95, -105, -115)
MOST_PIXELS = 400_000_000


def run(arguments: list[str]) -> int:
    """0 done, 1 some sites are faulty and nothing was written."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _check(parser, options)
    rows, faults, warnings = _sites(options)
    for warning in warnings[:SHOWN]:
        print(f"warning: {options.sites.name}: {warning}", file=sys.stderr)
    tell_faults(options.sites, faults)
    if faults and not options.skip_faulty:
        print(f"{len(faults)} faults; mend them, or leave these sites out with --skip-faulty", file=sys.stderr)
        return 1
    if not rows:
        raise Invalid("radio.no_sites", "{file} holds no site that can be used", file=options.sites.name)
    started = perf_counter()
    ground, transformer = _ground(rows, options)
    defaults = Defaults(
        power_dbm=options.power_dbm, gain_dbi=options.gain_dbi, tilt_deg=options.tilt_deg, load=options.load,
        resource_blocks=resource_blocks(options.bandwidth_mhz * 1e6, options.subcarrier_khz * 1e3),
    )  # fmt: skip
    sites = radio_sites(rows, transformer, defaults)
    for name in standing_in_water(sites, ground):
        print(f"warning: terrain is 0 m all around site {name}; does it stand in the sea?", file=sys.stderr)
    read = perf_counter()
    found = coverage(
        ground, sites, model=options.model, frequency_ghz=options.frequency_mhz / 1000,
        radius_m=options.radius_km * 1000, receiver_height_m=options.receiver_height_m,
        noise_dbm=noise_dbm(options.subcarrier_khz * 1e3, options.noise_figure_db),
        progress=_tell if sys.stderr.isatty() else None,
    )  # fmt: skip
    computed = perf_counter()
    _write(options, ground, found, len(sites))
    summary = _summary(options, ground, found, sites, read - started, computed - read)
    if options.json:
        json.dump(summary, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _print(summary)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dinh radio map", description="Level, best server and SINR of 5G sites over terrain, as a GeoTIFF."
    )
    parser.add_argument(
        "--sites",
        type=Path,
        required=True,
        help="CSV, Excel, GeoPackage, zipped Shapefile, GeoJSON, KML, KMZ or OpenCelliD: name, latitude, longitude, height, azimuth …",
    )
    parser.add_argument("--terrain", type=Path, required=True, help="a folder of .hgt or .tif, or one file")
    parser.add_argument("--clutter", type=Path, help="a raster of what stands on the terrain, m")
    parser.add_argument("--model", choices=MODELS, default="tr38901-rma")
    parser.add_argument("--radius-km", type=float, default=10.0)
    parser.add_argument("--resolution-m", type=float, default=50.0)
    parser.add_argument("--out", type=Path, required=True, help="the GeoTIFF to write")
    parser.add_argument("--frequency-mhz", type=float, default=2600.0)
    parser.add_argument("--bandwidth-mhz", type=int, default=100)
    parser.add_argument("--subcarrier-khz", type=int, default=30)
    parser.add_argument("--power-dbm", type=float, default=53.0, help="of a cell's carrier, where the list gives none")
    parser.add_argument(
        "--gain-dbi", type=float, default=17.0, help="of antennas with an azimuth, where the list gives none"
    )
    parser.add_argument("--tilt-deg", type=float, default=3.0, help="down-tilt, where the list gives none")
    parser.add_argument("--default-height-m", type=float, help="of antennas, where the list gives none")
    parser.add_argument("--load", type=float, default=0.5, help="share of resource elements in use, for interference")
    parser.add_argument("--receiver-height-m", type=float, default=1.5)
    parser.add_argument("--noise-figure-db", type=float, default=7.0)
    parser.add_argument(
        "--fill-holes", type=int, default=0, metavar="PIXELS", help="fill holes in the terrain up to this size"
    )
    parser.add_argument(
        "--vn2000", metavar="ZONE", help="the list is in metres: a central meridian, or a former province's name"
    )
    parser.add_argument("--skip-faulty", action="store_true", help="leave faulty sites out")
    parser.add_argument("--json", action="store_true", help="the summary as JSON")
    return parser  # fmt: skip


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Ends with the usage and what is wrong, before any terrain is read."""
    for name in ("radius_km", "resolution_m", "frequency_mhz"):
        if not 0 < getattr(options, name) < math.inf:
            parser.error(f"--{name.replace('_', '-')} is above 0, not {getattr(options, name)}")
    for name in ("power_dbm", "gain_dbi", "tilt_deg", "noise_figure_db"):
        if not math.isfinite(getattr(options, name)):
            parser.error(f"--{name.replace('_', '-')} is a number, not {getattr(options, name)}")
    if not 0 <= options.load <= 1:
        parser.error(f"--load is a share from 0 to 1, not {options.load}")
    if options.fill_holes < 0:
        parser.error(f"--fill-holes is 0 or more, not {options.fill_holes}")
    if not options.out.parent.is_dir():
        parser.error(f"--out: there is no folder {options.out.parent}")


def _sites(options: argparse.Namespace) -> tuple[list[SiteRow], list[Fault], list[Fault]]:
    path, zone = options.sites, options.vn2000
    read = read_any(
        content_of(path), path.name, plane=_plane(zone) if zone else None, default_height_m=options.default_height_m
    )
    for site in read.sites:
        if site.above_sea:
            raise Invalid("radio.above_sea", "{name} has a height above sea; give heights above ground", name=site.name)
    return list(read.sites), list(read.faults), list(read.warnings)


def _plane(zone: str) -> Plane:
    try:
        return Plane(float(zone.replace(",", ".")))
    except ValueError:
        meridian = meridian_of(zone)
    if meridian is None:
        raise Invalid("radio.zone_name", "'{zone}' is neither a meridian nor a province; write 105.5 or Sóc Trăng", zone=zone)  # fmt: skip
    return Plane(meridian)


def _ground(rows: list[SiteRow], options: argparse.Namespace) -> tuple[Ground, Transformer]:
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


def _tell(done: int, of: int) -> None:
    print(f"\r{done} of {of} sites", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _about(options: argparse.Namespace) -> dict[str, str]:
    return {
        "MODEL": options.model, "FREQUENCY_MHZ": f"{options.frequency_mhz:g}", "RADIUS_KM": f"{options.radius_km:g}",
        "RECEIVER_HEIGHT_M": f"{options.receiver_height_m:g}", "BANDWIDTH_MHZ": str(options.bandwidth_mhz),
        "SUBCARRIER_KHZ": str(options.subcarrier_khz), "LOAD": f"{options.load:g}", "SOFTWARE": "Đình",
    }  # fmt: skip


def _write(options: argparse.Namespace, ground: Ground, found: Coverage, sites: int) -> None:
    write_geotiff(
        options.out,
        {
            "SS-RSRP, dBm per resource element": found.rsrp_dbm,
            "best server, number of the cell": np.where(found.server >= 0, found.server, np.nan),
            "SINR, dB": found.sinr_db,
            "within the model's range": np.where(found.server >= 0, found.within, np.nan),
        },
        west=ground.west, north=ground.north, step_x=ground.step_x, step_y=ground.step_y, crs=ground.crs,
        about={**_about(options), "SITES": str(sites)},
    )  # fmt: skip


def _summary(
    options: argparse.Namespace, ground: Ground, found: Coverage, sites: list[Any], read_s: float, computed_s: float
) -> dict[str, Any]:
    reached = found.server >= 0
    square_km = ground.step_x * ground.step_y / 1e6
    levels = found.rsrp_dbm[reached]
    return {
        "out": str(options.out), "model": options.model, "sites": len(sites),
        "cells": sum(len(site.sectors) for site in sites), "crs": ground.crs, "pixels": int(reached.sum()),
        "area": [{"rsrp_dbm": level, "km2": float((levels >= level).sum() * square_km)} for level in SHOWN_LEVELS_DBM],
        "share_within_range": float(found.within[reached].mean()) if reached.any() else 0.0,
        "median_rsrp_dbm": float(np.median(levels)) if levels.size else None,
        "median_sinr_db": float(np.nanmedian(found.sinr_db)) if reached.any() else None,
        "seconds": {"terrain": round(read_s, 3), "computation": round(computed_s, 3)},
    }  # fmt: skip


def _print(summary: dict[str, Any]) -> None:
    print(
        f"{summary['out']}: {summary['sites']} sites, {summary['cells']} cells, {summary['pixels']:,} pixels, {summary['model']}"
    )
    for area in summary["area"]:
        print(f"  SS-RSRP ≥ {area['rsrp_dbm']} dBm: {area['km2']:,.1f} km²")
    print(f"  median SS-RSRP {summary['median_rsrp_dbm']:.1f} dBm, median SINR {summary['median_sinr_db']:.1f} dB")
    if summary["share_within_range"] < 0.999:
        print(
            f"  {100 * (1 - summary['share_within_range']):.1f} % of pixels lie outside the model's range; band 4 marks them"
        )
    print(f"  terrain {summary['seconds']['terrain']} s, computation {summary['seconds']['computation']} s")

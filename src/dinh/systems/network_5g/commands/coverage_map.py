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

from dinh.engines.radio.maps.coverage import Coverage, coverage
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.nr.link_budget import noise_dbm
from dinh.engines.radio.nr.resource_blocks import resource_blocks
from dinh.engines.radio.rasters import write_geotiff
from dinh.systems.network_5g.commands import network_options
from dinh.systems.network_5g.radio_sites import radio_sites, standing_in_water

SHOWN_LEVELS_DBM = (-85, -95, -105, -115)


def run(arguments: list[str]) -> int:
    """0 done, 1 some sites are faulty and nothing was written."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _check(parser, options)
    started = perf_counter()
    placed = network_options.placed(options)
    if placed is None:
        return 1
    ground = placed.ground
    blocks = resource_blocks(options.bandwidth_mhz * 1e6, options.subcarrier_khz * 1e3)
    defaults = network_options.defaults_of(options, blocks, options.frequency_mhz, load=options.load)
    sites = radio_sites(placed.rows, placed.to_metres, defaults)
    for name in standing_in_water(sites, ground):
        print(f"warning: terrain is 0 m all around site {name}; does it stand in the sea?", file=sys.stderr)
    read = perf_counter()
    found = coverage(
        ground, sites, model=options.model, sight=options.sight, frequency_ghz=options.frequency_mhz / 1000,
        radius_m=options.radius_km * 1000, receiver_height_m=options.receiver_height_m,
        noise_dbm=noise_dbm(options.subcarrier_khz * 1e3, options.noise_figure_db),
        progress=network_options.tell if sys.stderr.isatty() else None,
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
    network_options.add_to(parser, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the GeoTIFF to write")
    parser.add_argument("--frequency-mhz", type=float, default=2600.0)
    parser.add_argument("--bandwidth-mhz", type=int, default=100)
    parser.add_argument("--subcarrier-khz", type=int, default=30)
    parser.add_argument("--load", type=float, default=0.5, help="share of resource elements in use, for interference")
    parser.add_argument("--json", action="store_true", help="the summary as JSON")
    return parser


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Ends with the usage and what is wrong, before any terrain is read."""
    network_options.check(parser, options)
    if not 0 < options.frequency_mhz < math.inf:
        parser.error(f"--frequency-mhz is above 0, not {options.frequency_mhz}")
    if not 0 <= options.load <= 1:
        parser.error(f"--load is a share from 0 to 1, not {options.load}")
    if not options.out.parent.is_dir():
        parser.error(f"--out: there is no folder {options.out.parent}")


def _about(options: argparse.Namespace) -> dict[str, str]:
    return {
        "MODEL": options.model, "SIGHT": options.sight, "FREQUENCY_MHZ": f"{options.frequency_mhz:g}", "RADIUS_KM": f"{options.radius_km:g}",
        "RECEIVER_HEIGHT_M": f"{options.receiver_height_m:g}", "BANDWIDTH_MHZ": str(options.bandwidth_mhz),
        "SUBCARRIER_KHZ": str(options.subcarrier_khz), "LOAD": f"{options.load:g}", "SOFTWARE": "Đình",
        "PATTERN": options.pattern.name if options.pattern else "TR 38.901",
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
        "out": str(options.out), "model": options.model, "sight": options.sight, "sites": len(sites),
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

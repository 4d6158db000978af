"""`dinh radio capacity --sites …`: the busy hour of a network, one carrier beside the other."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from dinh.engines.radio.maps.coverage import Site
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.population import at_places
from dinh.engines.radio.rasters import read_grid
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.busy_hour import SHARES, BusyHour, Numbers, busy_hour
from dinh.systems.network_5g.carriers import blocks_of, element_noise_dbm
from dinh.systems.network_5g.commands import network_options
from dinh.systems.network_5g.commands.lists import content_of, tell_faults
from dinh.systems.network_5g.domain import N41, N78, Carrier, Settings
from dinh.systems.network_5g.feeds.site_tables import read_points
from dinh.systems.network_5g.radio_sites import radio_sites

CARRIERS: Final = {carrier.code: carrier for carrier in (N41, N78)}
_RASTERS: Final = (".tif", ".tiff")
_SHOWN: Final = 20


def add_to(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--population", type=Path, help="people: a raster of counts (.tif), or CSV or Excel with places"
    )
    parser.add_argument(
        "--band", action="append", choices=CARRIERS, help="once for each carrier to compare (default n41)"
    )
    parser.add_argument("--subscribers-share", type=float, default=Settings().subscribers_share, help="of the people, 0 to 1")  # fmt: skip
    parser.add_argument("--busy-hour-kbps", type=float, default=Settings().busy_hour_kbps, help="mean demand of a subscriber, down")  # fmt: skip


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    network_options.check(parser, options)
    for name in ("terrain", "population"):
        if getattr(options, name) is None:
            parser.error(f"--sites needs --{name} too")
    if options.direction != "down":
        parser.error("the busy hour is calculated for the downlink; leave --direction out")
    if options.bandwidth_mhz is not None and len(options.bandwidth_mhz) != 1:
        parser.error("with --sites give one --bandwidth-mhz for all bands, or none")
    if not 0 <= options.subscribers_share <= 1:
        parser.error(f"--subscribers-share is a share from 0 to 1, not {options.subscribers_share}")
    if not 0 <= options.busy_hour_kbps < math.inf:
        parser.error(f"--busy-hour-kbps is 0 or more, not {options.busy_hour_kbps}")


def run(options: argparse.Namespace) -> int:
    """0 done, 1 some rows are faulty and nothing was calculated."""
    placed = network_options.placed(options)
    if placed is None:
        return 1
    ground = placed.ground
    people = _people(options.population, ground, placed.to_metres)
    if people is None:
        return 1
    if not people.any():
        raise Invalid("radio.no_people", "nobody of {file} lives within reach of the sites; does it lie in the same province?", file=options.population.name)  # fmt: skip
    settings = Settings(
        model=options.model, sight=options.sight, radius_km=options.radius_km, receiver_height_m=options.receiver_height_m,
        noise_figure_db=options.noise_figure_db, subscribers_share=options.subscribers_share,
        busy_hour_kbps=options.busy_hour_kbps,
    )  # fmt: skip
    found = []
    for code in dict.fromkeys(options.band or [N41.code]):
        carrier = _carrier(options, code)
        blocks = blocks_of(carrier)
        defaults = network_options.defaults_of(options, blocks, carrier.frequency_mhz)
        sites = radio_sites(placed.rows, placed.to_metres, defaults)
        hour = _hour(ground, sites, people, carrier, settings)
        found.append(_told(hour, sites))
    if options.json:
        json.dump({"settings": {"model": settings.model, "sight": settings.sight, "radius_km": settings.radius_km, "subscribers_share": settings.subscribers_share, "busy_hour_kbps": settings.busy_hour_kbps}, "bands": found}, sys.stdout, ensure_ascii=False, indent=1)  # fmt: skip
        sys.stdout.write("\n")
    else:
        _print(found)
    return 0


def _hour(ground: Ground, sites: Sequence[Site], people: Numbers, carrier: Carrier, settings: Settings) -> BusyHour:
    network = Network(
        ground, model=settings.model, sight=settings.sight, frequency_ghz=carrier.frequency_mhz / 1000, radius_m=settings.radius_km * 1000,
        noise_dbm=element_noise_dbm(carrier, settings), receiver_height_m=settings.receiver_height_m,
    )  # fmt: skip
    network.put(sites, network_options.tell if sys.stderr.isatty() else None)
    rows, columns = np.nonzero(people > 0.0)
    cells = sum(len(site.sectors) for site in sites)
    return busy_hour(network, cells, rows, columns, people[rows, columns], carrier=carrier, settings=settings)


def _carrier(options: argparse.Namespace, code: str) -> Carrier:
    carrier = CARRIERS[code]
    if options.bandwidth_mhz is not None:
        carrier = replace(carrier, bandwidth_mhz=options.bandwidth_mhz[0])
    if options.subcarrier_khz is not None:
        carrier = replace(carrier, subcarrier_khz=options.subcarrier_khz)
    return carrier if options.layers is None else replace(carrier, layers=options.layers)


def _people(path: Path, ground: Ground, transformer: Any) -> Numbers | None:
    """Of each pixel; None where rows of a list are faulty. Who lives beyond the reach of all sites is left out."""
    if path.suffix.lower() in _RASTERS:
        return read_grid(path, ground).astype(np.float64)
    points = read_points(content_of(path), wanted=("weight",), needed=("weight",))
    tell_faults(path, points.faults)
    if points.faults:
        print(f"{len(points.faults)} faults; mend them first", file=sys.stderr)
        return None
    x, y = transformer.transform(points.longitude, points.latitude)
    return at_places(points.figures["weight"], x, y, ground)


def _told(hour: BusyHour, sites: Sequence[Site]) -> dict[str, Any]:
    names = [(site.name, number) for site in sites for number in range(1, len(site.sectors) + 1)]
    cells = [
        {"site": name, "cell": number, "load": round(float(used), 4), "asked": round(float(asked), 4)}
        for (name, number), used, asked in zip(names, hour.loads.used, hour.loads.asked, strict=True)
    ]
    carrier = hour.carrier
    return {
        "band": carrier.code, "frequency_mhz": carrier.frequency_mhz, "bandwidth_mhz": carrier.bandwidth_mhz,
        "layers": carrier.layers, "slots": carrier.slots, "people": hour.people, "served_people": hour.served_people,
        "demand_mbps": hour.demand_bps / 1e6, "mean_load": float(np.mean(hour.loads.used)),
        "overloaded": [cell for cell, over in zip(cells, hour.loads.overloaded, strict=True) if over],
        "experienced_mbps": {
            f"{round(100 * share)}": None if np.isnan(rate) else float(rate) / 1e6
            for share, rate in zip(SHARES, hour.experienced_bps, strict=True)
        },
        "error": hour.loads.error, "cells": cells,
    }  # fmt: skip


def _print(bands: Sequence[dict[str, Any]]) -> None:
    def line(name: str, *values: str) -> None:
        print(f"{name:<38}" + "".join(f"{value:>14}" for value in values))

    def rate(band: dict[str, Any], share: str) -> str:
        value = band["experienced_mbps"][share]
        return "–" if value is None else f"{value:,.1f}"

    line("each carrier bears all traffic alone", *(band["band"] for band in bands))
    line("MHz", *(f"{band['frequency_mhz']:g} / {band['bandwidth_mhz']}" for band in bands))
    line("people on the map", *(f"{band['people']:,.0f}" for band in bands))
    line("people served", *(f"{band['served_people']:,.0f}" for band in bands))
    line("demand, Mb/s", *(f"{band['demand_mbps']:,.1f}" for band in bands))
    line("mean load of cells, %", *(f"{100 * band['mean_load']:.1f}" for band in bands))
    line("overloaded cells", *(f"{len(band['overloaded'])} of {len(band['cells'])}" for band in bands))
    for share in ("5", "50", "95"):
        line(f"{share} % of people get less than, Mb/s", *(rate(band, share) for band in bands))
    for band in bands:
        worst = sorted(band["overloaded"], key=lambda cell: -cell["asked"])
        for cell in worst[:_SHOWN]:
            print(
                f"  {band['band']}: {cell['site']}, cell {cell['cell']} would need {100 * cell['asked']:.0f} % of itself"
            )
        if len(worst) > _SHOWN:
            print(f"  {band['band']}: … and {len(worst) - _SHOWN} more")

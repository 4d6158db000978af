"""5G maps and paths: one site over 20 km at 3 arc-seconds, and P.1812 path by path.

Terrain is a seeded fractal of 300 m relief written as an HGT tile, with clutter of 0 to 20 m in squares; antennas stand
30 m and 1.5 m above ground at 2.6 GHz. The first call of each kernel compiles and does not count. The peers run on the same
tile in the same run: Debian's `splat` where it is installed, and the Python implementation of P.1812 whose folder
DINH_PY1812 names; CRRM where it can be imported (it is in the extra `bench`).
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bench import Result, at_least, at_most
from bench.processor import bytes_read, single_flops
from bench.terrain import blocks, fractal, write_hgt
from dinh.engines.radio.antennas import Element
from dinh.engines.radio.maps import own_profiles, rays
from dinh.engines.radio.maps.coverage import Sector, Site, coverage, sinr_of_levels
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.maps.window import Window, window
from dinh.engines.radio.nr.uplink import uplink
from dinh.engines.radio.p1812 import Paths, basic_transmission_loss, basic_transmission_losses
from dinh.engines.radio.profiles import INLAND, Profile
from dinh.engines.radio.rasters import read_hgt

SITE = (105.5, 9.5)
RADIUS_M = 20_000
FREQUENCY_GHZ = 2.6
MAST_M, PHONE_M = 30.0, 1.5
SETTINGS = "fractal HGT, seed 1, 300 m relief, clutter 0-20 m, 30 m and 1.5 m antennas, 2.6 GHz, radius 20 km at 3 arc-seconds"  # fmt: skip


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        tile = write_hgt(Path(folder), fractal(1201, seed=1, relief_m=300))
        bare = read_hgt(tile)
        ground = Ground(bare.height_m, blocks(1201, seed=5), bare.west, bare.north, bare.step_x, bare.step_y)
        around = window(ground, x=SITE[0], y=SITE[1], antenna_height_m=MAST_M, radius_m=RADIUS_M)
        return [
            *_maps(around, _splat(Path(folder))),
            *_paths(211, 40_000, 100_000),
            *_paths(963, 8_000, 30_000),
            *_links(),
            *_network(),
        ]


def _best(do: Callable[[], Any], rounds: int = 5) -> float:
    do()
    return min(_seconds(do) for _ in range(rounds))


def _seconds(do: Callable[[], Any]) -> float:
    started = perf_counter()
    do()
    return perf_counter() - started


def _maps(around: Window, splat: float | None) -> list[Result]:
    asked = {"frequency_ghz": FREQUENCY_GHZ, "receiver_height_m": PHONE_M}
    own = own_profiles.diffraction_loss_db(around, **asked)
    by_rays = rays.diffraction_loss_db(around, **asked)
    pixels = int(np.isfinite(own).sum())
    rms = float(np.sqrt(np.nanmean((by_rays - own) ** 2)))
    fast = pixels / _best(lambda: rays.diffraction_loss_db(around, **asked))
    full = pixels / _best(lambda: own_profiles.p1812_loss_db(around, **asked), rounds=3)
    off = _off_own_path(around, own_profiles.p1812_loss_db(around, **asked))
    peer = {"peer": "splat -L (ITWOM), user seconds without reading the tile", "peer_value": splat} if splat else {}
    told = f"{SETTINGS}; {pixels:,} pixels"
    return [
        at_least("radio_map_diffraction", fast, "pixels/s", 5_000_000, input=f"delta-Bullington; {told}", **peer),  # type: ignore[arg-type]
        at_most("radio_map_diffraction_rms", rms, "dB", 1.0, input=f"against every pixel's own profile; {told}"),
        at_least(
            "radio_map_p1812",
            full,
            "pixels/s",
            300_000,
            input=f"P.1812-6 whole, every pixel's own profile; {told}",
            **peer,
        ),  # type: ignore[arg-type]
        at_most(
            "radio_map_p1812_off",
            off,
            "dB",
            0.01,
            input=f"greatest difference of 500 pixels to the path by itself; {told}",
        ),
    ]


def _off_own_path(around: Window, loss: np.ndarray[Any, Any]) -> float:
    """The greatest difference between pixels of the map and the function of one path over the same profile."""
    pick = np.random.default_rng(3)
    rows, columns = np.nonzero(np.isfinite(loss) & (own_profiles.distances_m(around) > 300))
    step, worst = own_profiles.step_of(around), 0.0
    for i in pick.choice(len(rows), 500, replace=False):
        row, column = int(rows[i]), int(columns[i])
        along = float(np.hypot((column - around.site_column) * around.pixel_x_m, (row - around.site_row) * around.pixel_y_m))  # fmt: skip
        count = max(3, int(along / step + 0.5) + 1)
        terrain, over = np.empty(count), np.empty(count)
        own_profiles.draw_profile(
            around.height_m, around.surface_m, around.site_row, around.site_column, float(row), float(column), count,
            terrain, over,
        )  # fmt: skip
        profile = Profile(np.arange(count) * (0.001 * along / (count - 1)), terrain, over - terrain, np.full(count, INLAND))  # fmt: skip
        alone = basic_transmission_loss(
            profile, frequency_ghz=FREQUENCY_GHZ, transmitter_height_m=MAST_M, receiver_height_m=PHONE_M,
            transmitter=(around.latitude_deg, 0.0), receiver=(around.latitude_deg, 1e-9),
        )  # fmt: skip
        worst = max(worst, abs(alone.basic_transmission_loss_db - float(loss[row, column])))
    return worst


def _splat(folder: Path) -> float | None:
    """Pixels a second of Debian's splat over the same tile; the time of a map of 1 km is taken off, as it is reading."""
    if not (shutil.which("splat") and shutil.which("srtm2sdf")):
        return None
    subprocess.run(["srtm2sdf", "N09E105.hgt"], cwd=folder, check=True, capture_output=True)
    (folder / "site.qth").write_text(f"site\n{SITE[1]}\n{-SITE[0]}\n{MAST_M}m\n")

    def seconds(radius_km: float) -> float:
        started = perf_counter()
        subprocess.run(
            ["splat", "-t", "site.qth", "-L", str(PHONE_M), "-R", str(radius_km), "-metric", "-o", "map.ppm", "-d", "."],
            cwd=folder, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return perf_counter() - started

    pixel_km = 6371 * np.pi / 180 / 1200
    pixels = np.pi * (RADIUS_M / 1000) ** 2 / (pixel_km**2 * np.cos(np.radians(SITE[1])))
    return float(pixels / (seconds(RADIUS_M / 1000) - seconds(1.0)))


def _paths(points: int, paths: int, limit: float) -> list[Result]:
    pick = np.random.default_rng(1)
    distance = np.linspace(0, points * 0.1, points)
    height = np.cumsum(pick.normal(0, 8, (paths, points)), axis=1) + 300
    clutter = pick.choice([0.0, 10.0, 20.0], (paths, points))
    given = Paths(distance, height, clutter, MAST_M, PHONE_M, 16.0)
    results = []
    for percent in (50.0, 10.0):
        rate = paths / _best(
            partial(basic_transmission_losses, given, frequency_ghz=FREQUENCY_GHZ, time_percent=percent)
        )
        peer = _py1812(distance, height[:20], clutter[:20], percent)
        told = {"peer": "Py1812, one process", "peer_value": peer} if peer else {}
        results.append(
            at_least(f"radio_p1812_{points}_points_{percent:.0f}_percent", rate, "paths/s", limit, input=f"{paths:,} random paths of {points} points, 2.6 GHz", **told)  # type: ignore[arg-type]
        )  # fmt: skip
    return results


def _py1812(distance: Any, height: Any, clutter: Any, percent: float) -> float | None:
    folder = os.environ.get("DINH_PY1812")
    if not folder:
        return None
    sys.path.insert(0, folder)
    try:
        theirs = importlib.import_module("Py1812.P1812")
    finally:
        sys.path.remove(folder)
    zones, kinds = np.full(len(distance), 4), np.full(len(distance), 2)
    started = perf_counter()
    for row in range(len(height)):
        theirs.bt_loss(
            FREQUENCY_GHZ, percent, distance, height[row], clutter[row], kinds, zones, MAST_M, PHONE_M, 2, 16.0, 16.1, 106.0,
            106.1, DN=45, N0=325,
        )  # fmt: skip
    return len(height) / (perf_counter() - started)


def _links() -> list[Result]:
    """SINR of many cells at many points from their levels."""
    cells, points = 300, 200_000
    pick = np.random.default_rng(4)
    levels = pick.uniform(-140, -60, (cells, points)).astype(np.float32)
    loads = pick.uniform(0, 1, cells)
    rate = cells * points / _best(lambda: sinr_of_levels(levels, loads, -122.2))
    flops, read = single_flops(), bytes_read()
    roof = min(flops, read * FLOPS_A_LINK / BYTES_A_LINK) / FLOPS_A_LINK
    told = f"{cells} cells x {points:,} points, levels in dBm to best server and SINR"
    return [
        at_least("radio_sinr", rate, "links/s", 50_000_000, input=told),
        at_least(
            "radio_sinr_of_roofline", rate / roof, "1", 0.1, peer="", input=f"{told}; {FLOPS_A_LINK} flops and "
            f"{BYTES_A_LINK} bytes a link; roof {roof:.3g} links/s, the lesser of {flops / 1e9:.0f} GFLOP/s (fused multiply-add "
            f"in single precision) and {read / 1e9:.0f} GB/s (reading in order), both measured in this run",
        ),
        *_beside_crrm(),
    ]  # fmt: skip


FLOPS_A_LINK = 16
"""Of the inner loop: dB to octaves 1; power of two 13 (two additions to split it, ten of its polynomial, one to scale); load and sum
2. Comparisons, conversions and moves of bits are not counted, though the loop does eight of them."""
BYTES_A_LINK = 4


def _beside_crrm() -> list[Result]:
    """The same links by CRRM, where it is installed: its path gains of UMa, from power and gain to server and SINR."""
    try:
        crrm = importlib.import_module("CRRM")
    except ImportError:
        return []
    cells, points = 300, 20_000
    peer = crrm.Simulator(
        crrm.Parameters(n_cell_locations=cells, n_ues=points, pathloss_model_name="UMa", smart_update=False)
    )
    peer.update()

    def theirs() -> None:
        peer.p.flood_out_of_date()
        for node in (peer.rsrp, peer.a, peer.sinr):
            node.update_data()

    levels = np.ascontiguousarray((10 * np.log10(peer.rsrp.data[:, :, 0]) + 30).T, dtype=np.float32)
    noise = float(10 * np.log10(peer.params.noise_power) + 30)
    loads = np.ones(cells)
    found, server = sinr_of_levels(levels, loads, noise)
    off = float(np.abs(found - 10 * np.log10(peer.sinr.data[:, 0])).max())
    assert np.array_equal(server, peer.a.data)
    told = f"{cells} cells x {points:,} points of CRRM {crrm.get_version()}'s UMa"
    links = cells * points
    return [
        at_least(
            "radio_sinr_beside_crrm", links / _best(lambda: sinr_of_levels(levels, loads, noise)), "links/s", 50_000_000,
            peer="CRRM, NumPy in double precision, from gains", peer_value=links / _best(theirs),
            input=f"{told}; ours from levels in dBm, theirs from linear gains; the same server everywhere",
        ),
        at_most("radio_sinr_off_crrm", off, "dB", 0.1, input=f"greatest difference of SINR; {told}"),
    ]  # fmt: skip


def _network() -> list[Result]:
    """A hundred sites of three cells: level, server and SINR of the whole map, and of a mast that is moved in it."""
    side = 1200
    ground = Ground(
        fractal(side, seed=1, relief_m=200),
        blocks(side, seed=5),
        0.0,
        side * 50.0,
        50.0,
        50.0,
        "EPSG:32648",
        geographic=False,
    )
    antenna = Element(17.0, 65.0, 7.0)
    sectors = [Sector(azimuth, 6.0, antenna, 15.0, 0.5) for azimuth in (0.0, 120.0, 240.0)]
    places = np.random.default_rng(2).uniform(12_000, 48_000, (100, 2))
    sites = [Site(f"{number}", float(x), float(y), MAST_M, sectors) for number, (x, y) in enumerate(places)]
    asked: dict[str, Any] = {
        "model": "tr38901-rma",
        "frequency_ghz": FREQUENCY_GHZ,
        "radius_m": 10_000,
        "noise_dbm": -122.2,
    }
    coverage(ground, sites[:1], **asked)
    seconds = _best(lambda: coverage(ground, sites, **asked), rounds=2)
    told = "100 sites x 3 cells, 10 km at 50 m (12.6 M pixels of sites), RMa + delta-Bullington, fractal of 200 m relief with clutter"  # fmt: skip
    network = Network(ground, **asked)
    network.put(sites)
    middle = int(np.hypot(places[:, 0] - 30_000, places[:, 1] - 30_000).argmin())

    def moved(step: int) -> list[Site]:
        """To a place where it never stood, so that nothing of it is known."""
        return [*sites[:middle], replace(sites[middle], x=sites[middle].x + 7.3 * step), *sites[middle + 1 :]]

    previews = [_seconds(lambda step=step: network.preview(moved(step))) for step in range(1, 21)]  # type: ignore[misc]
    puts = [_seconds(lambda step=step: network.put(moved(step))) for step in range(21, 41)]  # type: ignore[misc]
    scratch = coverage(ground, moved(40), **asked)
    assert np.array_equal(scratch.sinr_db, network.coverage.sinr_db, equal_nan=True)
    edit = f"one mast in the middle moved 7 m, median of 20, to the bit the map from scratch; {told}"
    losses = np.random.default_rng(1).uniform(70, 160, 4_000_000)
    sent = len(losses) / _best(
        lambda: uplink(losses, blocks=273, spacing_hz=30e3, time_share=0.25), rounds=3
    )  # fmt: skip
    return [
        at_most("radio_network", seconds, "s", 3.0, input=told),
        at_most("radio_edit_preview", float(np.median(previews)) * 1000, "ms", 60, input=edit),
        at_most("radio_edit_put", float(np.median(puts)) * 1000, "ms", 250, input=edit),
        at_least("radio_uplink", sent, "pixels/s", 4_000_000, input="4,000,000 coupling losses of 70 to 160 dB, 273 blocks of 30 kHz"),
    ]  # fmt: skip

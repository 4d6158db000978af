"""Compiles what maps, edits, profiles and loads need, or loads it from the cache, before anybody waits for it.

    python -m dinh.engines.radio.warm

The first time of an installation takes the compiler some twenty seconds; later the cache is read in a fraction of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from dinh.engines.radio.antennas import Isotropic
from dinh.engines.radio.maps.coverage import Sector, Site, sinr_of_levels
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.maps.own_profiles import draw_profile
from dinh.engines.radio.nr.load import solve_loads
from dinh.engines.radio.p1812 import Paths, basic_transmission_loss, basic_transmission_losses
from dinh.engines.radio.profiles import INLAND, Profile
from dinh.engines.radio.tr38901 import ShadowingField

_SIDE = 24
_SITE = Site("warm", 1200.0, 1200.0, 30.0, [Sector(0.0, 0.0, Isotropic(), 15.0)])


def warm(progress: Callable[[int, int], None] | None = None) -> None:
    """`progress(done, of)` is called after each step; what it raises stops the work."""
    steps = (_by_terrain, _by_p1812, _profiles, _paths, _shadows, _levels)
    for done, step in enumerate(steps, start=1):
        step()
        if progress is not None:
            progress(done, len(steps))


def _ground() -> Ground:
    flat = np.zeros((_SIDE, _SIDE), dtype=np.float32)
    return Ground(flat, flat, 0.0, _SIDE * 100.0, 100.0, 100.0, "EPSG:32648", geographic=False)


def _by_terrain() -> None:
    """A map, an edit of it, and the loads of its cells."""
    network = Network(_ground(), model="tr38901-rma", frequency_ghz=2.6, radius_m=500.0, noise_dbm=-122.0)
    network.put([_SITE])
    network.preview([replace(_SITE, x=1300.0)])
    heard = network.heard(*np.nonzero(network.coverage.server >= 0))
    solve_loads(heard, np.ones(len(heard.cell)), np.array([20e6]))


def _by_p1812() -> None:
    Network(_ground(), model="p1812", frequency_ghz=2.6, radius_m=500.0, noise_dbm=-122.0).put([_SITE])


def _profiles() -> None:
    height, count = _ground().height_m, 9
    terrain, surface = np.empty(count), np.empty(count)
    draw_profile(height, height, 2.0, 2.0, 10.0, 2.0, count, terrain, surface)
    distance = np.arange(count, dtype=np.float64) * 0.1
    profile = Profile(distance, terrain, surface - terrain, np.full(count, INLAND))
    basic_transmission_loss(
        profile, frequency_ghz=2.6, transmitter_height_m=30.0, receiver_height_m=1.5, transmitter=(9.6, 105.0),
        receiver=(9.6, 105.01),
    )  # fmt: skip


def _paths() -> None:
    distance, flat = np.arange(9, dtype=np.float64) * 0.1, np.zeros((2, 9))
    basic_transmission_losses(Paths(distance, flat, flat, 30.0, 1.5, 9.6), frequency_ghz=2.6)


def _shadows() -> None:
    field, places = ShadowingField(1, 50.0), np.arange(3, dtype=np.float64)
    field.at(places, places)
    field.on_grid(places, places)


def _levels() -> None:
    sinr_of_levels(np.zeros((2, 3), dtype=np.float32), [1.0, 1.0], -122.0)


if __name__ == "__main__":
    started = perf_counter()
    warm()
    print(f"{perf_counter() - started:.1f} s")

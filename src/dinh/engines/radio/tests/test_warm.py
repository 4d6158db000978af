from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dinh.engines.radio.warm import warm

# What a planner asks for, in a process that is warm already; prints the kernels that had to be compiled or loaded for it.
COLD = """
import sys
from dataclasses import replace
import numpy as np
from numba.core.dispatcher import Dispatcher
from dinh.engines.radio.warm import warm
from dinh.engines.radio.antennas import Element
from dinh.engines.radio.maps.coverage import Sector, Site, coverage
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.nr.load import solve_loads

def ready():
    return {
        (module, name): len(kernel.signatures)
        for module, held in list(sys.modules.items()) if module.startswith("dinh.engines")
        for name, kernel in vars(held).items() if isinstance(kernel, Dispatcher)
    }

warm()
before = ready()
height = np.random.default_rng(1).uniform(0, 50, (60, 60)).astype(np.float32)
height.flags.writeable = False
ground = Ground(height, np.zeros_like(height), 0, 6000, 100, 100, "EPSG:32648", geographic=False)
sites = [Site("a", 3000, 3000, 30, [Sector(a, 5, Element(17.0, 65.0, 7.0), 15) for a in (0, 120, 240)])] * 2
for model in ("p1812", "tr38901-rma", "tr38901-uma", "tr38901-umi"):
    for sight in ("terrain", "statistical") if model != "p1812" else ("terrain",):
        asked = dict(model=model, sight=sight, frequency_ghz=3, radius_m=4000, noise_dbm=-122, receiver_height_m=2)
        coverage(ground, sites, **asked)
network = Network(ground, **asked)
network.put(sites)
network.preview([sites[0], replace(sites[1], x=2500)])
network.put([sites[0], replace(sites[1], x=2500)])
heard = network.heard(*np.nonzero(network.coverage.server >= 0))
solve_loads(heard, np.full(len(heard.cell), 1000.0), np.full(6, 20e6))
print([key for key, count in ready().items() if before.get(key, 0) != count])
"""


def test_it_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    warm(lambda done, of: told.append((done, of)))
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]


@pytest.mark.slow
def test_after_it_nothing_that_planning_asks_for_waits_for_the_compiler() -> None:
    source = str(Path(__file__).parents[4])
    done = subprocess.run(
        [sys.executable, "-c", COLD],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_by_itself_it_prints_seconds() -> None:
    source = str(Path(__file__).parents[4])
    done = subprocess.run(
        [sys.executable, "-m", "dinh.engines.radio.warm"], env=os.environ | {"PYTHONPATH": source}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert float(done.stdout.removesuffix(" s\n")) > 0

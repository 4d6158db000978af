"""What lies in memory for everybody is made once, however many ask for it first."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dinh.spine.places import api as places
from dinh.systems.maps.feeds import road_lines
from dinh.systems.maps.queries import catalogue, roads
from dinh.systems.maps.routing import graph as graphs

DIGEST = "a" * 40


def by_eight(ask: Callable[[int], object]) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))


def slowly(made: Callable[..., Any], times: list[str]) -> Callable[..., Any]:
    def make(*given: Any) -> Any:
        times.append("made")
        time.sleep(0.05)
        return made(*given)

    return make


def test_the_roads_are_read_once_for_all_tiles_of_a_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    road_lines.write(tmp_path, [(0, "Đường tỉnh 934", array("d", [105.97, 9.6, 105.98, 9.61]))])
    lines, read = road_lines.read(tmp_path), list[str]()
    monkeypatch.setattr(road_lines, "read", slowly(lambda folder: lines, read))
    there = graphs.Graph(DIGEST, "x", "", (105.0, 9.0, 106.0, 10.0), 1, False, "", "")
    monkeypatch.setattr(graphs, "current", lambda: there)
    by_eight(lambda n: roads.tile(DIGEST, 10, 813 + n, 484))
    assert read == ["made"]


def test_a_changed_register_is_built_once_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    urns = tuple(f"urn:dinh:facility:{n}" for n in range(9))
    degrees, kinds = np.zeros(9), np.zeros(9, dtype=np.int32)
    changed = places.Positions(urns, degrees, degrees, kinds, ("school",), -1, urns, urns)
    folded = list[str]()
    monkeypatch.setattr(places, "positions", lambda: changed)
    monkeypatch.setattr(catalogue, "fold", slowly(str, folded))
    by_eight(lambda n: catalogue.catalogue())
    assert len(folded) == len(urns)

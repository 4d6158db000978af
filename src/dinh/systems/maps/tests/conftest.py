"""The real roads of inner Hanoi, and the generated ones of the demonstration, each built once for the tests of the map."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as house
from pytest_django import DjangoDbBlocker

from dinh.spine.places import api as places
from dinh.systems.maps import examples
from dinh.systems.maps.feeds import osm_file, road_graph, road_lines
from dinh.systems.maps.routing import graph as graphs
from dinh.systems.maps.routing.process import ways

ROOT = Path(__file__).resolve().parents[5]
HANOI = "hanoi_roads_overpass.osm.pbf"


@pytest.fixture(scope="session")
def map_files() -> Path:
    folder = Path(os.environ.get("DINH_TEST_DATA", ROOT / ".." / "shared" / "data")) / "map"
    if not folder.is_dir():
        folder = ROOT.parents[1] / "shared" / "data" / "map"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set DINH_TEST_DATA to the folder of real test data")
    return folder


@pytest.fixture(scope="package")
def _units_loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    from dinh.spine.places.models import Passage, Place

    with django_db_blocker.unblock():
        places.load_units()
    yield
    with django_db_blocker.unblock():
        Passage.objects.all()._raw_delete("default")
        Place.objects.all()._raw_delete("default")


@pytest.fixture
def units(_units_loaded: None, db: None) -> None:
    """Every unit of both periods; loaded once, and anew should a test of another part have emptied the tables."""
    if not places.places([places.COUNTRY]):
        places.load_units()


@pytest.fixture(scope="session")
def _hanoi_home(map_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the graph of Hanoi, built without a register."""
    home = tmp_path_factory.mktemp("hanoi")
    extract = osm_file.read(map_files / HANOI)
    folder = home / "maps" / ("0" * 40)
    folder.mkdir(parents=True)
    road_graph.build(map_files / HANOI, folder)
    road_lines.write(folder, extract.roads)
    before = house.HOME
    house.HOME = home
    try:
        graphs.switch(
            graphs.Graph("0" * 40, HANOI, "2026-11-27T00:00:00+00:00", extract.bounds, extract.ways, False, osm_file.SOURCE, osm_file.LICENCE)
        )  # fmt: skip
    finally:
        house.HOME = before
    return home


@pytest.fixture
def hanoi(_hanoi_home: Path, settings: LazySettings) -> Iterator[None]:
    settings.HOME = _hanoi_home
    yield
    ways.end()


@pytest.fixture
def generated(units: None, settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """The network of the demonstration, with its places in the register."""
    settings.HOME = tmp_path
    taken = examples.make(area=house.AREA, seed=94)
    assert taken is not None
    assert not taken.refused
    yield
    ways.end()

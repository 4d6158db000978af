"""The catalogues are loaded once for the tests of places, and taken away after them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from dinh.spine.places import api as places

ROOT = Path(__file__).resolve().parents[5]


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
    """Every unit of both periods; loaded anew should a test of another part have emptied the tables."""
    from dinh.spine.places.models import Place

    if Place.objects.filter(kind="unit").count() < 14_150:
        places.load_units()


@pytest.fixture(scope="session")
def boundary_files() -> Path:
    folder = Path(os.environ.get("DINH_TEST_DATA", ROOT / ".." / "shared" / "data")) / "boundaries"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set DINH_TEST_DATA to the folder of real test data")
    return folder

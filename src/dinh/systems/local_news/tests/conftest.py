"""The former Sóc Trăng with its communes, loaded once for the tests of the news, and people of each role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from dinh.spine.places import api as places


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
    """Loaded anew should a test of another part have emptied the tables."""
    if not places.places([places.COUNTRY]):
        places.load_units()

"""Units and stations for the modules that need them: made once, rolled back after the module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from dinh.spine.observations.tests.province import stations
from dinh.spine.places import api as places


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[list[str], list[str]]]:
    """URNs of three stations, the first two in one commune, and of the two communes."""
    with django_db_blocker.unblock(), transaction.atomic():
        places.load_units()
        yield stations()
        transaction.set_rollback(True)

"""What every test has: a history that is empty before it (the data folder is `dinh.project.tests.home`'s)."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _each_test_begins_without_readings() -> Iterator[None]:
    yield
    owner = sys.modules.get("dinh.spine.observations.history.owner")
    if owner is not None:
        service = sys.modules.get("dinh.spine.observations.intake.service")
        if service is not None:
            service.stop()
        owner.discard()

"""Every test run has a data folder of its own, thrown away afterwards."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator

import pytest

_home = tempfile.mkdtemp(prefix="dinh-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["DINH_HOME"] = _home


@pytest.fixture(autouse=True)
def _each_test_begins_without_readings() -> Iterator[None]:
    yield
    owner = sys.modules.get("dinh.spine.observations.history.owner")
    if owner is not None:
        service = sys.modules.get("dinh.spine.observations.intake.service")
        if service is not None:
            service.stop()
        owner.discard()

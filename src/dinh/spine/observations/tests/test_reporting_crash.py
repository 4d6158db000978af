"""`kill -9` in the middle of approvals: what was approved is recorded, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dinh.spine.observations.tests import approvals

ROUNDS = 20


@pytest.mark.crash
@pytest.mark.slow
def test_no_approval_is_lost_and_none_is_recorded_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    environment = os.environ | {
        "DINH_HOME": str(tmp_path),
        "DINH_DATABASE_URL": "",
        "DINH_DEMO": "",
        "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", approvals.__name__, str(ROUNDS)],
        env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=110,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed"] >= ROUNDS / 2
    assert found["acknowledged"] >= ROUNDS
    assert found["lost"] == []
    assert found["left_approved"] == 0
    assert found["readings"] == found["different"] == 4 * found["recorded"]
    assert found["superseded"] == 0
    assert found["twice"] == []
    assert found["acts"] == 2 * found["recorded"]
    assert found["ledger"]

"""A few days of the played year, and that its reckoning finds what is not accounted for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from dinh.kernel import clock
from dinh.project.year.reckoning import reckon
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM


@pytest.mark.slow
def test_two_days_are_played_and_everything_is_accounted_for(tmp_path: Path) -> None:
    out = tmp_path / "year.json"
    dinh = Path(sys.executable).with_name("dinh")
    done = subprocess.run(
        [dinh, "year", "--days", "2", "--reports", "12", "--seed", "7", "--out", out],
        env=os.environ | {"DINH_HOME": str(tmp_path / "home"), "DINH_DATABASE_URL": ""},
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["ledger_ok"]
    assert figures["counted"]["task done"] > 10
    assert figures["happened"]["taken"] > 10


@pytest.mark.django_db
def test_a_deadline_that_passed_in_silence_and_a_case_left_open_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.now()
    case = cases.open_case(type="incident", title="Mất điện", by=SYSTEM)
    found = reckon(Counter(), start)
    assert any("neither an owner nor an outcome" in fault for fault in found.faults)
    person = parties.save_person(
        username="truc", name="Trực", email="", organisation=None, grants=[parties.Grant("operator", None)]
    )
    clock.move_to(start + timedelta(hours=3))
    try:
        worker = parties.actor_for_work(person.urn)
        cases.take(case.urn, by=worker)
        cases.move(case.urn, transition="start", by=worker)
        cases.move(case.urn, transition="resolve", by=worker)
        cases.move(case.urn, transition="close", by=worker, reason="Xong")
        faults = reckon(Counter(), clock.now()).faults
    finally:
        clock.move_to(None)
    assert len(faults) == 1
    assert "nobody was told" in faults[0]


@pytest.mark.django_db
def test_a_case_whose_reminder_went_out_is_accounted_for() -> None:
    start = clock.now()
    parties.save_person(
        username="truong", name="Trưởng", email="", organisation=None, grants=[parties.Grant("leader", None)]
    )
    case = cases.open_case(type="incident", title="Mất điện", by=SYSTEM)
    clock.move_to(start + timedelta(minutes=20))
    try:
        assert cases.escalate_overdue() == 1
        worker = parties.actor_for_work("urn:dinh:person:truong")
        clock.move_to(start + timedelta(minutes=40))
        cases.take(case.urn, by=worker)
        cases.move(case.urn, transition="reject", by=worker, reason="Nhầm")
        assert reckon(Counter(), clock.now()).faults == []
    finally:
        clock.move_to(None)

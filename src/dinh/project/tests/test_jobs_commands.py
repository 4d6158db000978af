from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest

from dinh.kernel.errors import Conflict
from dinh.project import cli
from dinh.spine.jobs import api as jobs
from dinh.spine.jobs import registrations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    kept = dict(registrations.kinds)
    yield
    registrations.kinds.clear()
    registrations.kinds.update(kept)


def failing(work: jobs.Running) -> None:
    raise ValueError("no such column")


def test_long_work_is_listed_cancelled_and_tried_again_from_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verbs = cli.verbs()
    assert verbs["jobs"][1]([]) == 0
    assert capsys.readouterr().out == "no long work\n"
    jobs.task_kind("test.failing", failing, attempts=1)
    row = jobs.start("test.failing", {}, title="Nhập niên giám", by="urn:dinh:person:an")
    jobs.run_due_tasks()
    verbs["jobs"][1](["--state", "failed"])
    said = capsys.readouterr().out
    assert row.id in said
    assert "ValueError: no such column" in said
    verbs["jobs"][1](["--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["state"], told["attempts"]) == (row.id, "failed", 1)
    assert verbs["jobs retry"][1]([row.id]) == 0
    assert jobs.task(row.id).state == "waiting"
    assert verbs["jobs cancel"][1]([row.id]) == 0
    assert "cancelled" in capsys.readouterr().out
    with pytest.raises(Conflict):
        verbs["jobs cancel"][1]([row.id])
    scraped = generate_latest().decode()
    assert 'dinh_tasks{state="cancelled"} 1.0' in scraped
    assert 'dinh_tasks{state="waiting"} 0.0' in scraped
    assert 'dinh_task_attempts_total{kind="test.failing",state="failed"}' in scraped

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from dinh.kernel.errors import SourceUnavailable
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations


def test_the_process_answers_that_it_lives() -> None:
    response = Client().get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_metrics_are_for_this_machine_alone() -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404
    forwarded = Client(REMOTE_ADDR="127.0.0.1").get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert forwarded.status_code == 404
    forwarded = Client(REMOTE_ADDR="127.0.0.1").get("/metrics", headers={"X-Forwarded-Host": "dinh.example"})
    assert forwarded.status_code == 404


@pytest.mark.django_db
def test_readiness_names_faults_to_this_machine_alone() -> None:
    near = Client(REMOTE_ADDR="127.0.0.1").get("/readyz")
    far = Client(REMOTE_ADDR="203.0.113.9").get("/readyz")
    assert "faults" in near.json()
    assert "faults" not in far.json()
    assert near.status_code == far.status_code


@pytest.mark.django_db
def test_events_set_aside_are_told_and_do_not_make_the_process_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = replace(jobs.backlog(), failed=3, failed_tasks=2)
    monkeypatch.setattr(jobs, "backlog", lambda: backlog)
    answer = Client(REMOTE_ADDR="127.0.0.1").get("/readyz")
    assert (answer.status_code, answer.json()["notes"]) == (200, {"jobs": "3 failed", "tasks": "2 failed"})


@pytest.mark.django_db
def test_a_history_that_fails_makes_the_process_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise SourceUnavailable("observations.not_open", "the history is not open")

    monkeypatch.setattr(observations, "latest", fail)
    answer = Client(REMOTE_ADDR="127.0.0.1").get("/readyz")
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["history"])


@pytest.mark.django_db
def test_the_reference_of_the_api_names_every_operation_and_asks_no_other_host() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    page = Client().get("/api/v1/docs").content.decode()
    assert all(path in page for path in document["paths"])
    assert "https://" not in page

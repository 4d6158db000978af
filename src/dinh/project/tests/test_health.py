from __future__ import annotations

import pytest
from django.test import Client


def test_the_process_answers_that_it_lives() -> None:
    response = Client().get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_metrics_are_for_this_machine_alone() -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404
    forwarded = Client(REMOTE_ADDR="127.0.0.1").get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert forwarded.status_code == 404


@pytest.mark.django_db
def test_readiness_names_faults_to_this_machine_alone() -> None:
    near = Client(REMOTE_ADDR="127.0.0.1").get("/readyz")
    far = Client(REMOTE_ADDR="203.0.113.9").get("/readyz")
    assert "faults" in near.json()
    assert "faults" not in far.json()
    assert near.status_code == far.status_code

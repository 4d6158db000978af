"""Thousands of odd questions to the whole JSON API, in this process: no answer is a server error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 25
STATION = "urn:dinh:organisation:fuzzed"


@pytest.fixture(autouse=True)
def _connection_of_the_test_stays_open() -> Iterator[None]:
    """As Django's own test client does: the end of a request must not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """A house with a reading, an alert and a key that may do everything the API offers."""
    monkeypatch.setattr("django.conf.settings.ALLOWED_HOSTS", ["*"])
    parties.save_organisation(id="fuzzed", name_vi="Thử", name_en="Fuzzed")
    observations.declare_indicators(
        [
            IndicatorSpec(
                code="fuzz.level", name=Text("Mực", "Level"), domain=Text("Nước", "Water"), unit="m", kind=Kind.GAUGE
            )
        ],
        by=SYSTEM,
    )
    rule = RuleSpec("fuzz.high", "fuzz.level", Text("Cao", "High"), Severity.MINOR, above=1.0)
    observations.declare_rules([rule], by=SYSTEM)
    observations.save_source(
        code="fuzz", name_vi="Thử", name_en="Fuzz", owner="", licence="CC0-1.0", simulated=True, period=None
    )
    reading = {
        "indicator": "fuzz.level", "subject": STATION, "value": 2.0, "source": "fuzz", "observed_at": clock.now().isoformat(),
    }  # fmt: skip
    assert observations.record([reading], by=SYSTEM, channel="test").accepted == 1
    _, secret = parties.issue_key(label="fuzz", owner=STATION, scopes=parties.permissions(), by=SYSTEM)
    return secret


def operations() -> Iterator[tuple[str, str]]:
    from dinh.project.api import api

    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            yield method.upper(), path


@pytest.mark.parametrize(("method", "path"), list(operations()), ids=lambda part: part)
def test_no_question_is_answered_with_a_server_error(method: str, path: str, secret: str) -> None:
    """Half of the questions keep to the description, half break it; half carry a key that may do everything."""
    application = get_wsgi_application()
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)[path][method]
    kept = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    broken = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    statuses: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=kept | broken, with_key=st.booleans())
    def ask(case: Any, with_key: bool) -> None:
        response = case.call(headers={"Authorization": f"Bearer {secret}"} if with_key else {})
        statuses.append(response.status_code)
        assert response.status_code < 500, f"{case.as_curl_command()} -> {response.status_code} {response.text[:500]}"
        if response.status_code in {403, 404, 409, 422} and response.headers.get("content-type", [""])[0].startswith(
            "application/json"
        ):
            told = response.json()
            assert {"code", "message"} <= told.keys() or "rejected" in told, told

    ask()
    assert statuses

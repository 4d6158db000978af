"""The community's own description of GeoReport v2, against ours: thousands of questions, every answer as described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

from dinh.gateways.open311.views import jurisdiction
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.spine.requests.tests.conftest import _ground, _journal, _kind_of_work, draft, told
from dinh.spine.submissions import api as submissions

__all__ = ["_ground", "_journal", "_kind_of_work", "told"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DESCRIBED = Path(__file__).resolve().parents[3] / "shared/data/open311/georeport_v2-1.yaml"
EXAMPLES = 20
OPERATIONS = (
    ("GET", "/services.{response_format}"), ("GET", "/services/{service_code}.{response_format}"),
    ("GET", "/requests.{response_format}"), ("POST", "/requests.{response_format}"),
    ("GET", "/request/{service_request_id}.{response_format}"), ("GET", "/tokens/{token_id}.{response_format}"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _open_house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from dinh.gateways.open311 import views

    monkeypatch.setattr("django.conf.settings.ALLOWED_HOSTS", ["*"])
    monkeypatch.setattr(views.reads, "per_second", 1e9)
    monkeypatch.setattr(views.writes, "per_second", 1e9)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_every_answer_is_as_the_community_describes_it(method: str, path: str) -> None:
    """Half of the questions name what there is; the jurisdiction is ours, for any other is refused at the door."""
    if not DESCRIBED.exists():
        pytest.skip(f"the description of GeoReport v2 is not here ({DESCRIBED.name})")
    from dinh.spine.requests import api as requests

    owner = parties.save_organisation(id="fuzz", name_vi="Thử", name_en="Fuzz")
    secret = parties.issue_key(label="fuzz", owner=owner.urn, scopes=["open311.report"], by=SYSTEM)[1]
    receipt = requests.hand_in(draft())
    submissions.work_off()
    described = yaml.safe_load(DESCRIBED.read_text(encoding="utf-8"))
    described["basePath"] = "/open311/v2"
    described["parameters"]["response_format"] |= {"enum": ["json", "xml"]}
    described["parameters"]["jurisdiction_id"] |= {"enum": [jurisdiction()]}
    known = {
        "service_code": ["hole", "lamp", "none"], "service_request_id": [receipt.number, "none"], "token_id": [str(receipt.id), "x"],
    }  # fmt: skip
    for parameter in described["paths"][path][method.lower()]["parameters"]:
        if parameter.get("name") in known:
            parameter["enum"] = known[parameter["name"]]
    # A list of one, as the standard itself and every city answer; the description has the bare record here.
    for single in ("/request/{service_request_id}.{response_format}", "/tokens/{token_id}.{response_format}"):
        ok = described["paths"][single]["get"]["responses"]["200"]
        ok["schema"] = {"type": "array", "items": ok["schema"]}
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=schema[path][method].as_strategy())
    def ask(case: Any) -> None:
        if method == "POST":
            case.query = {"address_string": "Chợ", **(case.query or {}), "api_key": secret, "description": "Đèn tắt"}
        response = case.call()
        statuses.add(response.status_code)
        assert response.status_code < 500, f"{case.as_curl_command()} -> {response.text[:500]}"
        kind = response.headers["content-type"][0]
        if response.status_code == 200 and kind.startswith("application/json"):
            case.validate_response(response, checks=[schemathesis.checks.response_schema_conformance])

    ask()
    assert 200 in statuses, statuses

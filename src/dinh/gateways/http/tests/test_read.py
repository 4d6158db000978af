"""What other machines can ask: the catalogue, readings, figures, alerts, cases and places."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db
STATION = "urn:dinh:organisation:station"
NOW = clock.now().replace(second=0, microsecond=0)
START = NOW - timedelta(hours=2)


@pytest.fixture(autouse=True)
def _readings() -> None:
    parties.save_organisation(id="station", name_vi="Trạm", name_en="Station")
    observations.declare_indicators(
        [
            IndicatorSpec(
                code="api.salinity", name=Text("Độ mặn", "Salinity"), domain=Text("Nước", "Water"), unit="g/L",
                kind=Kind.GAUGE, period=timedelta(minutes=10),
            )
        ],
        by=SYSTEM,
    )  # fmt: skip
    observations.declare_rules(
        [
            RuleSpec(
                code="api.salty", indicator="api.salinity", name=Text("Mặn", "Salty"), severity=Severity.CRITICAL,
                above=4.0, clear_at=3.5,
            )
        ],
        by=SYSTEM,
    )  # fmt: skip
    observations.save_source(
        code="api.met", name_vi="Đài", name_en="Met", owner="", licence="CC-BY-4.0", simulated=True, period=None
    )
    rows = [
        {
            "indicator": "api.salinity", "subject": STATION, "source": "api.met", "value": 1.0 + i / 4,
            "observed_at": (START + i * timedelta(minutes=10)).isoformat(),
        }
        for i in range(13)
    ]  # fmt: skip
    receipt = observations.record(rows, by=SYSTEM, channel="test")
    assert receipt.accepted == 13


def get(path: str, status: Any = 200, **query: Any) -> Any:
    response = Client().get(f"/api/v1{path}", query)
    assert response.status_code == status, response.content
    return response.json()


def test_the_description_is_openapi_3_1_and_names_every_answer() -> None:
    described = get("/openapi.json")
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/observations", "/api/v1/alerts/{alert}/acknowledge", "/api/v1/cases"} <= described["paths"].keys()
    assert set(described["paths"]["/api/v1/observations"]) == {"get", "post"}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"], (path, method)
            assert operation["responses"].keys() >= {"200", "422"} or path.endswith("observations")


def test_the_catalogue_is_public() -> None:
    mine = next(row for row in get("/indicators") if row["code"] == "api.salinity")
    assert (mine["unit"], mine["period"], mine["name"]) == ("g/L", "PT10M", {"vi": "Độ mặn", "en": "Salinity"})
    assert get("/indicators/api.salinity") == mine
    assert any(row["code"] == "api.met" and row["simulated"] for row in get("/sources"))


def test_an_unknown_indicator_is_answered_with_the_nearest_codes() -> None:
    problem = get("/indicators/api.salinty", 404)
    assert problem["code"] == "observations.no_indicator"
    assert "api.salinity" in problem["message"]


def test_readings_come_by_pages_that_miss_and_repeat_nothing() -> None:
    seen, cursor = [], ""
    while True:
        page = get("/observations", indicator="api.salinity", limit=5, cursor=cursor, **{"from": START.isoformat()})
        seen += [row["value"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [1.0 + i / 4 for i in range(13)]
    assert page["items"][0]["simulated"] is True
    assert page["items"][0]["unit"] == "g/L"


def test_the_same_page_is_there_in_four_forms() -> None:
    query: dict[str, str | int] = {
        "indicator": "api.salinity",
        "from": START.isoformat(),
        "to": NOW.isoformat(),
        "limit": 4,
    }
    as_json = get("/observations", **query)["items"]
    ndjson = Client().get("/api/v1/observations", query | {"format": "ndjson"})
    lines = [json.loads(line) for line in ndjson.content.splitlines()]
    assert lines == as_json
    assert ndjson["Next-Cursor"]
    sheet = Client().get("/api/v1/observations", query | {"format": "csv"}).content.decode("utf-8-sig")
    assert [float(row["value"]) for row in csv.DictReader(io.StringIO(sheet))] == [row["value"] for row in as_json]
    stream = Client().get("/api/v1/observations", query | {"format": "arrow"}).content
    table = pa.ipc.open_stream(stream).read_all()
    assert table["value"].to_pylist() == [row["value"] for row in as_json]
    assert str(table.schema.field("observed_at").type) == "timestamp[us, tz=UTC]"


def test_a_step_asks_for_a_roll_up() -> None:
    page = get("/observations", indicator="api.salinity", subject=STATION, every="PT1H", **{"from": START.isoformat()})
    assert page["items"][0]["place"] == STATION
    assert page["items"][0]["unit"] == "g/L"
    assert sum(row["readings"] for row in page["items"]) >= 12
    series = observations.series_of(subject=STATION)[0].id
    assert get("/observations", series=series, every="PT1H", **{"from": START.isoformat()}) == page


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "request.too_wide"),
        ({"indicator": "api.salinity", "every": "PT1H"}, "request.too_wide"),
        ({"indicator": "api.salinity", "every": "1h"}, "request.invalid"),
        ({"indicator": "api.salinity", "from": "2026-01-01T00:00:00"}, "request.invalid"),
        ({"indicator": "api.salinity", "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "observations.empty_span"),
        ({"indicator": "api.salinity", "cursor": "yesterday"}, "observations.bad_cursor"),
        ({"indicator": "api.salinity", "subject": STATION, "every": "PT1S", "from": "2026-01-01T00:00:00Z"}, "observations.too_many_steps"),
        ({"indicator": "a\x00b"}, "request.invalid"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_with_a_code_and_a_message(query: dict[str, str], code: str) -> None:
    problem = get("/observations", 422, **query)
    assert problem.keys() == {"code", "message"}
    assert problem["code"] == code


def test_newest_readings_series_and_figures_are_public() -> None:
    assert get("/latest", indicator="api.salinity")[0]["value"] == 4.0
    series = get("/series", indicator="api.salinity")
    assert (len(series["items"]), series["next"]) == (1, None)
    figure = get("/figures", place=STATION, indicator=["api.salinity"])[0]
    assert (figure["value"], figure["simulated"], figure["missing"]) == (4.0, True, None)
    assert any(row["source"] == "api.met" for row in get("/quality"))


def test_readings_of_a_person_are_not_public() -> None:
    person = parties.save_person(username="an", name="An", email="an@example.vn", organisation=STATION, grants=[]).urn
    rows = [
        {
            "indicator": "api.salinity", "subject": person, "source": "api.met", "value": 9.0,
            "observed_at": (NOW - timedelta(minutes=1)).isoformat(),
        }
    ]  # fmt: skip
    assert observations.record(rows, by=SYSTEM, channel="test").accepted == 1
    number = observations.series_of(subject=person)[0].id
    since = {"from": START.isoformat()}
    key = bearer("observations.read")
    for path, query in (
        ("/series", {"indicator": "api.salinity"}),
        ("/series", {"subject": person}),
        ("/series", {"place": person}),
        ("/latest", {"indicator": "api.salinity"}),
        ("/latest", {"subject": person}),
        ("/latest", {}),
        ("/observations", {"indicator": "api.salinity"} | since),
        ("/observations", {"subject": person} | since),
        ("/observations", {"series": str(number)} | since),
    ):
        assert person not in json.dumps(get(path, **query)), (path, query)
        keyed = Client().get(f"/api/v1{path}", query, headers=key).content.decode()
        assert person in keyed, (path, query)
    assert get("/latest", limit=1)
    for query in ({"subject": person}, {"series": str(number)}, {"place": person}):
        problem = get("/observations", 404, indicator="api.salinity", every="PT1H", **query, **since)
        assert problem["code"] == ("observations.no_series" if "series" in query else "observations.of_a_person")
    assert get("/figures", 404, place=person, indicator=["api.salinity"])["code"] == "observations.of_a_person"


def test_the_public_asks_for_the_quality_of_a_week_and_a_key_for_that_of_a_year() -> None:
    assert get("/quality", hours=168)
    problem = get("/quality", 422, hours=169)
    assert (problem["code"], "168" in problem["message"]) == ("request.too_many_hours", True)
    key = bearer("observations.read")
    assert Client().get("/api/v1/quality", {"hours": 8784}, headers=key).status_code == 200
    assert Client().get("/api/v1/quality", {"hours": 8785}, headers=key).status_code == 422


def fire() -> str:
    observations.record(
        [
            {
                "indicator": "api.salinity", "subject": STATION, "source": "api.met", "value": 5.0,
                "observed_at": (NOW + timedelta(seconds=1)).isoformat(),
            }
        ],
        by=SYSTEM,
        channel="test",
    )  # fmt: skip
    return observations.alerts()[0].urn


def bearer(*scopes: str) -> dict[str, str]:
    _, secret = parties.issue_key(label="test", owner=STATION, scopes=scopes, by=SYSTEM)
    return {"Authorization": f"Bearer {secret}"}


def test_the_public_sees_that_an_alert_is_there_but_not_where_exactly_nor_who() -> None:
    urn = fire()
    item = get("/alerts")["items"][0]
    assert (item["urn"], item["severity"], item["threshold"], item["simulated"]) == (urn, "critical", 4.0, True)
    assert (item["subject"], item["series"], item["acknowledged_by"]) == (None, None, None)
    detailed = Client().get("/api/v1/alerts", headers=bearer("operations.view_detail")).json()["items"][0]
    assert detailed["subject"] == STATION


def test_a_key_with_the_scope_acknowledges_once() -> None:
    urn = fire()
    path = f"/api/v1/alerts/{urn.rpartition(':')[2]}/acknowledge"
    assert Client().post(path).status_code == 403
    assert Client().post(path, headers=bearer("observations.record")).status_code == 403
    key = bearer("observations.acknowledge")
    assert Client().post(path, headers=key).json()["state"] == "acknowledged"
    again = Client().post(path, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "observations.alert_not_open")
    assert get("/alerts/999999", 404)["code"] == "observations.no_alert"


def test_cases_need_a_permission() -> None:
    assert get("/cases", 403).keys() == {"code", "message"}
    assert Client().get("/api/v1/cases", headers=bearer("cases.view")).json()["items"] == []
    assert Client().get("/api/v1/cases/2026-000001", headers=bearer("cases.view")).status_code == 404


def test_a_key_that_is_not_in_force_is_refused_with_a_reason() -> None:
    response = Client().get("/api/v1/cases", headers={"Authorization": "Bearer nonsense"})
    assert (response.status_code, response.json()["code"]) == (403, "parties.key_not_in_force")


def test_places_are_found_by_name_and_by_point_and_say_what_they_became() -> None:
    from dinh.spine.places import api as places

    places.load_units()
    found = get("/places", q="soc trang", kind=["unit"], limit=3)
    assert any(row["name"]["vi"] == "Sóc Trăng" for row in found)
    former = get("/places/urn:dinh:unit:2004:94")
    assert [item["place"]["urn"] for item in former["became"]] == ["urn:dinh:unit:2025:92"]
    assert get("/places", lon=105.99, lat=9.63)[0]["level"] == "commune"
    assert get("/places/urn:dinh:unit:2025:92/children", level="commune")
    assert get("/places/urn:dinh:unit:2025:none", 404)["code"] == "places.no_place"
    assert get("/places", 422)["code"] == "request.too_wide"

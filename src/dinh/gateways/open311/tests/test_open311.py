"""GeoReport v2 as clients speak it."""

from __future__ import annotations

import io
import os
import socket
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from PIL import Image

from dinh.gateways.open311 import terms
from dinh.kernel import clock
from dinh.spine.parties.api import Actor
from dinh.spine.requests import api as spine
from dinh.spine.requests.models import Request
from dinh.spine.requests.tests.conftest import closed, handed_in
from dinh.spine.submissions import api as submissions

pytestmark = pytest.mark.django_db
V2 = "/open311/v2"


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.effect_noise((320, 200), 60).convert("RGB").save(out, "JPEG")
    return SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg")


def ask(path: str, **values: Any) -> Any:
    return Client().get(f"{V2}/{path}", {"locale": "en", **values})


def send(key: str, form: str = "json", **values: Any) -> Any:
    given = {
        "api_key": key, "service_code": "hole", "lat": "9.5", "long": "106.2", "attribute[size]": "large",
        "description": f"Ổ gà {uuid4()}", **values,
    }  # fmt: skip
    return Client().post(f"{V2}/requests.{form}", given)


def test_tests_that_know_a_single_kind_of_report_take_no_address_from_later_ones() -> None:
    assert resolve("/services/").namespace == "public_services"


def test_the_services_and_what_is_asked_for_them_in_both_forms() -> None:
    listed = ask("services.json").json()
    assert [one["service_code"] for one in listed] == ["hole", "lamp", "bribe"]
    assert listed[0]["metadata"]
    assert not listed[1]["metadata"]
    (attribute,) = ask("services/hole.json").json()["attributes"]
    assert (attribute["code"], attribute["datatype"], attribute["required"]) == ("size", "singlevaluelist", True)
    assert [value["key"] for value in attribute["values"]] == ["small", "large"]
    root = fromstring(ask("services.xml").content)
    assert [element.tag for element in root] == ["service"] * 3
    assert root.findtext("service/service_code") == "hole"
    definition = fromstring(ask("services/hole.xml").content)
    assert definition.findtext("attributes/attribute/values/value/key") == "small"
    assert ask("discovery.json").json()["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"


def test_a_client_reports_with_a_key_and_pictures_and_reads_it_back(key: str) -> None:
    sent = send(key, media=picture(), email="ban@example.vn", first_name="Mẫu", last_name="Trần Thị")
    (receipt,) = sent.json()
    submissions.work_off()
    (record,) = ask(f"requests/{receipt['service_request_id']}.json", extensions="true").json()
    assert (record["status"], record["service_code"], record["lat"], record["long"]) == ("open", "hole", 9.5, 106.2)
    assert record["expected_datetime"] > record["requested_datetime"]
    assert "ban@example.vn" not in str(record)
    media = Client().get(record["media_url"].removeprefix("http://localhost:8000"))
    assert (media.status_code, media["Content-Type"]) == (200, "image/jpeg")
    xml = fromstring(ask(f"requests/{receipt['service_request_id']}.xml").content)
    assert xml.findtext("request/service_request_id") == receipt["service_request_id"]
    assert xml.find("request/zipcode") is None
    assert (ask(f"request/{receipt['service_request_id']}.json")).status_code == 200


def test_the_token_of_a_report_leads_to_its_number(key: str) -> None:
    token = str(uuid4())
    number = send(key, id=token).json()[0]["service_request_id"]
    assert send(key, id=token).json()[0]["service_request_id"] == number
    assert ask(f"tokens/{token}.json").json() == [{"service_request_id": number, "token": token}]
    assert ask(f"tokens/{uuid4()}.json").status_code == 404


def test_a_token_tells_of_nothing_but_reports(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token = uuid4()
    send(key, id=str(token))
    row = submissions.of(token)
    assert row is not None
    monkeypatch.setattr(submissions, "of", lambda id: replace(row, kind="dossier"))
    assert ask(f"tokens/{token}.json").status_code == 404


def test_the_address_of_a_picture_is_kept_as_words_and_nobody_is_asked_for_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*arguments: object, **named: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", nobody)
    (receipt,) = send(key, media_url="http://127.0.0.1:8000/admin").json()
    submissions.work_off()
    row = Request.objects.get(number=receipt["service_request_id"])
    assert "http://127.0.0.1:8000/admin" in row.description
    assert (row.shown, row.photos.count()) == (False, 0)


def test_closed_without_fixing_is_closed_with_its_reason_and_told_apart(binh: Actor) -> None:
    _, number = handed_in()
    closed(number, binh, step="close_unfixed")
    (record,) = ask(f"requests/{number}.json", extensions="1").json()
    assert record["status"] == "closed"
    assert record["status_notes"] == "Closed, not fixed. Đã vá bằng nhựa nóng."
    assert record["extended_attributes"]["fixed"] is False
    told = ask("servicerequestupdates.json", service_request_id=number).json()
    assert [one["status"] for one in told] == ["OPEN", "OPEN", "NOT_FIXED"]


def test_private_and_hidden_reports_are_nowhere(key: str, binh: Actor) -> None:
    _, private = handed_in(private=True)
    _, category = handed_in(category="bribe", answers={}, description="Đòi tiền ngoài lệ phí")
    number = send(key, description="Vay tiền tại www.lua-dao.example").json()[0]["service_request_id"]
    submissions.work_off()
    assert ask("requests.json").json() == []
    for hidden in (private, category, number):
        assert ask(f"requests/{hidden}.json").status_code == 404
        assert ask("requests.json", service_request_id=hidden).json() == []
        assert ask("servicerequestupdates.json", service_request_id=hidden).json() == []
        assert Client().get(f"{V2}/media/{hidden}/1").status_code == 404


def test_questions_are_filtered_by_service_status_time_and_place(binh: Actor) -> None:
    _, first = handed_in()
    _, lamp = handed_in(category="lamp", answers={}, description="Đèn tắt ở ngã ba", longitude=106.0, latitude=9.7)
    closed(first, binh)

    def numbers(**values: Any) -> list[str]:
        return sorted(one["service_request_id"] for one in ask("requests.json", **values).json())

    assert numbers() == sorted([first, lamp])
    assert numbers(status="closed") == [first]
    assert numbers(status="open,closed") == sorted([first, lamp])
    assert numbers(service_code="lamp,bribe") == [lamp]
    assert numbers(lat="9.7", long="106.0", radius="200") == [lamp]
    assert numbers(service_request_id=f"{first},{lamp}", status="open") == sorted([first, lamp])
    assert numbers(start_date=(clock.now() + timedelta(days=1)).isoformat()) == []
    assert numbers(page_size="1", page="2") == [first]


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("requests.json", {"status": "half"}, 400),
        ("requests.json", {"start_date": "gestern"}, 400),
        ("requests.json", {"start_date": "9999-12-31T00:00:00Z"}, 400),
        ("requests.json", {"end_date": "0001-01-02T00:00:00Z"}, 400),
        ("requests.json", {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-09-01T00:00:00Z"}, 400),
        ("requests.json", {"page_size": "0"}, 400),
        ("requests.json", {"lat": "x", "long": "1"}, 400),
        ("requests.json", {"jurisdiction_id": "boston.gov"}, 404),
        ("requests.yaml", {}, 404),
        ("services/none.json", {}, 404),
        ("requests/none.xml", {}, 404),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_the_form_of_the_standard(
    path: str, values: dict[str, str], status: int
) -> None:
    answer = ask(path, **values)
    assert answer.status_code == status
    if path.endswith(".xml"):
        assert fromstring(answer.content).findtext("error/code") == str(status)
    else:
        (error,) = answer.json()
        assert error["code"] == status
        assert error["description"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "none"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "north"}, 400),
        ({"attribute[size]": "huge"}, 400),
        ({"attribute[size]": ""}, 400),
        ({"media": SimpleUploadedFile("a.svg", b"")}, 400),
    ],
)
def test_a_report_that_is_not_right_is_refused_and_nothing_is_taken(
    key: str, changes: dict[str, Any], status: int
) -> None:
    assert (
        send(**{"key": key, **changes} if "api_key" not in changes else {"key": changes["api_key"]}).status_code
        == status
    )
    assert submissions.standing().waiting == 0


def test_a_word_from_another_program_waits_for_an_official(key: str, binh: Actor) -> None:
    _, number = handed_in()
    sent = Client().post(
        f"{V2}/servicerequestupdates.json",
        {"api_key": key, "service_request_id": number, "description": "Vẫn còn, gần số 12"},
    )
    assert sent.status_code == 200
    assert "số 12" not in ask("servicerequestupdates.json", service_request_id=number).content.decode()
    (voice,) = [one for one in spine.timeline(spine.request(number), moderator=True) if one.what == "comment"]
    spine.show_voice(number, voice.id or 0, shown=True, by=binh)
    assert "số 12" in ask("servicerequestupdates.json", service_request_id=number).content.decode()


def test_what_happened_within_a_span_is_told_also_when_more_has_happened_since(
    key: str, binh: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: began - timedelta(days=3))
    _, number = handed_in()
    monkeypatch.setattr(clock, "now", lambda: began)
    closed(number, binh)
    first, last = (terms.moment(began - timedelta(days=days)) for days in (4, 2))

    def told(**more: Any) -> list[str]:
        return [one["kind"] for one in ask("servicerequestupdates.json", start_date=first, **more).json()]

    assert told(end_date=last) == ["opened"]
    assert len(told()) > 1
    assert told(page=2, page_size=1) == []
    assert ask("servicerequestupdates.json", start_date=first)["X-Total-Count"] == "1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_public_client_of_the_community_works_unmodified(live_server: Any, form: str) -> None:
    from georeport import GeoReport

    os.environ["NO_PROXY"] = "*"
    handed_in()
    _, number = handed_in(category="lamp", answers={}, description="Đèn đường tắt cả tuần")
    city = GeoReport(f"{live_server.url}{V2}", output_format=form)
    assert [one["service_code"] for one in city.get_service_list()] == ["hole", "lamp", "bribe"]
    assert city.get_service_definition("hole")["service_code"] == "hole"
    assert {one["service_code"] for one in city.get_service_requests()} == {"hole", "lamp"}
    assert city.get_service_requests(service_code="lamp", status="open") is not None
    assert city.get_service_request(number)["service_request_id"] == number

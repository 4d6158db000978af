"""The form as a page: what is wrong stands at its field, what was typed stays, and sending leads to one's own page."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dinh.spine.parties import api as parties
from dinh.spine.requests import api as requests
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app.tests.conftest import given, worked_off
from dinh.systems.citizen_app.web import intake

pytestmark = pytest.mark.django_db


def test_without_a_script_a_report_is_taken_and_leads_to_its_own_page(client: Client) -> None:
    id = uuid4()
    answer = client.post("/app/report/", given(id=id))
    assert answer.status_code == 303
    assert answer["Location"] == f"/app/r/{id}/?new=1"
    again = client.post("/app/report/", given(id=id))
    assert again["Location"] == answer["Location"]
    worked_off()
    assert requests.followed(id).request.category == "noise"


def test_what_is_missing_is_named_at_its_field_and_what_was_typed_stays(client: Client) -> None:
    photo = SimpleUploadedFile("ổ gà.jpg", b"x", content_type="image/jpeg")
    said = given(category="flooding", address="", phone="mười số", name="<script>alert(1)</script>", photo=photo)
    answer = client.post("/app/report/", said)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "câu hỏi này cần" in page.lower() or "câu này cần" in page.lower()
    for field in ("id_address", "id_phone"):
        assert f'href="#{field}"' in page
    assert "Loa kéo hát đến nửa đêm" in page
    assert "chọn lại 1 ảnh" in page
    assert "<script>alert(1)" not in answer.content.decode()
    assert submissions.standing().unfiled == 0


def test_questions_of_a_category_are_there_without_a_script_and_others_are_not_sent(client: Client) -> None:
    page = client.post("/app/report/", given(category="street_light", ask="1")).content.decode()
    lamps = re.search(
        r'<div class="question" data-asked="street_light" data-name="lamps"[^>]*>\s*<fieldset[^>]*>', page
    )
    depth = re.search(r'<div class="question" data-asked="flooding"[^>]*>\s*<fieldset[^>]*>', page)
    assert lamps
    assert depth
    assert "hidden" not in lamps[0]
    assert "disabled" not in lamps[0]
    assert "hidden" in depth[0]
    assert "disabled" in depth[0]
    answer = client.post(
        "/app/report/", given(category="street_light", **{"answer.lamps": "3", "answer.depth": "knee"})
    )
    assert answer.status_code == 303


def test_a_page_of_a_signed_in_person_carries_their_word_and_a_kept_page_nobodys(client: Client) -> None:
    from django.contrib.auth import get_user_model

    person = parties.save_person(username="mai", name="Lê Thị Mai", email=None, organisation=None, grants=[])
    client.force_login(get_user_model().objects.get(username="mai"))
    found = re.search(r'name="account" value="([^"]+)"', client.get("/app/report/").content.decode())
    assert found
    assert signing.loads(found[1], salt=intake.ACCOUNT) == person.urn
    kept = client.get("/app/shell/vi/report/").content.decode()
    assert 'name="account"' not in kept
    assert "Lê Thị Mai" not in kept
    client.post("/app/report/", given(id=uuid4(), category="public_order"))
    worked_off()
    own = client.get("/app/mine/").content.decode()
    number = requests.requests(requests.RequestQuery(person=person.urn)).rows[0].number
    assert number in own
    there = client.get(f"/app/mine/{number}/")
    assert UUID(there["Location"].split("/")[3])


def test_around_a_point_says_the_commune_and_what_is_open_there_but_nothing_private(client: Client) -> None:
    from dinh.spine.places import api as places

    places.load_units()
    at = {"longitude": "106.2", "latitude": "9.52"}
    for category in ("noise", "public_order"):
        client.post("/app/report/", given(id=uuid4(), category=category, address="", **at))
    worked_off()
    found = client.get("/app/report/around", at).json()
    assert found["within"]
    assert "Trần Đề" in found["unit"]["name"]
    assert [row["category"] for row in found["requests"]] == ["Tiếng ồn"]
    assert client.get("/app/report/around", at | {"category": "waste"}).json()["requests"] == []
    assert client.get("/app/report/around", {"longitude": "nan", "latitude": "9"}).status_code == 422


def test_whoever_has_the_same_trouble_follows_it_and_no_phone_rings_for_anothers_clicks(client: Client) -> None:
    client.post("/app/report/", given(id=uuid4()))
    worked_off()
    number = requests.requests(requests.RequestQuery()).rows[0].number
    asked = {"number": number, "address": "0987 654 321"}
    answers = [client.post("/app/report/same", asked).status_code for _ in range(7)]
    assert answers[0] == 200
    assert answers[5:] == [422, 422]
    assert client.post("/app/report/same", asked | {"address": "no address"}).status_code == 422
    assert client.post("/app/report/same", {"number": "PA-none", "address": "0987 111 222"}).status_code == 404

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant, PersonRow
from dinh.spine.places import api as places
from dinh.systems.account.tests.factories import (
    COMMUNE_A,
    COMMUNE_B,
    PASSWORD,
    give_password,
    member_of_staff,
    person,
    with_phone,
)
from dinh.systems.account.web import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def _communes(monkeypatch: pytest.MonkeyPatch) -> None:
    def row(urn: str, name: str) -> places.PlaceRow:
        return places.PlaceRow(urn, "unit", "commune", name, name, f"xã {name}", urn[-5:], None, None, None)

    known = {COMMUNE_A: row(COMMUNE_A, "Trần Đề"), COMMUNE_B: row(COMMUNE_B, "Sóc Trăng")}
    monkeypatch.setattr(places, "contains", lambda outer, inner: outer == inner)
    monkeypatch.setattr(places, "places", lambda urns: {urn: known[urn] for urn in urns if urn in known})
    monkeypatch.setattr(places, "area", lambda urn: [known[urn]] if urn in known else list(known.values()))
    monkeypatch.setattr(places, "ancestors", lambda urn: [])
    monkeypatch.setattr(places, "find", lambda text, **_: list(known.values()))


@pytest.mark.parametrize("role", ["operator", "official", "leader", "engineer"])
def test_the_administration_is_closed_to_every_other_role(role: str) -> None:
    person("dao")
    client = member_of_staff("an", role)
    for path in ("people/", "people/new/", "people/dao/", "organisations/", "organisations/new/"):
        assert client.get(f"/account/{path}").status_code == 403, path
    for path in ("invite/", "close/", "grants/add/", "factors/take-back/", "edit/"):
        assert client.post(f"/account/people/dao/{path}").status_code == 403, path


def test_whoever_is_not_signed_in_is_led_to_sign_in() -> None:
    answer = Client().get("/account/people/?q=dao")
    assert answer["Location"] == "/account/sign-in/?next=/account/people/%3Fq%3Ddao"


@pytest.mark.usefixtures("_communes")
def test_a_person_is_created_given_a_role_by_the_places_name_and_invited() -> None:
    client = member_of_staff("admin", "administrator")
    answer = client.post("/account/people/new/", {"username": "dao", "name": "Nguyễn Thị Đào", "place": "tran de"})
    assert answer.status_code == 302, answer.content.decode()
    assert parties.person("dao").place == COMMUNE_A
    client.post("/account/people/dao/grants/add/", {"role": "official", "place": "xã Trần Đề"})
    assert parties.person("dao").grants == (Grant("official", COMMUNE_A),)
    link = re.search(r'id="invitation">([^<]+)<', client.post("/account/people/dao/invite/").content.decode())
    assert link
    new = Client()
    assert new.get(link.group(1)).status_code == 200
    chosen = "sáu từ chẳng liên quan gì"
    assert new.post(link.group(1), {"password": chosen, "again": chosen}).status_code == 302
    assert new.post(link.group(1), {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    assert give_password(new, "dao", chosen).status_code == 302
    assert new.get("/account/")["Location"] == "/account/second-factor/"
    kinds = [entry.kind for entry in ledger.entries(subject="urn:dinh:person:dao")]
    assert kinds == ["person.created", "person.grants", "person.invited", "person.password_set", "person.signed_in"]


def test_a_weak_or_mistyped_password_is_refused_at_the_invitation() -> None:
    person("dao")
    client = member_of_staff("admin", "administrator")
    found = re.search(r'id="invitation">([^<]+)<', client.post("/account/people/dao/invite/").content.decode())
    assert found
    link = found.group(1)
    assert "12" in Client().post(link, {"password": "ngắn", "again": "ngắn"}).content.decode()
    assert "không giống nhau" in Client().post(link, {"password": PASSWORD, "again": "khác"}).content.decode()


@pytest.mark.parametrize("path", ["x/y", "ZGFv/abc-123", "%FF/a"])
def test_a_made_up_invitation_finds_nothing(path: str) -> None:
    person("dao")
    assert Client().get(f"/account/invitation/{path}/").status_code == 404


@pytest.mark.usefixtures("_communes")
def test_the_administrator_of_one_commune_cannot_touch_people_of_another_or_above() -> None:
    person("leader", Grant("leader", None))
    person("neighbour", Grant("official", COMMUNE_B))
    person("mine", Grant("official", COMMUNE_A))
    client = member_of_staff("admin-a", "administrator", COMMUNE_A)
    for username in ("leader", "neighbour"):
        for path in ("invite/", "close/", "edit/", "factors/take-back/"):
            answer = client.post(f"/account/people/{username}/{path}", {"name": "x"})
            assert answer.status_code == 404, (username, path)
        assert client.get(f"/account/people/{username}/").status_code == 404
    listed = client.get("/account/people/").content.decode()
    assert "m•••@example.vn" in listed
    assert "neighbour" not in listed
    assert client.post("/account/people/mine/invite/").status_code == 200
    answer = client.post("/account/people/mine/grants/add/", {"role": "administrator", "place": ""})
    assert answer.status_code == 403
    answer = client.post("/account/people/mine/grants/add/", {"role": "official", "place": COMMUNE_B})
    assert answer.status_code == 403
    assert parties.person("mine").grants == (Grant("official", COMMUNE_A),)


@pytest.mark.usefixtures("_communes")
def test_the_administrator_of_one_commune_creates_people_and_organisations_there_alone() -> None:
    client = member_of_staff("admin-a", "administrator", COMMUNE_A)
    person_form = {"username": "moi", "name": "Mới"}
    assert client.post("/account/people/new/", person_form).status_code == 422
    assert client.post("/account/people/new/", {**person_form, "place": COMMUNE_B}).status_code == 422
    assert client.post("/account/people/new/", {**person_form, "place": COMMUNE_A}).status_code == 302
    office = {"id": "van-phong", "name_vi": "Văn phòng", "name_en": "Office"}
    assert client.post("/account/organisations/new/", office).status_code == 422
    assert client.post("/account/organisations/new/", {**office, "place": "Trần Đề"}).status_code == 302


@pytest.mark.usefixtures("_communes")
def test_two_roles_that_are_given_or_taken_at_once_both_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another administrator does lands between this one's look at the person and the change."""
    person("dao", Grant("official", COMMUNE_A), Grant("auditor", None))
    client = member_of_staff("admin", "administrator")
    read = people._mine_to_administer

    def meanwhile(**change: list[Grant]) -> None:
        def read_and_change(*args: Any) -> PersonRow:
            row = read(*args)
            parties.change_grants("dao", by=SYSTEM, **change)
            return row

        monkeypatch.setattr(people, "_mine_to_administer", read_and_change)

    meanwhile(give=[Grant("leader", None)])
    client.post("/account/people/dao/grants/add/", {"role": "operator", "place": ""})
    meanwhile(take=[Grant("auditor", None)])
    client.post("/account/people/dao/grants/remove/", {"grant": f"official|{COMMUNE_A}|"})
    assert set(parties.person("dao").grants) == {Grant("leader", None), Grant("operator", None)}


@pytest.mark.usefixtures("_communes")
def test_a_place_that_does_not_exist_is_refused() -> None:
    client = member_of_staff("admin", "administrator")
    person("dao")
    for place in ("Không đâu cả", "urn:dinh:unit:2025:00000", "<script>"):
        answer = client.post("/account/people/dao/grants/add/", {"role": "official", "place": place})
        assert answer.status_code == 422
    assert parties.person("dao").grants == ()


def test_a_lost_phone_is_taken_back_and_the_person_signed_out() -> None:
    lost = member_of_staff("dao")
    client = member_of_staff("admin", "administrator")
    client.post("/account/people/dao/factors/take-back/")
    assert not Authenticator.objects.filter(user__username="dao").exists()
    assert lost.get("/account/").status_code == 302
    again = Client()
    give_password(again, "dao")
    assert again.get("/account/keys/")["Location"] == "/account/second-factor/"


def test_an_account_is_closed_and_reopened() -> None:
    person("dao")
    with_phone("dao")
    client = member_of_staff("admin", "administrator")
    client.post("/account/people/dao/close/")
    assert not parties.person("dao").active
    assert client.post("/account/people/dao/invite/").status_code == 403
    client.post("/account/people/dao/reopen/")
    assert parties.person("dao").active


def test_nobody_administers_themselves_out_of_reach() -> None:
    client = member_of_staff("admin", "administrator")
    for path, form in (("close/", {}), ("factors/take-back/", {}), ("grants/add/", {"role": "leader"})):
        assert client.post(f"/account/people/admin/{path}", form).status_code == 403, path


def test_people_are_found_without_marks_and_their_names_are_escaped() -> None:
    person("dao", name="Nguyễn Thị Đào")
    person("x", name="<script>alert(1)</script>")
    client = member_of_staff("admin", "administrator")
    found = client.get("/account/people/?q=thi+dao").content.decode()
    assert "Nguyễn Thị Đào" in found
    assert "<script>alert" not in client.get("/account/people/").content.decode()
    assert "<script>alert" not in client.get("/account/people/x/").content.decode()


def test_the_list_of_people_costs_the_same_number_of_queries_however_long_it_is(
    django_assert_max_num_queries: object,
) -> None:
    client = member_of_staff("admin", "administrator")
    for number in range(40):
        person(f"p{number:02}", Grant("official", COMMUNE_A))
    client.get("/account/people/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert client.get("/account/people/").status_code == 200


def test_organisations_are_shown_as_a_tree() -> None:
    parties.save_organisation(id="uy-ban", name_vi="Ủy ban", name_en="Committee")
    parties.save_organisation(id="so", name_vi="Sở", name_en="Office", parent="urn:dinh:organisation:uy-ban")
    client = member_of_staff("admin", "administrator")
    page = client.get("/account/organisations/").content.decode()
    assert page.index("Ủy ban") < page.index("Sở")
    assert 'account-depth-1" href="/account/organisations/so/"' in page

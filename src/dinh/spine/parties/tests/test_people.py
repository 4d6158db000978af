from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant, PartyRow
from dinh.spine.parties.tests.factories import COMMUNE_A, person

pytestmark = pytest.mark.django_db


def test_a_person_is_saved_once_and_again_without_a_second_account(office: PartyRow) -> None:
    first = person("tran.dao", Grant("official", COMMUNE_A), organisation=office.urn)
    second = parties.save_person(
        username="Tran.Dao",
        name="Nguyễn Thị  Đào",
        email="tran.dao@example.vn",
        organisation=office.urn,
        grants=[Grant("official", COMMUNE_A)],
    )
    assert first == second
    assert first.urn == "urn:dinh:person:tran.dao"
    assert first.parent == office.urn
    assert get_user_model().objects.count() == 1


def test_an_unchanged_person_leaves_no_second_leaf() -> None:
    person("an")
    before = ledger.head().size
    person("an")
    assert ledger.head().size == before


def test_a_password_is_unusable_until_one_is_set_and_stays_when_none_is_given() -> None:
    person("an")
    users = get_user_model().objects
    assert not users.get(username="an").has_usable_password()
    parties.save_person(
        username="an", name="An", email="", organisation=None, grants=None, password="một mật khẩu thật dài"
    )
    person("an")
    assert users.get(username="an").check_password("một mật khẩu thật dài")


@pytest.mark.parametrize("password", ["short", "password1234", "nguyenthidao"])
def test_a_weak_password_is_refused_with_the_reason(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        parties.save_person(
            username="nguyenthidao", name="Đào", email="", organisation=None, grants=[], password=password
        )
    assert caught.value.code == "parties.weak_password"
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("username", ["", "-a", "a b", "ă", "a/b", "a:b", "x" * 101])
def test_a_user_name_that_cannot_be_a_urn_is_refused(username: str) -> None:
    with pytest.raises(Invalid, match="username"):
        person(username)


def test_names_are_found_without_diacritics(office: PartyRow) -> None:
    person("dao", organisation=office.urn)
    assert [row.urn for row in parties.find_parties("thi dao")] == ["urn:dinh:person:dao"]
    assert [row.urn for row in parties.find_parties("TRAN DE")] == [office.urn]
    assert [row.urn for row in parties.find_parties("Đào", kind="organisation")] == []
    assert parties.find_parties("100%") == ()


def test_an_organisation_cannot_lie_below_itself() -> None:
    parties.save_organisation(id="a", name_vi="A", name_en="A")
    parties.save_organisation(id="b", name_vi="B", name_en="B", parent="urn:dinh:organisation:a")
    with pytest.raises(Invalid) as caught:
        parties.save_organisation(id="a", name_vi="A", name_en="A", parent="urn:dinh:organisation:b")
    assert caught.value.code == "parties.circle"


def test_members_are_those_of_the_organisation_with_an_open_account(office: PartyRow) -> None:
    person("an", organisation=office.urn)
    person("binh", organisation=office.urn)
    person("chi")
    parties.set_active("binh", False, by=SYSTEM)
    assert [row.urn for row in parties.members(office.urn)] == ["urn:dinh:person:an"]


def test_parties_come_in_one_query_a_kind(office: PartyRow) -> None:
    urns = [person(f"p{number}", organisation=office.urn).urn for number in range(20)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = parties.parties([*urns, office.urn, "urn:dinh:person:nobody", "urn:dinh:asset:x"])
    assert set(found) == {*urns, office.urn}
    assert len(queries) == 2


def test_a_party_that_does_not_exist_is_named() -> None:
    with pytest.raises(NotFound, match="urn:dinh:person:nobody"):
        parties.party("urn:dinh:person:nobody")


def test_leaves_name_people_by_urn_and_never_by_name_or_address(office: PartyRow) -> None:
    person("an", Grant("official", COMMUNE_A), organisation=office.urn)
    parties.set_preferences("an", name="Lê Văn Ân", language="vi", theme="dark")
    parties.set_active("an", False, by=SYSTEM)
    entries = ledger.entries(subject="urn:dinh:person:an")
    assert [entry.kind for entry in entries] == [
        "person.created",
        "person.grants",
        "person.changed",
        "person.closed",
    ]
    told = "\n".join(ledger.export())
    for secret in ("Đào", "Ân", "example.vn"):
        assert secret not in told


def test_nobody_closes_their_own_account() -> None:
    row = person("an", Grant("administrator", None))
    by = parties.actor_of(get_user_model().objects.get(), second_factor=True)
    assert by.urn == row.urn
    with pytest.raises(Refused):
        parties.set_active("an", False, by=by)


def test_a_page_of_people_costs_two_queries() -> None:
    for number in range(30):
        person(f"p{number:02}", Grant("official", COMMUNE_A))
    with CaptureQueriesContext(connection) as queries:
        page = parties.people(limit=10)
    assert [row.username for row in page] == [f"p{number:02}" for number in range(10)]
    assert len(queries) == 2
    assert [row.username for row in parties.people(after="p27")] == ["p28", "p29"]


def test_addressees_are_open_accounts_and_the_members_of_offices_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    office = parties.save_organisation(id="so-thu", name_vi="Sở", name_en="Office").urn
    for name, organisation in (("an", office), ("binh", office), ("chi", None)):
        parties.save_person(username=name, name=name, email=f"{name}@x.vn", organisation=organisation, grants=[])
    parties.set_active("binh", False, by=parties.SYSTEM)
    parties.set_preferences("chi", name="Chi", language="en", theme="")
    asked = [office, "urn:dinh:person:chi", "urn:dinh:person:none", "urn:dinh:case:1"]
    with django_assert_num_queries(1):
        found = parties.addressees(asked)
    assert {row.name: (row.language, row.organisation) for row in found.values()} == {
        "an": ("vi", office),
        "Chi": ("en", None),
    }
    assert not parties.addressees([])

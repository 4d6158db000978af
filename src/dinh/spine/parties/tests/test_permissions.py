from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from dinh.kernel.errors import Invalid, Refused
from dinh.kernel.manifests import PermissionSpec, RoleSpec, System, Text, registry
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, SYSTEM, Actor, Grant
from dinh.spine.parties.tests.factories import COMMUNE_A, COMMUNE_B, PROVINCE, person

pytestmark = pytest.mark.django_db


def actor(username: str, *, second_factor: bool = True) -> Actor:
    return parties.actor_of(get_user_model().objects.get(username=username), second_factor=second_factor)


def test_an_official_of_one_commune_acts_there_and_not_in_the_next() -> None:
    person("an", Grant("official", COMMUNE_A))
    assert parties.may(actor("an"), "cases.act", place=COMMUNE_A)
    assert not parties.may(actor("an"), "cases.act", place=COMMUNE_B)
    assert not parties.may(actor("an"), "cases.act", place=PROVINCE)


def test_a_grant_at_the_province_holds_in_its_communes() -> None:
    person("binh", Grant("operator", PROVINCE))
    assert parties.may(actor("binh"), "cases.assign", place=COMMUNE_B)


def test_a_grant_without_a_place_holds_everywhere() -> None:
    person("chi", Grant("leader", None))
    assert parties.may(actor("chi"), "cases.assign", place=COMMUNE_B)
    assert parties.may_everywhere(actor("chi"), "cases.assign")


def test_a_grant_at_a_place_is_enough_to_enter_but_not_to_act_everywhere() -> None:
    person("dung", Grant("official", COMMUNE_A))
    assert parties.may(actor("dung"), "cases.view")
    assert not parties.may_everywhere(actor("dung"), "cases.view")


def test_without_a_second_factor_staff_roles_do_not_count() -> None:
    person("giang", Grant("administrator", None))
    asking = actor("giang", second_factor=False)
    assert not asking.is_staff
    assert asking.grants == ()
    assert not parties.may(asking, "parties.manage")
    assert actor("giang").is_staff


def test_a_grant_in_one_system_carries_nothing_of_another() -> None:
    person("hoa", Grant("operator", None, "cases"))
    assert parties.may(actor("hoa"), "cases.assign")
    assert not parties.may(actor("hoa"), "observations.acknowledge")


def test_a_closed_account_is_nobody() -> None:
    person("khanh", Grant("leader", None))
    parties.set_active("khanh", False, by=SYSTEM)
    assert actor("khanh") == ANYONE


def test_a_refusal_names_permission_and_place() -> None:
    person("lan", Grant("official", COMMUNE_A))
    with pytest.raises(Refused) as caught:
        parties.require(actor("lan"), "cases.act", place=COMMUNE_B)
    assert caught.value.code == "parties.not_permitted"
    assert "cases.act" in caught.value.message
    assert COMMUNE_B in caught.value.message


def test_the_house_itself_may_everything_and_anyone_nothing() -> None:
    assert parties.may(SYSTEM, "parties.manage", place=COMMUNE_A)
    assert not parties.may(ANYONE, "cases.view")


def test_a_manifest_adds_roles_and_permissions_and_changes_none_of_the_house() -> None:
    before = dict(registry._systems)
    registry.add(
        System(
            slug="planted",
            name=Text("a", "a"),
            summary=Text("a", "a"),
            roles=[
                RoleSpec("volunteer", Text("Tình nguyện", "Volunteer"), staff=False),
                RoleSpec("leader", Text("x", "x"), staff=False),
            ],
            permissions=[PermissionSpec("planted.help", Text("a", "a"), ["volunteer", "leader"])],
        )
    )
    try:
        person("mai", Grant("volunteer", COMMUNE_A))
        asking = actor("mai", second_factor=False)
        assert parties.may(asking, "planted.help", place=COMMUNE_A)
        assert not asking.is_staff
        assert parties.roles()["leader"].staff
    finally:
        registry._systems = before


def test_a_role_that_nobody_declares_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Invalid, match="administrator"):
        person("nam", Grant("king", None))


def test_people_who_may_are_found_by_place() -> None:
    person("an", Grant("official", COMMUNE_A))
    person("binh", Grant("operator", PROVINCE))
    person("chi", Grant("official", COMMUNE_B))
    assert {row.urn for row in parties.people_who_may("cases.act", place=COMMUNE_A)} == {
        "urn:dinh:person:an",
        "urn:dinh:person:binh",
    }


def test_nobody_gives_a_role_beyond_where_they_manage_people() -> None:
    person("admin-a", Grant("administrator", COMMUNE_A))
    person("oanh")
    by = actor("admin-a")
    parties.set_grants("oanh", [Grant("official", COMMUNE_A)], by=by)
    for beyond in (Grant("official", COMMUNE_B), Grant("administrator", None), Grant("official", PROVINCE)):
        with pytest.raises(Refused) as caught:
            parties.set_grants("oanh", [Grant("official", COMMUNE_A), beyond], by=by)
        assert caught.value.code == "parties.grant_beyond_reach"
    assert parties.person("oanh").grants == (Grant("official", COMMUNE_A),)


def test_nobody_takes_a_role_away_beyond_where_they_manage_people() -> None:
    person("admin-a", Grant("administrator", COMMUNE_A))
    person("phuc", Grant("leader", None))
    with pytest.raises(Refused):
        parties.set_grants("phuc", [], by=actor("admin-a"))


def test_nobody_changes_their_own_roles() -> None:
    person("quan", Grant("administrator", None))
    with pytest.raises(Refused) as caught:
        parties.set_grants("quan", [Grant("leader", None)], by=actor("quan"))
    assert caught.value.code == "parties.own_grants"

"""Which fields of a case are hidden, from whom, and what reading them leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import NotFound, Refused
from dinh.kernel.manifests import System, Text, registry
from dinh.spine.cases import api, personal
from dinh.spine.cases.tests.factories import COMMUNE_B, KIND, STATION, person
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

pytestmark = pytest.mark.django_db
SCHEMA = {
    "type": "object",
    "properties": {
        "caller": {"type": "string", "x-personal": True},
        "age": {"type": "integer", "x-personal": True},
        "pump": {"type": "string", "x-personal": False},
        "depth_cm": {"type": "integer"},
    },
}
CALL = replace(KIND, code="test_call", fields=SCHEMA)


@pytest.fixture(autouse=True)
def _calls() -> Iterator[None]:
    registry.add(System(slug="test_calls", name=Text("Thử", "Test"), summary=Text("", ""), case_types=(CALL,)))
    yield
    registry._systems.pop("test_calls", None)


def call(by: Actor) -> api.CaseRow:
    fields = {"caller": "Bà Tám 0987654321", "age": 71, "pump": "Bơm 3", "depth_cm": 20}
    return api.open_case(type="test_call", title="Ngập", by=by, place=STATION, fields=fields)


def test_marked_fields_are_hidden_from_the_case_and_its_history(dao: Actor) -> None:
    case = call(dao)
    hidden = {"caller": "•••••", "age": "•••••", "pump": "Bơm 3", "depth_cm": 20}
    assert api.fields_of(case.urn) == hidden
    assert api.acts(case.urn)[0].detail["fields"] == hidden
    assert api.read_personal(case.urn, by=dao).fields == {"caller": "Bà Tám 0987654321", "age": 71}


def test_all_fields_are_hidden_where_nobody_knows_the_kind_any_more(dao: Actor) -> None:
    case = call(dao)
    registry._systems.pop("test_calls")
    assert set(api.fields_of(case.urn).values()) == {"•••••"}


def test_reading_needs_the_permission_at_the_place_and_leaves_who_and_which_fields(dao: Actor) -> None:
    case = call(dao)
    for other, error in ((person("ky-su", "engineer"), Refused), (person("xa-b", "official", COMMUNE_B), NotFound)):
        assert not api.may_read_personal(case.urn, by=other)
        with pytest.raises(error):
            api.read_personal(case.urn, by=other)
    assert not ledger.entries(kind="personal.read")
    assert api.may_read_personal(case.urn, by=dao)
    api.read_personal(case.urn, by=dao)
    (leaf,) = ledger.entries(kind="personal.read")
    assert (leaf.subject, leaf.data["by"], leaf.data["fields"]) == (case.urn, dao.urn, ["age", "caller"])


def test_where_nothing_is_hidden_there_is_nothing_to_read(dao: Actor) -> None:
    case = api.open_case(type="test_incident", title="Ngập", by=dao, place=STATION)
    assert not api.may_read_personal(case.urn, by=dao)
    api.read_personal(case.urn, by=dao)
    assert not ledger.entries(kind="personal.read")


def test_an_organisation_that_asks_is_nobody_whose_name_is_hidden(dao: Actor) -> None:
    office = parties.save_organisation(id="dien-luc", name_vi="Điện lực", name_en="Power company")
    case = api.open_case(type="test_incident", title="Mất điện", by=dao, place=STATION, requester=office.urn)
    assert not api.may_read_personal(case.urn, by=dao)


@given(st.dictionaries(st.sampled_from(["caller", "age", "pump", "other"]), st.text("đàoĐ 0123456789@.", max_size=30)))
def test_a_hidden_value_is_never_given_out_whole(fields: dict[str, str]) -> None:
    shown = personal.masked_fields("test_call", fields)
    assert shown.keys() == fields.keys()
    for name, value in fields.items():
        if name in ("caller", "age") and value.strip():
            assert value not in str(shown[name])
        elif name in ("pump", "other"):
            assert shown[name] == value

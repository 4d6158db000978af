from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Refused, SourceUnavailable
from dinh.kernel.specs import Text
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, SYSTEM, Actor, PartyRow, personal
from dinh.spine.parties.models import Consent, Identity
from dinh.spine.parties.personal import told
from dinh.spine.parties.tests.factories import person

pytestmark = pytest.mark.django_db

NUMBER = "999195000001"
SUONG = personal.IdentityRow(
    name="Lâm Thị Sương",
    born_on=date(1995, 3, 8),
    sex="female",
    citizen_id=NUMBER,
    address="Ấp Chợ, xã Trần Đề",
    phone="0912345678",
    level="2",
    source="VNeID",
    verified_at=datetime(2026, 1, 5, tzinfo=UTC),
)
PURPOSE = Text("Điền sẵn tờ khai", "To fill in the form")


@pytest.fixture
def suong() -> Actor:
    row = person("cd-suong")
    personal.save_identity(row.urn, SUONG)
    return Actor(row.urn, row.name_vi)


def consent(suong: Actor, to: str, *fields: str, purpose: str = "form.birth") -> personal.ConsentRow:
    until = clock.now() + timedelta(days=30)
    return personal.consent(by=suong, to=to, purpose=purpose, words=PURPOSE, fields=fields, until=until)


def official(office: PartyRow, username: str = "an") -> Actor:
    return Actor(PERSON + username, username, organisation=office.urn, is_staff=True)


def test_an_identity_is_told_to_its_person_and_lies_sealed(suong: Actor) -> None:
    assert personal.identity_of(suong) == SUONG
    stored = str(Identity.objects.values())
    assert not any(word in stored for word in (NUMBER, "Sương", "0912345678", "1995"))
    leaf = ledger.entries(subject=suong.urn, kind="person.identity_received")[-1]
    assert NUMBER not in str(leaf.data)
    assert "Sương" not in str(leaf.data)


def test_a_row_that_is_copied_onto_another_person_does_not_open(suong: Actor) -> None:
    other = person("cd-khac")
    sealed = Identity.objects.get(person=suong.urn).sealed
    Identity.objects.create(person=other.urn, sealed=sealed, source="VNeID", verified_at=clock.now())
    with pytest.raises(SourceUnavailable, match="personal_key"):
        personal.identity_of(Actor(other.urn, "Khác"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("citizen_id", "99919500000"),
        ("citizen_id", "99919500000１"),
        ("born_on", date(2999, 1, 1)),
        ("sex", "nữ"),
        ("level", "9"),
    ],
)
def test_an_identity_that_cannot_be_is_refused_without_repeating_it(suong: Actor, field: str, value: object) -> None:
    with pytest.raises(Invalid, match=field) as refused:
        personal.save_identity(suong.urn, replace(SUONG, **{field: value}))  # type: ignore[arg-type]
    assert "99919500000" not in refused.value.message
    assert personal.identity_of(suong) == SUONG


def test_a_list_shows_the_number_covered(suong: Actor) -> None:
    shown = SUONG.masked()
    assert shown.citizen_id == "9********001"
    assert (shown.born_on, shown.phone, "Trần Đề" in shown.address) == (None, "••• 678", False)


def test_an_office_is_told_what_was_consented_to_and_the_person_sees_that(suong: Actor, office: PartyRow) -> None:
    consent(suong, office.urn, "name", "citizen_id")
    found = personal.identity_by_consent(suong.urn, to=office.urn, purpose="form.birth", by=official(office))
    assert (found.name, found.citizen_id) == (SUONG.name, NUMBER)
    assert (found.born_on, found.address, found.phone, found.sex) == (None, "", "", "")
    (reading,) = personal.readings_of(suong)
    assert (reading.by_name, list(reading.fields)) == ("UBND xã Trần Đề", ["name", "citizen_id"])
    assert [row.used for row in personal.consents_of(suong)] == [1]


def test_also_what_the_person_hands_on_by_their_own_click_leaves_a_leaf(suong: Actor, office: PartyRow) -> None:
    consent(suong, office.urn, "name")
    personal.identity_by_consent(suong.urn, to=office.urn, purpose="form.birth", by=suong)
    assert [reading.by for reading in personal.readings_of(suong)] == [office.urn]


def test_nobody_else_is_told(suong: Actor, office: PartyRow) -> None:
    elsewhere = parties.save_organisation(id="khac", name_vi="Nơi khác", name_en="Elsewhere")
    consent(suong, office.urn, "name")
    strangers = [
        official(elsewhere),
        replace(official(office), is_staff=False),
        replace(official(office), permissions=frozenset({"cases.view"})),
        parties.ANYONE,
    ]
    asked = [(suong.urn, office.urn, "form.birth", by) for by in strangers]
    asked += [
        (suong.urn, office.urn, "form.death", SYSTEM),
        (suong.urn, elsewhere.urn, "form.birth", SYSTEM),
        (f"{PERSON}khong-co", office.urn, "form.birth", SYSTEM),
    ]
    said = set()
    for whose, to, purpose, by in asked:
        with pytest.raises(Refused) as refused:
            personal.identity_by_consent(whose, to=to, purpose=purpose, by=by)
        said.add(refused.value.message)
    assert len(said) == 1, "a refusal tells nothing of what there is"
    assert personal.readings_of(suong) == []


def test_a_consent_ends_when_it_is_withdrawn_when_its_time_is_over_and_with_the_identity(
    suong: Actor, office: PartyRow
) -> None:
    def told_now() -> bool:
        try:
            personal.identity_by_consent(suong.urn, to=office.urn, purpose="form.birth", by=SYSTEM)
        except Refused:
            return False
        return True

    first = consent(suong, office.urn, "name")
    assert told_now()
    with pytest.raises(NotFound):
        personal.withdraw_consent(first.number, by=Actor(f"{PERSON}cd-khac", "Khác"))
    personal.withdraw_consent(first.number, by=suong)
    assert not told_now()
    consent(suong, office.urn, "name")
    clock.move_to(clock.now() + timedelta(days=31))
    try:
        assert not told_now()
    finally:
        clock.move_to(None)
    consent(suong, office.urn, "name")
    personal.forget_identity(by=suong)
    assert not told_now()
    assert personal.identity_of(suong) is None
    assert {row.state for row in personal.consents_of(suong)} == {"withdrawn"}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"fields": ()}, "fields"),
        ({"fields": ("name", "password")}, "fields"),
        ({"until": timedelta(days=400)}, "until"),
        ({"until": timedelta(seconds=-1)}, "until"),
        ({"purpose": "Khai sinh"}, "purpose"),
        ({"words": Text("", "")}, "words"),
    ],
)
def test_a_consent_that_nobody_could_understand_is_refused(
    suong: Actor, office: PartyRow, changed: dict[str, object], place: str
) -> None:
    given = {"fields": ("name",), "until": timedelta(days=1), "purpose": "form.birth", "words": PURPOSE} | changed
    given["until"] = clock.now() + given["until"]  # type: ignore[operator]
    with pytest.raises(Invalid, match=place):
        personal.consent(by=suong, to=office.urn, **given)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        personal.consent(by=suong, to="urn:dinh:system:khong-co", **given)  # type: ignore[arg-type]


def test_a_key_consents_to_nothing(suong: Actor, office: PartyRow) -> None:
    with pytest.raises(Refused):
        consent(replace(suong, permissions=frozenset({"cases.view"})), office.urn, "name")


def test_an_identity_goes_with_the_person_and_is_in_their_copy(suong: Actor, office: PartyRow) -> None:
    consent(suong, office.urn, "name")
    copied = str(told.export(suong.urn))
    assert NUMBER in copied
    assert "UBND xã Trần Đề" in copied
    told.erase(suong.urn, suong.urn)
    assert not Identity.objects.exists()
    assert not Consent.objects.exists()

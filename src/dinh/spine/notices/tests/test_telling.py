"""Who is told, by what, in which words; and nobody twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.kernel.specs import NoticeSpec, Text
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api, models, wording
from dinh.spine.notices.tests.conftest import Clock
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

pytestmark = pytest.mark.django_db
Tell = Callable[..., int]


def files(folder: Path, channel: str) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((folder / channel).glob("*.json"))]


def test_one_event_is_one_message_a_person_and_channel_however_often_it_is_told(
    an: Actor, person_of: Callable[..., Actor], tell: Tell, outgoing: Path, moved: Clock
) -> None:
    assert tell("test.told", an.urn, an.urn) == 2
    assert tell("test.told", an.urn) == 0
    assert tell("test.all", an.urn) == 0  # the same event as another kind
    binh = person_of("binh")
    assert tell("test.told", an.urn, binh.urn) == 2
    assert api.dispatch_due() == 2
    assert api.dispatch_due() == 0
    assert [letter["to"] for letter in files(outgoing, "email")].count("an@example.vn") == 1
    assert api.inbox_of(an).total == api.unread_count(binh.urn) == 1
    assert tell("test.told", an.urn, key="e2") == 2


def test_each_is_told_in_the_own_language_with_a_link_to_what_it_is_about(
    person_of: Callable[..., Actor], tell: Tell, outgoing: Path, moved: Clock
) -> None:
    people = [person_of("an"), person_of("bob", language="en")]
    tell("test.told", *(one.urn for one in people), what={"vi": "Độ mặn {0.__class__}", "en": "Salinity"})
    api.dispatch_due()
    vi, en = sorted(files(outgoing, "email"), key=lambda letter: str(letter["to"]))
    assert (vi["title"], vi["body"]) == ("Độ mặn {0.__class__} vượt ngưỡng", "Xem Độ mặn {0.__class__}.")
    assert (en["title"], en["language"]) == ("Salinity too high", "en")
    assert str(vi["link"]).startswith("https://dinh.example.vn/")
    assert str(vi["link"]).endswith("2026-000001/")
    assert api.inbox_of(people[1]).rows[0].title == "Salinity too high"


def test_an_organisation_is_all_its_members_whose_accounts_are_open(
    person_of: Callable[..., Actor], tell: Tell, outgoing: Path
) -> None:
    office = parties.save_organisation(id="so-xd", name_vi="Sở", name_en="Office").urn
    for name in ("an", "binh", "chi"):
        person_of(name, organisation=office)
    parties.set_active("chi", False, by=parties.SYSTEM)
    assert tell("test.told", office, "urn:dinh:person:an") == 4
    assert set(models.Delivery.objects.values_list("recipient", flat=True)) == {
        "urn:dinh:person:an",
        "urn:dinh:person:binh",
    }


def test_people_without_an_account_are_told_at_their_address(tell: Tell, outgoing: Path, moved: Clock) -> None:
    assert tell("test.told", "mailto:Dan@Example.VN", "tel:0912 345 678") == 2
    assert tell("test.told", "mailto:dan@example.vn", "tel:+84912345678") == 0
    api.dispatch_due()
    (letter,), (text,) = files(outgoing, "email"), files(outgoing, "sms")
    assert (letter["to"], text["to"], text["parts"]) == ("dan@example.vn", "+84912345678", 2)


def test_whoever_cannot_be_reached_is_noted_and_not_lost(an: Actor, tell: Tell, outgoing: Path) -> None:
    assert tell("test.all", an.urn, "urn:dinh:person:nobody") == 2
    skipped = set(models.Delivery.objects.filter(state="skipped").values_list("channel", "error_code"))
    assert skipped == {("push", "no_address"), ("sms", "no_address"), ("zalo", "no_address"), ("inbox", "no_person")}


def test_an_address_that_is_none_is_noted_and_fails_no_act(tell: Tell, outgoing: Path) -> None:
    office = parties.save_organisation(id="trong", name_vi="Trống", name_en="Empty").urn
    assert tell("test.told", office, key="e0") == 0
    assert models.Delivery.objects.get().error_code == "no_person"
    models.Delivery.objects.all().delete()
    bad = ["tel:12", "mailto:a@b.vn\nBcc: c@d.vn", "urn:dinh:case:1", "Ông Ba", "x" * 400]
    assert tell("test.told", *bad) == 0
    assert tell("test.told", *bad) == 0
    assert set(models.Delivery.objects.values_list("state", "error_code")) == {("skipped", "no_address")}
    assert models.Delivery.objects.count() == 5
    assert api.dispatch_due() == 0


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_written_together_with_its_event_or_not_at_all(an: Actor, tell: Tell) -> None:
    with pytest.raises(Conflict) as refused:
        api.notify("test.told", to=[an.urn], key="k", params={"what": "x"})
    assert refused.value.code == "notices.no_transaction"

    def fails() -> None:
        with transaction.atomic():
            api.notify("test.told", to=[an.urn], key="k", params={"what": "x"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert api.unread_count(an.urn) == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "test.none"}, "notices.no_kind"),
        ({"params": {}}, "notices.params"),
        ({"params": {"what": object()}}, "notices.value"),
        ({"params": {"what": {"vi": "x"}}}, "notices.value"),
        ({"key": ""}, "notices.key"),
        ({"about": "urn:other:1"}, "urn.malformed"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(an: Actor, change: dict[str, object], code: str) -> None:
    given: dict[str, object] = {"kind": "test.told", "to": [an.urn], "key": "k", "params": {"what": "x"}} | change
    with pytest.raises(DinhError) as refused:
        api.notify(str(given.pop("kind")), **given)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize("template", ["{what.x}", "{what[0]}", "{what!r}", "{what:>9}", "{}", "{0}", "{a{b}}", "{"])
def test_a_template_reaches_into_nothing(template: str) -> None:
    spec = NoticeSpec("test.bad", Text("", ""), Text(template, template), Text("", ""))
    with pytest.raises(Invalid):
        api.declare([spec])
    uneven = NoticeSpec("test.uneven", Text("", ""), Text("{a}", "{b}"), Text("", ""))
    with pytest.raises(Invalid, match="different values"):
        wording.check_spec(uneven)


def test_an_emergency_is_on_record_without_a_word_of_it_and_others_are_not(an: Actor, tell: Tell) -> None:
    before = ledger.head().size
    tell("test.told", an.urn)
    assert ledger.head().size == before
    tell("test.siren", an.urn, key="e2", what="Vỡ đê")
    (leaf,) = ledger.entries(kind="notice.emergency")
    assert leaf.subject == "urn:dinh:case:2026-000001"
    assert leaf.data["messages"] == 1
    assert "đê" not in json.dumps(leaf.data, ensure_ascii=False)
    assert "person:an" not in json.dumps(leaf.data)


def test_telling_many_takes_as_many_queries_as_telling_one(
    person_of: Callable[..., Actor], tell: Tell, outgoing: Path, django_assert_max_num_queries: Callable[..., object]
) -> None:
    office = parties.save_organisation(id="so-xd", name_vi="Sở", name_en="Office").urn
    for number in range(30):
        person_of(f"p{number}", organisation=office)
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        assert tell("test.told", office) == 60

"""When messages go, what happens when they do not, and that no crash and no second sender doubles them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from dinh.kernel.clock import VIETNAM
from dinh.spine.notices import api, dispatching, drivers, models, sms_text, timing
from dinh.spine.notices.drivers import Driver, Message, NotSent
from dinh.spine.notices.drivers.files import Files
from dinh.spine.notices.tests.conftest import Clock
from dinh.spine.notices.tests.factories import DAY, Carrier
from dinh.spine.notices.tests.test_telling import files
from dinh.spine.parties.api import Actor

pytestmark = pytest.mark.django_db
Tell = Callable[..., int]


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """Carries e-mail; the other channels are off."""
    made = Carrier()
    found: dict[str, Driver] = {"email": made}
    monkeypatch.setattr(drivers, "driver", found.get)
    return made


def letter() -> models.Delivery:
    return models.Delivery.objects.select_related("notice").get(channel="email", notice__kind__startswith="test.")


def test_attempts_are_made_with_growing_pauses_and_then_given_up(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    def busy(message: Message) -> None:
        raise NotSent("busy", "HTTP 500")

    carrier.then = busy
    tell("test.told", an.urn)
    pauses = []
    for _attempt in range(timing.ATTEMPTS - 1):
        assert api.dispatch_due() == 0
        due_at = letter().due_at
        assert due_at
        pauses.append((due_at - moved.moment).total_seconds())
        moved.moment = due_at - timedelta(seconds=1)
        api.dispatch_due()
        assert len(carrier.given) == len(pauses)  # not before its time
        moved.moment = due_at
    assert pauses == [30, 90, 270, 810, 2430, 7290, 21870]
    api.dispatch_due()
    row = letter()
    assert (row.state, row.attempts, row.error_code, row.due_at) == ("dead", 8, "busy", None)
    assert len({message.ref for message in carrier.given}) == 1
    moved.on(days=9)
    api.dispatch_due()
    assert len(carrier.given) == 8


def test_what_can_never_be_sent_is_given_up_at_once_and_a_pause_that_is_asked_for_is_kept(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    def asked(message: Message) -> None:
        raise NotSent("busy", "429", wait=timedelta(hours=1))

    def never(message: Message) -> None:
        raise NotSent("rejected", "SMTP 550", permanent=True)

    carrier.then = asked
    tell("test.told", an.urn)
    api.dispatch_due()
    assert letter().due_at == moved.moment + timedelta(hours=1)
    carrier.then = never
    moved.on(hours=1)
    api.dispatch_due()
    assert (letter().state, letter().error) == ("dead", "SMTP 550")


def test_a_fault_of_a_driver_is_an_attempt_and_not_the_end_of_the_others(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    def broken(message: Message) -> None:
        if "x1" in message.title:
            raise KeyError("x")

    carrier.then = broken
    tell("test.told", an.urn, key="1", what="x1")
    tell("test.told", an.urn, key="2", what="x2")
    assert api.dispatch_due() == 1
    assert models.Delivery.objects.get(key="1", channel="email").error_code == "fault"


def test_a_crash_between_sending_and_noting_it_sends_the_same_reference_which_is_kept_once(
    an: Actor, tell: Tell, outgoing: Path, moved: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(claimed: models.Delivery, outcome: object) -> bool:
        raise KeyboardInterrupt

    tell("test.told", an.urn)
    with monkeypatch.context() as patched:
        patched.setattr(dispatching, "_write", dies)
        with pytest.raises(KeyboardInterrupt):
            api.dispatch_due()
    assert letter().state == "sending"
    assert len(files(outgoing, "email")) == 1
    assert api.dispatch_due() == 0  # the claim holds
    moved.on(minutes=6)
    assert api.dispatch_due() == 1
    assert letter().state == "sent"
    assert len(files(outgoing, "email")) == 1
    assert not list((outgoing / "email").glob(".*"))


def test_whoever_kills_every_sender_is_given_up(an: Actor, tell: Tell, carrier: Carrier, moved: Clock) -> None:
    tell("test.told", an.urn)
    for _attempt in range(timing.ATTEMPTS):
        assert dispatching._claim("email")
        moved.on(minutes=6)
    assert api.dispatch_due() == 0
    assert (letter().state, letter().error_code) == ("dead", "crashed")


def test_an_outcome_that_comes_after_its_claim_ended_changes_nothing(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    tell("test.told", an.urn)
    (late,) = dispatching._claim("email")
    moved.on(minutes=6)
    (again,) = dispatching._claim("email")
    assert dispatching._write(late, NotSent("rejected", "x", permanent=True)) is False
    assert dispatching._send(carrier, late) is False  # too late even to begin
    assert letter().state == "sending"
    assert dispatching._send(carrier, again) is True


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(
    person_of: Callable[..., Actor], tell: Tell, carrier: Carrier
) -> None:
    people = [person_of(f"p{number}").urn for number in range(12)]
    tell("test.siren", *people)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            dispatching._drain("email")
        except BaseException as error:  # noqa: BLE001 - told to the test
            faults.append(error)
        finally:
            connections.close_all()

    senders = [threading.Thread(target=work) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert not faults
    assert sorted(message.to for message in carrier.given) == sorted(f"p{n}@example.vn" for n in range(12))
    connection.close()


def test_what_another_sender_holds_is_left_to_it(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell("test.told", an.urn)
    found = dispatching.due
    asked: list[int] = []

    def held(channel: str, now: datetime) -> QuerySet[models.Delivery]:
        asked.append(1)
        return found(channel, now) if len(asked) == 1 else models.Delivery.objects.none()

    monkeypatch.setattr(dispatching, "due", held)  # due, but every row is skipped as locked
    assert not dispatching._claim("email")
    assert len(asked) == 2


def test_quiet_hours_hold_what_is_no_emergency_until_they_end(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    moved.on(hours=13, minutes=30)  # 23:30
    tell("test.told", an.urn)
    assert letter().state == "held"
    assert api.unread_count(an.urn) == 1  # the inbox wakes nobody
    tell("test.siren", an.urn, key="e2")
    tell("test.told", an.urn, key="e3", emergency=True)
    api.dispatch_due()
    assert [message.title for message in carrier.given] == ["Khẩn: Độ mặn", "Độ mặn vượt ngưỡng"]
    moved.on(hours=6, minutes=29)
    api.dispatch_due()
    assert len(carrier.given) == 2
    moved.on(minutes=1)  # 06:00
    api.dispatch_due()
    assert len(carrier.given) == 3


def test_quiet_hours_of_ones_own_and_none_at_all(an: Actor, tell: Tell, carrier: Carrier, moved: Clock) -> None:
    api.save_times(an, quiet_from=time(9), quiet_to=time(11, 30), digest_at=time(7))
    tell("test.told", an.urn)
    due_at = letter().due_at
    assert due_at
    assert due_at.astimezone(VIETNAM).time() == time(11, 30)
    api.save_times(an, quiet_from=time(9), quiet_to=time(9), digest_at=time(7))
    tell("test.told", an.urn, key="e2")
    assert api.dispatch_due() == 1


def test_a_digest_is_one_message_a_day_and_channel_that_lists_what_waited(
    an: Actor, tell: Tell, outgoing: Path, moved: Clock
) -> None:
    api.save_wanted(an, {("test.told", "email"): "digest"})
    for number in range(35):
        tell("test.told", an.urn, key=f"e{number}", what=f"Trạm {number}")
        moved.on(minutes=1)
    tell("test.siren", an.urn, key="siren")
    assert api.dispatch_due() == 1  # the emergency
    moved.moment = DAY + timedelta(hours=20, minutes=59)
    assert api.dispatch_due() == 0
    moved.on(minutes=1)  # 07:00
    assert api.dispatch_due() == 1
    assert api.dispatch_due() == 0
    (digest,) = [one for one in files(outgoing, "email") if one["kind"] == "notices.digest"]
    assert digest["title"] == "35 thông báo từ Đình"
    assert "Trạm 0 vượt ngưỡng" in str(digest["body"])
    assert "… và 5 thông báo khác" in str(digest["body"])
    assert digest["link"]
    parts = models.Delivery.objects.filter(notice__kind="test.told", channel="email")
    assert set(parts.values_list("state", flat=True)) == {"sent"}
    moved.on(days=1)
    assert api.dispatch_due() == 0


def test_parts_of_a_digest_that_fails_are_given_up_with_it_and_come_back_with_it(
    an: Actor, person_of: Callable[..., Actor], tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    def never(message: Message) -> None:
        raise NotSent("rejected", "SMTP 550", permanent=True)

    api.save_wanted(an, {("test.told", "email"): "digest"})
    tell("test.told", an.urn)
    moved.on(days=1)
    carrier.then = never
    api.dispatch_due()
    assert letter().state == "dead"
    head = person_of("head", role="administrator")
    (dead,) = api.dead_letters(head).rows  # the digest, not its parts
    assert dead.kind == "notices.digest"
    carrier.then = None
    assert api.retry(head, [dead.id]) == 1
    assert api.dispatch_due() == 1
    assert letter().state == "sent"


def test_a_preference_of_a_kind_wins_over_one_of_every_kind_over_the_kinds_own(
    an: Actor, tell: Tell, outgoing: Path, moved: Clock
) -> None:
    api.save_wanted(an, {("*", "email"): "off"})
    assert tell("test.told", an.urn, key="1") == 1
    api.save_wanted(an, {("test.told", "email"): "now"})
    assert tell("test.told", an.urn, key="2") == 2
    api.save_wanted(an, {("*", "email"): "", ("test.told", "email"): "now"})
    assert not models.Preference.objects.exists()  # what holds anyway is not stored
    api.save_wanted(an, {("test.told", "email"): "off", ("test.told", "inbox"): "off"})
    assert tell("test.told", an.urn, key="3") == 0
    assert tell("test.told", an.urn, key="4", emergency=True) == 1  # an emergency is at least in the inbox


def test_a_message_follows_its_person_to_a_new_address_and_stops_at_a_closed_account(
    an: Actor, tell: Tell, carrier: Carrier, moved: Clock
) -> None:
    from dinh.spine.parties import api as parties

    tell("test.told", an.urn, key="1")
    models.Address.objects.create(person=an.urn, kind="email", value="moi@example.vn")
    api.dispatch_due()
    assert carrier.given[0].to == "moi@example.vn"
    tell("test.told", an.urn, key="2")
    parties.set_active("an", False, by=parties.SYSTEM)
    api.dispatch_due()
    assert models.Delivery.objects.get(key="2", channel="email").error_code == "no_person"
    assert len(carrier.given) == 1


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError("disk full")

    message = Message("a" * 32, "x", "Tiêu đề", "Thân", "", "vi", "k", {})
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(NotSent):
            Files("email", str(tmp_path)).send(message)
    assert not list((tmp_path / "email").iterdir())
    for _ in range(2):
        Files("email", str(tmp_path)).send(message)
    assert len(list((tmp_path / "email").iterdir())) == 1


def test_texts_are_counted_as_phone_companies_do_and_cut_before_their_link() -> None:
    assert [sms_text.parts(text) for text in ("a" * 160, "a" * 161, "ặ" * 70, "ặ" * 71, "a" * 159 + "€", "€" * 80)] == [
        1, 2, 1, 2, 2, 1,
    ]  # fmt: skip
    assert sms_text.plain("Độ mặn vượt “ngưỡng” – Đình 😀") == 'Do man vuot "nguong" - Dinh ?'
    long = sms_text.message("Tiêu đề", "dài " * 400, "https://dinh.example.vn/x/", most=2, without_marks=True)
    assert sms_text.parts(long) == 2
    assert long.endswith("... https://dinh.example.vn/x/")
    assert sms_text.message("Tin", "Tin", "", most=1, without_marks=False) == "Tin"

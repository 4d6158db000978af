"""Times by property, kinds of the whole house, words that go, and the worker's threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Conflict, Invalid, Refused
from dinh.kernel.manifests import NoticeSpec, Text, registry
from dinh.spine.jobs import api as jobs
from dinh.spine.notices import addresses, api, digests, keeping, kinds, models, timing, wording
from dinh.spine.notices.tests.conftest import Clock
from dinh.spine.notices.tests.test_telling import files
from dinh.spine.parties.api import Actor

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(MOMENTS, TIMES, TIMES)
def test_quiet_hours_end_at_their_end_within_a_day_and_are_over_then(moment: datetime, start: time, end: time) -> None:
    until = timing.quiet_until(moment, start, end)
    if until is None:
        return
    assert moment < until <= moment + timedelta(days=1)
    assert until.astimezone(VIETNAM).time() == end
    assert timing.quiet_until(until, start, end) is None


@given(MOMENTS, TIMES, TIMES)
def test_each_moment_is_quiet_by_one_of_two_complements(moment: datetime, start: time, end: time) -> None:
    quiet = [timing.quiet_until(moment, *times) is not None for times in ((start, end), (end, start))]
    assert sum(quiet) == (start != end)


@given(MOMENTS, TIMES)
def test_the_next_digest_is_within_a_day(moment: datetime, at: time) -> None:
    assert moment < timing.next_at(moment, at) <= moment + timedelta(days=1)


@given(st.integers(1, 60), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_pauses_grow_and_are_bounded(attempts: int, asked: timedelta) -> None:
    pause = timing.pause_after(attempts, asked)
    assert timing.FIRST_PAUSE <= pause <= timing.LONGEST_PAUSE
    assert pause >= min(asked, timing.LONGEST_PAUSE)
    assert timing.pause_after(attempts + 1) >= timing.pause_after(attempts)


@given(st.text(max_size=200))
def test_a_value_is_put_in_as_it_is_and_never_read_as_a_template(value: str) -> None:
    kept = wording.kept({"what": value})["what"]
    assert wording.fill(Text("«{what}»", ""), {"what": kept}, "vi") == f"«{kept}»"


def test_numbers_are_written_in_the_readers_language() -> None:
    template = Text("{a} {b} {c}", "{a} {b} {c}")
    params = {"a": 2026, "b": 1234.5, "c": 4.0}
    assert wording.fill(template, params, "vi") == "2026 1.234,5 4"
    assert wording.fill(template, params, "en") == "2026 1,234.5 4"


def test_every_kind_of_the_house_is_sound_and_nobody_replaces_one(settings: Any) -> None:
    settings.NOTICE_CHANNELS = {}
    told = {finding.what: finding for finding in api.findings()}
    for spec in registry.notices():
        kinds.kind(spec.code)
    assert told["kinds of notices"].ok
    with pytest.raises(Invalid, match="twice"):
        api.declare([NoticeSpec("notices.code", Text("", ""), Text("x", "x"), Text("", ""))])
    with pytest.raises(Invalid, match="no channel"):
        api.declare([NoticeSpec("test.fax", Text("", ""), Text("x", "x"), Text("", ""), channels=("fax",))])


@pytest.mark.django_db
def test_words_go_after_their_time_and_with_their_person(
    an: Actor, tell: Callable[..., int], outgoing: Path, moved: Clock
) -> None:
    tell("test.told", an.urn)
    api.dispatch_due()
    moved.on(days=89)
    assert keeping.purge() == 0
    moved.on(days=2)
    assert keeping.purge() == 1
    assert keeping.purge() == 0
    assert models.Delivery.objects.get(channel="email").body == ""
    assert models.Notice.objects.get().params == {}
    assert api.inbox_of(an).rows[0].body
    tell("test.told", an.urn, key="e2")
    api.save_wanted(an, {("test.told", "email"): "off"})
    api.forget(an.urn)
    assert not models.Preference.objects.exists()
    assert {row.title for row in api.inbox_of(an).rows} == {"Thử"}
    assert api.dispatch_due() == 0


@pytest.mark.django_db
def test_a_code_is_kept_no_longer_than_it_takes_to_send_it_and_cannot_be_guessed(
    an: Actor, outgoing: Path, moved: Clock
) -> None:
    moved.on(hours=14)  # midnight: whoever asks is awake
    api.ask_code(an, "phone", "0912345678")
    api.dispatch_due()
    (text,) = files(outgoing, "sms")
    code = str(text["title"])[-6:]
    row = models.Delivery.objects.get(channel="sms")
    assert (row.title, row.body, row.notice.params) == ("", "", {})
    for _try in range(addresses.TRIES):
        with pytest.raises(Invalid):
            api.confirm_code(an, "phone", "x")
    with pytest.raises(Conflict, match="too often"):
        api.confirm_code(an, "phone", code)
    for _code in range(addresses.ASKED_MOST - 1):
        api.ask_code(an, "phone", "0912345678")
    with pytest.raises(Refused):
        api.ask_code(an, "phone", "0912345678")
    moved.on(minutes=11)
    with pytest.raises(Conflict, match="expired"):
        api.confirm_code(an, "phone", code)


@pytest.mark.django_db
def test_a_code_to_sign_in_leaves_no_words_either(outgoing: Path, moved: Clock) -> None:
    api.send_sign_in_code("phone", "0912345678", "1234 5678")
    api.dispatch_due()
    assert "1234 5678" in str(files(outgoing, "sms")[0]["title"])
    row = models.Delivery.objects.get()
    assert (row.state, row.title, row.body, row.notice.params) == ("sent", "", "", {})


@pytest.mark.django_db
def test_a_code_that_could_not_be_sent_in_time_is_not_sent_later(outgoing: Path, moved: Clock) -> None:
    api.send_sign_in_code("phone", "0912345678", "1234 5678")
    moved.on(minutes=11)
    assert api.dispatch_due() == 0
    assert not files(outgoing, "sms")
    row = models.Delivery.objects.get()
    assert (row.state, row.error_code, row.title, row.due_at) == ("skipped", "discarded", "", None)


@pytest.mark.django_db
def test_what_is_forgotten_leaves_the_digest_too_and_is_never_sent_as_an_empty_letter(
    an: Actor, person_of: Callable[..., Actor], tell: Callable[..., int], outgoing: Path, moved: Clock
) -> None:
    head = person_of("head", role="administrator")
    api.save_wanted(an, {("test.told", "email"): "digest"})
    tell("test.told", an.urn, key="e1", what="Bà Sương")
    with transaction.atomic():
        api.notify("test.told", to=[an.urn], key="e2", params={"what": "Cống"})
    moved.on(days=1)
    digests.gather()
    api.forget_about(["urn:dinh:case:2026-000001"])
    api.dispatch_due()
    (letter,) = files(outgoing, "email")
    assert "Sương" not in str(letter)
    assert (letter["title"], "Cống" in str(letter["body"])) == ("1 thông báo từ Đình", True)
    parts = models.Delivery.objects.filter(digest__isnull=False).order_by("pk")
    assert [row.state for row in parts] == ["skipped", "sent"]
    tell("test.told", head.urn, key="e3")
    models.Delivery.objects.filter(key="e3", channel="email").update(state="dead", due_at=None)
    api.forget_about(["urn:dinh:case:2026-000001"])
    (dead,) = models.Delivery.objects.filter(key="e3", channel="email")
    assert (dead.state, api.retry(head, [dead.pk])) == ("skipped", 0)


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_beside_its_own_work(an: Actor, tell: Callable[..., int], outgoing: Path) -> None:
    tell("test.siren", an.urn)
    jobs.deliver_pending()
    for thread in threading.enumerate():
        if thread.name == "dinh-email":
            thread.join(20)
    assert len(files(outgoing, "email")) == 1

"""The house's own warnings: by one person, checked by another, told as CAP that the house itself would accept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, Refused
from dinh.spine.jobs import api as jobs
from dinh.spine.publications import api as publications
from dinh.systems.local_news import models, tasks
from dinh.systems.local_news.actions import warnings
from dinh.systems.local_news.feeds import cap_reading
from dinh.systems.local_news.queries import alerts
from dinh.systems.local_news.tests.factories import (
    AN,
    CHI,
    MY_TU,
    TRAN_DE,
    VINH_CHAU,
    draft,
    moment,
    someone,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]


def issued(**changes: Any) -> str:
    made = warnings.write(draft(**changes), by=AN)
    publications.submit(made.slug, by=AN)
    warnings.issue(made.slug, revision=made.revision, by=CHI)
    _deliver()
    return made.slug


def _deliver() -> None:
    jobs.deliver_pending()


@pytest.fixture(autouse=True)
def _listening() -> None:
    jobs.listen("publication.published", "local_news.published", tasks.published)
    jobs.listen("publication.withdrawn", "local_news.withdrawn", tasks.withdrawn)


def test_a_warning_is_told_as_cap_in_both_languages_once_a_second_person_has_checked_it() -> None:
    slug = issued()
    (row,) = alerts.in_force(unit=TRAN_DE)
    assert (row.own, row.urgent, row.publication) == (True, True, slug)
    assert row.words("en")["instruction"] == "Take no river water."
    message = cap_reading.read(alerts.own_xml(row.number).encode())
    assert (message.status, message.kind, message.identifier) == ("Actual", "Alert", f"urn:dinh:publication:{slug}:v1")
    assert [info.language for info in message.infos] == ["vi-VN", "en-US"]
    assert message.infos[0].areas[0].geocodes[1].value == "31673"
    assert alerts.in_force(unit=VINH_CHAU) == ()


def test_who_wrote_it_cannot_tell_it() -> None:
    leader = someone("chi", "leader")
    made = warnings.write(draft(), by=leader)
    publications.submit(made.slug, by=leader)
    with pytest.raises(Refused, match="somebody else has to check it"):
        warnings.issue(made.slug, revision=made.revision, by=leader)


def test_what_was_checked_in_time_is_not_told_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made = warnings.write(draft(), by=AN)
    publications.submit(made.slug, by=AN)
    publications.approve(made.slug, revision=made.revision, by=CHI)
    tomorrow = clock.now() + timedelta(hours=13)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    with pytest.raises(Invalid, match="over before it is told"):
        publications.publish(made.slug, by=CHI)
    assert publications.publication(made.slug).current is None


def test_what_was_put_on_the_schedule_is_taken_off_it_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made = warnings.write(draft(), by=AN)
    publications.submit(made.slug, by=AN)
    publications.approve(made.slug, revision=made.revision, by=CHI)
    with pytest.raises(Invalid, match="over before it is told"):
        publications.schedule(made.slug, at=clock.now() + timedelta(hours=13), by=CHI)
    publications.schedule(made.slug, at=clock.now() + timedelta(hours=1), by=CHI)
    late = clock.now() + timedelta(hours=13)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert publications.publish_due() == 0
    assert publications.open_version(made.slug).state == "checked"  # type: ignore[union-attr]
    last = publications.acts(made.slug)[-1]
    assert (last.what, last.by_name) == ("unscheduled", "Đình")
    assert "sẽ hết hiệu lực trước khi phát" in last.text


def test_an_update_replaces_it_and_a_cancellation_ends_it() -> None:
    slug = issued()
    begun = publications.correct(slug, by=AN)
    note = {"vi": "Nặng hơn.", "en": "It is worse."}
    saved = warnings.rewrite(
        slug, draft(severity="Extreme", areas=[TRAN_DE]), revision=begun.revision, note=note, by=AN
    )
    publications.submit(slug, by=AN)
    warnings.issue(slug, revision=saved.revision, by=CHI)
    _deliver()
    (row,) = alerts.in_force(unit=TRAN_DE)
    update = cap_reading.read(alerts.own_xml(row.number).encode())
    assert (update.kind, row.severity) == ("Update", "Extreme")
    assert update.references[0].identifier == f"urn:dinh:publication:{slug}:v1"
    publications.withdraw(slug, reason={"vi": "Nước rút.", "en": "It is over."}, by=CHI)
    _deliver()
    assert alerts.in_force() == ()
    cancel = alerts.own_of(slug)[0]
    assert (cancel.kind, cancel.words("vi")["description"]) == ("Cancel", "Nước rút.")
    assert len(cap_reading.read(alerts.own_xml(cancel.number).encode()).references) == 2
    assert [one.kind for one in alerts.own_messages()] == ["Cancel", "Update", "Alert"]


def test_an_event_that_is_heard_twice_makes_one_message() -> None:
    slug = issued()
    warnings.take_published(slug, 1)
    assert models.Alert.objects.count() == 1


def test_a_warning_of_one_commune_reaches_no_other_even_where_its_form_was_forged() -> None:
    local = someone("xa", "official", MY_TU)
    with pytest.raises(Refused):
        warnings.write(draft(areas=[TRAN_DE]), by=local)
    made = warnings.write(draft(areas=[MY_TU]), by=local)
    body = [{**made.body[0], "areas": [{"urn": TRAN_DE, "name": {"vi": "x", "en": "x"}}]}]
    publications.save(made.slug, revision=made.revision, title=made.title, summary=made.summary, body=body, by=local)
    with pytest.raises(Invalid, match="does not lie in"):
        publications.submit(made.slug, by=local)


def test_the_values_are_checked_with_the_words_and_stand_in_the_hash() -> None:
    slug = issued()
    assert '"severity":"Severe"' in publications.canonical(slug, 1)
    for changes, place in (
        ({"severity": "Unknown"}, "severity"),
        ({"ends": moment(hours=1)}, "until"),
        ({"areas": []}, "areas"),
    ):
        with pytest.raises(Invalid) as caught:
            warnings.write(draft(**changes), by=AN)
        assert place in str(caught.value)


def test_a_publication_of_another_kind_holds_no_warning_and_a_warning_exactly_one() -> None:
    block = warnings.write(draft(), by=AN).body[0]
    words = {"vi": "a", "en": "a"}
    publications.create(slug="tin", kind="news", title=words, summary=words, body=[block], by=AN)
    with pytest.raises(Invalid, match="a warning has exactly one"):
        publications.submit("tin", by=AN)


def test_a_warning_that_is_over_before_it_is_told_is_not_told() -> None:
    made = warnings.write(draft(begins=moment(hours=2), ends=moment(hours=1)), by=AN)
    publications.submit(made.slug, by=AN)
    with pytest.raises(Invalid, match="over before it is told"):
        warnings.issue(made.slug, revision=made.revision, by=CHI)
    assert publications.open_version(made.slug).state == "in_review"  # type: ignore[union-attr]


def test_a_text_that_no_xml_can_hold_does_not_break_the_message() -> None:
    issued(instruction={"vi": "A < B & «C» \x0b\x00", "en": "x"}, ends=moment() + timedelta(hours=3))
    (row,) = alerts.in_force()
    assert row.words("vi")["instruction"] == "A < B & «C»"

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Refused
from dinh.spine.cases import api, escalation, models
from dinh.spine.cases.tests.factories import COMMUNE_A, COMMUNE_B, STATION, alert, person
from dinh.spine.jobs import api as jobs
from dinh.spine.jobs import models as outbox
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import AlertRow
from dinh.spine.parties.api import SYSTEM, Actor

pytestmark = pytest.mark.django_db
type Rows = dict[str, AlertRow]


@pytest.fixture
def alerts(monkeypatch: pytest.MonkeyPatch) -> Rows:
    """Alerts are another part's business; here they are a table."""
    rows: Rows = {}
    monkeypatch.setattr(observations, "alert", lambda urn: rows[urn])
    monkeypatch.setattr(observations, "rules", lambda: ())
    monkeypatch.setattr(
        observations, "alerts", lambda *, states, limit: [row for row in rows.values() if row.state in states]
    )
    return rows


@pytest.fixture
def fire(alerts: Rows) -> Callable[..., None]:
    def fired(row: AlertRow, event: str = "alert.opened", case_type: str | None = "test_incident") -> None:
        alerts[row.urn] = row
        with transaction.atomic():
            jobs.publish(event, {"urn": row.urn, "case_type": case_type})
        jobs.deliver_pending()

    return fired


def test_an_alert_whose_rule_asks_for_a_case_gets_one(fire: Callable[..., None], committee: str) -> None:
    fire(alert())
    case = api.case_of("urn:dinh:alert:1")
    assert case is not None
    assert case.title == "Độ mặn vượt 4 g/l tại Trần Đề"
    assert case.name("en") == "Salinity above 4 g/l at Trần Đề"
    assert (case.place, case.severity, case.organisation, case.simulated) == (STATION, "critical", committee, True)
    assert api.acts(case.urn)[0].by == SYSTEM.urn
    fire(alert())
    assert models.Case.objects.count() == 1, "once, however often it is told"


def test_an_alert_without_a_case_type_or_over_long_ago_opens_none(fire: Callable[..., None]) -> None:
    fire(alert(1), case_type=None)
    fire(alert(2), case_type="removed")
    fire(alert(3, state="cleared", cleared_at=clock.now() - timedelta(hours=3)))
    fire(alert(4, since=clock.now() - timedelta(hours=3)))
    assert models.Case.objects.count() == 0


def test_a_person_opens_the_case_of_an_alert_and_the_next_one_gets_the_same(
    dao: Actor, binh: Actor, alerts: Rows
) -> None:
    row = alert()
    alerts[row.urn] = row
    case = api.open_for_alert(row.urn, by=dao, type="test_incident")
    assert api.open_for_alert(row.urn, by=binh) == case
    assert api.acts(case.urn)[0].by == dao.urn


def test_an_alert_that_goes_on_after_its_case_ended_gets_a_new_case(dao: Actor, alerts: Rows) -> None:
    alerts["urn:dinh:alert:1"] = alert()

    def asked() -> api.CaseRow:
        return api.open_for_alert("urn:dinh:alert:1", by=dao, type="test_incident")

    first = asked()
    api.move(first.urn, transition="reject", by=dao, reason="x")
    second = asked()
    assert second.urn != first.urn
    assert asked() == second
    api.move(second.urn, transition="reject", by=dao, reason="x")
    api.move(first.urn, transition="reopen", by=dao, reason="x")
    assert asked().urn == first.urn, "an older one that goes on again is the alert's case"
    api.move(first.urn, transition="close", by=dao, reason="x")
    third = asked()
    api.move(third.urn, transition="reject", by=dao, reason="x")
    alerts["urn:dinh:alert:1"] = alert(state="cleared", cleared_at=clock.now())
    assert asked().urn == third.urn, "nothing is opened for what is over"
    assert models.Case.objects.count() == 3


def test_nobody_opens_a_case_about_an_alert_or_a_place_beyond_the_own_area(alerts: Rows) -> None:
    alerts["urn:dinh:alert:1"] = alert()
    alerts["urn:dinh:alert:2"] = alert(2, subject="urn:dinh:asset:unknown", place=COMMUNE_A)
    near, far = person("near", "operator", COMMUNE_A), person("far", "operator", COMMUNE_B)
    for subject in (*alerts, STATION, COMMUNE_A):
        for place in (None, COMMUNE_B):
            with pytest.raises(Refused, match=r"cases\.open") as caught:
                api.open_case(type="test_incident", title="Vụ", by=far, subject=subject, place=place)
            assert caught.value.code == "parties.not_permitted"
        assert api.case_of(subject) is None
        assert api.open_case(type="test_incident", title="Vụ", by=near, subject=subject).subject == subject


def test_the_case_of_an_alert_is_not_told_to_whoever_may_not_see_it(alerts: Rows) -> None:
    alerts["urn:dinh:alert:1"] = alert()
    near, far = person("near", "operator", COMMUNE_A), person("far", "operator", COMMUNE_B)
    with pytest.raises(Refused) as before:
        api.open_for_alert("urn:dinh:alert:1", by=far)
    case = api.open_for_alert("urn:dinh:alert:1", by=near)
    with pytest.raises(Refused) as after:
        api.open_for_alert("urn:dinh:alert:1", by=far)
    assert after.value.message == before.value.message
    alerts["urn:dinh:alert:1"] = alert(state="cleared", cleared_at=clock.now())
    api.move(case.urn, transition="reject", by=near, reason="x")
    with pytest.raises(Refused):
        api.open_for_alert("urn:dinh:alert:1", by=far)
    assert api.open_for_alert("urn:dinh:alert:1", by=near).urn == case.urn


def test_a_cleared_alert_is_noted_in_its_case_while_it_goes_on(fire: Callable[..., None], dao: Actor) -> None:
    fire(alert())
    fire(alert(state="cleared", cleared_at=clock.now()), "alert.cleared")
    case = api.case_of("urn:dinh:alert:1")
    assert case is not None
    said = api.acts(case.urn)[-1]
    assert (said.what, said.by, said.detail["notice"]) == ("commented", SYSTEM.urn, "alert_cleared")
    api.move(case.urn, transition="reject", by=dao, reason="x")
    fire(alert(state="cleared", cleared_at=clock.now()), "alert.cleared")
    assert api.case(case.urn).version == 3


def test_a_case_that_nobody_takes_or_ends_in_time_escalates_once_for_each(dao: Actor) -> None:
    case = api.open_case(type="test_incident", title="Mất điện", by=dao, place=STATION)
    assert api.escalate_overdue() == 0
    past = clock.now() - timedelta(minutes=1)
    models.Case.objects.update(owner_due_at=past, deadline_at=past)
    assert api.escalate_overdue() == 1
    assert api.escalate_overdue() == 0
    api.take(case.urn, by=dao)
    models.Case.objects.update(due_at=past, deadline_at=past)
    assert api.escalate_overdue() == 1
    assert api.escalate_overdue() == 0
    told = [act.detail["because"] for act in api.acts(case.urn) if act.what == "escalated"]
    assert told == ["no_owner", "overdue"]
    assert len(ledger.entries(kind="case.escalated")) == 2
    assert outbox.Event.objects.filter(name="case.escalated").count() == 2
    assert api.case(case.urn).escalated


def test_a_loud_alert_that_is_left_alone_escalates_once(alerts: Rows, dao: Actor) -> None:
    old = clock.now() - timedelta(minutes=11)
    for row in (
        alert(1, since=old),
        alert(2, since=old, severity="minor"),
        alert(3, since=old, state="acknowledged"),
        alert(4),
        alert(5, since=old),
    ):
        alerts[row.urn] = row
    api.open_for_alert("urn:dinh:alert:5", by=dao, type="test_incident")
    assert escalation.escalate_alerts() == 1
    assert escalation.escalate_alerts() == 0
    (leaf,) = ledger.entries(kind="case.escalated")
    assert leaf.subject == "urn:dinh:alert:1"
    assert outbox.Event.objects.get(name="case.escalated").payload["urn"] == "urn:dinh:alert:1"

"""From readings to alerts: opened once, cleared, acknowledged, and the same after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, NotFound, Refused
from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import alerts as room
from dinh.spine.observations import api as observations
from dinh.spine.observations import judge
from dinh.spine.observations.history import owner
from dinh.spine.observations.models import Alert, JudgedCursor
from dinh.spine.observations.tests.province import HOUR, MINUTE, declare, record, source
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, SYSTEM

pytestmark = pytest.mark.django_db
STATION = "urn:dinh:organisation:station"
OTHER = "urn:dinh:organisation:other"
START = clock.now().replace(second=0, microsecond=0) - 3 * HOUR


@pytest.fixture(autouse=True)
def _declared() -> None:
    for name in ("station", "other"):
        parties.save_organisation(id=name, name_vi=name, name_en=name)
    declare("a.salinity")
    source("met", simulated=True)
    watch(lasting=5 * MINUTE)


def watch(code: str = "a.salty", **more: Any) -> None:
    spec: dict[str, Any] = {"above": 4.0, "clear_at": 3.0, "severity": Severity.MAJOR, "case_type": "test.case"} | more
    observations.declare_rules(
        [RuleSpec(code=code, indicator="a.salinity", name=Text("Mặn", "Salty"), **spec)], by=SYSTEM
    )


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    heard: list[tuple[str, dict[str, Any]]] = []
    publish = jobs.publish

    def heard_publish(name: str, payload: Any) -> None:
        heard.append((name, dict(payload)))
        publish(name, payload)

    monkeypatch.setattr(jobs, "publish", heard_publish)
    return heard


def salinity(values: Sequence[float | None], start: datetime = START, subject: str = STATION) -> None:
    record("a.salinity", subject, values, start=start)


def all_alerts() -> list[observations.AlertRow]:
    return list(observations.alerts(states=("open", "acknowledged", "cleared")))


def test_an_alert_fires_after_its_duration_and_says_since_when(events: list[tuple[str, dict[str, Any]]]) -> None:
    salinity([2.0, 5.0, 5.0, 5.0, 5.0, 5.0])
    assert all_alerts() == []
    salinity([6.0], START + 6 * MINUTE)
    (alert,) = all_alerts()
    assert (alert.state, alert.since, alert.value, alert.threshold) == ("open", START + MINUTE, 6.0, 4.0)
    assert (alert.name_vi, alert.subject, alert.severity, alert.simulated) == ("Mặn", STATION, "major", True)
    ((name, payload),) = events
    assert name == "alert.opened"
    assert payload == {
        "urn": alert.urn, "rule": "a.salty", "severity": "major", "subject": STATION, "place": None,
        "series": alert.series, "value": 6.0, "since": (START + MINUTE).isoformat(), "name_vi": "Mặn",
        "name_en": "Salty", "case_type": "test.case", "simulated": True,
    }  # fmt: skip


def test_a_missing_value_neither_clears_nor_interrupts() -> None:
    salinity([5.0, 5.0, None, None, 5.0, 5.0, None, None])
    (alert,) = all_alerts()
    assert (alert.state, alert.since) == ("open", START)


def test_it_clears_only_at_the_lower_limit_and_may_fire_anew(events: list[tuple[str, dict[str, Any]]]) -> None:
    salinity([5.0] * 6 + [3.5, 3.9, 3.0] + [8.0] * 6 + [3.5])
    newest, cleared = sorted(all_alerts(), key=lambda row: row.state, reverse=True)
    assert (cleared.state, cleared.cleared_at) == ("cleared", START + 8 * MINUTE)
    assert (newest.state, newest.since, newest.worst_value) == ("open", START + 9 * MINUTE, 8.0)
    assert [name for name, _ in events] == ["alert.opened", "alert.cleared", "alert.opened"]


def test_the_worst_value_is_kept() -> None:
    salinity([5.0] * 6 + [9.0, 7.0])
    salinity([2.0], START + 8 * MINUTE)
    assert all_alerts()[0].worst_value == 9.0


def test_each_series_has_its_own_alert_and_each_rule_too() -> None:
    watch("a.very-salty", above=7.0, severity=Severity.CRITICAL, lasting=timedelta(0))
    salinity([8.0] * 6)
    salinity([8.0] * 6, subject=OTHER)
    found = observations.alerts()
    assert [(row.severity, row.subject) for row in found] == [
        ("critical", STATION), ("critical", OTHER), ("major", STATION), ("major", OTHER),
    ]  # fmt: skip


def test_late_and_old_readings_fire_nothing() -> None:
    salinity([2.0], START + HOUR)
    salinity([9.0] * 20)
    salinity([9.0] * 20, START - timedelta(days=30), OTHER)
    assert all_alerts() == []


def test_a_crash_before_the_alert_was_written_loses_none_and_repeats_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **more: object) -> None:
        raise DatabaseError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(room, "open_alert", fails)
        salinity([5.0] * 8)
    assert all_alerts() == []
    for _ in range(2):  # what the owner does when it starts
        with owner.taken():
            judge.catch_up()
        assert [row.since for row in all_alerts()] == [START]


def test_a_fault_that_nobody_foresaw_delays_an_alert_and_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with owner.taken():
        with monkeypatch.context() as broken:
            broken.setattr(room, "open_alert", lambda *_, **__: 1 / 0)
            salinity([5.0] * 8)
        assert all_alerts() == []
        salinity([5.0], START + 8 * MINUTE)
    assert [row.since for row in all_alerts()] == [START]


def test_what_was_pending_stays_pending_over_a_restart() -> None:
    salinity([2.0, 5.0, 5.0])
    judge._judge.forget()
    salinity([5.0, 5.0], START + 3 * MINUTE)
    judge._judge.save_cursor()
    judge._judge.forget()
    assert all_alerts() == []
    salinity([5.0, 5.0], START + 5 * MINUTE)
    assert [(row.since, row.state) for row in all_alerts()] == [(START + MINUTE, "open")]


def test_cursor_and_alert_are_written_together() -> None:
    salinity([5.0] * 8)
    salinity([1.0], START + 8 * MINUTE)
    assert JudgedCursor.objects.get().batch == 2
    Alert.objects.update(state="open", cleared_at=None)
    judge._judge.forget()
    judge.catch_up()
    assert all_alerts()[0].state == "open", "a judged batch is not judged again"


def test_an_alert_ends_with_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    from dinh.spine.observations import catalogue
    from dinh.spine.observations.models import Rule

    salinity([5.0] * 8)
    Rule.objects.update(declared_by=catalogue.MANIFEST)
    observations.declare_manifests()
    assert "a.salty" not in {rule.code for rule in observations.rules()}
    salinity([5.0], START + 8 * MINUTE)
    assert all_alerts()[0].state == "cleared"


def test_acknowledging_names_the_person_once() -> None:
    salinity([5.0] * 8)
    urn = all_alerts()[0].urn
    with pytest.raises(Refused):
        observations.acknowledge(urn, by=ANYONE)
    row = observations.acknowledge(urn, by=SYSTEM)
    assert (row.state, row.acknowledged_by) == ("acknowledged", SYSTEM.urn)
    with pytest.raises(Conflict, match="acknowledged already"):
        observations.acknowledge(urn, by=SYSTEM)
    with pytest.raises(NotFound):
        observations.acknowledge("urn:dinh:alert:99999999999999999999", by=SYSTEM)
    salinity([1.0], START + 8 * MINUTE)
    assert observations.alert(urn).state == "cleared"


def test_the_past_shows_alerts_as_they_stood_then() -> None:
    salinity([5.0] * 6 + [1.0])
    fired = START + 5 * MINUTE
    assert observations.alerts(at=fired - MINUTE) == ()
    (then,) = observations.alerts(at=fired)
    assert (then.state, then.cleared_at) == ("open", None)
    assert observations.alerts(at=fired + MINUTE) == ()
    assert observations.alert_times(start=START, end=START + HOUR) == ((fired, "major"),)
    assert observations.alert_times(start=START, end=START + HOUR, within=OTHER) == ()


def test_pages_of_alerts_go_on_after_the_last() -> None:
    watch("a.second", lasting=timedelta(0), severity=Severity.CRITICAL)
    salinity([5.0] * 8)
    salinity([5.0] * 8, subject=OTHER)
    seen: list[str] = []
    while page := observations.alerts(after=seen[-1] if seen else "", limit=1):
        seen.append(page[0].urn)
    assert seen == [row.urn for row in observations.alerts()]
    assert len(seen) == 4

"""One cause makes one alert to act upon; maintenance holds alerts back and loses none; people leave their name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.kernel.specs import RuleKind
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.observations import judge, maintenance
from dinh.spine.observations.history import owner
from dinh.spine.observations.models import Alert, Maintenance
from dinh.spine.observations.tests.province import HOUR, MINUTE, declare, record, source
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, SYSTEM
from dinh.spine.places import api as places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
START = clock.now().replace(second=0, microsecond=0) - 3 * HOUR


@pytest.fixture(autouse=True)
def _declared(ground: tuple[list[str], list[str]]) -> Iterator[None]:
    declare("a.water")
    declare("a.rain")
    source("met")
    observations.declare_rules([rule("a.high", above=4.0, case_type="test.case"), SILENT], by=SYSTEM)
    with owner.taken():
        yield


def rule(code: str, kind: RuleKind = RuleKind.THRESHOLD, **more: Any) -> RuleSpec:
    return RuleSpec(code, "a.water", Text("Nước cao", "High water"), Severity.MAJOR, kind=kind, **more)


SILENT = rule("a.silent", RuleKind.MISSING, silent_for=30 * MINUTE)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str | None]]:
    heard: list[tuple[str, str, str | None]] = []
    publish = jobs.publish

    def heard_publish(name: str, payload: Any) -> None:
        if name.startswith("alert."):
            heard.append((name, payload["urn"], payload.get("group")))
        publish(name, payload)

    monkeypatch.setattr(jobs, "publish", heard_publish)
    return heard


def stations(ground: tuple[list[str], list[str]], count: int, commune: int = 0) -> list[str]:
    """That many new stations in one commune."""
    row = places.place(ground[1][commune])
    return [
        places.save_place(
            kind="asset", id=f"g{commune}-{number}", level="station", name_vi=f"T{number}", name_en=f"S{number}",
            longitude=row.longitude, latitude=row.latitude,
        ).urn
        for number in range(count)
    ]  # fmt: skip


def values(subjects: list[str], value: float, at: datetime = START) -> None:
    rows = [
        {"indicator": "a.water", "subject": urn, "observed_at": at.isoformat(), "value": value, "source": "met"}
        for urn in subjects
    ]
    observations.record(rows, by=SYSTEM, channel="test")


def test_one_rule_all_over_a_commune_is_one_alert(ground: Any, events: list[Any]) -> None:
    some = stations(ground, 5)
    values(some[:4], 5.0)
    assert len(observations.alerts()) == 4, "four may be chance"
    events.clear()
    values(some[4:], 6.0, START + 5 * MINUTE)
    (group,) = observations.alerts()
    assert (group.is_group, group.members, group.kind, group.severity, group.rule) == (
        True, 5, "group", "major", "a.high",
    )  # fmt: skip
    assert len(observations.alerts(grouped=False)) == 5
    assert {row.group for row in observations.group_members(group.urn)} == {group.urn}
    assert [(name, about) for name, _, about in events] == [("alert.opened", None), ("alert.opened", group.urn)]
    values(stations(ground, 6)[5:], 5.0, START + HOUR)
    assert observations.alert(group.urn).members == 6, "as long as it stands it takes in what has its cause"


def test_a_group_ends_with_the_last_of_its_members(ground: Any, events: list[Any]) -> None:
    some = stations(ground, 5)
    values(some, 5.0)
    (group,) = observations.alerts()
    values(some[:4], 1.0, START + 5 * MINUTE)
    assert observations.alert(group.urn).state == "open"
    values(some[4:], 1.0, START + 6 * MINUTE)
    row = observations.alert(group.urn)
    assert (row.state, row.cleared_at) == ("cleared", START + 6 * MINUTE)
    assert events[-1] == ("alert.cleared", group.urn, None)


def test_alerts_far_apart_in_time_or_of_other_communes_stand_alone(ground: Any) -> None:
    values(stations(ground, 3), 5.0)
    values(stations(ground, 3, 1)[:1], 5.0)
    values(stations(ground, 5)[3:], 5.0, START + 11 * MINUTE)
    assert not [row for row in observations.alerts() if row.is_group]


def test_a_silent_source_is_one_alert(ground: Any, events: list[Any]) -> None:
    some = [*stations(ground, 2), *stations(ground, 2, 1)]
    values(some, 1.0)
    judge._present().tick(START + HOUR)
    (group,) = observations.alerts()
    assert (group.name_vi, group.members, group.source) == ("Nguồn im lặng: met", 4, "met")
    values(some[:1], 1.0, START + 2 * HOUR)
    assert observations.alert(group.urn).state == "open"
    assert len(observations.alerts(grouped=False)) == 3


def test_a_thing_that_falls_silent_while_its_source_speaks_is_one_alert(ground: Any) -> None:
    observations.declare_rules(
        [RuleSpec("a.dry", "a.rain", Text("x", "x"), Severity.MINOR, kind=RuleKind.MISSING, silent_for=30 * MINUTE)],
        by=SYSTEM,
    )
    some = stations(ground, 3)
    values(some, 1.0)
    record("a.rain", some[0], [1.0], start=START)
    values(some[1:], 1.0, START + 50 * MINUTE)
    judge._present().tick(START + HOUR)
    (group,) = observations.alerts()
    assert (group.is_group, group.subject, group.name_en, group.members) == (True, some[0], "No data: S0", 2)


def test_a_member_may_be_taken_out_and_put_back(ground: Any, events: list[Any]) -> None:
    values(stations(ground, 5), 5.0)
    (group,) = observations.alerts()
    member = observations.group_members(group.urn)[0]
    events.clear()
    with pytest.raises(Refused):
        observations.set_alert_apart(member.urn, by=ANYONE)
    apart = observations.set_alert_apart(member.urn, by=SYSTEM, note="cảm biến hỏng")
    assert apart.group is None
    assert events == [("alert.opened", member.urn, None)], "now it stands for itself and opens its own case"
    assert {row.urn for row in observations.alerts()} == {group.urn, member.urn}
    assert observations.alert(group.urn).members == 4
    with pytest.raises(Conflict, match="stands in no group"):
        observations.set_alert_apart(member.urn, by=SYSTEM)
    assert observations.put_alert_into_group(member.urn, group.urn, by=SYSTEM).group == group.urn
    assert observations.alert(group.urn).members == 5
    with pytest.raises(Conflict):
        observations.put_alert_into_group(member.urn, group.urn, by=SYSTEM)
    assert [row.what for row in observations.alert_notes(member.urn)] == ["set_apart", "joined"]
    assert [entry.kind for entry in ledger.entries(subject=member.urn)] == ["alert.set_apart", "alert.joined"]


def test_groups_are_the_same_after_a_replay(ground: Any) -> None:
    values(stations(ground, 7), 5.0)
    before = sorted((row.series, row.group is not None) for row in observations.alerts(grouped=False))
    judge._judge.forget()
    judge._present().catch_up()
    values(stations(ground, 7), 5.0, START + MINUTE)
    assert sorted((row.series, row.group is not None) for row in observations.alerts(grouped=False)) == before


# --- notes -------------------------------------------------------------------------


def test_an_acknowledgement_carries_a_name_and_a_note_and_reaches_the_members(ground: Any) -> None:
    values(stations(ground, 5), 5.0)
    (group,) = observations.alerts()
    observations.acknowledge(group.urn, by=SYSTEM, note="đang kiểm tra")
    assert {row.state for row in observations.group_members(group.urn)} == {"acknowledged"}
    observations.note_alert(group.urn, "mưa lớn", by=SYSTEM)
    assert [(row.what, row.text, row.by_name) for row in observations.alert_notes(group.urn)] == [
        ("acknowledged", "đang kiểm tra", "Đình"), ("noted", "mưa lớn", "Đình"),
    ]  # fmt: skip
    leaves = ledger.entries(subject=group.urn)
    assert [entry.kind for entry in leaves] == ["alert.acknowledged", "alert.noted"]
    assert "mưa" not in ledger.leaf_text(leaves[1]), "the ledger holds a commitment, not the words"
    with pytest.raises(Invalid, match="the note is empty"):
        observations.note_alert(group.urn, "  ", by=SYSTEM)
    with pytest.raises(Refused):
        observations.note_alert(group.urn, "x", by=ANYONE)


# --- maintenance -------------------------------------------------------------------


def window(**more: Any) -> observations.MaintenanceRow:
    options: dict[str, Any] = {"from_at": START - HOUR, "until_at": clock.now() + HOUR, "reason": "thay cảm biến"}
    return observations.start_maintenance(**(options | more), by=SYSTEM)


def test_an_alert_in_maintenance_is_kept_and_told_of_when_it_is_over(ground: Any, events: list[Any]) -> None:
    (station, other) = stations(ground, 2)
    row = window(subject=station)
    values([station, other], 5.0)
    (held,) = observations.alerts(states=("suppressed",))
    assert (held.subject, held.maintenance) == (station, row.id)
    assert [alert.subject for alert in observations.alerts()] == [other]
    assert [urn for _, urn, _ in events] == [observations.alerts()[0].urn]
    (shown,) = observations.maintenance()
    assert (shown.going_on, shown.held, shown.kept) == (True, 1, 1)
    judge._present().tick(clock.now())
    assert observations.alert(held.urn).state == "suppressed"
    ended = observations.end_maintenance(row.id, by=SYSTEM)
    assert ended.ended_at is not None
    judge._present().tick(clock.now())
    assert observations.alert(held.urn).state == "open"
    assert ("alert.opened", held.urn, None) in events
    with pytest.raises(Conflict, match="over already"):
        observations.end_maintenance(row.id, by=SYSTEM)
    assert [entry.kind for entry in ledger.entries(subject=f"observations:maintenance:{row.id}")] == [
        "maintenance.started", "maintenance.ended",
    ]  # fmt: skip


def test_what_ends_within_maintenance_is_counted_and_never_told(ground: Any, events: list[Any]) -> None:
    (station,) = stations(ground, 1)
    window(place=ground[1][0])
    values([station], 5.0)
    values([station], 1.0, START + 10 * MINUTE)
    assert events == []
    assert [(row.held, row.kept) for row in observations.maintenance()] == [(0, 1)]
    assert observations.alerts(states=("cleared",))
    assert not observations.alerts()


@pytest.mark.parametrize(
    ("named", "held"),
    [
        ({"rule": "a.high"}, True), ({"rule": "a.silent"}, False), ({"source": "met"}, True), ({"source": "other"}, False),
        ({"source": "met", "rule": "a.silent"}, False),
    ],
)  # fmt: skip
def test_all_that_a_window_names_must_match(ground: Any, named: dict[str, str], held: bool) -> None:
    window(**named)
    values(stations(ground, 1), 5.0)
    assert bool(observations.alerts(states=("suppressed",))) is held


def test_a_weekly_window_holds_at_the_same_hours_until_it_is_ended() -> None:
    monday = clock.parse_moment("2026-11-23T01:00:00+07:00")
    row = Maintenance(from_at=monday, until_at=monday + 2 * HOUR, weekly=True)
    moments = [
        monday - MINUTE, monday, monday + 2 * HOUR, monday + timedelta(days=14), monday + timedelta(days=14, hours=2),
    ]  # fmt: skip
    assert [maintenance.going_on(row, at) for at in moments] == [False, True, False, True, False]
    row.ended_at = monday + timedelta(days=8)
    assert not maintenance.going_on(row, monday + timedelta(days=14))


def test_maintenance_needs_a_reason_something_named_and_the_right(ground: Any) -> None:
    with pytest.raises(Invalid, match="a reason is needed"):
        window(rule="a.high", reason=" ")
    with pytest.raises(Invalid, match="nothing is named"):
        window()
    with pytest.raises(Invalid, match="is no window"):
        window(rule="a.high", until_at=START - 2 * HOUR)
    with pytest.raises(NotFound):
        observations.end_maintenance(999, by=SYSTEM)
    parties.save_person(
        username="op",
        name="Op",
        email="op@example.vn",
        organisation=None,
        grants=[parties.Grant("operator", ground[1][0])],
    )
    from django.contrib.auth import get_user_model

    operator = parties.actor_of(get_user_model().objects.get(username="op"), second_factor=True)
    options: dict[str, Any] = {"from_at": START, "until_at": START + HOUR, "reason": "x", "by": operator}
    with pytest.raises(Invalid, match="a part of the area only"):
        observations.start_maintenance(**options, rule="a.high")
    with pytest.raises(Refused):
        observations.start_maintenance(**options, place=ground[1][1])
    assert observations.start_maintenance(**options, place=ground[1][0]).place == ground[1][0]


# --- the rulebook -------------------------------------------------------------------


def test_a_rule_is_made_changed_switched_and_removed_with_a_version_each(ground: Any) -> None:
    spec = rule("own.high", above=2.0)
    assert observations.save_rule(spec, by=SYSTEM).state == "on"
    observations.save_rule(rule("own.high", above=3.0), by=SYSTEM, reason="quá nhạy")
    values(stations(ground, 1), 3.5)
    assert [row.rule for row in observations.alerts()] == ["own.high"]
    with pytest.raises(Invalid, match="a reason is needed"):
        observations.switch_rule("own.high", on=False, by=SYSTEM, reason="")
    observations.switch_rule("own.high", on=False, by=SYSTEM, reason="chờ hiệu chuẩn")
    values(stations(ground, 1), 3.5, START + MINUTE)
    assert observations.alerts() == (), "an alert ends with its rule"
    assert observations.remove_rule("own.high", by=SYSTEM, reason="trùng").state == "retired"  # type: ignore[union-attr]
    found = observations.rule_versions("own.high")
    assert [(row.number, row.what, row.spec.above) for row in found] == [
        (4, "retired", 3.0), (3, "disabled", 3.0), (2, "changed", 3.0), (1, "created", 2.0),
    ]  # fmt: skip
    leaves = ledger.entries(subject="observations:rule:own.high")
    assert [entry.kind for entry in leaves] == ["rule.created", "rule.changed", "rule.disabled", "rule.retired"]
    assert [entry.index for entry in leaves] == [row.ledger_index for row in reversed(found)]
    observations.save_rule(rule("own.other", above=9.0), by=SYSTEM)
    assert observations.remove_rule("own.other", by=SYSTEM, reason="thử") is None
    with pytest.raises(NotFound):
        observations.rule_row("own.other")


def test_a_systems_rule_is_overridden_and_restored_but_never_removed(ground: Any) -> None:
    from dinh.spine.observations.models import Rule

    Rule.objects.filter(code="a.high").update(declared_by="manifest")
    with pytest.raises(Invalid, match="a reason is needed"):
        observations.save_rule(rule("a.high", above=7.0), by=SYSTEM)
    row = observations.save_rule(rule("a.high", above=7.0), by=SYSTEM, reason="mùa lũ")
    assert (row.own, row.overridden) == (False, True)
    values(stations(ground, 1), 5.0)
    assert observations.alerts() == ()
    with pytest.raises(Conflict, match="comes with a system"):
        observations.remove_rule("a.high", by=SYSTEM, reason="x")
    assert observations.restore_rule("a.high", by=SYSTEM, reason="hết lũ").spec.above == 4.0
    with pytest.raises(Conflict, match="nothing to restore"):
        observations.restore_rule("a.high", by=SYSTEM, reason="x")


def test_who_manages_a_part_makes_rules_for_that_part_only(ground: Any) -> None:
    from django.contrib.auth import get_user_model

    parties.save_person(
        username="en",
        name="En",
        email="en@example.vn",
        organisation=None,
        grants=[parties.Grant("engineer", ground[1][0])],
    )
    engineer = parties.actor_of(get_user_model().objects.get(username="en"), second_factor=True)
    with pytest.raises(Invalid, match="give it a place"):
        observations.save_rule(rule("own.a", above=2.0), by=engineer)
    with pytest.raises(Refused):
        observations.save_rule(rule("own.a", above=2.0, within=ground[1][1]), by=engineer)
    with pytest.raises(Invalid):
        observations.switch_rule("a.high", on=False, by=engineer, reason="x")
    observations.save_rule(rule("own.a", above=2.0, within=ground[1][0]), by=engineer)
    values([*stations(ground, 1), *stations(ground, 1, 1)], 3.0)
    assert [row.place for row in observations.alerts()] == [ground[1][0]]
    assert Alert.objects.count() == 1

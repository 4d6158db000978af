from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, Refused
from dinh.kernel.manifests import registry
from dinh.spine.cases import api
from dinh.spine.cases.tests.factories import COMMUNE_A, COMMUNE_B, KIND, PROVINCE, STATION, person
from dinh.spine.parties.api import ANYONE, Actor

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2026-11-22T08:00:00+07:00")


class Time:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = START

    def minutes(self, count: float) -> datetime:
        self.now = START + timedelta(minutes=count)
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    moved = Time()
    monkeypatch.setattr(clock, "now", lambda: moved.now)
    return moved


def opened(by: Actor, title: str = "Độ mặn vượt 4 g/l", **changes: object) -> api.CaseRow:
    values: dict[str, object] = {"type": "test_incident", "title": title, "by": by, "place": STATION}
    return api.open_case(**(values | changes))  # type: ignore[arg-type]


def titles(actor: Actor, **query: object) -> list[str]:
    return [row.title for row in api.cases(api.CaseQuery(**query), actor=actor).rows]  # type: ignore[arg-type]


def test_queues_count_what_is_mine_unowned_due_soon_and_overdue(dao: Actor, binh: Actor, time: Time) -> None:
    api.take(opened(dao, "của tôi").urn, by=dao)
    api.take(opened(dao, "của Bình").urn, by=binh)
    opened(dao, "chưa nhận")
    api.move(opened(dao, "xong").urn, transition="reject", by=dao, reason="nhầm")
    page = api.cases(api.CaseQuery(), actor=dao)
    assert page.counts == {"all": 3, "mine": 1, "unowned": 1, "due_soon": 1, "overdue": 0}
    assert page.total == 3
    time.minutes(16)
    assert titles(dao, queue="overdue") == ["chưa nhận"], "it should have an owner by now"
    time.minutes(200)
    assert titles(dao, queue="due_soon") == ["của tôi", "của Bình"]
    time.minutes(241)
    assert api.cases(api.CaseQuery(queue="mine"), actor=dao).counts["overdue"] == 3
    assert titles(dao, states=("rejected",)) == ["xong"]
    assert titles(dao, states=("open", "rejected", "done", "waiting"), order="number") == [
        "của tôi", "của Bình", "chưa nhận", "xong",
    ]  # fmt: skip


def test_text_is_found_without_marks_in_titles_numbers_and_places(dao: Actor) -> None:
    case = opened(dao)
    opened(dao, "Mất điện ba trạm", place=COMMUNE_B)
    assert titles(dao, text="do man") == ["Độ mặn vượt 4 g/l"]
    assert titles(dao, text="MY THANH") == ["Độ mặn vượt 4 g/l"]
    assert titles(dao, text="ke sach mat") == ["Mất điện ba trạm"]
    assert titles(dao, text=case.number_text) == ["Độ mặn vượt 4 g/l"]
    assert titles(dao, text="100%_") == []


def test_filters_hold_together(dao: Actor, committee: str, department: str) -> None:
    opened(dao, "a", severity="critical")
    opened(dao, "b", place=COMMUNE_B, organisation=department)
    opened(dao, "c", place=PROVINCE)
    assert titles(dao, within=COMMUNE_A) == ["a"]
    assert titles(dao, within=STATION) == ["a"]
    assert set(titles(dao, within=PROVINCE)) == {"a", "b", "c"}
    assert titles(dao, organisation=department) == ["b"]
    assert titles(dao, organisation=committee) == ["a"]
    assert titles(dao, severity="critical", within=PROVINCE) == ["a"]
    assert titles(dao, type="other") == []
    assert api.cases(api.CaseQuery(within=COMMUNE_B, queue="mine"), actor=dao).counts["all"] == 1


def test_orders_and_pages(dao: Actor, time: Time) -> None:
    for minute, severity in enumerate(("minor", "critical", "major")):
        time.minutes(minute)
        opened(dao, severity, severity=severity)
    assert titles(dao) == ["minor", "critical", "major"]
    assert titles(dao, order="-due_at") == ["major", "critical", "minor"]
    assert titles(dao, order="severity") == ["critical", "major", "minor"]
    assert titles(dao, order="-opened_at", limit=1) == ["major"]
    assert titles(dao, order="number", offset=1, limit=1) == ["critical"]
    with pytest.raises(Invalid, match="cannot be ordered by 'colour'"):
        titles(dao, order="colour")
    with pytest.raises(Invalid, match="no queue 'x'"):
        titles(dao, queue="x")


def test_any_past_moment_is_shown_as_it_was(dao: Actor, binh: Actor, time: Time, department: str) -> None:
    case = opened(dao)
    time.minutes(10)
    api.take(case.urn, by=dao)
    time.minutes(20)
    api.move(case.urn, transition="start", by=dao)
    api.hand_on(case.urn, organisation=department, by=dao, reason="x")
    time.minutes(30)
    api.take(case.urn, by=binh)
    api.move(case.urn, transition="close", by=binh, reason="xong")
    time.minutes(40)
    api.move(case.urn, transition="reopen", by=binh, reason="lại")
    time.minutes(60)

    def then(minutes: float, **query: object) -> tuple[object, ...] | None:
        at = START + timedelta(minutes=minutes)
        rows = api.cases(api.CaseQuery(at=at, **query), actor=dao).rows  # type: ignore[arg-type]
        return (rows[0].state, rows[0].owner, rows[0].organisation) if rows else None

    assert then(-1) is None
    assert then(0) == ("new", None, None)
    assert then(9) == ("new", None, None)
    assert then(10) == ("acknowledged", dao.urn, None)
    assert then(25) == ("working", None, department)
    assert then(35) is None
    assert then(35, states=("done",)) == ("closed", binh.urn, department)
    assert then(45) == ("working", binh.urn, department)
    assert then(10, queue="mine", within=COMMUNE_A, text="do man", type="test_incident") is not None
    past = api.cases(api.CaseQuery(at=START + timedelta(minutes=16), states=()), actor=dao)
    assert past.counts == {"all": 1, "mine": 1, "unowned": 0, "due_soon": 0, "overdue": 0}


def test_a_page_takes_two_queries_however_long(
    dao: Actor, django_assert_num_queries: DjangoAssertNumQueries, time: Time
) -> None:
    for _ in range(12):
        opened(dao)
    with django_assert_num_queries(2):
        assert len(api.cases(api.CaseQuery(text="man", within=PROVINCE), actor=dao).rows) == 12
    with django_assert_num_queries(2):
        assert len(api.cases(api.CaseQuery(at=time.minutes(1)), actor=dao).rows) == 12


def test_whoever_may_not_see_is_refused() -> None:
    with pytest.raises(Refused):
        api.cases(api.CaseQuery(), actor=ANYONE)


@pytest.mark.parametrize("of_people", [{"public": True}, {"alone": True}])
def test_figures_for_the_public_leave_out_what_people_reported_or_handed_in(
    of_people: dict[str, Any], dao: Actor, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.take(opened(dao).urn, by=dao)
    assert api.figures(reports=False).open == 1
    monkeypatch.setattr(registry, "case_types", lambda: (replace(KIND, **of_people),))
    assert api.figures().open == 1
    assert api.figures(reports=False) == api.WorkFigures(0, 0, 0, None, None, timedelta(days=7))
    assert api.figures(at=time.minutes(9), reports=False).open == 0


def test_figures_tell_of_open_work_waits_and_deadlines_kept(dao: Actor, time: Time) -> None:
    assert api.figures() == api.WorkFigures(0, 0, 0, None, None, timedelta(days=7))
    cases = [opened(dao, str(n)) for n in range(4)]
    for minutes, case in zip((2, 6, 10), cases, strict=False):
        time.minutes(minutes)
        api.take(case.urn, by=dao)
    time.minutes(20)
    for case in cases[:2]:
        api.move(case.urn, transition="reject", by=dao, reason="x")
    time.minutes(500)
    api.move(cases[2].urn, transition="reject", by=dao, reason="x")
    found = api.figures(within=PROVINCE)
    assert (found.open, found.unowned, found.overdue, found.minutes_to_owner) == (1, 1, 1, 6.0)
    assert found.on_time == pytest.approx(2 / 3)
    then = api.figures(at=START + timedelta(minutes=7))
    assert (then.open, then.unowned, then.overdue, then.minutes_to_owner, then.on_time) == (4, 2, 0, 4.0, None)
    assert api.figures(within=COMMUNE_B).open == 0


def test_an_official_of_one_commune_sees_its_cases_and_those_without_a_place(dao: Actor) -> None:
    here = person("anh", "official", COMMUNE_A)
    opened(dao, "ở đây")
    opened(dao, "ở kia", place=COMMUNE_B)
    opened(dao, "không nơi", place=None)
    assert set(titles(here)) == {"ở đây", "không nơi"}
    assert set(titles(here, at=clock.now())) == {"ở đây", "không nơi"}

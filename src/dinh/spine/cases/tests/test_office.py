"""Working time, pauses, routing, escalation: what departments set, and what follows for their cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import translation

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.manifests import CategorySpec, System, Text, registry
from dinh.spine.cases import api, deadlines
from dinh.spine.cases.tests.conftest import Told
from dinh.spine.cases.tests.factories import COMMUNE_A, COMMUNE_B, KIND, PROVINCE, STATION, person
from dinh.spine.jobs.api import TaskRow
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

pytestmark = pytest.mark.django_db
OFFICE = replace(
    KIND,
    code="test_office",
    office_hours=True,
    to_owner=timedelta(hours=2),
    to_close=timedelta(hours=15),
    categories=(
        CategorySpec("road", Text("Đường", "Roads")),
        CategorySpec("light", Text("Đèn", "Lights"), timedelta(hours=7, minutes=30)),
    ),
)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def _office_work() -> Iterator[None]:
    registry.add(System(slug="test_offices", name=Text("Thử", "Test"), summary=Text("", ""), case_types=(OFFICE,)))
    with translation.override("en"):
        yield
    registry._systems.pop("test_offices")


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def at(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    at(FRIDAY)
    return at


def opened(by: Actor, **more: Any) -> api.CaseRow:
    values: dict[str, Any] = {"type": "test_office", "title": "Ổ gà", "by": by, "place": STATION}
    return api.open_case(**(values | more))


def local(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def _task(params: dict[str, Any]) -> TaskRow:
    return TaskRow("1", "", "", "running", 0, None, "", "", FRIDAY, FRIDAY, None, None, 1, "", params, {})


class Doing:
    """A running task without a worker."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.task = _task(params)
        self.checkpoint: Mapping[str, Any] = {}

    def report(self, done: int, total: int | None = None, note: str = "") -> None: ...

    def save(self, checkpoint: Mapping[str, Any]) -> None:
        self.checkpoint = dict(checkpoint)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Long work that was asked for, with its parameters."""
    from dinh.spine.jobs import api as jobs

    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(jobs, "start", lambda kind, params, **more: asked.append({"kind": kind, **params}))
    return asked


# --- working time --------------------------------------------------------------------


def test_deadlines_in_office_hours_leave_out_nights_and_weekends(
    dao: Actor, move_to: Callable[[datetime], None]
) -> None:
    case = opened(dao)
    assert local(case.owner_due_at) == "2026-11-30 08:30", "an hour on Friday, an hour on Monday"
    assert local(case.due_at) == "2026-12-01 16:00", "15 hours are two office days"


def test_a_day_set_off_moves_the_deadlines_of_open_cases_and_leaves_the_time_that_was_left(
    dao: Actor, move_to: Callable[[datetime], None], started: list[dict[str, Any]]
) -> None:
    case = opened(dao)
    chief = person("truong", "leader")
    api.set_calendar_day(date(2026, 11, 30), open=False, name_vi="Nghỉ bù", name_en="Day off in lieu", by=chief)
    (work,) = started
    deadlines.follow_new_calendar(Doing(work))
    moved = api.case(case.urn)
    assert local(moved.owner_due_at) == "2026-12-01 08:30"
    assert local(moved.due_at) == "2026-12-02 16:00"
    assert api.acts(case.urn)[-1].what == "deadline"
    assert deadlines.follow_new_calendar(Doing(work))["changed"] == 1, "again it is moved by what it is told"
    days = {row.day: row for row in api.calendar_days(2026)}
    assert (days[date(2026, 11, 30)].open, days[date(2026, 11, 30)].by_law) == (False, False)
    assert days[date(2026, 9, 2)].by_law


def test_only_those_with_the_permission_set_the_calendar_and_hours_must_make_sense(
    dao: Actor, started: list[dict[str, Any]]
) -> None:
    with pytest.raises(Refused):
        api.set_calendar_day(date(2026, 11, 30), open=False, name_vi="Nghỉ", name_en="", by=dao)
    with pytest.raises(Refused, match="every place"):
        api.set_calendar_day(
            date(2026, 11, 30), open=False, name_vi="Nghỉ", name_en="", by=person("xa", "leader", COMMUNE_A)
        )
    chief = person("truong", "leader")
    with pytest.raises(Invalid, match="overlap"):
        api.set_office_week(hours=((time(8), time(12)), (time(11), time(17))), weekdays=frozenset({0}), by=chief)
    api.set_office_week(hours=((time(7), time(11)), (time(13), time(17))), weekdays=frozenset(range(6)), by=chief)
    assert api.office_week().weekdays == frozenset(range(6))
    assert len(ledger.entries(kind="calendar.set")) == 1


def test_the_clock_stands_still_while_the_requester_is_asked(
    dao: Actor, move_to: Callable[[datetime], None], told: list[Told]
) -> None:
    citizen = person("hoa", "")
    case = opened(dao, requester=citizen.urn)
    api.take(case.urn, by=dao)
    asked = api.ask(case.urn, text="Ở gần số nhà nào?", by=dao)
    assert asked.paused
    assert asked.deadline_at is None
    assert told[-1].kind == "case.asked"
    assert told[-1].to == (citizen.urn,)
    move_to(datetime(2026, 12, 10, 8, 0, tzinfo=VIETNAM))
    assert api.escalate_overdue() == 0, "waiting for the requester is nobody's delay"
    assert api.cases(api.CaseQuery(queue="overdue"), actor=dao).total == 0
    gone_on = api.answer(case.urn, question=1, text="Số 12", by=citizen)
    assert not gone_on.paused
    assert local(gone_on.due_at) == "2026-12-14 08:00", "the 15 office hours that were left on that Friday"
    assert [question.answer for question in api.questions(case.urn)] == ["Số 12"]
    with pytest.raises(Conflict, match="answered or withdrawn"):
        api.answer(case.urn, question=1, text="Số 13", by=citizen)


def test_with_two_questions_the_clock_goes_on_after_the_last(dao: Actor, move_to: Callable[[datetime], None]) -> None:
    citizen = person("hoa", "")
    case = opened(dao, requester=citizen.urn)
    api.ask(case.urn, text="Ở đâu?", by=dao)
    api.ask(case.urn, text="Từ bao giờ?", by=dao)
    assert api.answer(case.urn, question=1, text="Số 12", by=citizen).paused
    assert not api.withdraw_question(case.urn, question=2, by=dao).paused
    with pytest.raises(Invalid, match="no requester"):
        api.ask(opened(dao).urn, text="Ai?", by=dao)


# --- routing -------------------------------------------------------------------------


def test_the_most_particular_routing_rule_counts(dao: Actor, department: str, committee: str) -> None:
    chief = person("truong", "leader")
    light = parties.save_organisation(id="dien-luc", name_vi="Điện lực", name_en="Power company").urn
    assert opened(dao).organisation == committee, "without rules whoever's place it is"
    api.set_routing(type="test_office", category="", place="", organisation=department, by=chief)
    api.set_routing(type="test_office", category="light", place="", organisation=light, by=chief)
    api.set_routing(type="test_office", category="", place=COMMUNE_A, organisation=committee, by=chief)
    assert opened(dao, place=COMMUNE_B).organisation == department
    assert opened(dao, place=COMMUNE_A).organisation == committee
    assert opened(dao, place=STATION, category="light").organisation == light, "category before place"
    with pytest.raises(Invalid, match="no category"):
        opened(dao, category="sea")
    for rule in api.routing_rules():
        api.drop_routing(rule.id, by=chief)
    assert opened(dao, place=STATION, category="light").organisation == committee


def test_a_leader_of_a_commune_routes_there_and_nowhere_else(department: str) -> None:
    chief = person("truong-xa", "leader", place=COMMUNE_A)
    api.set_routing(type="", category="", place=COMMUNE_A, organisation=department, by=chief)
    with pytest.raises(Refused):
        api.set_routing(type="", category="", place=COMMUNE_B, organisation=department, by=chief)
    with pytest.raises(Invalid, match="choose a place"):
        api.set_routing(type="", category="", place="", organisation=department, by=chief)


def test_another_category_counts_the_deadline_from_the_opening_and_routes_what_nobody_has(
    dao: Actor, binh: Actor, move_to: Callable[[datetime], None], committee: str
) -> None:
    chief = person("truong", "leader")
    light = parties.save_organisation(id="dien-luc", name_vi="Điện lực", name_en="Power company").urn
    api.set_routing(type="test_office", category="light", place="", organisation=light, by=chief)
    case, owned = opened(dao, category="road"), opened(dao, category="road")
    api.take(owned.urn, by=dao)
    move_to(FRIDAY + timedelta(days=3))
    moved = api.recategorise(case.urn, category="light", by=dao, reason="Đèn, không phải đường")
    assert (moved.category, moved.organisation) == ("light", light)
    assert local(moved.due_at) == "2026-11-30 16:00", "an office day from Friday at four"
    assert [act.what for act in api.acts(case.urn)] == ["opened", "recategorised", "handed_on"]
    assert api.acts(case.urn)[1].detail["from_category"] == "road"
    assert not api.altered_acts(case.urn)
    assert api.recategorise(owned.urn, category="light", by=dao).organisation == committee, "its owner has it in hand"
    with pytest.raises(Conflict, match="already"):
        api.recategorise(owned.urn, category="light", by=dao)
    with pytest.raises(Invalid, match="no category"):
        api.recategorise(owned.urn, category="sea", by=dao)
    with pytest.raises(NotFound):
        api.recategorise(owned.urn, category="road", by=person("xa-khac", "official", place=COMMUNE_B))


def test_the_time_in_which_the_requester_was_asked_is_not_taken_away_by_another_category(
    dao: Actor, move_to: Callable[[datetime], None]
) -> None:
    citizen = person("hoa", "")
    case = opened(dao, category="road", requester=citizen.urn)
    api.take(case.urn, by=dao)
    api.ask(case.urn, text="Ở đâu?", by=dao)
    move_to(datetime(2026, 12, 10, 8, 0, tzinfo=VIETNAM))
    assert api.recategorise(case.urn, category="light", by=dao).paused
    gone_on = api.answer(case.urn, question=1, text="Số 12", by=citizen)
    assert local(gone_on.due_at) == "2026-12-11 08:00", "all of the office day was left on that Friday"
    assert local(api.recategorise(case.urn, category="road", by=dao).due_at) == "2026-12-14 08:00"


# --- escalation ----------------------------------------------------------------------


def test_what_is_late_climbs_the_chain_and_somebody_is_told_at_each_level_once(
    dao: Actor, move_to: Callable[[datetime], None], told: list[Told]
) -> None:
    above = parties.save_organisation(id="ubnd-tp", name_vi="UBND thành phố", name_en="City committee").urn
    office = parties.save_organisation(id="so-xd", name_vi="Sở Xây dựng", name_en="Construction", parent=above).urn
    guard = person("truc", "operator", organisation=office)
    chief = person("giam-doc", "leader", organisation=office)
    mayor = person("chu-tich", "leader", organisation=above)
    api.add_shift(organisation=office, person=guard.urn, starts_at=FRIDAY, ends_at=FRIDAY + timedelta(days=1), by=chief)
    case = opened(dao, type="test_incident", organisation=office)
    move_to(FRIDAY + timedelta(minutes=16))
    assert api.escalate_overdue() == 1
    assert told[-1].to == (guard.urn,), "whoever is on duty"
    assert api.escalate_overdue() == 0
    move_to(FRIDAY + timedelta(minutes=15 + 61))
    assert api.escalate_overdue() == 1
    assert told[-1].to == (chief.urn,)
    move_to(FRIDAY + timedelta(hours=4, minutes=1))
    assert api.escalate_overdue() == 1, "now it is overdue as well, and the chain begins anew"
    assert told[-1].params["because"]["en"] == "is past its deadline"
    move_to(FRIDAY + timedelta(hours=9))
    assert api.escalate_overdue() == 1, "levels that passed unseen are climbed at once"
    assert told[-1].to == (mayor.urn,)
    move_to(FRIDAY + timedelta(days=30))
    assert api.escalate_overdue() == 0, "the chain has an end"
    steps = [(act.detail["because"], act.detail["level"]) for act in api.acts(case.urn) if act.what == "escalated"]
    assert steps == [("no_owner", 1), ("no_owner", 2), ("overdue", 1), ("overdue", 3)]


def test_a_department_sets_its_own_chain(dao: Actor, move_to: Callable[[datetime], None], told: list[Told]) -> None:
    office = parties.save_organisation(id="so-xd", name_vi="Sở Xây dựng", name_en="Construction").urn
    chief = person("giam-doc", "leader", organisation=office)
    api.set_escalation_chain(office, [(dao.urn, 5)], by=chief)
    with pytest.raises(Invalid, match="later than"):
        api.set_escalation_chain(office, [("duty", 5), ("leaders", 5)], by=chief)
    opened(dao, type="test_incident", organisation=office)
    move_to(FRIDAY + timedelta(minutes=17))
    assert api.escalate_overdue() == 0
    move_to(FRIDAY + timedelta(minutes=21))
    assert api.escalate_overdue() == 1
    assert told[-1].to == (dao.urn,)


def test_a_late_critical_case_breaks_the_quiet_hours(
    dao: Actor, move_to: Callable[[datetime], None], told: list[Told]
) -> None:
    opened(dao, type="test_incident", severity="critical")
    move_to(FRIDAY + timedelta(minutes=16))
    api.escalate_overdue()
    assert told[-1].emergency
    assert told[-1].to, "nobody is on duty anywhere: those who may assign cases there are told"


# --- texts and figures ---------------------------------------------------------------


def test_texts_to_begin_from_are_those_of_the_kind_and_the_organisation(department: str) -> None:
    chief = person("truong", "leader")
    api.save_template(organisation="", type="", use="close", title="Xong", text_vi="Đã xử lý xong {number}.", by=chief)
    api.save_template(organisation=department, type="test_office", use="close", title="Vá", text_vi="Đã vá.", by=chief)
    assert [row.title for row in api.templates(organisation=None, type="test_office", use="close")] == ["Xong"]
    found = api.templates(organisation=department, type="test_office", use="close")
    assert {row.title for row in found} == {"Xong", "Vá"}
    with pytest.raises(Invalid, match="not for"):
        api.save_template(organisation="", type="", use="sing", title="A", text_vi="B", by=chief)


def test_figures_of_departments(dao: Actor, move_to: Callable[[datetime], None], department: str) -> None:
    citizen = person("hoa", "")
    first = opened(dao, type="test_incident", organisation=department, requester=citizen.urn)
    opened(dao, type="test_incident", organisation=department)
    move_to(FRIDAY + timedelta(minutes=10))
    api.take(first.urn, by=dao)
    move_to(FRIDAY + timedelta(minutes=30))
    api.reply(first.urn, text="Đã cử người", by=dao)
    api.move(first.urn, transition="start", by=dao)
    move_to(FRIDAY + timedelta(minutes=60))
    api.move(first.urn, transition="close", by=dao, reason="Xong")
    move_to(FRIDAY + timedelta(hours=5))
    (row,) = api.department_figures(since=FRIDAY, until=FRIDAY + timedelta(days=1), actor=dao)
    assert (row.organisation, row.opened, row.closed, row.open, row.unowned, row.overdue) == (department, 2, 1, 1, 1, 1)
    assert (row.minutes_to_owner, row.minutes_to_answer, row.minutes_to_close) == (10, 30, 60)
    assert (row.on_time, row.reopened) == (1.0, 0.0)
    api.move(first.urn, transition="reopen", by=dao, reason="Chưa xong")
    api.move(first.urn, transition="close", by=dao, reason="Xong")
    (row,) = api.department_figures(since=FRIDAY, until=FRIDAY + timedelta(days=1), actor=dao)
    assert row.reopened == 1.0
    at_b = person("binh-b", "operator", place=COMMUNE_B)
    assert api.department_figures(since=FRIDAY, until=FRIDAY + timedelta(days=1), actor=at_b) == []
    assert PROVINCE


def test_a_swapped_pair_of_days_set_on_each_others_heels_moves_deadlines_once_each(
    dao: Actor, move_to: Callable[[datetime], None], started: list[dict[str, Any]]
) -> None:
    case = opened(dao)
    chief = person("truong", "leader")
    api.set_calendar_day(date(2026, 11, 30), open=False, name_vi="Nghỉ hoán đổi", name_en="", by=chief)
    api.set_calendar_day(date(2026, 11, 28), open=True, name_vi="Làm bù", name_en="", by=chief)
    for work in started:  # both run only after both were set
        deadlines.follow_new_calendar(Doing(work))
    assert local(api.case(case.urn).due_at) == "2026-12-01 16:00", "a day off and a day worked make up for each other"


def test_a_case_that_nobody_promised_a_deadline_is_left_alone_by_a_new_calendar(
    dao: Actor, move_to: Callable[[datetime], None], started: list[dict[str, Any]]
) -> None:
    past = api.PastCase(key="alt-1", type="test_office", title="Cũ", opened_at=FRIDAY - timedelta(days=9))
    assert api.import_past([past], by=dao).taken == 1
    api.set_calendar_day(date(2026, 11, 30), open=False, name_vi="Nghỉ", name_en="", by=person("truong", "leader"))
    assert deadlines.follow_new_calendar(Doing(started[0]))["changed"] == 0


def test_a_case_that_comes_back_while_an_answer_is_owed_waits_for_it_again(
    dao: Actor, move_to: Callable[[datetime], None]
) -> None:
    citizen = person("hoa", "")
    case, other = opened(dao, requester=citizen.urn), opened(dao)
    api.ask(case.urn, text="Ở đâu?", by=dao)
    api.join(case.urn, into=other.urn, by=dao)
    assert api.split(case.urn, by=dao).paused
    assert not api.answer(case.urn, question=1, text="Số 12", by=citizen).paused

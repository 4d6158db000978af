"""Fields, tasks, duplicates, many cases at once, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.manifests import System, Text, registry
from dinh.spine.cases import api, bulk
from dinh.spine.cases.tests.conftest import Told
from dinh.spine.cases.tests.factories import COMMUNE_B, KIND, STATION, person
from dinh.spine.cases.tests.test_office import Doing
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

pytestmark = pytest.mark.django_db
GHOST = "urn:dinh:case:2026-999999"
SCHEMA = {
    "type": "object",
    "properties": {
        "depth_cm": {"type": "integer", "minimum": 1, "maximum": 500, "title": "Độ sâu (cm)", "title_en": "Depth (cm)"},
        "surface": {"enum": ["asphalt", "concrete", "earth"], "title": "Mặt đường", "title_en": "Surface"},
        "note": {"type": "string", "maxLength": 200, "title": "Ghi chú", "title_en": "Note"},
    },
    "required": ["depth_cm"],
}
HOLE = replace(KIND, code="test_hole", fields=SCHEMA)


@pytest.fixture(autouse=True)
def _described_work() -> Iterator[None]:
    registry.add(System(slug="test_holes", name=Text("Thử", "Test"), summary=Text("", ""), case_types=(HOLE,)))
    with translation.override("en"):
        yield
    registry._systems.pop("test_holes")


def opened(by: Actor, **more: Any) -> api.CaseRow:
    values: dict[str, Any] = {"type": "test_incident", "title": "Ổ gà trước trường", "by": by, "place": STATION}
    return api.open_case(**(values | more))


def hole(by: Actor) -> api.CaseRow:
    return opened(by, type="test_hole", fields={"depth_cm": 20, "surface": "asphalt"})


# --- fields --------------------------------------------------------------------------


def test_every_wrong_field_is_named_at_once(dao: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        opened(dao, type="test_hole", fields={"surface": "glass", "colour": "red"})
    faults = refused.value.params["fields"]
    assert isinstance(faults, dict)
    assert faults.keys() == {"depth_cm", "surface", "*"}
    with pytest.raises(Invalid, match="no fields of its own"):
        opened(dao, fields={"depth_cm": 3})


def test_fields_are_in_the_history_and_only_their_commitment_in_the_ledger(dao: Actor) -> None:
    case = hole(dao)
    case = api.describe(case.urn, fields={"note": "Nhà ông Tư", "depth_cm": 25}, by=dao)
    assert api.fields_of(case.urn) == {"depth_cm": 25, "surface": "asphalt", "note": "Nhà ông Tư"}
    act = api.acts(case.urn)[-1]
    assert act.detail["before"] == {"depth_cm": 20, "note": None}
    assert "Tư" not in str(ledger.entry(act.ledger_index).data)
    assert not api.altered_acts(case.urn)
    assert api.describe(case.urn, fields={"note": None}, by=dao).version == case.version + 1
    assert "note" not in api.fields_of(case.urn)


def test_two_people_edit_different_fields_and_both_stand_the_same_field_is_a_conflict_that_shows_both(
    dao: Actor, binh: Actor
) -> None:
    case = hole(dao)
    api.describe(case.urn, fields={"depth_cm": 30}, by=binh, version=case.version)
    api.describe(case.urn, fields={"surface": "earth"}, by=dao, version=case.version)
    assert api.fields_of(case.urn) == {"depth_cm": 30, "surface": "earth"}
    with pytest.raises(Conflict, match="depth_cm"):
        api.describe(case.urn, fields={"depth_cm": 40, "note": "x"}, by=dao, version=case.version)
    seen = api.meanwhile(case.urn, version=case.version, fields={"depth_cm": 40, "note": "x"})
    shown = {change.name: (change.base, change.theirs, change.ours, change.conflicts) for change in seen.changes}
    assert shown == {"depth_cm": (20, 30, 40, True), "note": (None, None, "x", False)}
    assert seen.by == (binh.name,)


# --- tasks ---------------------------------------------------------------------------


def test_a_case_waits_for_the_departments_that_it_asked(dao: Actor, department: str, told: list[Told]) -> None:
    expert = person("ky-su", "official", place=COMMUNE_B, organisation=department)
    case = opened(dao)
    api.take(case.urn, by=dao)
    api.move(case.urn, transition="start", by=dao)
    api.add_task(case.urn, title="Đo lại độ mặn", organisation=department, by=dao)
    assert told[-1].to == (department,)
    with pytest.raises(Conflict, match="1 tasks"):
        api.move(case.urn, transition="close", by=dao, reason="Xong")
    assert api.may_see(api.case(case.urn), actor=expert), "who is asked sees what it is about"
    assert api.cases(api.CaseQuery(), actor=expert).total == 1
    (task,) = api.open_tasks(actor=expert)
    api.take_task(case.urn, task=task.number, by=expert)
    with pytest.raises(Invalid, match="sentence"):
        api.end_task(case.urn, task=1, outcome="done", answer=" ", by=expert)
    api.end_task(case.urn, task=1, outcome="done", answer="4,1 g/l", by=expert)
    assert told[-1].to == (dao.urn,)
    with pytest.raises(Conflict, match="ended already"):
        api.withdraw_task(case.urn, task=1, by=dao)
    assert api.move(case.urn, transition="close", by=dao, reason="Xong").counts_as == "done"
    assert [act.what for act in api.acts(case.urn)][-4:] == [
        "task_added",
        "task_taken",
        "task_done",
        "transition:close",
    ]


def test_others_do_not_answer_a_departments_task(dao: Actor, department: str) -> None:
    stranger = person("nguoi-la", "official", place=COMMUNE_B)
    case = opened(dao)
    api.add_task(case.urn, title="Đo lại", organisation=department, by=dao)
    with pytest.raises(Refused):
        api.end_task(case.urn, task=1, outcome="done", answer="Xong", by=stranger)
    assert not api.may_see(api.case(case.urn), actor=stranger)


# --- duplicates ----------------------------------------------------------------------


def test_a_duplicate_leaves_the_queues_ends_with_its_main_case_and_can_be_split_off(
    dao: Actor, told: list[Told]
) -> None:
    citizen = person("hoa", "")
    main, other = opened(dao), opened(dao, title="Ổ gà trường", requester=citizen.urn)
    assert [row.urn for row in api.likely_duplicates(main.urn, actor=dao)] == [other.urn]
    joined = api.join(other.urn, into=main.urn, by=dao, reason="Cùng một chỗ")
    assert (joined.counts_as, joined.joined_to, joined.deadline_at) == ("joined", main.urn, None)
    assert told[-1].kind == "case.joined"
    assert api.cases(api.CaseQuery(), actor=dao).total == 1
    with pytest.raises(Conflict, match="goes its way"):
        api.take(other.urn, by=dao)
    assert api.next_steps(other.urn, actor=dao) == ()
    api.take(main.urn, by=dao)
    api.move(main.urn, transition="start", by=dao)
    api.move(main.urn, transition="close", by=dao, reason="Đã vá")
    assert api.acts(other.urn)[-1].what == "ended_with"
    assert (told[-1].kind, told[-1].to) == ("case.ended", (citizen.urn,))
    again = api.split(other.urn, by=dao, reason="Là chỗ khác")
    assert (again.counts_as, again.joined_to, again.state) == ("open", None, "new")
    assert again.deadline_at is not None
    assert [row.urn for row in api.joined(main.urn)] == []
    with pytest.raises(Conflict, match="not joined"):
        api.split(other.urn, by=dao)


def test_duplicates_of_a_duplicate_come_along(dao: Actor) -> None:
    first, second, third = opened(dao), opened(dao), opened(dao)
    api.join(second.urn, into=first.urn, by=dao)
    api.join(first.urn, into=third.urn, by=dao)
    assert {row.urn for row in api.joined(third.urn)} == {first.urn, second.urn}
    with pytest.raises(Conflict, match="goes its way"):
        api.join(third.urn, into=first.urn, by=dao)
    with pytest.raises(Invalid, match="itself"):
        api.join(third.urn, into=third.urn, by=dao)


# --- many at once --------------------------------------------------------------------


def test_a_preview_says_what_would_happen_to_each_and_changes_nothing(dao: Actor, binh: Actor) -> None:
    free, ended = opened(dao), opened(dao)
    api.move(ended.urn, transition="reject", by=dao, reason="Nhầm")
    leaves = ledger.head().size
    lines = api.preview_bulk("assign", [free.urn, ended.urn], {"to": binh.urn}, by=dao)
    assert [line.error.code if line.error else "" for line in lines] == ["", "cases.ended"]
    assert ledger.head().size == leaves
    assert api.case(free.urn).owner is None
    with pytest.raises(Invalid, match="cannot be done"):
        api.preview_bulk("delete", [free.urn], {}, by=dao)


def test_a_preview_tells_nothing_of_a_case_that_its_asker_may_not_see(dao: Actor) -> None:
    stranger = person("nguoi-la", "operator", place=COMMUNE_B)
    (line,) = api.preview_bulk("take", [opened(dao).urn], {}, by=stranger)
    assert line.title == ""
    assert line.error is not None
    assert line.error.code == "cases.no_case"


def test_a_bulk_act_goes_on_where_it_was_cut_off_and_refuses_what_changed_since_the_preview(
    dao: Actor, binh: Actor
) -> None:
    cases = [opened(dao) for _ in range(45)]
    api.take(cases[40].urn, by=binh)
    params = {
        "act": "assign",
        "cases": [[case.urn, case.version] for case in cases],
        "given": {"to": binh.urn},
        "by": dao.urn,
    }

    class CutOff(Doing):
        def report(self, done: int, total: int | None = None, note: str = "") -> None:
            if done == 20:
                raise KeyboardInterrupt

    running = CutOff(params)
    with pytest.raises(KeyboardInterrupt):
        bulk.run(running)
    again = Doing(params)
    again.checkpoint = running.checkpoint
    result = bulk.run(again)
    assert result["done"] == 44
    assert [(urn, code) for urn, code, _ in result["refused"]] == [(cases[40].urn, "cases.changed_meanwhile")]
    assert {
        len([act for act in api.acts(case.urn) if act.what == "assigned"]) for case in cases if case != cases[40]
    } == {1}


def test_a_bulk_act_of_somebody_who_lost_the_role_does_nothing(dao: Actor, binh: Actor) -> None:
    case = opened(dao)
    parties.save_person(username="dao", name="Đào", email="", organisation=None, grants=[])
    params = {"act": "assign", "cases": [[case.urn, 1]], "given": {"to": binh.urn}, "by": dao.urn}
    assert bulk.run(Doing(params))["refused"][0][1] == "cases.no_case"


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("take", {}), ("assign", {"to": "urn:dinh:person:xa"}), ("hand_on", {"organisation": "x", "reason": "x"}),
        ("move", {"transition": "resolve"}), ("comment", {"text": "x"}), ("recategorise", {"category": "x"}),
        ("join", {"into": "2026-000001"}),
    ],
)  # fmt: skip
def test_a_bulk_act_on_a_case_of_others_says_what_it_says_of_one_that_is_not_there(
    dao: Actor, act: str, given: dict[str, str]
) -> None:
    """Nobody is made to look at the preview; the refusal named the case's place."""
    case, other = opened(dao), person("xa", "leader", COMMUNE_B)
    mine = api.open_case(type=case.type, title="Của tôi", by=other, place=COMMUNE_B)
    params = {"act": act, "cases": [[case.urn, 1], [GHOST, 1]], "given": given, "by": other.urn}
    theirs, none = bulk.run(Doing(params))["refused"]
    assert [theirs[1], theirs[2].replace(case.urn, GHOST)] == none[1:]
    for into in (case.urn, GHOST):
        with pytest.raises(NotFound, match=f"there is no case '{into}'"):
            api.join(mine.urn, into=into, by=other)


def test_time_to_answer_is_the_first_reply_or_the_end(dao: Actor) -> None:
    case = opened(dao, requester=person("hoa", "").urn)
    assert case.answered_at is None
    first = api.reply(case.urn, text="Đã nhận", by=dao).answered_at
    assert first is not None
    assert api.reply(case.urn, text="Đang làm", by=dao).answered_at == first
    assert first <= clock.now() + timedelta(seconds=1)


def test_what_others_write_of_a_case_does_not_make_it_look_altered(dao: Actor) -> None:
    case = opened(dao)
    for number in range(5):
        ledger.append("notice.emergency", case.urn, {"number": number})
    api.take(case.urn, by=dao)
    assert not api.altered_acts(case.urn)

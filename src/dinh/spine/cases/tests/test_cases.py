from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.manifests import registry
from dinh.spine.cases import api, domain, models
from dinh.spine.cases.tests.conftest import Told
from dinh.spine.cases.tests.factories import COMMUNE_A, COMMUNE_B, PROVINCE, STATION, person
from dinh.spine.jobs import models as outbox
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import ANYONE, SYSTEM, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def opened(by: Actor, **changes: object) -> api.CaseRow:
    values: dict[str, object] = {"type": "test_incident", "title": "Độ mặn vượt 4 g/l", "by": by, "place": STATION}
    return api.open_case(**(values | changes))  # type: ignore[arg-type]


def test_an_opened_case_has_a_number_of_the_year_deadlines_and_an_organisation(dao: Actor, committee: str) -> None:
    first, second = opened(dao, severity="critical"), opened(dao)
    year = clock.today().year
    assert first.number_text == f"{year}-000001"
    assert second.urn == f"urn:dinh:case:{year}-000002"
    assert first.owner is None
    assert first.organisation == committee, "the nearest organisation is responsible"
    assert first.owner_due_at == first.opened_at + timedelta(minutes=15) == first.deadline_at
    assert first.due_at == first.opened_at + timedelta(hours=4)
    assert (first.state, first.counts_as, first.version, first.steps) == ("new", "open", 1, 2)
    assert api.case(first.urn) == first


def test_the_same_key_gives_the_same_case(dao: Actor) -> None:
    first = opened(dao, key="urn:dinh:alert:1")
    assert opened(dao, key="urn:dinh:alert:1", title="Khác") == first
    assert models.Case.objects.count() == 1
    assert len(ledger.entries(kind="case.opened")) == 1


def test_the_whole_way_from_new_to_closed_and_back(dao: Actor, binh: Actor) -> None:
    case = opened(dao)
    case = api.assign(case.urn, to=binh.urn, by=dao, note="Gần nhất")
    assert (case.owner, case.state) == (binh.urn, "new")
    assert case.deadline_at == case.due_at
    case = api.move(case.urn, transition="start", by=binh)
    case = api.tick_step(case.urn, step=1, by=binh)
    case = api.comment(case.urn, text="Đã gọi trạm.", by=binh)
    case = api.move(case.urn, transition="close", by=binh, reason="Đã mở cống")
    assert (case.state, case.counts_as, case.reason, case.steps_done) == ("closed", "done", "Đã mở cống", 1)
    assert case.closed_at is not None
    assert case.deadline_at is None
    case = api.move(case.urn, transition="reopen", by=dao, reason="Lại mặn")
    assert case.closed_at is None
    assert case.reason == ""
    assert case.due_at > clock.now() + timedelta(hours=3)
    assert [act.what for act in api.acts(case.urn)] == [
        "opened", "assigned", "transition:start", "step:1", "commented", "transition:close", "transition:reopen",
    ]  # fmt: skip
    assert case.version == 7


def test_taking_makes_the_actor_owner_and_acknowledges(dao: Actor) -> None:
    case = api.take(opened(dao).urn, by=dao)
    assert (case.owner, case.state) == (dao.urn, "acknowledged")
    assert api.take(case.urn, by=dao).version == case.version, "again changes nothing"


def test_of_two_who_take_at_once_the_second_is_told(dao: Actor, binh: Actor) -> None:
    case = opened(dao)
    api.take(case.urn, by=dao, version=case.version)
    with pytest.raises(Conflict, match="Nguyễn dao") as caught:
        api.take(case.urn, by=binh, version=case.version)
    assert caught.value.code == "cases.changed_meanwhile"
    with pytest.raises(Conflict) as caught:
        api.take(case.urn, by=binh)
    assert caught.value.code == "cases.owned_already"
    assert api.take(case.urn, by=binh, version=api.case(case.urn).version).owner == binh.urn, "knowingly"


def test_a_comment_meanwhile_makes_no_version_stale(dao: Actor, binh: Actor) -> None:
    case = opened(dao)
    api.comment(case.urn, text="Nghe nói…", by=binh)
    api.tick_step(case.urn, step=2, by=binh)
    assert api.take(case.urn, by=dao, version=case.version).owner == dao.urn


def test_a_closed_case_refuses_a_new_owner(dao: Actor, binh: Actor) -> None:
    case = api.move(opened(dao).urn, transition="reject", by=dao, reason="Báo nhầm")
    acts: tuple[Callable[[], api.CaseRow], ...] = (
        lambda: api.assign(case.urn, to=binh.urn, by=dao),
        lambda: api.take(case.urn, by=dao),
        lambda: api.tick_step(case.urn, step=1, by=dao),
    )
    for act in acts:
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.code == "cases.ended"
    assert api.comment(case.urn, text="Ghi thêm", by=dao).counts_as == "rejected"


def test_a_step_that_the_state_does_not_permit_is_refused_with_the_permitted_ones_named(dao: Actor) -> None:
    case = opened(dao)
    with pytest.raises(Conflict, match=r"possible now: accept .*start .*reject") as caught:
        api.move(case.urn, transition="close", by=dao, reason="x")
    assert caught.value.code == "cases.not_permitted_now"
    assert caught.value.params["codes"] == ("accept", "start", "reject")
    assert api.case(case.urn) == case


def test_a_step_says_what_it_lacks_an_owner_a_reason_or_what_its_guard_wants(dao: Actor) -> None:
    case = opened(dao, title="Trên giấy")
    with pytest.raises(Conflict) as caught:
        api.move(case.urn, transition="start", by=dao)
    assert caught.value.code == "cases.owner_needed"
    api.take(case.urn, by=dao)
    api.move(case.urn, transition="start", by=dao)
    steps = {step.code: step for step in api.next_steps(case.urn, actor=dao)}
    assert steps["wait"].allowed
    assert not steps["close"].allowed
    assert steps["close"].why_not == "the papers are missing"
    with pytest.raises(Conflict, match="the papers are missing"):
        api.move(case.urn, transition="close", by=dao, reason="x")
    other = opened(dao)
    with pytest.raises(Invalid) as invalid:
        api.move(other.urn, transition="reject", by=dao, reason="   ")
    assert invalid.value.code == "cases.reason_needed"


def test_handing_on_clears_the_owner_and_keeps_the_deadlines(dao: Actor, department: str) -> None:
    case = api.take(opened(dao).urn, by=dao)
    after = api.hand_on(case.urn, organisation=department, by=dao, reason="Thuộc lĩnh vực của sở")
    assert after.owner is None
    assert after.organisation == department
    assert (after.owner_due_at, after.due_at) == (case.owner_due_at, case.due_at)
    with pytest.raises(Conflict, match="already"):
        api.hand_on(case.urn, organisation=department, by=dao, reason="x")
    with pytest.raises(Invalid):
        api.hand_on(case.urn, organisation=dao.urn, by=dao, reason="x")


def test_permissions_reach_as_far_as_the_place_or_the_organisation(dao: Actor, department: str, db: None) -> None:
    here = person("anh", "operator", COMMUNE_A)
    there = person("cuong", "operator", COMMUNE_B)
    handed = person("dung", "official", COMMUNE_B, department)
    engineer = person("em", "engineer")
    case = opened(here)
    with pytest.raises(Refused):
        api.take(case.urn, by=engineer)
    for who in (there, handed, ANYONE):
        with pytest.raises(NotFound, match="there is no case"):
            api.take(case.urn, by=who)
    with pytest.raises(Refused):
        opened(there)
    with pytest.raises(Refused):
        api.assign(case.urn, to=there.urn, by=dao)
    assert not api.may_see(case, actor=there)
    assert api.cases(api.CaseQuery(), actor=there).total == 0
    assert api.cases(api.CaseQuery(), actor=here).total == 1
    assert api.cases(api.CaseQuery(), actor=engineer).total == 1
    case = api.hand_on(case.urn, organisation=department, by=dao, reason="Thuộc sở")
    assert api.cases(api.CaseQuery(), actor=handed).total == 1
    assert api.take(case.urn, by=handed).owner == handed.urn
    with pytest.raises(Refused):
        api.take(case.urn, by=SYSTEM)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "nothing"}, "cases.no_type"),
        ({"title": "  "}, "cases.title_needed"),
        ({"title": "x" * 301}, "cases.title_too_long"),
        ({"severity": "huge"}, "cases.severity"),
        ({"subject": "hello"}, "urn.malformed"),
    ],
)
def test_what_is_wrong_with_a_new_case_is_named(dao: Actor, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        opened(dao, **changes)
    assert caught.value.code == code
    assert models.Case.objects.count() == 0


def test_what_does_not_exist_is_not_found(dao: Actor) -> None:
    for urn in ("urn:dinh:case:2026-999999", "urn:dinh:case:x", "", "urn:dinh:case:2026-99999999999999999999"):
        with pytest.raises(NotFound):
            api.case(urn)
    with pytest.raises(NotFound):
        opened(dao, place="urn:dinh:asset:nowhere")


def test_every_act_has_one_leaf_which_names_people_by_urn_and_holds_no_words(dao: Actor, binh: Actor) -> None:
    case = opened(dao, title="Bà Nguyễn Thị Sáu báo nước mặn")
    api.assign(case.urn, to=binh.urn, by=dao, note="Nhờ anh Bình")
    api.comment(case.urn, text="Điện thoại 0912 345 678", by=binh)
    acts = api.acts(case.urn)
    leaves = ledger.entries(subject=case.urn)
    assert [act.ledger_index for act in acts] == [leaf.index for leaf in leaves]
    assert [leaf.kind for leaf in leaves] == ["case.opened", "case.assigned", "case.commented"]
    everything = json.dumps([leaf.data for leaf in leaves], ensure_ascii=False)
    for word in ("Sáu", "Nguyễn", "Bình", "0912"):
        assert word not in everything
    assert leaves[1].data["detail"]["to"] == binh.urn
    assert all(ledger.check_proof(ledger.inclusion_proof(leaf.index)) for leaf in leaves)


def test_altered_words_of_an_act_are_found_by_their_commitment(dao: Actor) -> None:
    case = opened(dao)
    api.comment(case.urn, text="Cống số 3 đã mở", by=dao)
    assert api.altered_acts(case.urn) == []
    act = models.Act.objects.get(what="commented")
    models.Act.objects.filter(pk=act.pk).update(detail={"text": "Cống số 5 đã mở"})
    assert api.altered_acts(case.urn) == [act.ledger_index]


def test_each_act_is_told_by_the_outbox(dao: Actor, binh: Actor, department: str) -> None:
    case = opened(dao)
    api.assign(case.urn, to=binh.urn, by=dao)
    api.take(case.urn, by=binh)
    api.move(case.urn, transition="start", by=binh)
    api.comment(case.urn, text="…", by=binh)
    api.hand_on(case.urn, organisation=department, by=binh, reason="x")
    events = outbox.Event.objects.filter(name__startswith="case.").order_by("number")
    assert [event.name for event in events] == [
        "case.opened", "case.assigned", "case.taken", "case.moved", "case.commented", "case.handed_on",
    ]  # fmt: skip
    assert events[2].payload == {
        "urn": case.urn, "number": case.number, "version": 3, "type": "test_incident", "state": "acknowledged",
        "severity": "minor", "place": STATION, "owner": binh.urn, "organisation": None,
    }  # fmt: skip


def test_a_case_whose_type_no_system_declares_any_more_still_displays(dao: Actor) -> None:
    case = api.take(opened(dao).urn, by=dao)
    removed = registry._systems.pop("test_work")
    try:
        found = api.case(case.urn)
        assert (found.type_name_vi, found.state_name_vi) == ("test_incident", "acknowledged")
        assert api.next_steps(case.urn, actor=dao) == ()
        assert [step.text_vi for step in api.steps(case.urn)] == ["Gọi điện", "Đi xem"]
        assert api.cases(api.CaseQuery(), actor=dao).rows == (found,)
        assert api.comment(case.urn, text="Vẫn ghi được", by=dao).version == 3
        with pytest.raises(Conflict, match="possible now: nothing"):
            api.move(case.urn, transition="start", by=dao)
    finally:
        registry._systems["test_work"] = removed


def test_numbers_read_as_people_write_them() -> None:
    assert domain.number_text(domain.number_of(2026, 123)) == "2026-000123"
    assert domain.number_text(domain.number_of(2026, 1_234_567)) == "2026-1234567"
    assert domain.urn_of(domain.number_of(2026, 1)) == "urn:dinh:case:2026-000001"


def test_a_case_does_not_wait_for_an_alert_or_a_place_that_does_not_exist(dao: Actor) -> None:
    for subject in ("urn:dinh:alert:7", "urn:dinh:asset:nowhere"):
        with pytest.raises(NotFound):
            opened(dao, subject=subject)
    assert models.Case.objects.count() == 0


def test_the_newest_case_of_a_subject_is_found(dao: Actor) -> None:
    opened(dao, subject=STATION)
    newer = opened(dao, subject=STATION)
    other = opened(dao, subject=PROVINCE)
    assert api.case_of(STATION) == newer
    assert api.case_of("urn:dinh:alert:8") is None
    assert api.cases_of([STATION, PROVINCE, "urn:dinh:alert:8"]) == {
        STATION: newer,
        PROVINCE: other,
    }


def test_a_reopened_case_reaches_whoever_had_it(dao: Actor, binh: Actor, told: list[Told]) -> None:
    case = opened(dao)
    api.take(case.urn, by=dao)
    for step in ("start", "close"):
        api.move(case.urn, transition=step, by=dao, reason="xong")
    api.move(case.urn, transition="reopen", by=binh, reason="Vẫn hỏng.")
    (reopened,) = [one for one in told if one.kind == "case.reopened"]
    assert reopened.to == (dao.urn,)
    assert reopened.params["reason"] == "Vẫn hỏng."

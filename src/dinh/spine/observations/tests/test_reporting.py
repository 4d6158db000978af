from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound, Refused
from dinh.kernel.manifests import NoticeSpec, Text
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.observations import reporting_duties, reporting_periods, reporting_recording
from dinh.spine.observations.api import reported
from dinh.spine.observations.models import Return, ReturnAct
from dinh.spine.observations.tests import offices
from dinh.spine.observations.tests.offices import ALL, AREA, LAN, MINH, PART, filled, person, recorded, submitted

pytestmark = pytest.mark.django_db
NOW = clock.parse_moment("2026-11-20T08:00:00+07:00")


@pytest.fixture
def communes(ground: tuple[list[str], list[str]], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return ground[1]


@pytest.fixture(autouse=True)
def _nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dinh.spine.notices.api.notify", lambda kind, **_: 0)


def values(indicator: str = ALL) -> list[tuple[str, datetime, float | None]]:
    found = []
    for row in observations.series_of(indicator=indicator):
        table = observations.raw_history(row.id, start=clock.EPOCH, end=NOW)
        found += [(row.subject, at, value) for at, value in zip(table["observed_at"].to_pylist(), table["value"].to_pylist(), strict=True)]  # fmt: skip
    return found


def oldest() -> reported.ReturnRow:
    return reported.duties(actor=LAN)[0]


def test_a_return_is_opened_for_each_month_that_is_over_and_the_late_ones_say_so(communes: list[str]) -> None:
    offices.declare(communes)
    assert reported.open_returns() == 0
    rows = reported.duties(actor=LAN)
    assert [row.first_day for row in rows] == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    assert [row.late for row in rows] == [True, True, True]
    assert rows[2].due_at == clock.start_of_day(date(2026, 11, 6))


@given(kind=st.sampled_from(reporting_periods.KINDS), day=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_periods_follow_each_other_without_gap_and_hold_their_days(kind: str, day: date) -> None:
    first = reporting_periods.first_day(kind, day)
    assert first <= day <= reporting_periods.last_day(kind, first)
    after = reporting_periods.following(kind, first)
    assert reporting_periods.first_day(kind, after) == after
    assert reporting_periods.first_day(kind, after - timedelta(days=1)) == first


def test_approved_figures_stand_in_the_history_at_the_start_of_their_month(communes: list[str]) -> None:
    offices.declare(communes)
    row = recorded(oldest(), 10, 4, 20, None)
    assert row.state == "recorded"
    august = clock.parse_moment("2026-08-01T00:00:00+07:00")
    assert [(subject, at, value) for subject, at, value in values()] == [
        (communes[0], august, 10.0), (communes[1], august, 20.0)
    ]  # fmt: skip
    assert {value for _, _, value in values(PART)} == {4.0, None}
    (series,) = observations.series_of(subject=communes[0], indicator=ALL)
    assert series.source == "reported.so-y-te"
    assert [act.what for act in reported.acts(row.id)] == ["submitted", "approved", "recorded"]


def test_every_act_has_a_leaf_that_commits_to_the_table_and_an_altered_table_is_found(communes: list[str]) -> None:
    offices.declare(communes)
    row = recorded(oldest(), 10, 4, 20, 8)
    kinds = [entry.kind for entry in ledger.entries(subject="urn:dinh:source:reported.so-y-te")]
    assert kinds == ["return.submitted", "return.approved", "return.recorded"]
    assert not reported.altered_acts(row.id)
    act = ReturnAct.objects.get(of=row.id, what="approved")
    act.cells[f"{communes[0]}#0"]["value"] = 11.0
    act.save()
    assert [altered["what"] for altered in reported.altered_acts(row.id)] == ["approved"]


def test_the_person_who_filled_it_in_cannot_approve_even_as_a_leader(communes: list[str]) -> None:
    offices.declare(communes)
    sent = submitted(oldest(), 10, 4, 20, 8, by=MINH)
    with pytest.raises(Refused, match="second person"):
        reported.approve(sent.id, by=MINH, version=sent.version)
    with pytest.raises(Refused):
        reported.approve(sent.id, by=LAN, version=sent.version)  # an official may not approve at all
    assert reported.approve(sent.id, by=person("hoa", "leader"), version=sent.version).state == "approved"


def test_whoever_only_typed_the_figures_cannot_approve_them_either(communes: list[str]) -> None:
    offices.declare(communes)
    row = oldest()
    typed = reported.save_draft(row.id, cells=filled(row, 10, 4, 20, 8), by=MINH, version=row.version)
    sent = reported.submit(row.id, by=LAN, version=typed.version)
    with pytest.raises(Refused, match="second person"):
        reported.approve(sent.id, by=MINH, version=sent.version)


def codes(row: reported.ReturnRow) -> list[tuple[str, str]]:
    return [(finding.level, finding.says.code) for finding in reported.findings(row)]


def test_each_check_finds_its_fault(communes: list[str]) -> None:
    offices.declare(communes)
    row = oldest()

    def found(*given: float | None) -> list[tuple[str, str]]:
        drawn = reported.save_draft(
            row.id, cells=filled(row, *given), by=LAN, version=reported.one(row.id, actor=LAN).version
        )
        return codes(drawn)

    assert found(10, 4, 20) == [("error", "reporting.incomplete")]
    assert found(10, 4, 20, 1001) == [("error", "reporting.impossible"), ("error", "reporting.at_most")]
    assert found(10, 11, 20, 8) == [("error", "reporting.at_most")]
    assert found(10, 4, 20, None) == []
    recorded(row := reported.one(row.id, actor=LAN), 10, 4, 20, 8)
    row = oldest()
    assert found(16, 4, 20, 8) == [("warning", "reporting.unlike_last_period")]
    assert found(15, 4, 20, 8) == []


def test_sums_ratios_and_long_histories_are_checked(communes: list[str]) -> None:
    from dinh.spine.observations import reporting_checks

    checks = [reported.Check("sum", column=0, total=communes[1]), reported.Check("ratio", left=1, right=0, ratio=1)]
    form = offices.declare(communes, checks=checks, change_percent=None, z_score=3.0)
    cell = reported.Cell

    def found(cells: Any, past: Any = ()) -> list[str]:
        return [finding.says.code for finding in reporting_checks.findings(form, cells, past=past)]

    good = {
        (communes[0], 0): cell(2.0),
        (communes[1], 0): cell(2.0),
        (communes[0], 1): cell(0.0),
        (communes[1], 1): cell(0.0),
    }
    assert found(good) == []
    assert found(good | {(communes[1], 0): cell(3.0)}) == ["reporting.sum"]
    assert found(good | {(communes[0], 1): cell(7.0)}) == ["reporting.ratio"]
    past = [{(communes[0], 0): cell(value)} for value in (2.0, 2.1, 1.9, 2.05)]
    unlike = good | {(communes[0], 0): cell(5.0), (communes[1], 0): cell(5.0)}
    assert found(good, past) == []
    assert found(unlike, past) == ["reporting.unlike_history"]
    assert found(unlike, past[:3]) == []


def test_errors_block_and_warnings_ask_for_an_explanation(communes: list[str]) -> None:
    offices.declare(communes)
    recorded(oldest(), 10, 4, 20, 8)
    row = oldest()
    drawn = reported.save_draft(row.id, cells=filled(row, 100, 4, 20, 8), by=LAN, version=row.version)
    with pytest.raises(Invalid, match="explanation") as unexplained:
        reported.submit(row.id, by=LAN, version=drawn.version)
    assert unexplained.value.code == "reporting.unexplained"
    drawn = reported.save_draft(row.id, cells=filled(row, 1, 4, 20, 8), explanation="x", by=LAN, version=drawn.version)
    with pytest.raises(Invalid) as refused:
        reported.submit(row.id, by=LAN, version=drawn.version)
    assert refused.value.code == "reporting.errors"
    drawn = reported.save_draft(
        row.id, cells=filled(row, 100, 4, 20, 8), explanation="x", by=LAN, version=drawn.version
    )
    assert reported.submit(row.id, by=LAN, version=drawn.version).state == "submitted"


def test_two_who_save_the_same_return_do_not_overwrite_each_other(communes: list[str]) -> None:
    offices.declare(communes)
    row = oldest()
    reported.save_draft(row.id, cells=filled(row, 1, 1), by=LAN, version=row.version)
    with pytest.raises(Conflict) as conflict:
        reported.save_draft(row.id, cells=filled(row, 2, 2), by=person("tam"), version=row.version)
    assert conflict.value.code == "reporting.changed"
    assert reported.one(row.id, actor=LAN).cells[communes[0], 0].value == 1


def test_a_return_comes_back_with_remarks_and_goes_again(communes: list[str]) -> None:
    offices.declare(communes)
    sent = submitted(oldest(), 10, 4, 20, 8)
    with pytest.raises(Invalid, match="what is to be mended"):
        reported.send_back(sent.id, remarks=" ", by=MINH, version=sent.version)
    back = reported.send_back(sent.id, remarks="thiếu xã B", by=MINH, version=sent.version)
    assert (back.state, back.remarks) == ("returned", "thiếu xã B")
    assert recorded(back, 10, 4, 21, 8).state == "recorded"


def test_a_correction_keeps_the_old_figure_and_both_are_in_the_history(communes: list[str]) -> None:
    offices.declare(communes)
    first = recorded(oldest(), 10, 4, 20, 8)
    opened = reported.correct(first.id, reason="đếm sót", by=LAN)
    with pytest.raises(Conflict):
        reported.correct(first.id, reason="lần nữa", by=LAN)
    second = recorded(opened, 12, 4, 20, 8)
    assert [row.state for row in reported.versions(second)] == ["recorded", "recorded"]
    (changed,) = reported.differences(first, second)
    assert (changed.old.value, changed.new.value) == (10.0, 12.0)
    (series,) = observations.series_of(subject=communes[0], indicator=ALL)
    history = observations.raw_history(series.id, start=clock.EPOCH, end=NOW)
    assert history["value"].to_pylist() == [10.0, 12.0]
    assert [act.text for act in reported.acts(second.id) if act.what == "correction"] == ["đếm sót"]


def test_a_crash_between_history_and_mark_records_each_figure_once(
    communes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    offices.declare(communes)
    sent = submitted(oldest(), 10, 4, 20, 8)
    reported.approve(sent.id, by=MINH, version=sent.version)

    def killed(number: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reporting_recording, "mark_recorded", killed)
        with pytest.raises(KeyboardInterrupt):
            reported.record_approved()
    assert reported.one(sent.id, actor=LAN).state == "approved"
    assert len(values()) == 2
    assert reported.record_approved() == 1
    assert reported.record_approved() == 0
    assert len(values()) == 2
    assert [act.what for act in reported.acts(sent.id)].count("recorded") == 1


def test_figures_that_the_intake_refuses_wait_with_the_reason_until_tried_again(communes: list[str]) -> None:
    offices.declare(communes)
    sent = submitted(oldest(), 10, 4, 20, 8)
    row = Return.objects.get(pk=sent.id)
    row.cells[f"{communes[0]}#0"]["value"] = 5000.0
    row.save()
    reported.approve(sent.id, by=MINH, version=sent.version)
    reported.record_approved()
    waiting = reported.one(sent.id, actor=LAN)
    assert (waiting.state, "cannot be true" in waiting.record_error) == ("approved", True)
    Return.objects.filter(pk=sent.id).update(cells=sent.cells and {**row.cells, f"{communes[0]}#0": {"value": 10.0, "missing": None, "note": ""}})  # fmt: skip
    reported.record_again(sent.id, by=MINH)
    assert reported.record_approved() == 1
    assert reported.one(sent.id, actor=LAN).state == "recorded"


def test_only_the_responsible_fill_in_and_others_do_not_even_see_it(communes: list[str]) -> None:
    offices.declare(communes)
    row = oldest()
    stranger = person("xa", organisation="urn:dinh:organisation:other")
    assert not reported.duties(actor=stranger)
    with pytest.raises(NotFound):
        reported.one(row.id, actor=stranger)
    with pytest.raises(NotFound):
        reported.save_draft(row.id, cells={}, by=stranger, version=row.version)
    with pytest.raises(Refused):
        reported.save_draft(row.id, cells={}, by=person("ong", "leader", organisation="x"), version=row.version)
    elsewhere = person("lan", place="urn:dinh:unit:2025:01")
    with pytest.raises(NotFound):
        reported.one(row.id, actor=elsewhere)
    leader_elsewhere = person("minh", "leader", place="urn:dinh:unit:2025:01")
    sent = submitted(row, 10, 4, 20, 8)
    assert reported.queue(actor=leader_elsewhere) == []
    with pytest.raises(DinhError):
        reported.approve(sent.id, by=leader_elsewhere, version=sent.version)
    assert [held.id for held in reported.queue(actor=MINH)] == [row.id]


def test_named_people_alone_are_responsible(communes: list[str]) -> None:
    offices.declare(communes, responsible=[LAN.urn])
    assert reported.duties(actor=LAN)
    assert not reported.duties(actor=person("tam"))


def test_people_are_told_once_when_a_return_is_due_or_late_and_when_it_comes_back(
    communes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, tuple[str, ...], str]] = []
    kinds = [NoticeSpec(code, Text("", ""), Text("", ""), Text("", "")) for code in ("reporting.due", "reporting.late", "reporting.returned")]  # fmt: skip
    monkeypatch.setattr("dinh.spine.observations.reporting_notices.registry.notices", lambda: kinds)
    monkeypatch.setattr(
        "dinh.spine.notices.api.notify", lambda kind, *, to, key, params: told.append((kind, tuple(to), key))
    )
    offices.declare(communes, first_day=date(2026, 10, 1))
    row = oldest()
    Return.objects.filter(pk=row.id).update(due_at=NOW + timedelta(days=1), told_due=False)
    assert reporting_duties.tell() == 1
    assert reporting_duties.tell() == 0
    Return.objects.filter(pk=row.id).update(due_at=NOW - timedelta(days=1))
    assert reporting_duties.tell() == 1
    assert reporting_duties.tell() == 0
    sent = submitted(row, 10, 4, 20, 8)
    reported.send_back(sent.id, remarks="x", by=MINH, version=sent.version)
    assert [kind for kind, _, _ in told] == ["reporting.due", "reporting.late", "reporting.returned"]
    assert told[0][1] == (offices.OFFICE,)
    assert told[2][1] == (LAN.urn,)


ACTS = ("save", "submit", "send_back", "approve", "record", "correct")


@settings(max_examples=25, deadline=None)
@given(
    plan=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["lan", "minh", "hoa"]), st.booleans()), max_size=12)
)
def test_whatever_people_do_no_return_is_recorded_without_a_second_person(
    plan: list[tuple[str, str, bool]], ground: tuple[list[str], list[str]]
) -> None:
    from unittest.mock import patch

    from django.db import transaction

    people = {"lan": LAN, "minh": MINH, "hoa": person("hoa", "leader")}
    with transaction.atomic(), patch.object(clock, "now", lambda: NOW):
        offices.declare(ground[1], first_day=date(2026, 10, 1))
        number = reported.duties(actor=LAN)[0].id
        for act, name, fresh in plan:
            by, row = people[name], reported.one(number, actor=LAN)
            version = row.version if fresh else row.version - 1
            try:
                if act == "save":
                    reported.save_draft(
                        number, cells=filled(row, 10, 4, 20, 8), explanation="x", by=by, version=version
                    )
                elif act == "submit":
                    reported.submit(number, by=by, version=version)
                elif act == "send_back":
                    reported.send_back(number, remarks="x", by=by, version=version)
                elif act == "approve":
                    reported.approve(number, by=by, version=version)
                elif act == "record":
                    reported.record_approved()
                else:
                    number = reported.correct(number, reason="x", by=by).id
            except DinhError:
                continue
            assert fresh or act in {"record", "correct"}  # an act on an old version is refused
        for held in reported.versions(reported.one(number, actor=LAN)):
            acts = [act.what for act in reported.acts(held.id)]
            assert (held.state == "recorded") == ("recorded" in acts)
            if held.state in {"approved", "recorded"}:
                assert held.decided_by not in {held.submitted_by, held.edited_by}
                assert acts.index("submitted") < acts.index("approved")
            assert not reported.altered_acts(held.id)
        transaction.set_rollback(True)


def test_lists_take_a_fixed_number_of_queries(communes: list[str], django_assert_max_num_queries: Any) -> None:
    offices.declare(communes)
    offices.declare(communes, code="more", first_day=date(2025, 1, 1))
    reported.duties(actor=LAN)
    with django_assert_max_num_queries(4):
        assert len(reported.duties(actor=LAN)) == 25
    with django_assert_max_num_queries(4):
        reported.overview(actor=MINH, period="month", since=date(2025, 1, 1))
    with django_assert_max_num_queries(4):
        reported.queue(actor=MINH)


def test_the_event_of_an_approval_has_the_figures_recorded(
    communes: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    offices.declare(communes)
    sent = submitted(oldest(), 10, 4, 20, 8)
    reported.approve(sent.id, by=MINH, version=sent.version)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.deliver_pending()
    assert reported.one(sent.id, actor=LAN).state == "recorded"
    assert AREA

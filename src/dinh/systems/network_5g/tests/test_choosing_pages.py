"""Choosing sites from the form to the scenario that is taken, with a real radio process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dinh.kernel.errors import Refused
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import ANYONE, SYSTEM
from dinh.systems.network_5g import actions, programme_actions, queries
from dinh.systems.network_5g.domain import Standing
from dinh.systems.network_5g.models import Choice, Edit, Scenario
from dinh.systems.network_5g.programme import ChoiceTerms
from dinh.systems.network_5g.radio_process import RadioProcess
from dinh.systems.network_5g.tests.three_communes import SOUTH, STEP, WEST, mast, scenario
from dinh.systems.network_5g.web import choosing
from dinh.systems.network_5g.web.programme_forms import ChoiceForm

pytestmark = pytest.mark.django_db
type Maker = Callable[..., Client]


@pytest.fixture
def row() -> Scenario:
    return scenario([mast(0), mast(1), mast(2, standing=Standing.SHARED), mast(1.4, standing=Standing.EXISTING, name="Trạm cũ")])  # fmt: skip


def address(row: Scenario, rest: str = "") -> str:
    return f"/5g/scenarios/{row.pk}/choose/{rest}"


def form(**changes: Any) -> dict[str, Any]:
    return {**ChoiceForm.of(ChoiceTerms(count=1, seconds=5), "vi").texts, **changes}


def choose(client: Client, row: Scenario, **changes: Any) -> list[str]:
    answer = client.post(address(row), form(**changes))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    jobs.run_due_tasks()
    kept = Choice.objects.get(scenario=row)
    assert kept.refused is None
    assert kept.answer is not None
    return [site["name"] for site in kept.answer["sites"]]


def page(client: Client, row: Scenario) -> str:
    return str(client.get(address(row)).content.decode())


def code_of(row: Scenario, name: str) -> str:
    return str(row.masts.get(name=name).code)


def test_the_sites_are_shown_with_their_reasons_and_the_proof(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    assert "Chưa chọn vị trí nào" in page(client, row)
    assert choose(client, row) == ["Trạm 0"]
    text = page(client, row)
    assert "Đã chọn 1 vị trí" in text
    assert "đã chứng minh" in text
    assert "trong 3 vị trí dự kiến, ngoài 1 trạm hiện có" in text
    assert f"/5g/scenarios/{row.pk}/?mast={code_of(row, 'Trạm 0')}" in text


def test_what_if_tells_what_came_in_and_fell_out(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    choose(client, row)
    code = code_of(row, "Trạm 0")
    assert choose(client, row, out=[code]) == ["Trạm 1"]
    text = page(client, row)
    assert "So với lần chọn trước: −" in text
    assert "Thêm vào: Trạm 1" in text
    assert "Bỏ ra: Trạm 0" in text
    assert f'name="out" value="{code}" checked' in text
    assert choose(client, row, **{"in": [code_of(row, "Trạm 2")]}) == ["Trạm 2"]


def test_a_mast_cannot_be_forced_in_and_left_out(client_of: Maker, row: Scenario) -> None:
    code = code_of(row, "Trạm 0")
    answer = client_of("engineer").post(address(row), form(**{"in": [code], "out": [code]}))
    assert answer.status_code == 422
    assert "vừa được yêu cầu phải chọn vừa bị loại" in answer.content.decode()


def test_what_cannot_be_reached_is_told_in_the_readers_language(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    client.post(address(row), form(goal="share", share="100"))
    jobs.run_due_tasks()
    text = page(client, row)
    assert "Không tính được" in text
    assert Choice.objects.filter(refused__code="siting.target_out_of_reach").exists()
    assert "cannot be met" not in text


def test_a_choice_is_taken_as_a_copy_with_the_chosen_masts_as_one_edit(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    choose(client, row, count="2")
    answer = client.post(address(row, "take/"), {"name": "Hai trạm"})
    copy = Scenario.objects.get(name="Hai trạm")
    assert answer["Location"] == f"/5g/scenarios/{copy.pk}/"
    assert {one.name for one in queries.masts(copy)} == {"Trạm 0", "Trạm 1", "Trạm cũ"}
    (edit,) = copy.edits.all()
    assert (edit.kind, len(edit.changes)) == (Edit.Kind.CHOOSE, 1)
    assert row.masts.count() == 4
    client.post(f"/5g/scenarios/{copy.pk}/undo/", b"{}", content_type="application/json")
    assert copy.masts.count() == 4


def test_a_choice_of_what_has_changed_is_not_taken(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    choose(client, row)
    held = row.masts.get(name="Trạm 2")
    actions.edit_masts(scenario=row, kind=Edit.Kind.REMOVE, changes=[(held.code, None)], by=SYSTEM)
    assert "Hãy tính lại trước khi sử dụng" in page(client, row)
    answer = client.post(address(row, "take/"), {"name": "Cũ"}, follow=True)
    assert "hãy chọn lại" in answer.content.decode()
    assert not Scenario.objects.filter(name="Cũ").exists()


def test_candidates_come_from_a_list_and_become_masts_only_when_taken(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    lines = [f"Ứng viên {n},{SOUTH + STEP / 2},{WEST + (n + 0.5) * STEP},30" for n in range(3)]
    lines.append("Sai,abc,105.9,30")
    file = SimpleUploadedFile("vi-tri.csv", ("Tên,Vĩ độ,Kinh độ,Chiều cao anten\n" + "\n".join(lines)).encode())
    text = client.post(address(row, "candidates/"), {"file": file}, follow=True).content.decode()
    assert "Đã nhập 3 vị trí dự kiến" in text
    assert "abc" in text, "the fault is told"
    assert row.masts.count() == 4
    # A tick of the scenario's own masts means nothing for a list.
    assert choose(client, row, source="list", out=[code_of(row, "Trạm 0")]) == ["Ứng viên 0"]
    client.post(address(row, "take/"), {"name": "Từ danh sách"})
    copy = Scenario.objects.get(name="Từ danh sách")
    assert {one.name for one in queries.masts(copy)} == {"Ứng viên 0", "Trạm cũ"}
    assert copy.edits.count() == 1
    client.post(address(row, "candidates/"), {"forget": "1"})
    assert choose(client, row) == ["Trạm 0"]


def test_a_list_that_cannot_be_read_is_told_and_nothing_is_kept(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    for content in (b"", b"<html></html>", "Tên,Vĩ độ,Kinh độ,Chiều cao anten\n".encode()):
        answer = client.post(address(row, "candidates/"), {"file": SimpleUploadedFile("a.csv", content)}, follow=True)
        assert answer.status_code == 200
        assert "toast" in answer.content.decode() or "notice" in answer.content.decode()
    assert client.post(address(row, "candidates/"), {}).status_code == 302
    assert not Choice.objects.exclude(listed=[]).exists()


def test_it_can_be_stopped(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    client.post(address(row), form())
    assert "Đang chọn vị trí trạm" in page(client, row)
    client.post(address(row, "stop/"))
    assert "Đã dừng tính." in page(client, row)
    assert choose(client, row) == ["Trạm 0"]


def test_stopped_while_it_searches_it_keeps_the_best_so_far_with_its_gap(
    client_of: Maker, row: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search itself is made to last by asking how far it is until it is told that it is enough."""
    client = client_of("engineer")
    choose(client, row)
    answer: dict[str, Any] = Choice.objects.get(scenario=row).answer or {}
    row.masts.filter(name="Trạm 2").delete()

    def searching(_process: RadioProcess, _name: str, question: Any, enough: Path, *, hear: Any) -> dict[str, Any]:
        client.post(address(row, "stop/"))
        for _ in range(100):
            hear(700, 1000, "≤ 4.00%")
            if enough.exists():
                return answer | {"digest": question.digest, "ended": "cancelled", "proven": False, "gap": 0.04}
            time.sleep(0.05)
        raise AssertionError("nobody said that it is enough")

    monkeypatch.setattr(RadioProcess, "ask", searching)
    client.post(address(row), form())
    jobs.run_due_tasks()
    kept = Choice.objects.get(scenario=row)
    assert jobs.task(kept.task).state == "cancelled"
    assert kept.answer
    assert kept.answer["ended"] == "cancelled"
    text = page(client, row)
    assert "phương án tốt nhất tìm được đến lúc dừng" in text
    assert "nhiều nhất là 4,00" in text
    assert client.post(address(row, "take/"), {"name": "Dừng sớm"})["Location"] != address(row), "it can be taken"


def test_stopped_before_it_searches_it_has_nothing_to_keep(
    client_of: Maker, row: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("engineer")

    def covering(_process: RadioProcess, _name: str, _question: Any, enough: Path, *, hear: Any) -> None:
        client.post(address(row, "stop/"))
        for _ in range(100):
            hear(300, 1000)
            time.sleep(0.05)

    monkeypatch.setattr(RadioProcess, "ask", covering)
    client.post(address(row), form())
    jobs.run_due_tasks()
    kept = Choice.objects.get(scenario=row)
    assert (jobs.task(kept.task).state, kept.answer) == ("cancelled", None)


def test_candidates_are_found_and_paged_and_no_tick_is_lost(client_of: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "SIZE", 2)
    row = scenario(
        [mast(n / 4, name=f"Trạm {n}") for n in range(5)] + [mast(1, standing=Standing.SHARED, name="Cột chung")]
    )
    client = client_of("engineer")
    first, last = code_of(row, "Trạm 0"), code_of(row, "Trạm 4")

    def names(answer: Any) -> list[str]:
        return [one.name for one, _mark, _on in answer.context["listed"].rows]

    text = client.get(address(row))
    assert len(names(text)) == 2
    assert text.context["listed"].page.paginator.num_pages == 3
    asked = form(**{"in": [first], "q": "", "q_was": "", "look": "2"})
    second = client.post(address(row), asked)
    assert first not in {one.code for one, _mark, _on in second.context["listed"].rows}
    assert f'type="hidden" name="in" value="{first}"' in second.content.decode()
    found = client.post(address(row), form(**{"in": [first, last], "q": "cot chung", "q_was": ""}))
    assert names(found) == ["Cột chung"], "the return key in the filter looks and does not choose"
    assert not Choice.objects.exists()
    client.post(address(row), form(count="3", **{"in": [first, last], "q": "cot chung", "q_was": "cot chung"}))
    assert programme_actions.terms_of_choice(Choice.objects.get()).forced == tuple(sorted([first, last]))


def test_a_leader_reads_and_whoever_may_not_edit_is_refused_by_the_acts(client_of: Maker, row: Scenario) -> None:
    choose(client_of("engineer"), row)
    leader = client_of("leader")
    assert "Trạm 0" in page(leader, row)
    assert "take/" not in page(leader, row)
    for rest in ("", "stop/", "candidates/", "take/"):
        assert leader.post(address(row, rest), form(name="x")).status_code == 403
    for act in (
        lambda: programme_actions.ask_choice(scenario=row, terms=ChoiceTerms(), by=ANYONE),
        lambda: programme_actions.bring_candidates(scenario=row, sites=[], name="", by=ANYONE),
        lambda: programme_actions.forget_candidates(scenario=row, by=ANYONE),
        lambda: programme_actions.take_choice(scenario=row, name="x", by=ANYONE),
    ):
        with pytest.raises(Refused):
            act()
    Scenario.objects.update(shared=False)
    assert leader.get(address(row)).status_code == 404

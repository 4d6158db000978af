"""Neighbours and identities as pages: who is whose neighbour, what is wrong, and numbering anew as one edit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dinh.spine.parties.api import SYSTEM
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.domain import plain
from dinh.systems.network_5g.models import Edit, Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.tests import planning

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of: Callable[..., Client]) -> Client:
    return client_of("engineer", language="en")


def page_of(row: Scenario, name: str = "neighbours", **asked: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{reverse(f'network_5g:{name}', args=[row.pk])}?{query}"


def number_all(row: Scenario, pci: int | None) -> None:
    """The same identity for every cell."""
    changes = []
    for mast in queries.masts(row):
        cells = tuple(replace(cell, pci=pci) for cell in mast.cells)
        changes.append((mast.code, plain(replace(mast, cells=cells))))
    actions.edit_masts(scenario=row, kind=Edit.Kind.NUMBER, changes=changes, by=SYSTEM)


def pcis(row: Scenario) -> list[int | None]:
    return [cell.pci for mast in queries.masts(row) for cell in mast.cells]


def test_every_cell_stands_with_its_neighbours_and_what_they_share(planned: Scenario, browser: Client) -> None:
    answer = browser.get(page_of(planned))
    lines = answer.context["lines"]
    assert [(line.cell.name, line.cell.number) for line in lines] == [(f"Trạm {n}", c) for n in range(3) for c in (1, 2, 3)]  # fmt: skip
    for line in lines:
        shares = [share for _near, share in line.neighbours]
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 1 for share in shares)
        assert (line.cell.mast, line.cell.number) not in {(near.mast, near.number) for near, _share in line.neighbours}
    assert sum(len(line.neighbours) for line in lines) > 9
    assert "9 cells have no PCI yet" in answer.content.decode()
    assert answer.context["all_findings"] == 0


def test_one_identity_for_all_is_told_as_collisions_first(planned: Scenario, browser: Client) -> None:
    number_all(planned, 17)
    context = browser.get(page_of(planned)).context
    kinds = [one.kind for one, _name, _level in context["findings"]]
    assert kinds[0] == "collision"
    assert {"collision", "confusion"} == {code for code, *_words, count in context["kinds"] if count}
    only = browser.get(page_of(planned, kind="confusion")).context
    assert {one.kind for one, _name, _level in only["findings"]} == {"confusion"}
    assert all(one.between for one, _name, _level in only["findings"])
    # Cells that disturb somebody come first when they are asked for first.
    counts = [line.findings for line in browser.get(page_of(planned, order="-findings")).context["lines"]]
    assert counts == sorted(counts, reverse=True)


def test_cells_are_found_by_mast_and_by_identity(planned: Scenario, browser: Client) -> None:
    number_all(planned, 17)
    assert browser.get(page_of(planned, q="tram")).context["total"] == 9
    assert browser.get(page_of(planned, q="T0002")).context["total"] == 3
    assert browser.get(page_of(planned, q="17")).context["total"] == 9
    assert browser.get(page_of(planned, q="18")).context["total"] == 0


def test_numbering_is_shown_before_it_is_taken_and_undone_as_one_edit(planned: Scenario, browser: Client) -> None:
    number_all(planned, 17)
    shown = browser.get(page_of(planned, "number", keep="1", carrier="n78"))
    assert pcis(planned) == [17] * 9, "looking changes nothing"
    total = shown.context["total"]
    assert 0 < total < 9, "who disturbs nobody any more keeps its number"
    before, after = shown.context["effects"][1][1][0]
    assert before > 0
    assert after == 0
    seen = re.search(r'name="seen" value="(\w+)"', shown.content.decode())
    assert seen is not None
    answer = browser.post(page_of(planned, "number"), {"keep": "1", "carrier": "n78", "seen": seen[1]})
    assert answer.status_code == 302
    planned.refresh_from_db()
    assert sum(pci != 17 for pci in pcis(planned)) == total
    edit = planned.edits.get(number=planned.position)
    assert (edit.kind, edit.about) == (Edit.Kind.NUMBER, "n78")
    found = browser.get(page_of(planned, carrier="n78")).context["kinds"]
    assert [count for code, *_words, count in found if code in ("collision", "confusion")] == [0, 0]
    actions.undo(scenario=planned, by=SYSTEM)
    assert pcis(planned) == [17] * 9


def test_all_anew_gives_every_cell_a_number_without_collisions(planned: Scenario, browser: Client) -> None:
    shown = browser.get(page_of(planned, "number", keep="0"))
    assert shown.context["total"] == 9
    browser.post(page_of(planned, "number"), {"keep": "0", "carrier": "n41", "seen": shown.context["seen"]})
    assert None not in pcis(planned)
    assert browser.get(page_of(planned, "number", keep="1")).context["total"] == 0


def test_what_was_changed_after_it_was_shown_is_not_taken(planned: Scenario, browser: Client) -> None:
    seen = browser.get(page_of(planned, "number", keep="0")).context["seen"]
    number_all(planned, 3)
    answer = browser.post(page_of(planned, "number"), {"keep": "0", "carrier": "n41", "seen": seen})
    assert answer.status_code == 409
    assert "was changed since these numbers were shown" in answer.content.decode()
    assert pcis(planned) == [3] * 9


def test_what_is_not_calculated_as_it_stands_says_so_and_is_not_numbered(planned: Scenario, browser: Client) -> None:
    mast = queries.masts(planned)[0]
    actions.edit_masts(scenario=planned, kind=Edit.Kind.CHANGE, changes=[(mast.code, plain(replace(mast, antenna_height_m=50.0)))], by=SYSTEM)  # fmt: skip
    answer = browser.get(page_of(planned))
    assert answer.context["calculated"] is False
    assert "not calculated as it stands" in answer.content.decode()
    assert browser.get(page_of(planned, "number", keep="0")).status_code == 302
    assert browser.get(reverse("network_5g:neighbour-list", args=[planned.pk, "csv"])).status_code == 409


def test_cells_that_send_lte_too_do_not_keep_a_number_that_lte_has_not(planned: Scenario, browser: Client) -> None:
    changes = [
        (mast.code, plain(replace(mast, cells=tuple(replace(cell, pci=600 + 3 * n + k) for k, cell in enumerate(mast.cells)))))
        for n, mast in enumerate(queries.masts(planned))
    ]  # fmt: skip
    actions.edit_masts(scenario=planned, kind=Edit.Kind.NUMBER, changes=changes, by=SYSTEM)
    assert browser.get(page_of(planned, "number", keep="1")).context["total"] == 0
    nr = planning.SETTINGS.carriers[0]
    lte = replace(nr, code="B3", frequency_mhz=1800.0, bandwidth_mhz=20, technology="lte", slots="")
    actions.change_settings(scenario=planned, settings=replace(planning.SETTINGS, carriers=(nr, lte)), by=SYSTEM)
    desk().ask("calculate", queries.question(planned))
    after = [one.after for one in browser.get(page_of(planned, "number", keep="1")).context["changes"]]
    assert len(after) == 9
    assert max(after) < 504


def test_the_list_goes_out_with_numbers_as_numbers_and_no_formula(planned: Scenario, browser: Client) -> None:
    first = queries.masts(planned)[0]
    actions.edit_masts(scenario=planned, kind=Edit.Kind.CHANGE, changes=[(first.code, plain(replace(first, name="=1+1")))], by=SYSTEM)  # fmt: skip
    text = browser.get(reverse("network_5g:neighbour-list", args=[planned.pk, "csv"])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    lines = browser.get(page_of(planned)).context["lines"]
    assert len(rows) == sum(len(line.neighbours) for line in lines)
    assert {row["name"] for row in rows if row["mast"] == first.code} == {"'=1+1"}
    assert all(0 <= float(row["share"]) <= 1 for row in rows)
    content = browser.get(reverse("network_5g:neighbour-list", args=[planned.pk, "xlsx"])).content
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet.max_row == len(rows) + 1
    named = next(cell for cell in sheet["B"] if cell.value == "=1+1")
    assert named.data_type == "s"
    assert browser.get(reverse("network_5g:neighbour-list", args=[planned.pk, "pdf"])).status_code == 404


def test_who_only_reads_sees_neighbours_and_numbers_nothing(planned: Scenario, client_of: Callable[..., Client]) -> None:  # fmt: skip
    leader = client_of("leader", language="en")
    answer = leader.get(page_of(planned))
    assert answer.status_code == 200
    assert "Number all anew" not in answer.content.decode()
    assert leader.get(page_of(planned, "number", keep="1")).status_code == 403
    assert leader.post(page_of(planned, "number"), {"keep": "1", "seen": "x"}).status_code == 403


def test_a_scenario_that_is_not_shared_is_as_if_it_were_not_there(planned: Scenario, browser: Client) -> None:
    Scenario.objects.filter(pk=planned.pk).update(shared=False)
    for name in ("neighbours", "number", "safety", "budget"):
        assert browser.get(page_of(planned, name)).status_code == 404


def test_a_carrier_that_is_not_there_is_told(planned: Scenario, browser: Client) -> None:
    answer = browser.get(page_of(planned, carrier="n99"))
    assert answer.status_code == 404

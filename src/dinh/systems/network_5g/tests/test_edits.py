"""Edits of a scenario: each has its reverse, and everything that changes masts goes through them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.domain import Settings, SiteRow, plain
from dinh.systems.network_5g.models import Edit, Scenario
from dinh.systems.network_5g.tests import planning

pytestmark = pytest.mark.django_db
WHO = planning.planner()


def values(row: Scenario) -> dict[str, Any]:
    return {mast.code: mast.values for mast in row.masts.all()}


class Desk(RuleBasedStateMachine):
    """Whatever is done, undone and done again, the masts are those of a list that is kept beside."""

    @initialize()
    def begin(self) -> None:
        self.row = planning.scenario()
        self.past: list[dict[str, Any]] = [{}]
        self.future: list[dict[str, Any]] = []

    def took(self) -> None:
        self.past.append(values(self.row))
        self.future = []

    @rule(number=st.integers(0, 40), height=st.floats(5, 60))
    def add(self, number: int, height: float) -> None:
        new = planning.mast(number, antenna_height_m=height)
        actions.edit_masts(scenario=self.row, kind="add", changes=[(None, new)], by=WHO)
        self.took()

    @precondition(lambda self: self.past[-1])
    @rule(place=st.integers(0, 99), to=st.floats(9.4, 9.6))
    def move(self, place: int, to: float) -> None:
        code, held = list(self.past[-1].items())[place % len(self.past[-1])]
        actions.edit_masts(scenario=self.row, kind="move", changes=[(code, held | {"latitude": to})], by=WHO)
        self.took()

    @precondition(lambda self: self.past[-1])
    @rule(place=st.integers(0, 99))
    def remove(self, place: int) -> None:
        code = list(self.past[-1])[place % len(self.past[-1])]
        actions.edit_masts(scenario=self.row, kind="remove", changes=[(code, None)], by=WHO)
        self.took()

    @precondition(lambda self: len(self.past) > 1)
    @rule()
    def undo(self) -> None:
        actions.undo(scenario=self.row, by=WHO)
        self.future.append(self.past.pop())

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        actions.redo(scenario=self.row, by=WHO)
        self.past.append(self.future.pop())

    @invariant()
    def masts_are_those_of_the_list(self) -> None:
        if hasattr(self, "row"):
            assert values(self.row) == self.past[-1]
            assert self.row.position == len(self.past) - 1


@pytest.mark.django_db(transaction=False)
def test_masts_are_what_edits_undo_and_redo_say() -> None:
    run_state_machine_as_test(
        Desk, settings=settings(max_examples=12, stateful_step_count=14, deadline=None, database=None)
    )


def test_an_edit_that_is_faulty_in_one_mast_changes_none() -> None:
    row = planning.scenario(masts=2)
    before = values(row)
    good, bad = planning.mast(7), planning.mast(8, antenna_height_m=0)
    with pytest.raises(Invalid, match=r"Trạm 8: antenna height is between 0.1 and 400, not 0"):
        actions.edit_masts(scenario=row, kind="add", changes=[(None, good), (None, bad)], by=WHO)
    row.refresh_from_db()
    assert values(row) == before
    assert (row.position, row.edits.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"latitude": 105.9, "longitude": 9.5}, "latitude is between 8 and 23.5"),
        ({"cells": []}, "has 0 cells"),
        ({"cells": [{"azimuth_deg": 400}]}, "azimuth is between 0 and 360"),
        ({"cells": [{"pci": 1008}]}, "PCI is between 0 and 1007"),
        ({"latitude": "north"}, "Expected `float`"),
        ({"standing": "falling"}, "Invalid enum value"),
        ({"antenna_height_m": float("nan")}, "antenna height is between"),
    ],
)
def test_a_mast_that_cannot_be_is_refused_with_its_name_and_what_may_be(wrong: dict[str, Any], says: str) -> None:
    row = planning.scenario()
    with pytest.raises(Invalid, match=says):
        actions.edit_masts(scenario=row, kind="add", changes=[(None, planning.mast(3, **wrong))], by=WHO)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten() -> None:
    row = planning.scenario(masts=1)
    code, seen = next(iter(values(row).items()))
    actions.edit_masts(scenario=row, kind="move", changes=[(code, seen | {"latitude": 9.51})], by=WHO)
    with pytest.raises(Conflict, match="somebody else changed Trạm 0 meanwhile"):
        actions.edit_masts(
            scenario=row, kind="move", changes=[(code, seen | {"latitude": 9.53})], by=WHO, seen={code: seen}
        )
    assert values(row)[code]["latitude"] == 9.51


def test_a_list_is_one_edit_and_a_mast_of_the_same_name_is_changed_not_doubled() -> None:
    row = planning.scenario(masts=2)
    rows = [SiteRow(2, "Trạm 1", 9.515, 105.96, 42.0, (0.0, 180.0)), SiteRow(3, "Trạm mới", 9.52, 105.97, 25.0)]
    edit = actions.take_list(scenario=row, rows=rows, about="tram.csv", by=WHO)
    assert (edit.kind, len(edit.changes), row.masts.count()) == ("import", 2, 3)
    actions.undo(scenario=row, by=WHO)
    assert [mast.height_m for mast in row.masts.all()] == [30.0, 30.0]
    actions.take_list(scenario=row, rows=rows, about="tram.csv", by=WHO, replace_all=True)
    assert [mast.name for mast in row.masts.order_by("name")] == ["Trạm 1", "Trạm mới"]


def test_settings_are_undone_like_masts_and_the_same_again_is_no_edit() -> None:
    row = planning.scenario()
    first = row.settings
    assert actions.change_settings(scenario=row, settings=Settings(model="p1812", radius_km=3.0), by=WHO) is not None
    assert actions.change_settings(scenario=row, settings=Settings(model="p1812", radius_km=3.0), by=WHO) is None
    actions.undo(scenario=row, by=WHO)
    assert row.settings == first
    with pytest.raises(Conflict, match="nothing to undo"):
        actions.undo(scenario=row, by=WHO)


def test_a_copy_has_the_masts_and_none_of_the_past() -> None:
    row = planning.scenario(masts=3)
    copy = actions.open_scenario(area=row.area, name="Bản sao", by=WHO, based_on=row)
    assert values(copy) == values(row)
    assert (copy.position, copy.edits.count()) == (0, 0)
    new = actions.edit_masts(scenario=copy, kind="add", changes=[(None, planning.mast(9))], by=WHO)
    assert new.changes[0][1]["code"] == "T0004"
    assert row.masts.count() == 3


def test_an_unshared_scenario_is_there_for_its_maker_alone() -> None:
    row = planning.scenario(masts=1)
    other = planning.planner("binh")
    assert queries.scenarios(other) == []
    with pytest.raises(NotFound):
        queries.scenario(row.pk, other)
    actions.share_scenario(scenario=row, shared=True, by=WHO)
    assert [found.pk for found in queries.scenarios(other)] == [row.pk]
    actions.edit_masts(scenario=row, kind="add", changes=[(None, planning.mast(5))], by=other)
    with pytest.raises(Refused, match="only who made a scenario"):
        actions.share_scenario(scenario=row, shared=False, by=other)


@pytest.mark.parametrize("role", ["leader", "auditor", "operator"])
def test_only_planners_of_the_place_edit(role: str) -> None:
    row = planning.scenario(masts=1)
    actions.share_scenario(scenario=row, shared=True, by=WHO)
    for stranger in (planning.planner("x", role=role), planning.planner("y", place=planning.OTHER)):
        with pytest.raises(Refused):
            actions.edit_masts(scenario=row, kind="add", changes=[(None, planning.mast(5))], by=stranger)
    assert queries.scenarios(planning.planner("y", place=planning.OTHER)) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"radius_km": 100}, "radius is between 0.2 and 60, not 100"),
        ({"model": "hata"}, "the settings cannot be read"),
        ({"model": "p1812", "sight": "statistical"}, "P.1812 reads the terrain"),
        ({"carriers": []}, "give 1 to 4 carriers"),
        ({"carriers": [{"code": "../x", "frequency_mhz": 2600, "bandwidth_mhz": 100}]}, "named by letters and digits"),
        ({"carriers": [{"code": "n9", "frequency_mhz": 26000, "bandwidth_mhz": 100}]}, "frequency is between"),
        ({"load": float("nan")}, "load is between"),
    ],
)
def test_settings_that_cannot_be_are_refused(values: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        actions.checked_settings(plain(Settings()) | values)


def test_every_edit_is_kept_with_who_and_when() -> None:
    row = planning.scenario(masts=1)
    edit = Edit.objects.get(scenario=row)
    assert (edit.by, edit.kind, edit.number) == (WHO.urn, "add", 1)
    assert edit.changes[0][0] is None


def test_a_change_that_changes_nothing_leaves_no_mast_in_the_edit() -> None:
    row = planning.scenario(masts=1)
    code, held = next(iter(values(row).items()))
    edit = actions.edit_masts(scenario=row, kind="change", changes=[(code, held)], by=WHO)
    assert edit.changes == []

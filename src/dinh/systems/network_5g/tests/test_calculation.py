"""What the desk calculates: names of answers, figures that add up, pictures that lie where they should."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.network_5g import actions, pictures, queries
from dinh.systems.network_5g.calculation import desk, grounds
from dinh.systems.network_5g.calculation.capacity import MOST_POINTS, demand
from dinh.systems.network_5g.calculation.questions import GroundQuestion
from dinh.systems.network_5g.domain import Carrier, Settings
from dinh.systems.network_5g.layers import BY_CODE
from dinh.systems.network_5g.tests import planning

pytestmark = pytest.mark.django_db
WHO = planning.planner()


def silent(done: int, of: int) -> None:
    pass


def test_people_of_communes_are_all_on_the_ground() -> None:
    laid = grounds.laid(queries.ground_of(planning.area()))
    assert laid.about["people"] == pytest.approx(10_000)
    for number, people in enumerate((8_000, 2_000)):
        assert laid.people[laid.unit == number].sum() == pytest.approx(people, rel=1e-5)
    assert laid.people[laid.unit < 0].sum() == 0
    asked = demand(laid)
    assert asked.people.sum() == pytest.approx(10_000)
    assert len(asked.people) <= MOST_POINTS


def test_an_area_that_no_memory_holds_is_refused_before_anything_is_laid(tmp_path: Path) -> None:
    question = GroundQuestion(tmp_path, (102.0, 8.0, 110.0, 23.0), 5.0, 25.0, planning.communes())
    with pytest.raises(Invalid, match="choose a coarser grid than 25 m"):
        grounds.lay(question)
    assert list(tmp_path.iterdir()) == []


def test_figures_add_up_and_the_same_question_has_the_same_answer() -> None:
    row = planning.scenario(masts=3)
    question = queries.question(row)
    summary = desk.calculate(question, hear=silent)
    assert summary["people"] == pytest.approx(10_000)
    for found in summary["carriers"].values():
        assert 0 < found["people"] <= 10_000
        assert sum(commune["people"] for commune in found["communes"]) == pytest.approx(found["people"])
        assert sum(commune["km2"] for commune in found["communes"]) == pytest.approx(found["km2"])
        assert sum(cell["km2"] for cell in found["cells"]) == pytest.approx(found["km2"])
        levels = [level["people"] for level in found["levels"]]
        assert levels == sorted(levels)
        assert len(found["cells"]) == 9
    stamp = (question.answer / "summary.json").stat().st_mtime_ns
    assert desk.calculate(question, hear=silent) == summary
    assert (question.answer / "summary.json").stat().st_mtime_ns == stamp


def test_names_of_answers_follow_what_changes_a_number_and_nothing_else() -> None:
    row = planning.scenario(masts=2)
    first = queries.question(row).digest
    code, held = next(iter({mast.code: mast.values for mast in row.masts.all()}.items()))
    for silent_change in ({"name": "Khác"}, {"operator": "Nhà mạng"}, {"standing": "existing"}):
        actions.edit_masts(scenario=row, kind="change", changes=[(code, held | silent_change)], by=WHO)
        assert queries.question(row).digest == first
    actions.edit_masts(
        scenario=row, kind="move", changes=[(code, held | {"latitude": held["latitude"] + 1e-5})], by=WHO
    )
    assert queries.question(row).digest != first
    actions.undo(scenario=row, by=WHO)
    assert queries.question(row).digest == first


def test_what_a_dragged_mast_would_give_is_what_it_gives_when_it_is_dropped() -> None:
    row = planning.scenario(masts=3)
    base = queries.question(row)
    code, held = next(iter({mast.code: mast.values for mast in row.masts.all()}.items()))
    actions.edit_masts(scenario=row, kind="move", changes=[(code, held | {"longitude": 105.98})], by=WHO)
    moved = queries.question(row)
    desk.calculate(base, hear=silent)
    trial = desk.preview(base, moved, "n41", "rsrp", hear=silent)
    assert trial is not None
    desk.calculate(moved, hear=silent)
    whole = np.load(moved.answer / "n41" / "rsrp.npy")
    before = np.load(base.answer / "n41" / "rsrp.npy")
    rows, columns = trial["values"].shape
    part = (slice(trial["top"], trial["top"] + rows), slice(trial["left"], trial["left"] + columns))
    assert np.array_equal(trial["values"], whole[part])
    outside = np.ones(whole.shape, bool)
    outside[part] = False
    assert np.array_equal(whole[outside], before[outside])
    assert desk.preview(base, base, "n41", "rsrp", hear=silent) is None


def test_without_an_anchor_of_lte_non_standalone_5g_serves_nobody() -> None:
    lte = Carrier("B3", 1800.0, 20, 15, 20.0, 2, "", "lte")
    row = planning.scenario(masts=1)
    settings = Settings(radius_km=3.0, carriers=(Settings().carriers[0], lte))
    actions.change_settings(scenario=row, settings=settings, by=WHO)
    summary = desk.calculate(queries.question(row), hear=silent)
    covered = summary["carriers"]["n41"]["people"] - summary["anchors"][0]["people"]
    assert summary["anchors"][0]["people"] > 0
    assert covered <= summary["carriers"]["B3"]["people"] + 1e-6


def test_a_tile_shows_the_grid_where_it_lies() -> None:
    row = planning.scenario(masts=1)
    question = queries.question(row)
    desk.calculate(question, hear=silent)
    frame = pictures.Frame.of(row.area.about)
    values = pictures.values_of(question.answer, "n41", "rsrp")
    # One pixel alone is above all others: the tile's coloured spot lies where its place is on the map.
    lone = np.full(values.shape, pictures.NOTHING, dtype=np.int16)
    lone[40, 30] = -7000
    longitude, latitude = frame.place_deg(40, 30)
    zoom = 14
    across = (longitude + 180) / 360 * 2**zoom
    down = (1 - np.arcsinh(np.tan(np.radians(latitude))) / np.pi) / 2 * 2**zoom
    png = pictures.tile(lone, frame, BY_CODE["rsrp"], zoom, int(across), int(down))
    assert png is not None
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    spot_rows, spot_columns = np.nonzero(picture[..., 3])
    assert (spot_rows.mean(), spot_columns.mean()) == pytest.approx(
        ((down % 1) * pictures.TILE, (across % 1) * pictures.TILE), abs=2.0
    )
    assert pictures.tile(values, frame, BY_CODE["rsrp"], 14, 0, 0) is None


def test_names_of_carriers_open_no_other_file() -> None:
    with pytest.raises(NotFound):
        pictures.values_of(queries.folder("results") / ("0" * 40), "..", "rsrp")


def test_a_difference_counts_what_one_of_them_does_not_reach() -> None:
    nothing = pictures.NOTHING
    before = np.array([-9000, nothing, -9000, nothing], dtype=np.int16)
    after = np.array([-8500, -9000, nothing, nothing], dtype=np.int16)
    assert pictures.difference(before, after).tolist() == [500, 3000, -3000, nothing]


def test_a_mast_in_the_sea_is_seen_by_its_terrain_unless_the_ground_was_given_as_flat() -> None:
    place = grounds.laid(queries.ground_of(planning.area()))
    height = np.full(place.ground.shape, 3.0, dtype=np.float32)
    height[:, :20] = 0.0
    sea = dataclasses.replace(
        place, ground=dataclasses.replace(place.ground, height_m=height), about={**place.about, "flat": False}
    )
    x, y = place.ground.coordinates(30, 5)
    assert desk._standing(sea, x, y) == "water"
    assert desk._standing(sea, *place.ground.coordinates(30, 40)) == ""
    assert desk._standing(place, x, y) == ""
    assert desk._standing(place, x - 1e6, y) == "outside"

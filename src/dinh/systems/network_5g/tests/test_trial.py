from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from dinh.kernel.errors import NotFound
from dinh.spine.places import api as places
from dinh.systems.network_5g import examples, queries, trial
from dinh.systems.network_5g.commands import trial as command
from dinh.systems.network_5g.example_names import in_words
from dinh.systems.network_5g.models import Area, Edit, Scenario


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    north = (one[0] - other[0]) * 111_320
    east = (one[1] - other[1]) * 111_320 * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


@pytest.mark.parametrize("city", trial.trial().area, ids=lambda city: city.code)
def test_masts_stand_apart_and_together_on_land_and_are_called_generated(city: trial.City) -> None:
    given = trial.trial()
    rows = trial.masts(city, given)
    assert len(rows) == 50
    assert rows == trial.masts(city, given), "the same seed, the same masts"
    assert rows != trial.masts(city, replace(given, seed=6))
    points = [(row.latitude, row.longitude) for row in rows]
    for number, row in enumerate(rows):
        mast = row.mast("x")
        assert mast.generated
        assert mast.operator == "VNPT"
        assert len(mast.cells) == 3
        assert 25 <= mast.antenna_height_m <= 35
        here = points[number]
        nearest = min(_metres(here, other) for place, other in enumerate(points) if place != number)
        assert 249.5 <= nearest <= 400.5
        assert all(_metres(here, (wet.latitude, wet.longitude)) > wet.radius_m - 1 for wet in city.water)
        assert any(_metres(here, (a.latitude, a.longitude)) <= a.radius_m + 1 for a in city.around)


def test_the_trial_has_100_masts_and_5000_customers() -> None:
    given = trial.trial()
    assert sum(around.masts for city in given.area for around in city.around) == 100
    assert sum(city.customers for city in given.area) == 5_000
    assert len({row.name for city in given.area for row in trial.masts(city, given)}) == 100


def test_masts_that_do_not_fit_are_refused_with_the_place() -> None:
    given = trial.trial()
    narrow = replace(given.area[0], around=[replace(given.area[0].around[0], radius_m=200.0)])
    with pytest.raises(ValueError, match="no room for 25 masts around Hồ Hoàn Kiếm"):
        trial.masts(narrow, given)


def test_an_unknown_city_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NotFound, match="it has ha-noi, ho-chi-minh"):
        examples.example_of({"city": "hue"})


@pytest.mark.django_db
def test_the_named_places_lie_in_the_communes_of_the_file() -> None:
    places.load_units()
    for city in trial.trial().area:
        for code in city.people:
            assert places.place(f"urn:dinh:unit:2025:{code}").level == "commune"
        for around in city.around:
            unit = places.unit_at(around.longitude, around.latitude)
            assert unit is not None
            assert unit.code in city.people, around.name


@pytest.mark.django_db
def test_without_the_units_of_vietnam_the_command_says_what_to_load() -> None:
    with pytest.raises(NotFound, match="dinh import units"):
        command.run([])


@pytest.mark.django_db
@pytest.mark.slow
def test_the_command_makes_an_area_once_and_leaves_what_was_changed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places.load_units()
    given = trial.trial()
    coarse = replace(given, resolution_m=100.0, radius_km=1.0, area=given.area[:1])
    monkeypatch.setattr(trial, "trial", lambda: coarse)
    assert command.run(["--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["areas"]
    assert (told["masts"], told["customers"], told["people"]) == (50, 2_500, 240_000)
    assert [band["band"] for band in told["bands"]] == ["n41", "n78"]
    for band in told["bands"]:
        assert 0 < band["covered_people"] <= 240_000
        assert band["first_full_at"] > 1
    row = Scenario.objects.get()
    assert row.shared
    assert row.edits.get().kind == Edit.Kind.IMPORT
    assert all(mast.generated for mast in queries.masts(row))
    row.masts.all()[0].delete()
    assert command.run([]) == 0
    assert "49 generated masts" in capsys.readouterr().out
    assert (Area.objects.count(), Scenario.objects.count()) == (1, 1)


def test_what_examples_are_called_has_english_words_until_somebody_renames_it() -> None:
    for code in ("ha-noi", "ho-chi-minh"):
        made = examples.of_trial(code)
        for text in (made.name, made.scenario, made.note, made.people_source):
            assert in_words(text, "en") != text
            assert in_words(text, "vi") == text
    assert in_words("Phương án của tôi", "en") == "Phương án của tôi"

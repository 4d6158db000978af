"""Ways on the real roads of inner Hanoi."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from dinh.kernel.errors import Conflict, Invalid, NotFound, OutOfRange, SourceUnavailable
from dinh.systems.maps.domain.geometry import Point, distance_m
from dinh.systems.maps.domain.modes import MODES
from dinh.systems.maps.domain.ways import Way
from dinh.systems.maps.queries.ways import find_ways, mode_of
from dinh.systems.maps.routing import process
from dinh.systems.maps.routing.process import Ways, ways

HOAN_KIEM = Point(105.8522, 21.0285)
BACH_KHOA = Point(105.8430, 21.0069)
LONG_BIEN = Point(105.8890, 21.0480)


def best(start: Point, end: Point, mode: str = "car") -> Way:
    return find_ways(start, end, mode_of(mode))[0]


@pytest.mark.slow
def test_each_mode_has_a_plausible_way_and_says_it_in_both_languages(hanoi: None) -> None:
    for mode in MODES:
        way = best(HOAN_KIEM, BACH_KHOA, mode.code)
        apart_km = distance_m(HOAN_KIEM, BACH_KHOA) / 1000
        assert apart_km * 0.9 < way.length_km < apart_km * 1.9, mode.code
        speed_kmh = way.length_km / way.time_s * 3600
        least, most = {"walk": (3, 6), "bicycle": (8, 20), "motorbike": (15, 60), "car": (12, 80)}[mode.code]
        assert least < speed_kmh < most, mode.code
        assert way.steps[0].says.vi.startswith("Đi về hướng")
        assert way.steps[0].says.en.startswith("Head ")
        assert way.steps[-1].says.vi.startswith("Bạn đã đến nơi")
        assert way.steps[-1].says.en.startswith("You have arrived")
        assert "Phố" in " ".join(step.says.vi for step in way.steps)
        assert sum(step.length_km for step in way.steps) == pytest.approx(way.length_km, abs=0.05)
        assert distance_m(HOAN_KIEM, Point(*way.line[0])) < 200


@pytest.mark.slow
def test_cars_go_round_by_one_way_streets_and_walkers_do_not(hanoi: None) -> None:
    """Where a way there is one-way, the way back is another; on foot both are nearly alike."""
    chance = random.Random(1)
    longer = {"car": 0, "walk": 0}
    for _ in range(15):
        one = Point(chance.uniform(105.83, 105.86), chance.uniform(21.01, 21.04))
        other = Point(one.longitude + 0.004, one.latitude + 0.003)
        for mode in longer:
            there, back = best(one, other, mode), best(other, one, mode)
            longer[mode] += abs(there.length_km - back.length_km) > 0.25
    assert longer["car"] >= 5
    assert longer["walk"] <= 2


@pytest.mark.slow
def test_what_cannot_be_travelled_is_refused_with_a_reason_and_a_remedy(hanoi: None) -> None:
    cases: list[tuple[type[Exception], str, Callable[[], object]]] = [
        (OutOfRange, "lies outside the map", lambda: best(HOAN_KIEM, Point(106.5, 20.8))),
        (OutOfRange, "the nearest is", lambda: best(HOAN_KIEM, Point(106.02, 20.84))),
        (Invalid, "same point", lambda: best(HOAN_KIEM, HOAN_KIEM)),
        (OutOfRange, "km apart", lambda: find_ways(HOAN_KIEM, LONG_BIEN, replace(mode_of("walk"), most_km=1))),
        (Invalid, "no way of travelling 'plane'", lambda: mode_of("plane")),
    ]
    for family, says, ask in cases:
        with pytest.raises(family, match=says):
            ask()


@pytest.mark.slow
def test_a_child_that_dies_costs_one_question_and_the_next_is_answered(
    hanoi: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Ways(children=1)
    request = {"locations": [{"lat": 21.0285, "lon": 105.8522}], "costing": "auto"}
    assert pool.ask("locate", request)
    child = pool._all[0]._running
    assert child is not None
    child.kill()
    child.wait()
    assert pool.ask("locate", request), "a child that ended by itself is started anew"
    monkeypatch.setattr(process, "ANSWER_S", 0.0)
    with pytest.raises(SourceUnavailable, match="took too long"):
        pool.ask("route", {"locations": [{"lat": 21.0285, "lon": 105.8522}] * 2, "costing": "auto"})
    monkeypatch.setattr(process, "ANSWER_S", 10.0)
    assert pool.ask("locate", request)
    monkeypatch.setattr(process, "PATIENCE_S", 0.05)
    pool._idle.get()
    with pytest.raises(SourceUnavailable, match="too many ways"):
        pool.ask("locate", request)
    pool.end()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_way_is_a_page_a_gpx_and_a_geojson(hanoi: None, client: Client) -> None:
    client.cookies.load({"django_language": "vi"})
    query = f"from={HOAN_KIEM.written()}&to={BACH_KHOA.written()}&mode=motorbike"
    page = client.get(f"/maps/way/?{query}").content.decode()
    assert "bằng xe máy" in page
    assert "Phố" in page
    assert "© OpenStreetMap" in page
    assert "đường mô phỏng" not in page
    assert page.count('class="qrline"') == 1, "a code for whoever has the page on paper"
    client.cookies.load({"django_language": "en"})
    assert "by motorbike" in client.get(f"/maps/way/?{query}").content.decode()
    drawn = json.loads(client.get(f"/maps/way.geojson?{query}").content)
    assert drawn["features"][0]["geometry"]["type"] == "LineString"
    assert drawn["features"][0]["properties"]["source"].startswith("© OpenStreetMap")
    gpx = client.get(f"/maps/way.gpx?{query}")
    assert gpx["Content-Type"] == "application/gpx+xml"
    root = ET.fromstring(gpx.content)
    assert len(root.findall(".//{http://www.topografix.com/GPX/1/1}trkpt")) == len(
        drawn["features"][0]["geometry"]["coordinates"]
    )
    wrong = client.get("/maps/way/?from=21.03,105.85&to=10.0,106.0")
    assert wrong.status_code == 422
    assert "lies outside the map" in wrong.content.decode()
    assert client.get(f"/maps/way.exe?{query}").status_code == 404


@pytest.mark.django_db
def test_without_a_map_the_page_says_who_brings_one(client: Client, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.HOME = tmp_path
    client.cookies.load({"django_language": "vi"})
    assert client.get("/maps/way/").status_code == 200
    answer = client.get("/maps/way/?from=9.6,105.9&to=9.7,105.9")
    assert answer.status_code == 404
    assert "dinh import map" in answer.content.decode()
    with pytest.raises(NotFound):
        ways.ask("status", {})


@pytest.mark.django_db
def test_an_address_that_asks_for_many_ways_is_told_to_wait(client: Client, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.HOME = tmp_path
    answers = [client.get("/maps/way.gpx?from=9.6,105.9&to=9.7,105.9").status_code for _ in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429


@pytest.mark.slow
def test_islands_of_roads_are_not_joined(generated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the generated roads everything is joined; Valhalla's refusal is told in words."""

    def refuse(name: str, request: object) -> object:
        raise process.Refusal(442, "No path could be found for input")

    monkeypatch.setattr(ways, "ask", refuse)
    with pytest.raises(Conflict, match="no road joins"):
        find_ways(Point(105.97, 9.60), Point(106.17, 9.51), mode_of("car"))

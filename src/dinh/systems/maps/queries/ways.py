"""The way from one point to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dinh.kernel.errors import Conflict, Invalid, NotFound, OutOfRange, SourceUnavailable
from dinh.systems.maps.domain.geometry import Point, distance_m
from dinh.systems.maps.domain.modes import BY_CODE, MODES, Mode
from dinh.systems.maps.domain.ways import Way, of_answer
from dinh.systems.maps.routing import graph as graphs
from dinh.systems.maps.routing.graph import Graph
from dinh.systems.maps.routing.process import Refusal, ways

MOST_GAP_M: Final = 1_500.0
"""A point that lies farther from every road is not led to; people would be sent across fields and water."""
MARGIN: Final = 0.02
"""Degrees around the roads of the map."""
ALTERNATIVES: Final = 2
NO_ROAD, NOT_CONNECTED, NO_WAY, TOO_FAR = 171, 170, 442, 154


def mode_of(code: str) -> Mode:
    """Raises Invalid."""
    if code not in BY_CODE:
        raise Invalid("maps.mode", "there is no way of travelling '{value}'; give one of {known}", value=code[:40], known=", ".join(mode.code for mode in MODES))  # fmt: skip
    return BY_CODE[code]


def find_ways(start: Point, end: Point, mode: Mode) -> Sequence[Way]:
    """The best way first, then others that are not much longer. Raises OutOfRange `maps.outside`, `maps.too_far` and
    `maps.no_road`, Conflict `maps.not_connected`, Invalid `maps.same_point`, NotFound, SourceUnavailable."""
    graph = graphs.current()
    if graph is None:
        raise NotFound("maps.no_map", "no roads were imported yet; an operator runs: dinh import map FILE.osm.pbf")
    for point in (start, end):
        _within(graph, point)
    apart_m = distance_m(start, end)
    if apart_m < 5:
        raise Invalid("maps.same_point", "the way begins and ends at the same point; choose another start or goal")
    if apart_m > mode.most_km * 1000:
        raise OutOfRange("maps.too_far", "the points are {km} km apart; at most {most} km are searched when travelling like this", km=round(apart_m / 1000), most=round(mode.most_km))  # fmt: skip
    try:
        answer = ways.ask("route", _request(start, end, mode))
    except Refusal as refusal:
        raise _told(refusal, start, end, mode) from refusal
    found = [of_answer(trip, mode=mode, start=start, end=end) for trip in _trips(answer)]
    for point, gap_m in ((start, found[0].start_gap_m), (end, found[0].end_gap_m)):
        if gap_m > MOST_GAP_M:
            raise _no_road(point, gap_m)
    return found


def _request(start: Point, end: Point, mode: Mode) -> dict[str, Any]:
    return {
        "locations": [{"lat": point.latitude, "lon": point.longitude} for point in (start, end)],
        "costing": mode.costing,
        "costing_options": {mode.costing: dict(mode.options)},
        "alternates": ALTERNATIVES,
        # English costs least to write, and only street names and numbers are read of it.
        "directions_options": {"language": "en-US", "units": "kilometers"},
    }


def _trips(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer["trip"], *(other["trip"] for other in answer.get("alternates", ()))]


def _within(graph: Graph, point: Point) -> None:
    west, south, east, north = graph.bounds
    if west - MARGIN <= point.longitude <= east + MARGIN and south - MARGIN <= point.latitude <= north + MARGIN:
        return
    raise OutOfRange(
        "maps.outside", "{point} lies outside the map, which reaches from {south}, {west} to {north}, {east}; choose a point within it",
        point=point.written(), south=f"{south:.2f}", west=f"{west:.2f}", north=f"{north:.2f}", east=f"{east:.2f}",
    )  # fmt: skip


def _told(refusal: Refusal, start: Point, end: Point, mode: Mode) -> Exception:
    if refusal.number == NO_ROAD:
        gaps = [(point, nearest_road_m(point, mode)) for point in (start, end)]
        return _no_road(*max(gaps, key=lambda gap: float("inf") if gap[1] is None else gap[1]))
    if refusal.number in (NOT_CONNECTED, NO_WAY):
        return Conflict("maps.not_connected", "no road joins these two points when travelling like this; choose other points or another way of travelling")  # fmt: skip
    if refusal.number == TOO_FAR:
        return OutOfRange("maps.far", "the points are too far apart; choose points closer together")
    return SourceUnavailable(
        "maps.refused", "the search for the way failed ({says}); try other points", says=refusal.says
    )


def _no_road(point: Point, gap_m: float | None) -> OutOfRange:
    if gap_m is None:
        return OutOfRange("maps.no_road_at_all", "there is no road near {point} that can be used like this; choose a point at a road or another way of travelling", point=point.written())  # fmt: skip
    return OutOfRange("maps.no_road", "there is no road at {point}: the nearest is {km} km away; choose a point nearer to a road", point=point.written(), km=f"{gap_m / 1000:.1f}")  # fmt: skip


def nearest_road_m(point: Point, mode: Mode) -> float | None:
    """None where no road of that kind lies within Valhalla's reach."""
    request = {
        "locations": [{"lat": point.latitude, "lon": point.longitude}],
        "costing": mode.costing,
        "verbose": False,
    }
    try:
        answer: Any = ways.ask("locate", request)
    except Refusal:
        return None
    edges = (answer[0].get("edges") or ()) if answer else ()
    gaps = [distance_m(point, Point(edge["correlated_lon"], edge["correlated_lat"])) for edge in edges]
    return min(gaps, default=None)

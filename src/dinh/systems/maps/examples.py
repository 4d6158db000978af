"""A road network that nobody has built: generated around the middles of communes, and marked so wherever it is shown.

It is written as an extract of OpenStreetMap and imported like one, so that the demonstration shows what an operator gets.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import osmium

from dinh.kernel.vietnamese_text import slug
from dinh.spine.places import api as places
from dinh.systems.maps import actions
from dinh.systems.maps.domain.geometry import Point, distance_m
from dinh.systems.maps.feeds.osm_file import GENERATOR
from dinh.systems.maps.routing import graph as graphs

FILE: Final = "mo-phong.osm.pbf"
M_A_DEGREE: Final = 111_320.0
TOWN: Final = (9, 140.0)
VILLAGE: Final = (5, 260.0)
"""Streets each way, and metres between two of them."""
NEAREST: Final = 2
BENDS_M: Final = 1_500.0
STREETS: Final = (
    "Lúa Mới",
    "Bông Sen",
    "Bờ Kênh",
    "Hàng Dừa",
    "Cầu Đúc",
    "Vàm Sông",
    "Chợ Cũ",
    "Vườn Cò",
    "Bến Phà",
    "Gò Dưa",
)
OFFICE_HOURS: Final = "Mo-Fr 07:30-11:30,13:30-17:00; PH off"

type Tags = Mapping[str, str]
type Hear = Callable[[str], None]


@dataclass(slots=True)
class Network:
    """`nodes` and `ways` by their position + 1 as id; a node may be a place as well."""

    nodes: list[tuple[float, float, Tags]] = field(default_factory=list)
    ways: list[tuple[list[int], Tags]] = field(default_factory=list)

    def node(self, longitude: float, latitude: float, tags: Tags = {}) -> int:  # noqa: B006 - never written to
        self.nodes.append((round(longitude, 7), round(latitude, 7), tags))
        return len(self.nodes)

    def way(self, nodes: Sequence[int], tags: Tags) -> None:
        self.ways.append((list(nodes), tags))


def make(*, area: str, seed: int, hear: Hear = lambda words: None) -> actions.Taken | None:
    """None where a real map is in force: the generated one never takes its place."""
    present = graphs.current()
    if present is not None and not present.generated:
        return None
    communes = sorted((row for row in places.area(area) if row.longitude is not None), key=lambda row: row.code)
    hear("generating roads")
    network = generate(communes, seed)
    graphs.home().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = graphs.home() / FILE
    write(network, path)
    try:
        return actions.import_map(path, name=FILE, hear=hear)
    finally:
        path.unlink(missing_ok=True)


def write(network: Network, path: Path) -> None:
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for number, (longitude, latitude, tags) in enumerate(network.nodes, start=1):
            writer.add_node(
                osmium.osm.mutable.Node(id=number, version=1, location=(longitude, latitude), tags=dict(tags))
            )
        for number, (nodes, tags) in enumerate(network.ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=nodes, tags=dict(tags)))


def generate(communes: Sequence[places.PlaceRow], seed: int) -> Network:
    """The same for the same seed."""
    network = Network()
    middles: dict[str, int] = {}
    for row in communes:
        middles[row.urn] = _settlement(network, row, random.Random(f"{seed}-{row.code}-roads"))  # noqa: S311 - a picture, no secret
    _highways(network, communes, middles, random.Random(f"{seed}-highways"))  # noqa: S311
    return network


def _settlement(network: Network, row: places.PlaceRow, chance: random.Random) -> int:
    """A grid of streets, a little crooked, with what stands at them; its middle node."""
    assert row.longitude is not None
    assert row.latitude is not None
    town = row.full_name_vi.casefold().startswith("phường")
    count, step_m = TOWN if town else VILLAGE
    turn = chance.uniform(-0.5, 0.5)
    middle = Point(row.longitude, row.latitude)
    grid = []
    for across in range(count):
        line = []
        for along in range(count):
            east = (across - count // 2) * step_m + chance.uniform(-0.08, 0.08) * step_m
            north = (along - count // 2) * step_m + chance.uniform(-0.08, 0.08) * step_m
            moved = _moved(
                middle, east * math.cos(turn) - north * math.sin(turn), east * math.sin(turn) + north * math.cos(turn)
            )
            line.append(network.node(moved.longitude, moved.latitude))
        grid.append(line)
    names = chance.sample(STREETS, len(STREETS))
    for number in range(count):
        for direction, nodes in (("dọc", grid[number]), ("ngang", [line[number] for line in grid])):
            main = number == count // 2
            name = f"Đường mô phỏng {names[(number + (direction == 'ngang') * 5) % len(names)]}"
            tags = {"highway": "tertiary" if main else "residential", "name": name, "dinh:generated": "yes"}
            if town and not main and number % 3 == 1:
                tags["oneway"] = "yes"
            network.way(nodes if number % 2 else nodes[::-1], tags)
    for point, about in _places(row, chance, town=town, reach_m=step_m * (count // 2)):
        at = _moved(middle, *point)
        network.node(at.longitude, at.latitude, about)
    return grid[count // 2][count // 2]


def _moved(point: Point, east_m: float, north_m: float) -> Point:
    east = east_m / (M_A_DEGREE * math.cos(math.radians(point.latitude)))
    return Point(point.longitude + east, point.latitude + north_m / M_A_DEGREE)


def _highways(
    network: Network, communes: Sequence[places.PlaceRow], middles: Mapping[str, int], chance: random.Random
) -> None:
    """Provincial roads: a spanning tree of the shortest, and links to the nearest neighbours."""
    points = {row.urn: Point(row.longitude or 0.0, row.latitude or 0.0) for row in communes}
    names = {row.urn: row.name_vi for row in communes}
    for number, (one, other) in enumerate(sorted(_links(points)), start=901):
        a, b = points[one], points[other]
        pieces = max(1, round(distance_m(a, b) / BENDS_M))
        nodes = [middles[one]]
        for piece in range(1, pieces):
            share = piece / pieces
            bent = _moved(
                Point(a.longitude + (b.longitude - a.longitude) * share, a.latitude + (b.latitude - a.latitude) * share),
                chance.uniform(-120, 120), chance.uniform(-120, 120),
            )  # fmt: skip
            nodes.append(network.node(bent.longitude, bent.latitude))
        nodes.append(middles[other])
        name = f"Đường tỉnh mô phỏng {number} ({names[one]} – {names[other]})"
        network.way(nodes, {"highway": "secondary", "name": name, "dinh:generated": "yes"})


def _links(points: Mapping[str, Point]) -> set[tuple[str, str]]:
    """Prim's tree over all, NEAREST neighbours of each, and every two with nobody in the circle between them."""
    left = dict(points)
    if not left:
        return set()
    first = min(left)
    joined = {first: left.pop(first)}
    links: set[tuple[str, str]] = set()
    best = {urn: (distance_m(joined[first], point), first) for urn, point in left.items()}
    while left:
        urn = min(best, key=lambda one: best[one][0])
        links.add((min(urn, best[urn][1]), max(urn, best[urn][1])))
        joined[urn] = left.pop(urn)
        del best[urn]
        for other, point in left.items():
            best[other] = min(best[other], (distance_m(joined[urn], point), urn))
    for urn, point in points.items():
        near = sorted((other for other in points if other != urn), key=lambda other: distance_m(point, points[other]))
        links |= {(min(urn, other), max(urn, other)) for other in near[:NEAREST]}
        links |= {(min(urn, other), max(urn, other)) for other in near if _nobody_between(points, urn, other)}
    return links


def _nobody_between(points: Mapping[str, Point], one: str, other: str) -> bool:
    a, b = points[one], points[other]
    middle = Point((a.longitude + b.longitude) / 2, (a.latitude + b.latitude) / 2)
    reach_m = distance_m(a, b) / 2
    return all(distance_m(middle, point) >= reach_m for urn, point in points.items() if urn not in (one, other))


def _places(
    row: places.PlaceRow, chance: random.Random, *, town: bool, reach_m: float
) -> Iterator[tuple[tuple[float, float], Tags]]:
    """What a commune has; health stations stand in the register of the demonstration already."""
    full_vi, full_en = row.full_name_vi, row.full_name_en or row.name_en
    full_vi = full_vi[:1].lower() + full_vi[1:]

    def one(near: float, vi: str, en: str, tags: Tags) -> tuple[tuple[float, float], Tags]:
        at = (chance.uniform(-near, near) * reach_m, chance.uniform(-near, near) * reach_m)
        address = f"Đường mô phỏng {chance.choice(STREETS)}, {full_vi}"
        return at, {"name": vi, "name:en": en, "addr:full": address, "dinh:generated": "yes", **tags}

    yield one(0.2, f"Trụ sở UBND {full_vi}", f"People’s Committee of {full_en}", {"office": "government", "opening_hours": OFFICE_HOURS, "wheelchair": "yes"})  # fmt: skip
    yield one(
        0.4,
        f"Chợ {row.name_vi}",
        f"{row.name_en} market",
        {"amenity": "marketplace", "opening_hours": "Mo-Su 05:00-18:00"},
    )
    yield one(0.4, f"Công an {full_vi}", f"Police of {full_en}", {"amenity": "police", "opening_hours": "24/7"})
    yield one(0.4, f"Bưu điện {row.name_vi}", f"{row.name_en} post office", {"amenity": "post_office", "opening_hours": "Mo-Fr 07:00-18:00; Sa 07:00-12:00"})  # fmt: skip
    yield one(0.7, f"Trường Mầm non {row.name_vi}", f"{row.name_en} kindergarten", {"amenity": "kindergarten"})
    for letter in ("A", "B", "C")[: 3 if town else 2]:
        yield one(
            0.8,
            f"Trường Tiểu học {row.name_vi} {letter}",
            f"{row.name_en} primary school {letter}",
            {"amenity": "school"},
        )
    yield one(0.8, f"Trường THCS {row.name_vi}", f"{row.name_en} lower secondary school", {"amenity": "school"})
    for number in range(1, (5 if town else 2) + 1):
        hours = chance.choice(
            ("Mo-Su 07:00-21:00", "Mo-Sa 07:00-20:00; Su 07:00-12:00", "24/7" if town else "Mo-Su 06:30-20:00")
        )
        yield one(0.9, f"Nhà thuốc {row.name_vi} {number}", f"{row.name_en} pharmacy {number}", {"amenity": "pharmacy", "opening_hours": hours})  # fmt: skip
    yield one(
        0.9,
        f"Trạm xăng {row.name_vi}",
        f"{row.name_en} petrol station",
        {"amenity": "fuel", "opening_hours": "Mo-Su 05:00-22:00"},
    )
    if town:
        yield one(0.6, f"Bệnh viện {row.name_vi}", f"{row.name_en} hospital", {"amenity": "hospital", "emergency": "yes", "opening_hours": "24/7"})  # fmt: skip
        yield one(0.6, f"Ngân hàng {row.name_vi}", f"{row.name_en} bank", {"amenity": "bank", "opening_hours": "Mo-Fr 08:00-11:30,13:00-16:30; PH off"})  # fmt: skip
        yield one(0.9, f"Khách sạn {row.name_vi}", f"{row.name_en} hotel", {"tourism": "hotel", "opening_hours": "24/7", "website": f"https://{slug(row.name_en)}.example.vn/"})  # fmt: skip
        yield one(0.9, f"Trường THPT {row.name_vi}", f"{row.name_en} upper secondary school", {"amenity": "school"})
    else:
        yield one(
            0.9, f"Chùa {row.name_vi}", f"{row.name_en} pagoda", {"amenity": "place_of_worship", "religion": "buddhist"}
        )

"""Finding among 100,000 places, and ways on the roads of inner Hanoi beside Valhalla's bare call in the same process."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from bench import Result, at_most
from bench.house import data_folder

PLACES = 100_000
PAIRS = 200
ROUNDS = 10
SEARCH_MS = 60
NEAREST_MS = 30
WAY_MS = 100
QUERIES = (
    "benh vien", "nha thuoc so 77", "truong tieu hoc", "cho", "ubnd xa tran de", "hung vuong", "bn vien", "khong co gi ca", "tran de", "quan an 12345",
)  # fmt: skip
NAMES = (
    "Bệnh viện",
    "Nhà thuốc số",
    "Trường Tiểu học",
    "Chợ",
    "Quán ăn",
    "Trụ sở UBND",
    "Khách sạn Hùng Vương",
    "Quán cà phê",
)
LEVELS = ("hospital", "pharmacy", "school", "marketplace", "restaurant", "office", "hotel", "cafe")
DATA = Path(os.environ.get("DINH_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "map"
HANOI = DATA / "hanoi_roads_overpass.osm.pbf"


def run() -> list[Result]:
    with data_folder():
        results = _finding()
        if HANOI.is_file():
            results += _ways()
        else:
            print(f"  {HANOI} is absent: ways are left out; set DINH_TEST_DATA", flush=True)
        return results


def _finding() -> list[Result]:
    from dinh.spine.places import api as places
    from dinh.systems.maps.domain.geometry import Point
    from dinh.systems.maps.queries import finding

    places.load_units()
    pick = random.Random(1)
    communes = [row for row in places.children(places.COUNTRY, level="commune") if row.longitude is not None]
    report = places.save_places(_place(number, pick, communes) for number in range(PLACES))
    assert report.taken == PLACES, report.refused[:3]
    here = Point(105.97, 9.60)
    given = f"{PLACES:,} facilities over the country; the page of 20 with its rows and 400 dots; median of {ROUNDS}"
    first = _ms(lambda: finding.find("benh vien"), 1)[0]
    texts = {
        f"{text}, near": median(_ms(lambda text=text: finding.find(text, near=here), ROUNDS)) for text in QUERIES[:2]
    }
    texts |= {text: median(_ms(lambda text=text: finding.find(text), ROUNDS)) for text in QUERIES}
    slowest = max(texts, key=lambda text: texts[text])
    near = {
        "everything": median(_ms(lambda: finding.find("", near=here), ROUNDS)),
        "a kind": median(_ms(lambda: finding.find("", kind="pharmacy", near=here), ROUNDS)),
    }
    told = ", ".join(f"«{text}» {ms:.1f}" for text, ms in texts.items())
    told_near = ", ".join(f"{what} {ms:.1f}" for what, ms in near.items())
    return [
        at_most("map_search", texts[slowest], "ms", SEARCH_MS, input=f"{given}; slowest is «{slowest}»; {told}; the first after a change of the register {first:.0f} ms"),
        at_most("map_nearest", max(near.values()), "ms", NEAREST_MS, input=f"{given}; {told_near}"),
    ]  # fmt: skip


def _place(number: int, pick: random.Random, communes: Sequence[Any]) -> dict[str, Any]:
    row = pick.choice(communes)
    kind = pick.randrange(len(NAMES))
    name = f"{NAMES[kind]} {row.name_vi if number % 2 else ''} {number}"
    return {
        "kind": "facility", "id": f"b{number}", "level": LEVELS[kind], "name_vi": name, "name_en": name,
        "longitude": row.longitude + pick.uniform(-0.02, 0.02), "latitude": row.latitude + pick.uniform(-0.02, 0.02),
        "attributes": {"opening_hours": "Mo-Su 07:00-21:00"},
    }  # fmt: skip


def _ms(act: Callable[[], object], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        started = perf_counter()
        act()
        taken.append((perf_counter() - started) * 1000)
    return taken


def _ways() -> list[Result]:
    import valhalla

    from dinh.kernel.errors import DinhError
    from dinh.systems.maps import actions
    from dinh.systems.maps.domain.geometry import Point
    from dinh.systems.maps.feeds import road_graph
    from dinh.systems.maps.queries.ways import _request, find_ways, mode_of
    from dinh.systems.maps.routing.process import ways

    started = perf_counter()
    graph = actions.import_map(HANOI).graph
    import_s = perf_counter() - started
    config = graph.folder / "bench.json"
    config.write_text(json.dumps(road_graph.settings(graph.folder)), encoding="utf-8")
    actor = valhalla.Actor(config)
    pick = random.Random(1)
    results = []
    for code in ("motorbike", "walk"):
        mode = mode_of(code)
        ours: list[float] = []
        bare: list[float] = []
        refused = 0
        while len(ours) < PAIRS and refused < PAIRS:
            start, end = (Point(pick.uniform(105.78, 105.90), pick.uniform(20.98, 21.07)) for _ in range(2))
            request = json.dumps(_request(start, end, mode))
            try:
                find_ways(start, end, mode)  # both graphs' tiles are in memory afterwards
                actor.route(request)
            except (DinhError, RuntimeError):
                refused += 1
                continue
            ours += _ms(lambda start=start, end=end, mode=mode: find_ways(start, end, mode), 1)
            bare += _ms(lambda request=request: actor.route(request), 1)
        told = (
            f"{PAIRS} pairs at random in inner Hanoi, {code}, up to two alternatives, {refused} pairs without a way left out; "
            f"p95 {_p95(ours):.1f} ms (bare {_p95(bare):.1f}); import of {graph.ways:,} roads {import_s:.1f} s"
        )
        peer = "Valhalla's Actor.route of the same request as JSON text, in this process"
        results.append(
            at_most(f"map_way_{code}", median(ours), "ms", WAY_MS, input=told, peer=peer, peer_value=median(bare))
        )
    ways.end()
    return results


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]

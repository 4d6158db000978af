"""Facilities and assets: saved, placed, found, paged."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.places import api as places
from dinh.spine.places import versions

pytestmark = pytest.mark.usefixtures("units")

SOC_TRANG = "urn:dinh:unit:2004:94"
PHU_LOI = "urn:dinh:unit:2025:31510"


def station(**more: Any) -> dict[str, Any]:
    return {
        "kind": "asset", "id": "my-thanh", "level": "salinity_station", "name_vi": "Trạm Mỹ Thanh",
        "name_en": "My Thanh station", "longitude": 105.985, "latitude": 9.5917, **more,
    }  # fmt: skip


def test_a_saved_asset_stands_in_the_commune_of_its_point() -> None:
    row = places.save_place(
        **station(operator="urn:dinh:organisation:sonnmt", simulated=True, attributes={"depth_m": 2})
    )
    assert (row.urn, row.unit, row.parent, row.boundary) == ("urn:dinh:asset:my-thanh", PHU_LOI, PHU_LOI, "none")
    assert (row.operator, row.simulated, row.attributes) == ("urn:dinh:organisation:sonnmt", True, {"depth_m": 2})
    assert places.place(row.urn) == row
    assert places.unit_of(row.urn) == PHU_LOI
    assert places.contains(SOC_TRANG, row.urn)
    assert places.contains(PHU_LOI, row.urn)
    assert not places.contains("urn:dinh:unit:2025:79", row.urn)
    assert [above.level for above in places.ancestors(row.urn)] == ["commune", "province", "country"]
    assert [found.urn for found in places.area(row.urn)] == [PHU_LOI]


def test_saving_the_same_again_changes_nothing() -> None:
    places.save_place(**station())
    before = places.version("assets")
    places.save_place(**station())
    assert places.version("assets") == before
    assert places.save_place(**station(name_vi="Trạm Mỹ Thanh 2")).name_vi == "Trạm Mỹ Thanh 2"
    assert places.version("assets") > before


def test_a_cell_lies_in_its_site_and_in_the_commune_of_the_site() -> None:
    site = places.save_place(**station(kind="facility", id="site-1", level="gnb_site"))
    cell = places.save_place(**station(id="cell-1", level="gnb_cell", parent=site.urn, longitude=None, latitude=None))
    assert (cell.parent, cell.unit) == (site.urn, PHU_LOI)
    assert places.contains(site.urn, cell.urn)
    assert not places.contains(cell.urn, site.urn)
    assert places.contains(SOC_TRANG, cell.urn)
    assert [above.urn for above in places.ancestors(cell.urn)][:2] == [site.urn, PHU_LOI]
    assert [row.urn for row in places.assets(within=site.urn)] == [cell.urn]


def test_a_place_at_sea_stands_in_no_commune() -> None:
    row = places.save_place(**station(id="buoy", longitude=110.5, latitude=14.0))
    assert (row.unit, row.parent) == (None, None)
    assert not places.contains(SOC_TRANG, row.urn)


@pytest.mark.parametrize(
    ("wrong", "code", "told"),
    [
        ({"kind": "unit"}, "places.kind", "'unit'"),
        ({"id": "Mỹ Thanh"}, "places.id", "'Mỹ Thanh'"),
        ({"id": ""}, "places.id", "''"),
        ({"level": "commune"}, "places.level", "'commune'"),
        ({"level": "Salinity"}, "places.level", "'Salinity'"),
        ({"name_vi": " "}, "places.name", "''"),
        ({"longitude": 9.59, "latitude": 105.98}, "places.point_swapped", "longitude first"),
        ({"longitude": 2.3, "latitude": 48.9}, "places.point_outside", "48.9"),
        ({"longitude": float("nan")}, "places.point_outside", "nan"),
        ({"longitude": "east"}, "places.point", "'east'"),
        ({"latitude": None}, "places.point", "'None'"),
        ({"parent": "urn:dinh:asset:none"}, "places.no_parent", "urn:dinh:asset:none"),
        ({"parent": "nonsense"}, "urn.malformed", "nonsense"),
        ({"parent": "urn:dinh:asset:my-thanh"}, "places.own_parent", "my-thanh"),
        ({"attributes": [1]}, "places.attributes", "[1]"),
    ],
)
def test_what_is_wrong_is_refused_with_its_value(wrong: dict[str, Any], code: str, told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        places.save_place(**station(**wrong))
    assert refusal.value.code == code
    assert told in refusal.value.message


def test_many_are_saved_at_once_and_only_the_wrong_ones_refused() -> None:
    rows = [station(id=f"s-{i}", longitude=105.7 + i / 1000) for i in range(50)]
    rows[7] = station(id="s-7", latitude=95.0)
    rows[9] = station(id="s-8")
    rows[11] = station(id="s-11", parent="urn:dinh:facility:none")
    rows[12] = station(id="s-12", parent="urn:dinh:asset:s-11")
    rows[13] = {**station(id="s-13"), "colour": "red"}
    report = places.save_places(rows)
    assert (report.taken, report.changed, report.unchanged) == (45, 0, 0)
    assert [line.split(":")[0] for line in report.refused] == ["row 8", "row 10", "row 12", "row 13", "row 14"]
    again = places.save_places(rows)
    assert (again.taken, again.changed, again.unchanged) == (0, 0, 45)
    rows[0]["name_en"] = "Another name"
    assert places.save_places(rows).changed == 1


def test_ten_thousand_are_saved_in_a_second_or_so() -> None:
    random = np.random.default_rng(1)
    rows = [
        station(id=f"a{i}", longitude=x, latitude=y)
        for i, (x, y) in enumerate(
            zip(random.uniform(105.6, 106.2, 10_000), random.uniform(9.3, 9.9, 10_000), strict=True)
        )
    ]
    places.unit_at(106.0, 9.5)
    started = time.thread_time()
    report = places.save_places(rows)
    assert time.thread_time() - started < 2.0
    assert report.taken == 10_000
    held = places.positions()
    assert len(held.urns) == len(held.longitude) == len(held.names_vi) == 10_000
    started = time.thread_time()
    for _ in range(5_000):
        places.unit_of("urn:dinh:asset:a77")
    assert places.units_of(["urn:dinh:asset:a77", "urn:dinh:asset:none"])["urn:dinh:asset:none"] is None
    assert time.thread_time() - started < 5.0


def test_positions_hold_what_has_a_point_and_notice_changes() -> None:
    assert places.positions().urns == ()
    places.save_place(**station())
    places.save_place(**station(id="nowhere", longitude=None, latitude=None))
    held = places.positions()
    assert held.urns == ("urn:dinh:asset:my-thanh",)
    assert held.levels[held.kinds[0]] == "salinity_station"
    assert (held.names_vi, held.names_en, held.simulated.tolist()) == (
        ("Trạm Mỹ Thanh",),
        ("My Thanh station",),
        [False],
    )
    places.save_place(**station(longitude=105.99))
    moved = places.positions()
    assert moved.longitude.tolist() == [105.99]
    assert moved.version > held.version
    with pytest.raises(ValueError, match="read-only"):
        moved.longitude[0] = 0.0


def test_assets_are_paged_by_their_names() -> None:
    places.save_places(station(id=f"s-{i:02}", level="a" if i % 2 else "b") for i in range(25))
    first = places.assets(limit=10)
    rest = places.assets(after=first[-1].urn, limit=100)
    assert [row.code for row in (*first, *rest)] == [f"s-{i:02}" for i in range(25)]
    assert {row.level for row in places.assets(level="a", limit=100)} == {"a"}
    assert len(places.assets(within=SOC_TRANG, limit=100)) == 25
    assert len(places.assets(within="urn:dinh:unit:2025:92", limit=100)) == 25
    assert len(places.assets(within=PHU_LOI, limit=100)) == 25
    assert places.assets(within="urn:dinh:unit:2025:79", limit=100) == ()


names = st.text(st.characters(categories=["L", "N"], max_codepoint=0x1EFF), min_size=2, max_size=30).filter(
    lambda t: nfc(t)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names)
def test_every_saved_place_is_found_by_its_exact_name(name: str) -> None:
    from dinh.kernel.vietnamese_text import fold

    places.save_place(**station(name_vi=name))
    if fold(name):
        assert "urn:dinh:asset:my-thanh" in [row.urn for row in places.find(name, kinds=["asset"])]


@pytest.mark.django_db(transaction=True)
def test_another_thread_notices_a_change_within_a_second() -> None:
    seen: list[int] = []
    stop = threading.Event()

    def look() -> None:
        from django.db import connection

        while not stop.is_set() and not seen:
            if len(places.positions().urns):
                seen.append(1)
            time.sleep(0.05)
        connection.close()

    places.positions()
    thread = threading.Thread(target=look)
    thread.start()
    places.save_place(**station())
    thread.join(3)
    stop.set()
    assert seen


def test_a_change_that_is_rolled_back_is_forgotten() -> None:
    from django.db import transaction

    before = places.positions().urns
    with transaction.atomic():
        places.save_place(**station(id="ghost"))
        assert len(places.positions().urns) == len(before) + 1
        transaction.set_rollback(True)
    assert places.positions().urns == before
    assert versions.current("assets") == places.version("assets")

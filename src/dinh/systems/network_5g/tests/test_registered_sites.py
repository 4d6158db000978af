from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.feeds.register import CELL, SITE, sites_of_assets
from dinh.systems.network_5g.models import Edit, Scenario

COMMUNE = "urn:dinh:unit:2025:31684"


def row(id: str, level: str, **more: Any) -> PlaceRow:
    values: dict[str, Any] = {
        "urn": f"urn:dinh:asset:{id}", "kind": "asset", "level": level, "name_vi": f"Trạm {id}", "name_en": f"Site {id}",
        "full_name_vi": "", "code": "", "parent": None, "longitude": 106.05, "latitude": 9.5,
    }  # fmt: skip
    return PlaceRow(**values | more)


def test_a_site_brings_its_height_its_cells_and_the_name_of_its_operator() -> None:
    site = row("a", SITE, attributes={"height_m": 36}, operator="urn:dinh:organisation:x", simulated=True)
    cells = [row(f"a-{n}", CELL, parent=site.urn, attributes={"azimuth_deg": turn}) for n, turn in ((2, 120), (1, 0))]
    found = sites_of_assets([site], cells, {"urn:dinh:organisation:x": "Nhà mạng X"})
    assert not found.faults
    mast = found.sites[0].mast("m")
    assert (mast.name, mast.antenna_height_m, mast.operator, mast.generated) == ("Trạm a", 36.0, "Nhà mạng X", True)
    assert [cell.azimuth_deg for cell in mast.cells] == [0.0, 120.0]


def test_a_site_without_a_height_or_a_position_is_told() -> None:
    sites = [row("a", SITE), row("b", SITE, longitude=None), row("c", SITE, attributes={"height_m": "hai mươi"})]
    found = sites_of_assets(sites, [], {})
    assert [fault.column for fault in found.faults] == [f"urn:dinh:asset:{code}" for code in "abc"]
    assert found.faults[2].value == "hai mươi"
    assumed = sites_of_assets(sites, [], {}, default_height_m=30.0)
    assert [site.antenna_height_m for site in assumed.sites] == [30.0, 30.0]
    assert len(assumed.warnings) == 2
    assert assumed.sites[0].mast("m").cells[0].azimuth_deg is None, "without cells it radiates evenly"


@pytest.fixture
def scenario(db: None) -> Scenario:
    places.load_units()
    area = actions.open_area(
        name="Vùng", places=[COMMUNE], resolution_m=200, margin_km=1, flat_m=1, by=SYSTEM, lay=False
    )
    found = actions.open_scenario(area=area, name="Hiện có", by=SYSTEM)
    actions.share_scenario(scenario=found, shared=True, by=SYSTEM)
    return found


def planted() -> None:
    centre = places.place(COMMUNE)
    parties.save_organisation(id="nha-mang", name_vi="Nhà mạng", name_en="Operator")
    where: dict[str, Any] = {
        "kind": "asset",
        "longitude": centre.longitude,
        "latitude": centre.latitude,
        "simulated": True,
    }
    places.save_place(
        **where, id="s1", level=SITE, name_vi="Trạm 1", name_en="Site 1", operator="urn:dinh:organisation:nha-mang",
        attributes={"height_m": 42},
    )  # fmt: skip
    places.save_place(**where, id="s1-1", level=CELL, name_vi="Ô 1", name_en="Cell 1", parent="urn:dinh:asset:s1", attributes={"azimuth_deg": 60})  # fmt: skip


def test_the_planner_takes_the_register_s_sites_as_one_edit(client_of: Callable[..., Client], scenario: Scenario) -> None:  # fmt: skip
    client = client_of("engineer", language="en")
    page = f"/5g/scenarios/{scenario.pk}/import/"
    answer = client.post(page, {"from": "register"})
    assert answer.status_code == 422
    assert "holds no 5G site in this area" in answer.text
    planted()
    read = client.post(page, {"from": "register"})
    assert "Trạm 1" in read.text
    token = read.text.partition('name="token" value="')[2].partition('"')[0]
    assert client.post(f"{page}take/", {"token": token}).status_code == 302
    (mast,) = queries.masts(scenario)
    assert (mast.antenna_height_m, mast.operator, mast.generated) == (42.0, "Nhà mạng", True)
    assert [cell.azimuth_deg for cell in mast.cells] == [60.0]
    edit = scenario.edits.get()
    assert (edit.kind, edit.about) == (Edit.Kind.IMPORT, "Register of assets")

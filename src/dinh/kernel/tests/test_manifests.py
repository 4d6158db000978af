from __future__ import annotations

import pytest

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.manifests import IndicatorSpec, Kind, Registry, System, Text, load

NAME = Text("Triều", "Tides")


def tide(code: str = "water.tide") -> IndicatorSpec:
    return IndicatorSpec(code=code, name=NAME, domain=NAME, unit="m", kind=Kind.GAUGE)


def test_two_systems_of_one_name_are_refused() -> None:
    registry = Registry()
    registry.add(System(slug="tides", name=NAME, summary=NAME))
    with pytest.raises(Invalid, match="tides"):
        registry.add(System(slug="tides", name=NAME, summary=NAME))


def test_an_indicator_is_declared_by_one_system_only() -> None:
    registry = Registry()
    registry.add(System(slug="tides", name=NAME, summary=NAME, indicators=[tide()]))
    with pytest.raises(Invalid, match=r"water\.tide"):
        registry.add(System(slug="rivers", name=NAME, summary=NAME, indicators=[tide()]))
    assert [system.slug for system in registry.systems()] == ["tides"]


def test_a_link_is_found_by_kind_and_absent_when_its_system_is() -> None:
    registry = Registry()
    assert registry.link_path("case", "7") is None
    registry.add(System(slug="work", name=NAME, summary=NAME, links={"case": "/work/cases/{id}/"}))
    assert registry.link_path("case", "7") == "/work/cases/7/"


def nowhere() -> str:
    return ""


def here() -> str:
    return "/roads/{z}/{x}/{y}.mvt"


def test_roads_come_from_the_first_system_that_has_them() -> None:
    registry = Registry()
    assert registry.roads() == ""
    registry.add(System(slug="rivers", name=NAME, summary=NAME, roads=f"{__name__}:nowhere"))
    assert registry.roads() == ""
    registry.add(System(slug="streets", name=NAME, summary=NAME, roads=f"{__name__}:here"))
    assert registry.roads() == "/roads/{z}/{x}/{y}.mvt"


def test_a_manifest_that_names_missing_code_is_told_so() -> None:
    with pytest.raises(NotFound, match="nothing_here"):
        load("dinh.kernel.clock:nothing_here")


def test_the_root_is_a_mount_of_its_own() -> None:
    assert System(slug="centre", name=NAME, summary=NAME, mount="").path == "/"
    assert System(slug="work", name=NAME, summary=NAME).path == "/work/"

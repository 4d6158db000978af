"""An asset that fails takes with it those that declare to depend on it: one cause, many alerts, one to act upon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.spine.observations import api as observations
from dinh.spine.observations.history import owner
from dinh.spine.observations.tests.province import HOUR, MINUTE, declare, source
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
START = clock.now().replace(second=0, microsecond=0) - 3 * HOUR
SUBSTATION = "urn:dinh:asset:tram-bien-ap"


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    declare("d.fault")
    source("met")
    rule = RuleSpec("d.failed", "d.fault", Text("Hỏng", "Failed"), Severity.MAJOR, above=0.5, case_type="incident")
    observations.declare_rules([rule], by=SYSTEM)
    with owner.taken():
        yield


def asset(name: str, commune: str, *depends_on: str) -> str:
    row = places.place(commune)
    return places.save_place(
        kind="asset", id=name, level="station", name_vi=f"Thiết bị {name}", name_en=f"Asset {name}",
        longitude=row.longitude, latitude=row.latitude, attributes={"depends_on": list(depends_on)},
    ).urn  # fmt: skip


def fault(*subjects: str, value: float = 1.0, at: datetime = START) -> None:
    rows: list[dict[str, Any]] = [
        {"indicator": "d.fault", "subject": urn, "observed_at": at.isoformat(), "value": value, "source": "met"}
        for urn in subjects
    ]
    assert not observations.record(rows, by=SYSTEM, channel="test").rejected


def shown() -> list[observations.AlertRow]:
    return list(observations.alerts())


def test_alerts_on_what_hangs_on_a_failed_asset_stand_under_one(ground: tuple[list[str], list[str]]) -> None:
    here, there = ground[1]
    substation = asset("tram-bien-ap", here)
    site = asset("tram-phat-song", there, substation)
    camera = asset("camera", there, site)  # through the site
    other = asset("khac", there)
    fault(substation)
    assert [alert.is_group for alert in shown()] == [False]
    fault(site, camera, other, at=START + timedelta(minutes=5))
    group = next(alert for alert in shown() if alert.is_group)
    assert (group.members, group.name("en")) == (3, "One cause, many alerts: Asset tram-bien-ap")
    assert {alert.subject for alert in observations.group_members(group.urn)} == {substation, site, camera}
    assert {alert.subject for alert in shown() if not alert.is_group} == {other}


def test_the_cause_may_be_told_after_what_it_caused(ground: tuple[list[str], list[str]]) -> None:
    substation = asset("tram-bien-ap", ground[1][0])
    sites = [asset(f"tram-{number}", ground[1][1], substation) for number in range(2)]
    fault(*sites)
    assert len(shown()) == 2
    fault(substation, at=START + MINUTE)
    (group,) = shown()
    assert (group.is_group, group.members) == (True, 3)
    fault(substation, *sites, value=0.0, at=START + timedelta(minutes=30))
    assert not shown()


def test_what_fell_long_before_has_another_cause(ground: tuple[list[str], list[str]]) -> None:
    substation = asset("tram-bien-ap", ground[1][0])
    site = asset("tram-phat-song", ground[1][1], substation)
    fault(site)
    fault(substation, at=START + HOUR)
    assert not any(alert.is_group for alert in shown())


def test_a_ring_of_dependencies_ends(ground: tuple[list[str], list[str]]) -> None:
    one = asset("mot", ground[1][0], "urn:dinh:asset:hai")
    two = asset("hai", ground[1][0], one)
    fault(one, two)
    (group,) = shown()
    assert group.members == 2


@pytest.mark.parametrize(
    "named", ["urn:dinh:asset:tram-1", ["urn:dinh:unit:92"], "điện lực", [7], {"a": 1}, ["urn:dinh:asset:x"] * 21]
)
def test_a_declaration_that_cannot_be_is_refused_with_the_value(named: object) -> None:
    with pytest.raises(Invalid) as refused:
        places.save_place(
            kind="asset", id="tram-1", level="station", name_vi="T", name_en="T", longitude=None, latitude=None,
            attributes={"depends_on": named},
        )  # fmt: skip
    assert refused.value.code == "places.depends_on"


def test_a_table_names_them_in_one_text() -> None:
    row = places.save_place(
        kind="asset", id="tram-1", level="station", name_vi="T", name_en="T", longitude=None, latitude=None,
        attributes={"depends_on": "urn:dinh:asset:a; urn:dinh:asset:b"},
    )  # fmt: skip
    assert row.attributes["depends_on"] == ["urn:dinh:asset:a", "urn:dinh:asset:b"]
    assert places.dependencies() == {row.urn: ("urn:dinh:asset:a", "urn:dinh:asset:b")}

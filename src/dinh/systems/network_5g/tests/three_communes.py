"""A small planning area that lies on the disk, and a scenario over it: flat land, three communes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry import box

from dinh.kernel import clock
from dinh.spine.parties.api import SYSTEM
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.calculation import grounds
from dinh.systems.network_5g.calculation.questions import Commune, GroundQuestion
from dinh.systems.network_5g.domain import N41, Cell, Mast, Settings, Standing, plain
from dinh.systems.network_5g.models import Area, Edit, Scenario

WEST, SOUTH, STEP = 105.90, 9.50, 0.05
"""Communes are so many degrees wide, about 5.5 km."""
PEOPLE = (6000, 3000, 900)


def ground_question(people: Sequence[int] = PEOPLE) -> GroundQuestion:
    communes = [
        Commune(
            f"urn:dinh:unit:2025:{n}", f"Xã {n}", f"Commune {n}",
            shapely.to_wkb(box(WEST + n * STEP, SOUTH, WEST + (n + 1) * STEP, SOUTH + STEP)), count,
        )
        for n, count in enumerate(people)
    ]  # fmt: skip
    return GroundQuestion(
        queries.folder("grounds"), (WEST, SOUTH, WEST + len(people) * STEP, SOUTH + STEP), 1.0, 200.0, communes
    )


def area(people: Sequence[int] = PEOPLE) -> Area:
    name = grounds.lay(ground_question(people))
    return Area.objects.create(
        name="Vùng thử", places=["urn:dinh:unit:2025:0"], place="urn:dinh:unit:2025:0", resolution_m=200.0, margin_km=1.0, flat_m=0.0,
        ground=name, about=queries.about_ground(name), by=SYSTEM.urn, created_at=clock.now(),
    )  # fmt: skip


SETTINGS = Settings(radius_km=4.0, served_dbm=-95.0, carriers=(N41,))


def mast(commune: float, *, standing: Standing = Standing.NEW, name: str = "", **more: Any) -> Mast:
    """In the middle of a commune by its number; 0.5 is the border of the first two."""
    place = WEST + (commune + 0.5) * STEP
    return Mast("", name or f"Trạm {commune:g}", SOUTH + STEP / 2, place, 30.0, (Cell(None, power_dbm=50.0),), standing, **more)  # fmt: skip


def scenario(masts: Sequence[Mast], *, of: Area | None = None, by: Any = SYSTEM, shared: bool = True) -> Scenario:
    row = actions.open_scenario(area=of or area(), name="Phương án thử", by=by, settings=SETTINGS)
    if masts:
        actions.edit_masts(scenario=row, kind=Edit.Kind.ADD, changes=[(None, plain(one)) for one in masts], by=by)
    Scenario.objects.filter(pk=row.pk).update(shared=shared)
    row.refresh_from_db()
    return row

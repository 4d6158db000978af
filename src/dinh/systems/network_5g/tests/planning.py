"""An area with a small ground that stands, and scenarios on it, for tests that need no outlines of communes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
import shapely

from dinh.kernel import clock
from dinh.spine.parties.api import Actor, Grant
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.calculation.questions import Commune, GroundQuestion
from dinh.systems.network_5g.domain import Settings
from dinh.systems.network_5g.models import Area, Scenario
from dinh.systems.network_5g.radio_process import RadioProcess

PLACE = "urn:dinh:unit:2025:31732"
OTHER = "urn:dinh:unit:2025:00004"
WEST, SOUTH, EAST, NORTH = 105.95, 9.50, 105.99, 9.54
MIDDLE = (9.52, 105.97)
SETTINGS = Settings(radius_km=3.0)


def planner(name: str = "an", place: str = PLACE, role: str = "network_planner") -> Actor:
    return Actor(f"urn:dinh:person:{name}", name, (Grant(role, place),), None, is_staff=True)


def ask_here(_process: RadioProcess, name: str, /, *arguments: Any, hear: Any = None, patience_s: float = 0) -> Any:
    """What the radio process does, without one: it is tried by itself in test_radio_process."""
    from dinh.systems.network_5g.calculation import desk

    return getattr(desk, name)(*arguments, hear=hear or (lambda done, of: None))


@contextmanager
def in_this_process() -> Iterator[None]:
    with mock.patch.object(RadioProcess, "ask", ask_here), mock.patch.object(RadioProcess, "wake"):
        yield


def communes() -> list[Commune]:
    """Two halves, one beside the other."""
    middle = (WEST + EAST) / 2
    halves = [shapely.box(WEST, SOUTH, middle, NORTH), shapely.box(middle, SOUTH, EAST, NORTH)]
    return [
        Commune(urn, f"xã {letter}", f"commune {letter}", half.wkb, people)
        for urn, letter, half, people in zip((PLACE, OTHER), "AB", halves, (8_000, 2_000), strict=True)
    ]


def area(place: str = PLACE, resolution_m: float = 100.0, name: str = "Trần Đề") -> Area:
    """Flat, laid."""
    question = GroundQuestion(
        queries.folder("grounds"), (WEST, SOUTH, EAST, NORTH), 1.0, resolution_m, communes(), flat_m=2.0
    )
    from dinh.systems.network_5g.calculation import grounds

    laid = grounds.lay(question)
    return Area.objects.create(
        name=name, places=[place], place=place, resolution_m=resolution_m, margin_km=1.0, flat_m=2.0, ground=laid,
        about=queries.about_ground(laid), by="urn:dinh:person:an", created_at=clock.now(),
    )  # fmt: skip


def scenario(held: Area | None = None, by: Actor | None = None, masts: int = 0, name: str = "Phương án A") -> Scenario:
    who = by or planner(place=(held.place if held else PLACE))
    row = actions.open_scenario(area=held or area(), name=name, by=who, settings=SETTINGS)
    if masts:
        actions.edit_masts(scenario=row, kind="add", by=who, changes=[(None, mast(n)) for n in range(masts)])
    return row


def mast(number: int = 0, **values: Any) -> dict[str, Any]:
    angle = 2.4 * number
    near = 0.002 * np.sqrt(number)
    return {
        "name": f"Trạm {number}", "latitude": MIDDLE[0] + float(near * np.cos(angle)),
        "longitude": MIDDLE[1] + float(near * np.sin(angle)), "antenna_height_m": 30.0,
        "cells": [{"azimuth_deg": azimuth} for azimuth in (0.0, 120.0, 240.0)],
    } | values  # fmt: skip

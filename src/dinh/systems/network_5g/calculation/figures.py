"""What is told of a network in numbers: area and people by level, by commune, by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.maps.coverage import Coverage
from dinh.engines.radio.nr.load import weighted_percentiles
from dinh.systems.network_5g.busy_hour import SHARES, BusyHour
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import CellOf
from dinh.systems.network_5g.calculation.questions import LEVELS_DBM
from dinh.systems.network_5g.domain import Settings

type Floats = npt.NDArray[np.float32]


def of_carrier(
    laid: Laid, settings: Settings, found: Coverage, down: Floats, up: Floats, cells: Sequence[CellOf], busy: BusyHour
) -> dict[str, Any]:
    """Only pixels of the area's communes count: the margin around them is there for the sake of its edge."""
    inside = laid.unit >= 0
    level = np.where(np.isfinite(found.rsrp_dbm), found.rsrp_dbm, -999.0)[inside]
    people, unit = laid.people[inside].astype(np.float64), laid.unit[inside]
    covered = level >= settings.served_dbm
    count = len(laid.communes)
    area_by, people_by = (np.bincount(unit[covered], weights=w, minlength=count) for w in (None, people[covered]))
    within = found.within[inside]
    owner = found.server[inside]
    area_of = np.bincount(owner[covered & (owner >= 0)], minlength=len(cells)) * laid.pixel_km2
    return {
        "levels": [
            {"dbm": at, "km2": float((level >= at).sum() * laid.pixel_km2), "people": float(people[level >= at].sum())}
            for at in LEVELS_DBM
        ],
        "km2": float(covered.sum() * laid.pixel_km2), "people": float(people[covered].sum()),
        "within": float(within[covered].mean()) if covered.any() else None,
        "down_mbps": _percentiles(down[inside], people, covered), "up_mbps": _percentiles(up[inside], people, covered),
        "sinr_db": _percentiles(found.sinr_db[inside], people, covered),
        "communes": [
            {"urn": place.urn, "km2": float(area_by[n] * laid.pixel_km2), "people": float(people_by[n])}
            for n, place in enumerate(laid.communes)
        ],
        "cells": [
            {
                "mast": cell.mast, "cell": cell.number, "load": float(busy.loads.asked[n]), "people": float(busy.people_of[n]),
                "km2": float(area_of[n]),
            }
            for n, cell in enumerate(cells)
        ],
        "busy": _busy(busy),
    }  # fmt: skip


def _percentiles(values: Floats, people: npt.NDArray[np.float64], covered: npt.NDArray[np.bool_]) -> list[float] | None:
    """Of those who are covered, at the 5th, 50th and 95th of a hundred people; of the area where nobody is counted."""
    if not covered.any():
        return None
    weights = people[covered] if people[covered].sum() > 0 else np.ones(int(covered.sum()))
    found = weighted_percentiles(values[covered].astype(np.float64), weights, SHARES)
    return [float(value) for value in found]


def _busy(hour: BusyHour) -> dict[str, Any]:
    asked = hour.loads.asked
    return {
        "percentiles_mbps": [None if np.isnan(rate) else float(rate) / 1e6 for rate in hour.experienced_bps],
        "overloaded": int(hour.loads.overloaded.sum()), "unserved": hour.people - hour.served_people, "error": hour.loads.error,
        "busiest": float(asked.max(initial=0.0)), "mean_load": float(hour.loads.used.mean()) if len(asked) else 0.0,
        "demand_mbps": hour.demand_bps / 1e6,
    }  # fmt: skip

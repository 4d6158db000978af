"""A path between two points of a ground, for the profile that people look at."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from dinh.engines.radio.links import between
from dinh.engines.radio.microwave.backhaul import Hop, backhaul
from dinh.engines.radio.microwave.clearance import clearances
from dinh.kernel.errors import DinhError
from dinh.systems.network_5g.calculation.grounds import laid
from dinh.systems.network_5g.calculation.questions import PathQuestion, Radio

MOST_DRAWN: Final = 400
"""Points of the drawing; what is tightest is found on all of them."""


def profile(question: PathQuestion) -> dict[str, Any]:
    """Raises what the engine raises of points off the ground, heights and ranges."""
    place = laid(question.ground)
    (x0, x1), (y0, y1) = place.to_metres.transform([question.start[0], question.end[0]], [question.start[1], question.end[1]])  # fmt: skip
    link = between(
        place.ground, from_x=x0, from_y=y0, to_x=x1, to_y=y1, from_height_m=question.start_height_m,
        to_height_m=question.end_height_m, frequency_ghz=question.frequency_ghz,
    )  # fmt: skip
    drawn = _drawn(len(link.distance_m), link.tightest)
    found: dict[str, Any] = {
        name: getattr(link, name)[drawn].tolist() for name in ("distance_m", "terrain_m", "clutter_m", "bulge_m", "sight_m", "fresnel_m")
    }  # fmt: skip
    found |= {
        "length_m": link.length_m, "tightest": int(np.flatnonzero(drawn == link.tightest)[0]),
        "clearance": float(link.clearance[link.tightest]), "sight_free": link.sight_free, "fresnel_free": link.fresnel_free,
        "azimuth_deg": link.azimuth_deg, "back_azimuth_deg": link.back_azimuth_deg, "elevation_deg": link.elevation_deg,
        "back_elevation_deg": link.back_elevation_deg, "free_space_loss_db": link.free_space_loss_db,
        "diffraction_loss_db": link.diffraction_loss_db, "p1812_loss_db": link.p1812_loss_db,
        "without_p1812": str(link.without_p1812 or ""), "flat": bool(place.about["flat"]), "clutter": bool(place.about["clutter"]),
    }  # fmt: skip
    if question.radio is not None:
        found["backhaul"] = _backhaul(link, question.radio)
    return found


def _backhaul(link: Any, radio: Radio) -> dict[str, Any]:
    hop = Hop(radio.power_dbm, radio.gain_dbi, radio.gain_dbi, radio.threshold_dbm)
    try:
        fares = backhaul(link, hop, rain_mm_h=radio.rain_mm_h)
    except DinhError as error:
        return {"refused": str(error)}
    return {
        "received_dbm": fares.received_dbm, "margin_db": fares.margin_db, "rain_db": fares.rain_hundredth_db,
        "rain_percent": fares.rain_percent, "multipath_percent": fares.multipath_percent,
        "available_percent": fares.available_percent, "minutes_a_year": fares.minutes_a_year,
        "rules": [{"k": rule.k, "required": rule.required, "holds": rule.holds} for rule in clearances(link)],
    }  # fmt: skip


def _drawn(count: int, tightest: int) -> Any:
    """Both ends, the tightest point, and points evenly between."""
    even = np.unique(np.linspace(0, count - 1, min(count, MOST_DRAWN)).astype(int))
    return np.unique(np.append(even, tightest))

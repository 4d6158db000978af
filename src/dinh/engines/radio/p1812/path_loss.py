"""Basic transmission loss of a path: what callers use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from dinh.engines.radio import p2109
from dinh.engines.radio.p1812.many import predict_many
from dinh.engines.radio.p1812.mechanisms import inverse_normal
from dinh.engines.radio.p1812.prediction import QUANTITIES, predict
from dinh.engines.radio.profiles import COASTAL, INLAND, Floats, Profile, middle_latitude_deg
from dinh.engines.radio.ranges import Range

EDITION: Final = "ITU-R P.1812-6"
FREQUENCY: Final = Range("frequency", 0.03, 6.0, "GHz", f"{EDITION} section 1")
TIME: Final = Range("time percentage", 1.0, 50.0, "%", f"{EDITION} Table 1")
LOCATIONS: Final = Range("location percentage", 1.0, 99.0, "%", f"{EDITION} Table 1")
LENGTH: Final = Range("path length", 0.25, 3000.0, "km", f"{EDITION} section 1")
HEIGHT: Final = Range("antenna height above ground", 1.0, 3000.0, "m", f"{EDITION} section 1")
LATITUDE: Final = Range("latitude", -80.0, 80.0, "degrees", f"{EDITION} Table 1")
FAR_FROM_COAST_KM: Final = 500.0
"""Where nothing is known of the coast: the default of section 3.4."""

type Polarisation = Literal["horizontal", "vertical"]


@dataclass(frozen=True, slots=True)
class Climate:
    """Of the middle of the path: lapse rate of refractivity over the lowest km (N-units/km, positive) and refractivity at
    sea level (N-units), from the maps DN50 and N050 of P.1812-6. Defaults are the mid-latitude values of section 3.5."""

    lapse_rate: float = 45.0
    refractivity: float = 325.0


TEMPERATE: Final = Climate()


@dataclass(frozen=True, slots=True)
class Prediction:
    """`basic_transmission_loss_db` not exceeded for the percentages asked for; `quantities` as the Recommendation names them
    (`QUANTITIES`: km, m, mrad, %, dB), with Lb; `field_strength_dbuv_m` for 1 kW of e.r.p."""

    basic_transmission_loss_db: float
    field_strength_dbuv_m: float
    quantities: Mapping[str, float]


def basic_transmission_loss(
    profile: Profile,
    *,
    frequency_ghz: float,
    transmitter_height_m: float,
    receiver_height_m: float,
    transmitter: tuple[float, float],
    receiver: tuple[float, float],
    time_percent: float = 50.0,
    location_percent: float = 50.0,
    location_deviation_db: float = 0.0,
    polarisation: Polarisation = "vertical",
    climate: Climate = TEMPERATE,
    transmitter_coast_km: float = FAR_FROM_COAST_KM,
    receiver_coast_km: float = FAR_FROM_COAST_KM,
    building: p2109.Building | None = None,
) -> Prediction:
    """One path, with everything found on the way.

    Heights of antennas above ground; `transmitter`, `receiver` as (latitude, longitude) in degrees; `*_coast_km` over
    land along the path, 0 on a ship. With a building the receiver stands inside: P.2109 is added for the locations asked for.
    Source: ITU-R P.1812-6 Annex 1. Raises OutOfRange with the value and the permitted interval.
    """
    FREQUENCY.require(frequency_ghz)
    TIME.require(time_percent)
    LENGTH.require(profile.length_km)
    for height in (transmitter_height_m, receiver_height_m):
        HEIGHT.require(height)
    for place in (transmitter, receiver):
        LATITUDE.require(place[0])
    out = np.empty(len(QUANTITIES))
    median = predict(
        profile.distance_km, profile.height_m, profile.surface_m, len(profile.distance_km),
        np.zeros(len(profile.distance_km)), frequency_ghz, time_percent, transmitter_height_m, receiver_height_m,
        polarisation == "vertical", profile.share_over_sea(), profile.longest_km(COASTAL, INLAND),
        profile.longest_km(INLAND), middle_latitude_deg(transmitter, receiver, profile.length_km), climate.lapse_rate,
        climate.refractivity, transmitter_coast_km, receiver_coast_km, out,
    )  # fmt: skip
    found = dict(zip(QUANTITIES, out.tolist(), strict=True))
    entry = 0.0
    if building is not None:
        entry = p2109.building_entry_loss_db(
            building, frequency_ghz=frequency_ghz, probability_percent=location_percent
        )
    loss = max(found["Lb0p"], found["Lbc"] + at_locations_db(location_percent, location_deviation_db)) + entry
    assert median == max(found["Lb0p"], found["Lbc"])
    found["Lb"] = loss
    field = 199.36 + 20 * float(np.log10(frequency_ghz)) - loss
    return Prediction(loss, field, found)


def at_locations_db(location_percent: float, deviation_db: float) -> float:
    """What the share of locations adds to the median loss, dB. P.1812-6 eq. (65); raises OutOfRange."""
    LOCATIONS.require(location_percent)
    share = location_percent / 100
    quantile = inverse_normal(share) if share <= 0.5 else -inverse_normal(1 - share)
    return quantile * deviation_db


def location_deviation_db(
    *, frequency_ghz: float, resolution_m: float, receiver_height_m: float, clutter_m: float
) -> float:
    """Standard deviation of the median loss among locations within a square of the resolution, dB.

    Falls to 0 from the clutter's height to 10 m above it. Source: ITU-R P.1812-6 eqs. (64), (66).
    """
    above = min(max((receiver_height_m - clutter_m) / 10, 0.0), 1.0)
    return (0.52 + 0.024 * frequency_ghz) * math.pow(resolution_m, 0.28) * (1 - above)


@dataclass(frozen=True, slots=True)
class Paths:
    """Many paths of n points: `distance_km` (n,) for all or (m, n); `height_m`, `clutter_m` (m, n); the rest (m,) or one
    figure for all, with the names and units of `basic_transmission_loss` and of `Profile`."""

    distance_km: Floats
    height_m: Floats
    clutter_m: Floats
    transmitter_height_m: npt.ArrayLike
    receiver_height_m: npt.ArrayLike
    latitude_deg: npt.ArrayLike
    share_over_sea: npt.ArrayLike = 0.0
    longest_over_land_km: npt.ArrayLike | None = None
    longest_over_inland_km: npt.ArrayLike | None = None
    transmitter_coast_km: npt.ArrayLike = FAR_FROM_COAST_KM
    receiver_coast_km: npt.ArrayLike = FAR_FROM_COAST_KM


def basic_transmission_losses(
    paths: Paths,
    *,
    frequency_ghz: float,
    time_percent: float = 50.0,
    polarisation: Polarisation = "vertical",
    climate: Climate = TEMPERATE,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Median loss over locations of many paths, and which of them lie within the range of validity.

    (m,), dB, and (m,). Beyond the range the formulas are carried on, except for frequency and time, which raise
    OutOfRange. Where no longest part over land is given the whole path is inland.
    Source: ITU-R P.1812-6 Annex 1.
    """
    FREQUENCY.require(frequency_ghz)
    TIME.require(time_percent)
    height = np.ascontiguousarray(paths.height_m, dtype=np.float64)
    count = height.shape[0]
    distance = np.ascontiguousarray(np.atleast_2d(np.asarray(paths.distance_km, dtype=np.float64)))
    surface = height + paths.clutter_m
    surface[:, 0], surface[:, -1] = height[:, 0], height[:, -1]
    length = distance[:, -1]

    def each(value: npt.ArrayLike | None) -> Floats:
        given = length if value is None else np.asarray(value, dtype=np.float64)
        return np.ascontiguousarray(np.broadcast_to(given, (count,)))

    first, last, latitude = (each(v) for v in (paths.transmitter_height_m, paths.receiver_height_m, paths.latitude_deg))
    loss = predict_many(
        distance, height, surface, frequency_ghz, time_percent, polarisation == "vertical", first, last,
        each(paths.share_over_sea), each(paths.longest_over_land_km), each(paths.longest_over_inland_km), latitude,
        climate.lapse_rate, climate.refractivity, each(paths.transmitter_coast_km), each(paths.receiver_coast_km),
    )  # fmt: skip
    within = HEIGHT.holds(first) & HEIGHT.holds(last) & LATITUDE.holds(latitude) & LENGTH.holds(each(length))
    return loss, within

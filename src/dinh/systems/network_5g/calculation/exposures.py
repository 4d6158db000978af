"""What must be kept free around the antennas of masts, by the limits of Vietnam and of ICNIRP, all carriers together.

The exposure ratio falls with the square of the distance, so one distance for each direction says all: within it the limit is
exceeded. Directions are looked through from zenith to ground, at the azimuth of each cell and between cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.antennas import Mounting
from dinh.engines.radio.nr.exposure import ICNIRP_2020, QCVN_8_2022, Limit, Source, exposure_ratio
from dinh.systems.network_5g.calculation.antennas import antenna, gain_of, tilt_of
from dinh.systems.network_5g.calculation.questions import PERSON_M, SafetyQuestion
from dinh.systems.network_5g.carriers import shares_of
from dinh.systems.network_5g.domain import AntennaPattern, Carrier, Cell, Mast

type Floats = npt.NDArray[np.float64]

LIMITS: Final = {"qcvn": QCVN_8_2022, "icnirp": ICNIRP_2020}
_BETWEEN_DEG: Final = 65.0
"""Cells nearer to each other add up between them: the beamwidth of the antennas."""
_ELEVATIONS: Final = np.arange(-90.0, 90.01, 0.25)


@dataclass(frozen=True, slots=True)
class Sending:
    """A cell on one carrier: a source of 0 dBi, whose gain is that of the direction."""

    cell: int
    carrier: Carrier
    gain_dbi: float
    source: Source


def around(question: SafetyQuestion) -> list[dict[str, Any]]:
    """One answer for each mast, in their order. Raises what carriers raise whose slots or frequency do not exist."""
    known: dict[Any, dict[str, Any]] = {}
    found = []
    for mast in question.masts:
        key = mast.antenna_height_m, mast.cells
        if key not in known:
            known[key] = _of(mast, question)
        found.append({"code": mast.code, **known[key]})
    return found


def _of(mast: Mast, question: SafetyQuestion) -> dict[str, Any]:
    sendings = _sendings(mast, question)
    azimuths = _azimuths(mast.cells)
    answer: dict[str, Any] = {"sends": [_told(sending) for sending in sendings]}
    for name, limit in LIMITS.items():
        answer[name] = _against(limit, mast, question, sendings, azimuths)
    return answer


def _sendings(mast: Mast, question: SafetyQuestion) -> list[Sending]:
    settings = question.settings
    found = []
    for number, cell in enumerate(mast.cells):
        for carrier in settings.carriers:
            if cell.bands and carrier.code not in cell.bands:
                continue
            power = carrier.power_dbm if cell.power_dbm is None else cell.power_dbm
            source = Source(
                10.0 ** ((power - 30.0) / 10.0), 0.0, carrier.frequency_mhz * 1e6, time_share=shares_of(carrier)[0],
                # Beams that follow terminals are NR's; an LTE anchor sends the same way all the time.
                power_reduction=question.power_reduction if carrier.technology == "nr" else 1.0,
                antenna_size_m=question.antenna_size_m,
            )  # fmt: skip
            found.append(Sending(number, carrier, gain_of(cell, carrier, settings), source))
    return found


def _told(sending: Sending) -> dict[str, Any]:
    source, gain = sending.source, 10.0 ** (sending.gain_dbi / 10.0)
    return {
        "cell": sending.cell, "carrier": sending.carrier.code, "power_w": source.transmit_power_w, "gain_dbi": sending.gain_dbi,
        "time_share": source.time_share, "power_reduction": source.power_reduction, "frequency_mhz": source.frequency_hz / 1e6,
        "mean_eirp_w": source.mean_eirp_w * gain, "far_field_m": source.far_field_m,
        "limits": {name: limit.density_w_m2(source.frequency_hz) for name, limit in LIMITS.items()},
    }  # fmt: skip


def _azimuths(cells: Sequence[Cell]) -> list[float]:
    own = sorted({cell.azimuth_deg % 360.0 for cell in cells if cell.azimuth_deg is not None})
    between = [
        (one + (other - one) % 360.0 / 2.0) % 360.0
        for one, other in zip(own, [*own[1:], *own[:1]], strict=True)
        if 0.0 < (other - one) % 360.0 < _BETWEEN_DEG
    ]
    return [*own, *between] or [0.0]


def _elevations(mast: Mast, question: SafetyQuestion) -> Floats:
    tilts = [
        tilt_of(cell, carrier, question.settings)
        + ((carrier.pattern.electrical_tilt_deg or 0.0) if carrier.pattern else 0.0)
        for cell in mast.cells
        for carrier in question.settings.carriers
    ]
    return np.unique(np.concatenate([_ELEVATIONS, -np.array(tilts, dtype=np.float64)]))


def _distances(limit: Limit, mast: Mast, question: SafetyQuestion, sendings: Sequence[Sending], azimuths: Sequence[float]) -> Floats:  # fmt: skip
    """Shape (azimuths, elevations), metres: where the exposure ratio of all cells and carriers falls to 1."""
    elevations = _elevations(mast, question)
    ratio_at_1_m = np.zeros((len(azimuths), len(elevations)))
    for sending in sendings:
        cell = mast.cells[sending.cell]
        weight = exposure_ratio([(sending.source, 1.0)], limit, field_factor=question.field_factor)
        if cell.azimuth_deg is None:
            gain = np.full_like(ratio_at_1_m, sending.gain_dbi)
        else:
            turned = np.array([azimuth - cell.azimuth_deg for azimuth in azimuths])
            tilt = tilt_of(cell, sending.carrier, question.settings)
            gain = _gain_dbi(
                sending.gain_dbi, sending.carrier.pattern, tilt, tuple(turned.tolist()), tuple(elevations.tolist())
            )
        ratio_at_1_m += weight * 10.0 ** (gain / 10.0)
    return np.sqrt(ratio_at_1_m)


@lru_cache(maxsize=256)
def _gain_dbi(
    peak_dbi: float, pattern: AntennaPattern | None, tilt_deg: float, azimuths: tuple[float, ...], elevations: tuple[float, ...]
) -> Floats:  # fmt: skip
    """The antenna that the maps are calculated with, hung as they hang it."""
    return Mounting(0.0, tilt_deg).gain_dbi(
        antenna(peak_dbi, pattern), np.array(azimuths)[:, None], np.array(elevations)[None, :]
    )


def _against(
    limit: Limit, mast: Mast, question: SafetyQuestion, sendings: Sequence[Sending], azimuths: Sequence[float]
) -> dict[str, Any]:
    elevations = _elevations(mast, question)
    distances = _distances(limit, mast, question, sendings, azimuths)
    worst = int(distances.max(axis=1).argmax())
    farthest = int(distances[worst].argmax())
    distance = float(distances[worst, farthest])
    even = all(cell.azimuth_deg is None for cell in mast.cells)
    found: dict[str, Any] = {
        "distance_m": distance, "azimuth_deg": None if even else azimuths[worst], "elevation_deg": float(elevations[farthest]),
        "in_far_field": all(distance >= one.source.far_field_m for one in sendings),
        "above_m": max(0.0, _rise(distances, elevations, 1.0)), "below_m": max(0.0, _rise(distances, elevations, -1.0)),
        "ground": _under(distances, elevations, mast.antenna_height_m - PERSON_M),
        "roof": None if question.roof_m is None else _under(distances, elevations, mast.antenna_height_m - question.roof_m - PERSON_M),
    }  # fmt: skip
    if question.outlines:
        back = _distances(limit, mast, question, sendings, [azimuths[worst] + 180.0])[0]
        found["outline"] = {"elevation_deg": elevations.tolist(), "ahead_m": distances[worst].tolist(), "behind_m": back.tolist()}  # fmt: skip
    return found


def _rise(distances: Floats, elevations: Floats, way: float) -> float:
    return float((distances * np.sin(np.radians(elevations)) * way).max())


def _under(distances: Floats, elevations: Floats, drop_m: float) -> dict[str, float | None]:
    """People who are at least so far below the antennas (above them, where it is negative): how far from the mast the limit is
    exceeded, 0 for nowhere; the greatest share of the limit, None at the antennas themselves; and how far from the mast that is."""
    radians = np.radians(elevations)
    down = -np.sin(radians)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if drop_m > 0.0:
            nearest = np.where(down > 1e-9, drop_m / down, np.inf)
            reached = distances >= nearest
            reach = np.where(reached, distances * np.cos(radians), 0.0)
            share = np.where(np.isfinite(nearest), (distances / nearest) ** 2, 0.0)
            place = np.unravel_index(int(share.argmax()), share.shape)
            at = drop_m / np.tan(np.radians(-elevations[place[1]]))
            return {"reach_m": float(reach.max()), "share": float(share[place]), "at_m": float(max(at, 0.0))}
        highest = np.where(down < -1e-9, drop_m / down, np.inf)
        reach = np.minimum(distances, highest) * np.cos(radians)
        return {"reach_m": float(reach.max()), "share": None, "at_m": None}

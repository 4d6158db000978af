"""Many paths at once, shared among threads; each path writes only its own figure."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.engines.radio.p526 import Floats
from dinh.engines.radio.p1812.prediction import predict


@compiled(parallel=True)
def predict_many(
    distance_km: Floats, height_m: Floats, surface_m: Floats, frequency_ghz: float, percent: float, vertical: bool,
    first_above_m: Floats, last_above_m: Floats, over_sea: Floats, land_km: Floats, inland_km: Floats,
    latitude_deg: Floats, lapse_rate: float, refractivity: float, first_coast_km: Floats, last_coast_km: Floats,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """`predict` of each row: distance_km (m, n) or (1, n), heights (m, n), the rest (m,) -> loss in dB (m,)."""
    paths, count = height_m.shape
    zeros = np.zeros(count)
    nothing = np.empty(0)
    loss = np.empty(paths)
    rows = distance_km.shape[0]
    for i in numba.prange(paths):
        loss[i] = predict(
            distance_km[min(np.int64(i), rows - 1)], height_m[i], surface_m[i], count, zeros, frequency_ghz, percent,
            first_above_m[i], last_above_m[i], vertical, over_sea[i], land_km[i], inland_km[i], latitude_deg[i],
            lapse_rate, refractivity, first_coast_km[i], last_coast_km[i], nothing,
        )  # fmt: skip
    return loss

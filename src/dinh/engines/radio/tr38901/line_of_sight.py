"""How likely a line of sight is: TR 38.901 Table 7.4.2-1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.ranges import Range
from dinh.engines.radio.tr38901.scenarios import INH, RMA, UMA, Scenario

TERMINAL_HEIGHT = Range("height of the terminal", 0, 23, "m", "3GPP TR 38.901 V17.0.0 Table 7.4.2-1")


def line_of_sight_probability(
    scenario: Scenario, distance_m: npt.ArrayLike, *, terminal_height_m: float = 1.5, open_office: bool = False
) -> npt.NDArray[np.float64]:
    """0 to 1, of the distances' shape; for terminals inside, of the way outside. Raises OutOfRange for heights over 23 m."""
    TERMINAL_HEIGHT.require(terminal_height_m)
    distance = np.maximum(np.asarray(distance_m, dtype=np.float64), 1e-9)
    if scenario is RMA:
        return np.asarray(np.exp(-np.maximum(distance - 10, 0) / 1000))
    if scenario is INH:
        if open_office:
            near = np.exp(-np.maximum(distance - 5, 0) / 70.8)
            return np.where(distance <= 49, near, np.exp(-(distance - 49) / 211.7) * 0.54)
        near = np.exp(-np.maximum(distance - 1.2, 0) / 4.7)
        return np.where(distance < 6.5, near, np.exp(-(distance - 6.5) / 32.6) * 0.32)
    reach = 63 if scenario is UMA else 36
    chance = 18 / distance + np.exp(-distance / reach) * (1 - 18 / distance)
    if scenario is UMA and terminal_height_m > 13:
        raised = ((terminal_height_m - 13) / 10) ** 1.5
        chance = chance * (1 + raised * 1.25 * (distance / 100) ** 3 * np.exp(-distance / 150))
    return np.where(distance <= 18, 1.0, np.minimum(chance, 1.0))

"""Probability of line of sight, TR 38.901 Table 7.4.2-1. For indoor terminals the distance is d2D-out."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from dinh.engines.radio.tr38901.validity import Floats, Real, Scenario


class Office(StrEnum):
    """Kinds of indoor office of Table 7.4.2-1."""

    MIXED = "mixed"
    OPEN = "open"


_HIGHEST_TERMINAL_M: Final = 23.0
"""C' is given up to here; a higher terminal is treated as one at 23 m."""


def los_probability(
    scenario: Scenario, ground_m: Floats, *, terminal_height_m: Real = 1.5, office: Office = Office.MIXED
) -> Floats:
    """Shape (n,) -> (n,), from 0 to 1. The terminal's height matters in UMa alone, the office in InH alone.

    The table's own rounding makes the open office's probability rise by 0.003 at 49 m; everywhere else it falls.
    """
    d = np.maximum(np.asarray(ground_m, dtype=np.float64), 1e-9)
    match scenario:
        case Scenario.RMA:
            return np.where(d <= 10.0, 1.0, np.exp(-(d - 10.0) / 1000.0))
        case Scenario.UMI:
            return _street(d, 36.0)
        case Scenario.UMA:
            height = np.clip(np.asarray(terminal_height_m, dtype=np.float64), 13.0, _HIGHEST_TERMINAL_M)
            c = ((height - 13.0) / 10.0) ** 1.5
            raised = _street(d, 63.0) * (1.0 + c * 1.25 * (d / 100.0) ** 3 * np.exp(-d / 150.0))
            return np.where(d <= 18.0, 1.0, np.minimum(raised, 1.0))
        case Scenario.INH:
            return _open_office(d) if office is Office.OPEN else _mixed_office(d)


def _street(d: Floats, reach_m: float) -> Floats:
    near = np.minimum(18.0 / d, 1.0)
    return np.where(d <= 18.0, 1.0, near + np.exp(-d / reach_m) * (1.0 - near))


def _mixed_office(d: Floats) -> Floats:
    far = np.exp(-(d - 6.5) / 32.6) * 0.32
    return np.where(d <= 1.2, 1.0, np.where(d < 6.5, np.exp(-(d - 1.2) / 4.7), far))


def _open_office(d: Floats) -> Floats:
    far = np.exp(-(d - 49.0) / 211.7) * 0.54
    return np.where(d <= 5.0, 1.0, np.where(d <= 49.0, np.exp(-(d - 5.0) / 70.8), far))

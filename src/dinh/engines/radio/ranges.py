"""Ranges of validity: each model says where it was found to hold; points raise beyond it, maps mark what lies beyond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dinh.kernel.errors import OutOfRange


@dataclass(frozen=True, slots=True)
class Range:
    """From `least` to `most`, both within, in `unit`; `source` is the clause that says so."""

    what: str
    least: float
    most: float
    unit: str
    source: str

    def require(self, value: float) -> float:
        """The value. Raises OutOfRange with it and the interval; also for what is not a number."""
        if not self.least <= value <= self.most:
            raise OutOfRange(
                "radio.range",
                "{what} of {value} {unit} lies outside {least} to {most} {unit} ({source})",
                what=self.what, value=value, unit=self.unit, least=self.least, most=self.most, source=self.source,
            )  # fmt: skip
        return value

    def holds(self, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Which values lie within; any shape -> the same shape."""
        given = np.asarray(values, dtype=np.float64)
        return np.asarray((given >= self.least) & (given <= self.most))

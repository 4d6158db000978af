"""Uniform rectangular panels (TR 38.901 clause 7.3) and the beams that weights of equal size make with them.

Equal amplitudes and even phase steps let the array factor be written in closed form, a product of two Dirichlet kernels, so
that a beam costs the same whether the panel has 8 or 256 elements. Power gain is that of the composite pattern of TR 38.803
clause 5.2.3 with full correlation: element in dBi plus array factor with |w|² = 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dinh.engines.radio.antennas.element import Element
from dinh.engines.radio.antennas.pattern import Floats, Pattern
from dinh.kernel.errors import OutOfRange

_NULL_DB = 1e-12
"""Least array factor, -120 dB: an exact null would be minus infinity."""


@dataclass(frozen=True, slots=True)
class Panel:
    """`rows` × `columns` of one polarisation; spacings in wavelengths.

    `rows_per_port` rows of a column hang on one port with the fixed electrical tilt `port_downtilt_deg`; beams are steered
    in elevation between the ports only. With 1 every element has its own port.
    """

    rows: int
    columns: int
    vertical_spacing_wavelengths: float = 0.5
    horizontal_spacing_wavelengths: float = 0.5
    element: Pattern = field(default_factory=Element)
    rows_per_port: int = 1
    port_downtilt_deg: float = 0.0

    def __post_init__(self) -> None:
        if min(self.rows, self.columns, self.rows_per_port) < 1 or self.rows % self.rows_per_port:
            raise OutOfRange(
                "antennas.panel",
                "a panel of {rows} × {columns} elements with {per_port} rows on a port cannot be built; "
                "give whole numbers from 1, the rows a multiple of those on a port",
                rows=self.rows,
                columns=self.columns,
                per_port=self.rows_per_port,
            )

    @property
    def port_rows(self) -> int:
        return self.rows // self.rows_per_port

    @property
    def array_gain_db(self) -> float:
        """At the peak of a beam: 10·log10 of the number of elements."""
        return float(10.0 * np.log10(self.rows * self.columns))


@dataclass(frozen=True, slots=True)
class Beam:
    """Phase steps between neighbouring elements in cycles: upward and to the right. A pattern with its panel."""

    panel: Panel
    upward_cycles: float
    rightward_cycles: float

    def gain_dbi(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        panel = self.panel
        up, aside = np.radians(elevation_deg), np.radians(azimuth_deg)
        lift = panel.vertical_spacing_wavelengths * np.sin(up)
        right = panel.horizontal_spacing_wavelengths * np.cos(up) * np.sin(aside)
        factor = _kernel(panel.columns, right - self.rightward_cycles)
        per_port = panel.rows_per_port
        factor = factor * _kernel(panel.port_rows, per_port * (lift - self.upward_cycles))
        if per_port > 1:
            fixed = -panel.vertical_spacing_wavelengths * np.sin(np.radians(panel.port_downtilt_deg))
            factor = factor * _kernel(per_port, lift - fixed)
        return np.asarray(
            panel.element.gain_dbi(azimuth_deg, elevation_deg) + 10.0 * np.log10(np.maximum(factor, _NULL_DB))
        )

    def points_at_deg(self) -> tuple[float, float]:
        """Azimuth and elevation of the array factor's peak; NaN where the steps point at no real direction."""
        with np.errstate(invalid="ignore"):
            up = np.arcsin(_folded(self.upward_cycles) / self.panel.vertical_spacing_wavelengths)
            aside = np.arcsin(_folded(self.rightward_cycles) / (self.panel.horizontal_spacing_wavelengths * np.cos(up)))
        return float(np.degrees(aside)), float(np.degrees(up))


def steered(panel: Panel, azimuth_deg: float, elevation_deg: float) -> Beam:
    """The beam whose array factor peaks in a direction of the panel's own; a down-tilt of 6° is an elevation of -6°."""
    up, aside = np.radians(elevation_deg), np.radians(azimuth_deg)
    return Beam(
        panel,
        float(panel.vertical_spacing_wavelengths * np.sin(up)),
        float(panel.horizontal_spacing_wavelengths * np.cos(up) * np.sin(aside)),
    )


def _kernel(count: int, cycles: Floats) -> Floats:
    """|Σ exp(j2π·n·cycles)|² / count for n below count: at most `count`."""
    half = np.sin(np.pi * cycles)
    flat = np.abs(half) < 1e-9
    found = (np.sin(count * np.pi * cycles) / np.where(flat, 1.0, half)) ** 2 / count
    return np.where(flat, float(count), found)


def _folded(cycles: float) -> float:
    return (cycles + 0.5) % 1.0 - 0.5

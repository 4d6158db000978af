"""Antennas: elements, panels and their beams, measured patterns, and how they hang on a mast."""

from __future__ import annotations

from dinh.engines.radio.antennas.beams import best_gain_dbi, dft_beams, even_azimuths_deg, most_ssb_beams, ssb_beams
from dinh.engines.radio.antennas.cuts import Cuts, Method
from dinh.engines.radio.antennas.element import Element
from dinh.engines.radio.antennas.mounting import Mounting
from dinh.engines.radio.antennas.panel import Beam, Panel, steered
from dinh.engines.radio.antennas.pattern import Isotropic, Lossless, Pattern, mean_gain
from dinh.engines.radio.antennas.planet_files import PlanetPattern, read_planet, write_planet

__all__ = [
    "Beam",
    "Cuts",
    "Element",
    "Isotropic",
    "Lossless",
    "Method",
    "Mounting",
    "Panel",
    "Pattern",
    "PlanetPattern",
    "best_gain_dbi",
    "dft_beams",
    "even_azimuths_deg",
    "mean_gain",
    "most_ssb_beams",
    "read_planet",
    "ssb_beams",
    "steered",
    "write_planet",
]

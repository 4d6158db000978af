"""How much is lost between a site's antennas and each pixel, whatever its cells are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dinh.engines.radio.maps import own_profiles, rays
from dinh.engines.radio.maps.ground import Grid
from dinh.engines.radio.maps.sites import MODELS, SIGHTS, Flags, Model, Sight
from dinh.engines.radio.maps.window import Window
from dinh.engines.radio.p1812.path_loss import LENGTH
from dinh.engines.radio.tr38901 import Beyond, Scenario, los_probability, path_loss_db
from dinh.kernel.errors import Invalid

_SCENARIOS: Final = {"rma": Scenario.RMA, "uma": Scenario.UMA, "umi": Scenario.UMI}


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss of a pixel is `by_place` (NaN beyond the radius) plus `by_distance`, every `step_m` from the mast on."""

    by_place: Grid
    by_distance: Grid
    step_m: float
    holds_m: tuple[float, float]
    """Between which distances the model holds."""

    @property
    def nbytes(self) -> int:
        return self.by_place.nbytes + self.by_distance.nbytes


@dataclass(frozen=True, slots=True)
class Propagation:
    """A model with its settings. Raises Invalid for a model or a sight that does not exist, and for P.1812 with statistical
    sight, since P.1812 knows what stands in the way and takes no probability."""

    model: Model
    sight: Sight
    frequency_ghz: float
    receiver_height_m: float

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise Invalid("radio.model", "there is no model '{model}'; choose one of {known}", model=self.model, known=", ".join(MODELS))  # fmt: skip
        if self.sight not in SIGHTS:
            raise Invalid("radio.sight", "there is no sight '{sight}'; choose one of {known}", sight=self.sight, known=", ".join(SIGHTS))  # fmt: skip
        if self.model == "p1812" and self.sight == "statistical":
            raise Invalid("radio.sight_model", "p1812 sees by the terrain and clutter of each path, not by a probability; choose the sight 'terrain' or a tr38901 model")  # fmt: skip

    def losses(self, place: Window, antenna_height_m: float) -> Losses:
        """Raises OutOfRange for frequency and heights of receivers. The window's surface is what waves are bent over."""
        asked: dict[str, Any] = {
            "frequency_ghz": float(self.frequency_ghz), "receiver_height_m": float(self.receiver_height_m),
        }  # fmt: skip
        if self.model == "p1812":
            loss = own_profiles.p1812_loss_db(place, **asked)
            return Losses(loss, np.zeros(2, dtype=np.float32), 1e9, (LENGTH.least * 1000, np.inf))
        step_m = own_profiles.step_of(place) / 16
        distance = np.arange(math.ceil(place.radius_m / step_m) + 3) * step_m
        table, holds = self._by_distance(np.maximum(distance, step_m * 8), antenna_height_m)
        reach = (float(distance[holds].min()), float(distance[holds].max())) if holds.any() else (np.inf, -np.inf)
        return Losses(rays.diffraction_loss_db(place, **asked), table, step_m, reach)

    def _by_distance(
        self, distance_m: np.ndarray[Any, np.dtype[np.float64]], antenna_height_m: float
    ) -> tuple[Grid, Flags]:
        """The scenario's median loss and where it holds."""
        scenario = _SCENARIOS[self.model.removeprefix("tr38901-")]
        asked: dict[str, Any] = {
            "frequency_hz": self.frequency_ghz * 1e9, "base_height_m": antenna_height_m,
            "terminal_height_m": self.receiver_height_m, "beyond": "extrapolate",
        }  # fmt: skip
        found = path_loss_db(scenario, distance_m, line_of_sight=True, **asked)
        loss, beyond = found.loss_db, found.beyond
        if self.sight == "statistical":
            sees = los_probability(scenario, distance_m, terminal_height_m=self.receiver_height_m)
            hidden = path_loss_db(scenario, distance_m, line_of_sight=False, **asked)
            loss = sees * loss + (1.0 - sees) * hidden.loss_db
            beyond = beyond | hidden.beyond
        # One height of mast is all that the table names for cities: a coverage map would mark nearly every site.
        return loss.astype(np.float32), (beyond & ~np.uint8(Beyond.BASE_HEIGHT)) == 0

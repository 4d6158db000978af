"""How people travel, how far a way may reach, and how Valhalla is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dinh.kernel.specs import Text


@dataclass(frozen=True, slots=True)
class Mode:
    """`most_km` as the crow flies; `costing` and `options` in Valhalla's words."""

    code: str
    name: Text
    by: Text
    icon: str
    most_km: float
    costing: str
    options: Mapping[str, Any] = field(default_factory=dict)


# A motorbike may not use expressways (Road Law 35/2024/QH15); Valhalla's motor scooter keeps off them, its motorcycle does not.
MODES: Final[tuple[Mode, ...]] = (
    Mode("motorbike", Text("Xe máy", "Motorbike"), Text("bằng xe máy", "by motorbike"), icon="motorbike", most_km=600,
         costing="motor_scooter", options={"top_speed": 60}),
    Mode("car", Text("Ô tô", "Car"), Text("bằng ô tô", "by car"), icon="car", most_km=600, costing="auto", options={"top_speed": 100}),
    Mode("walk", Text("Đi bộ", "On foot"), Text("đi bộ", "on foot"), icon="footprints", most_km=60, costing="pedestrian",
         options={"walking_speed": 4.5}),
    Mode("bicycle", Text("Xe đạp", "Bicycle"), Text("bằng xe đạp", "by bicycle"), icon="bike", most_km=150,
         costing="bicycle", options={"cycling_speed": 14}),
)  # fmt: skip
BY_CODE: Final[Mapping[str, Mode]] = {mode.code: mode for mode in MODES}

"""Microwave links between masts: rain, fading in clear air, the way that must be free, and how long a year a link fails."""

from __future__ import annotations

from dinh.engines.radio.microwave.backhaul import Backhaul, Hop, backhaul
from dinh.engines.radio.microwave.clearance import Clearance, clearances, rare_k
from dinh.engines.radio.microwave.multipath import SOUTHERN_VIETNAM_DN1
from dinh.engines.radio.microwave.rain import SOUTHERN_VIETNAM_MM_H, exceeded_db, specific_attenuation_db_km

__all__ = [
    "SOUTHERN_VIETNAM_DN1",
    "SOUTHERN_VIETNAM_MM_H",
    "Backhaul",
    "Clearance",
    "Hop",
    "backhaul",
    "clearances",
    "exceeded_db",
    "rare_k",
    "specific_attenuation_db_km",
]

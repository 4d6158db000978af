"""3GPP TR 38.901 V17/V18, clause 7.4: path loss, line of sight, penetration, shadowing, from 0.5 to 100 GHz."""

from __future__ import annotations

from dinh.engines.radio.tr38901.indoors import (
    CAR_SIGMA_DB,
    Building,
    Penetration,
    building_penetration,
    car_loss_db,
    drawn_depth_m,
    expected_depth_m,
    material_loss_db,
    old_building_penetration,
    wall_loss_db,
)
from dinh.engines.radio.tr38901.line_of_sight import Office, los_probability
from dinh.engines.radio.tr38901.path_loss import (
    BASE_HEIGHT_M,
    Losses,
    break_distance_m,
    environment_heights,
    path_loss_db,
    point_path_loss_db,
    slant_m,
)
from dinh.engines.radio.tr38901.shadowing import (
    ShadowingField,
    correlation_distance_m,
    indoor_sigma_db,
    shadowing_sigma_db,
    site_shadowing,
)
from dinh.engines.radio.tr38901.validity import VALIDITY, Beyond, Scenario, Validity

__all__ = [
    "BASE_HEIGHT_M",
    "CAR_SIGMA_DB",
    "VALIDITY",
    "Beyond",
    "Building",
    "Losses",
    "Office",
    "Penetration",
    "Scenario",
    "ShadowingField",
    "Validity",
    "break_distance_m",
    "building_penetration",
    "car_loss_db",
    "correlation_distance_m",
    "drawn_depth_m",
    "environment_heights",
    "expected_depth_m",
    "indoor_sigma_db",
    "los_probability",
    "material_loss_db",
    "old_building_penetration",
    "path_loss_db",
    "point_path_loss_db",
    "shadowing_sigma_db",
    "site_shadowing",
    "slant_m",
    "wall_loss_db",
]

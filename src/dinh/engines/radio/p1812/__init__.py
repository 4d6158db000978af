"""ITU-R P.1812-6: path-specific propagation for point-to-area services, 30 MHz to 6 GHz."""

from dinh.engines.radio.p1812.path_loss import (
    Climate,
    Paths,
    Prediction,
    at_locations_db,
    basic_transmission_loss,
    basic_transmission_losses,
    location_deviation_db,
)

__all__ = [
    "Climate",
    "Paths",
    "Prediction",
    "at_locations_db",
    "basic_transmission_loss",
    "basic_transmission_losses",
    "location_deviation_db",
]

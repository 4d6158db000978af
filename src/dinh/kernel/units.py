"""Units by their UCUM codes: conversion, and how a person reads them."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from dinh.kernel.errors import Invalid

if TYPE_CHECKING:
    from pint import UnitRegistry

# How officials write them; a code that is not here is shown as it is.
DISPLAY: Final = {
    "1": "", "%": "%", "ug/m3": "µg/m³", "mg/m3": "mg/m³", "g/L": "g/l", "mg/L": "mg/l",
    "Cel": "°C", "m": "m", "cm": "cm", "mm": "mm", "km": "km", "km/h": "km/h", "Mbit/s": "Mb/s",
    "Gbit/s": "Gb/s", "ms": "ms", "s": "s", "min": "ph", "h": "giờ", "d": "ngày", "dB[mW]": "dBm",
    "dB": "dB", "kW.h": "kWh", "MW.h": "MWh", "m3/s": "m³/s", "/h": "/giờ", "/d": "/ngày",
    "/min": "/ph", "VND": "đ", "USD": "USD", "[ppb]": "ppb", "[ppm]": "ppm", "hPa": "hPa", "GBy": "GB", "MBy": "MB",
}  # fmt: skip
# Codes that UCUM lacks; each converts to itself alone.
EXTENSIONS: Final = frozenset({"VND", "USD", "dB[mW]"})


@dataclass(frozen=True, slots=True)
class Conversion:
    """value_in_target = value * factor + offset."""

    factor: float
    offset: float

    @property
    def is_identity(self) -> bool:
        return self.factor == 1.0 and self.offset == 0.0


_building: Final = threading.RLock()  # pint mixes up registries that two threads build at once


@cache
def _built() -> UnitRegistry[float]:
    from ucumvert import PintUcumRegistry  # slow to import; only unusual units need it

    return PintUcumRegistry()  # type: ignore[no-any-return]


def _registry() -> UnitRegistry[float]:
    with _building:
        return _built()


LONGEST: Final = 60
_GREAT_POWER: Final = re.compile(r"[*^][*^+(-]*\d{3,}")
"""10*999999999 would be worked out digit by digit, and nothing else in this process would run meanwhile."""


@lru_cache(maxsize=4096)
def conversion(from_code: str, to_code: str) -> Conversion:
    """How to turn values in one UCUM unit into another.

    Raises Invalid `unit.unknown` for a code that is no UCUM unit and
    `unit.incompatible` where the dimensions differ.
    """
    if from_code == to_code:
        return Conversion(1.0, 0.0)
    for code in (from_code, to_code):
        if len(code) > LONGEST or _GREAT_POWER.search(code):
            raise Invalid("unit.unknown", "'{value}' is not a UCUM unit code", value=code[:LONGEST])
    registry = _registry()
    parsed = {}
    for code in (from_code, to_code):
        try:
            parsed[code] = registry.from_ucum(code)  # type: ignore[operator]
        except Exception as error:
            raise Invalid("unit.unknown", "'{value}' is not a UCUM unit code", value=code) from error
    try:
        zero = registry.Quantity(0.0, parsed[from_code].units).to(parsed[to_code].units).magnitude
        one = registry.Quantity(1.0, parsed[from_code].units).to(parsed[to_code].units).magnitude
        scale = parsed[from_code].magnitude / parsed[to_code].magnitude
    except Exception as error:
        raise Invalid(
            "unit.incompatible",
            "unit '{given}' cannot be converted to '{wanted}'; send the value in '{wanted}'",
            given=from_code,
            wanted=to_code,
        ) from error
    return Conversion(float((one - zero) * scale), float(zero))


def display_unit(code: str) -> str:
    """The unit as it is written beside a number, or the code itself."""
    return DISPLAY.get(code, code)

"""What a map of an answer can show: layers with their steps and colours. One list for maps, legends and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dinh.kernel.manifests import Text


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on, this colour. `from_` None begins below everything."""

    from_: float | None
    colour: str


@dataclass(frozen=True, slots=True)
class Layer:
    """`scale` is what a kept whole number is divided by. Below the first step nothing is drawn."""

    code: str
    name: Text
    unit: str
    """UCUM."""
    scale: float
    steps: tuple[Step, ...]
    decimals: int = 0


def _steps(*pairs: tuple[float | None, str]) -> tuple[Step, ...]:
    return tuple(Step(value, colour) for value, colour in pairs)


_RATES: Final = ("#f1e9c9", "#d9c98a", "#a8bd83", "#5ea08c", "#2b7a83", "#1d4e6b", "#162f4d")

LAYERS: Final = (
    Layer(
        "rsrp", Text("Mức thu SS-RSRP", "Level, SS-RSRP"), "dB[mW]", 100.0,
        _steps((-125, "#efe6d2"), (-115, "#e3c98f"), (-105, "#b6c98f"), (-95, "#5fae95"), (-85, "#1f8375"), (-75, "#0a4f48")),
    ),
    Layer(
        "sinr", Text("Tỷ số SINR", "SINR"), "dB", 100.0,
        _steps((None, "#b4533c"), (0, "#dd9b63"), (5, "#ecd9a3"), (10, "#a9c99a"), (15, "#4fa08f"), (20, "#0d6a60")),
    ),
    Layer(
        "down", Text("Tốc độ tải xuống", "Downlink rate"), "Mbit/s", 10.0,
        _steps(*zip((1, 50, 100, 200, 400, 800, 1200), _RATES, strict=True)),
    ),
    Layer(
        "busy", Text("Tải xuống giờ cao điểm", "Downlink in the busy hour"), "Mbit/s", 10.0,
        _steps(*zip((1, 10, 50, 100, 200, 400, 800), _RATES, strict=True)),
    ),
    Layer(
        "up", Text("Tốc độ tải lên", "Uplink rate"), "Mbit/s", 10.0,
        _steps(*zip((0.5, 1, 5, 10, 25, 50, 100), _RATES, strict=True)),
    ),
    Layer(
        "mcs", Text("Mã điều chế MCS", "MCS"), "1", 1.0,
        _steps(*zip((0, 5, 11, 15, 20, 24, 27), _RATES, strict=True)),
    ),
    Layer("server", Text("Trạm phục vụ tốt nhất", "Best server"), "", 1.0, ()),
)  # fmt: skip
BY_CODE: Final = {layer.code: layer for layer in LAYERS}

DIFFERENCE: Final = Layer(
    "difference", Text("Chênh lệch mức thu", "Difference of level"), "dB", 100.0,
    _steps((-300, "#8f2d1f"), (-10, "#cf7b57"), (-3, "#ecc9ac"), (-0.5, "#00000000"), (0.5, "#b9d8c6"), (3, "#56a48f"), (10, "#0c625a")),
)  # fmt: skip

SERVERS: Final = ("#2a7f74", "#c78a3b", "#6a6fa3", "#b25b52", "#7d9a4b", "#3d6f97", "#a2679a", "#8a7a55", "#4f9aa8")
"""Neighbouring cells take colours that differ; which one has which says nothing."""

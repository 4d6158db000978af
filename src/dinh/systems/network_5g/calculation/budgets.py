"""A link budget in both directions, from the throughput at the edge of a cell to its radius by each model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from dinh.engines.radio import p525, p2109
from dinh.engines.radio.nr.link_adaptation import (
    NR_DOWNLINK,
    NR_UPLINK,
    TR_36942_DOWNLINK,
    TR_36942_UPLINK,
    RateCurve,
)
from dinh.engines.radio.nr.link_budget import LinkBudget, margin_for_area_db
from dinh.engines.radio.nr.rates import Overhead
from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS, SYMBOLS
from dinh.engines.radio.tr38901 import Beyond, Scenario, path_loss_db
from dinh.kernel.errors import OutOfRange, Phrase
from dinh.systems.network_5g.calculation.questions import BudgetQuestion, Direction
from dinh.systems.network_5g.carriers import blocks_of, shares_of, spacing_hz
from dinh.systems.network_5g.domain import Carrier

NEAREST_M: Final = 10.0
FARTHEST_M: Final = 200_000.0
SCENARIOS: Final = {"tr38901-rma": Scenario.RMA, "tr38901-uma": Scenario.UMA, "tr38901-umi": Scenario.UMI}
BUILDINGS: Final = {"traditional": p2109.TRADITIONAL, "efficient": p2109.THERMALLY_EFFICIENT}
_TYPED: Final = frozenset(field.name for field in fields(LinkBudget)) & frozenset(
    field.name for field in fields(Direction)
)

type Loss = Callable[[float], tuple[float, int]]


def told(question: BudgetQuestion) -> dict[str, Any]:
    """Lines of both directions, margins, and what radius each model gives. Raises OutOfRange for what cannot be carried."""
    carrier = question.carrier
    shadowing = margin_for_area_db(question.area_probability, question.sigma_db, question.exponent)
    penetration = _penetration_db(question)
    down_share, up_share = shares_of(carrier)
    lte = carrier.technology == "lte"
    down = _direction(question.down, carrier, down_share, Overhead.DOWNLINK_FR1, TR_36942_DOWNLINK if lte else NR_DOWNLINK, shadowing, penetration, Phrase("downlink"), spread=False)  # fmt: skip
    up = _direction(question.up, carrier, up_share, Overhead.UPLINK_FR1, TR_36942_UPLINK if lte else NR_UPLINK, shadowing, penetration, Phrase("uplink"), spread=True)  # fmt: skip
    sigma = question.sigma_db
    return {
        "down": down, "up": up, "shadowing_db": shadowing, "penetration_db": penetration,
        "edge_probability": NormalDist().cdf(shadowing / sigma) if sigma else float(shadowing >= 0.0),
        "models": _models(question, down["loss_db"], up["loss_db"]),
    }  # fmt: skip


def _penetration_db(question: BudgetQuestion) -> float:
    if not question.building:
        return 0.0
    return p2109.building_entry_loss_db(
        BUILDINGS[question.building], frequency_ghz=question.carrier.frequency_mhz / 1000,
        probability_percent=question.building_probability * 100,
    )  # fmt: skip


def _direction(
    given: Direction, carrier: Carrier, share: float, overhead: Overhead, curve: RateCurve, shadowing_db: float,
    penetration_db: float, name: Phrase, *, spread: bool,
) -> dict[str, Any]:  # fmt: skip
    """`spread`: the sender's power is that of the blocks it uses, however many; else that of the whole carrier."""
    most = blocks_of(carrier)
    if not share:
        raise OutOfRange("radio.no_time", "the TDD slots {slots} leave the {direction} no time; give it a slot", slots=carrier.slots, direction=name)  # fmt: skip
    if given.blocks is not None and not 1 <= given.blocks <= most:
        raise OutOfRange("radio.blocks", "the {direction} has 1 to {most} resource blocks on this carrier, not {value}", direction=name, most=most, value=given.blocks)  # fmt: skip
    bits_a_block = SUBCARRIERS * SYMBOLS * 1e3 * (spacing_hz(carrier) / 15e3) * given.layers * share * (1.0 - overhead.value)  # fmt: skip
    wanted = given.throughput_mbps * 1e6
    blocks = given.blocks or (_best_blocks(wanted / bits_a_block, curve, most) if spread else most)
    efficiency = wanted / (bits_a_block * blocks)
    sinr = curve.needed_sinr_db(efficiency)
    if math.isinf(sinr):
        raise OutOfRange(
            "radio.rate_beyond",
            "{value:g} Mbit/s on the {direction} need {needed:.2f} bit/s/Hz in each layer, and no SINR carries more than {most:.2f}; "
            "ask for at most {rate:.1f} Mbit/s, for more layers, or for more blocks",
            value=given.throughput_mbps, direction=name, needed=efficiency, most=curve.greatest_efficiency,
            rate=math.floor(curve.greatest_efficiency * bits_a_block * blocks / 1e5) / 10,
        )  # fmt: skip
    budget = LinkBudget(
        bandwidth_hz=blocks * SUBCARRIERS * spacing_hz(carrier), required_sinr_db=sinr, shadowing_margin_db=shadowing_db,
        penetration_loss_db=penetration_db, **{key: getattr(given, key) for key in _TYPED},
    )  # fmt: skip
    return {
        "lines": {line.key: line.value for line in budget.lines()}, "blocks": blocks, "most_blocks": most, "time_share": share,
        "efficiency": efficiency, "loss_db": budget.greatest_path_loss_db,
    }  # fmt: skip


def _best_blocks(least: float, curve: RateCurve, most: int) -> int:
    """`least` is the throughput over that of a block at 1 bit/s/Hz. Wider is better until a block is at the least SINR that
    carries anything; from there on more blocks only add noise."""
    worst = curve.attenuation * math.log2(1.0 + 10.0 ** (curve.least_sinr_db / 10.0))
    return max(1, min(most, math.floor(least / worst)))


def _models(question: BudgetQuestion, down_db: float, up_db: float) -> list[dict[str, Any]]:
    losses = [
        (code, sight, _loss_of(scenario, sight == "sight", question))
        for code, scenario in SCENARIOS.items()
        for sight in ("sight", "no_sight")
    ]
    losses.append(("free", "sight", _free(question)))
    found = []
    for code, sight, loss in losses:
        down, up = (_radius_m(loss, most) for most in (down_db, up_db))
        radius = min(down, up)
        found.append({
            "code": code, "sight": sight, "down_m": down, "up_m": up, "radius_m": radius,
            "beyond": [str(bit.name).lower() for bit in Beyond(loss(max(radius, NEAREST_M))[1])],
        })  # fmt: skip
    return found


def _loss_of(scenario: Scenario, sees: bool, question: BudgetQuestion) -> Loss:
    def loss(metres: float) -> tuple[float, int]:
        found = path_loss_db(
            scenario, np.array([metres]), frequency_hz=question.carrier.frequency_mhz * 1e6, line_of_sight=sees,
            base_height_m=question.mast_height_m, terminal_height_m=question.terminal_height_m, beyond="extrapolate",
        )  # fmt: skip
        return float(found.loss_db[0]), int(found.beyond[0])

    return loss


def _free(question: BudgetQuestion) -> Loss:
    def loss(metres: float) -> tuple[float, int]:
        slant = math.hypot(metres, question.mast_height_m - question.terminal_height_m)
        return float(p525.free_space_loss_db(slant / 1000, question.carrier.frequency_mhz / 1000)), 0

    return loss


def _radius_m(loss: Loss, most_db: float) -> float:
    """How far the loss stays below, to a centimetre; 0 where it never does, `FARTHEST_M` where it always does."""
    if loss(NEAREST_M)[0] > most_db:
        return 0.0
    if loss(FARTHEST_M)[0] <= most_db:
        return FARTHEST_M
    low, high = NEAREST_M, FARTHEST_M
    while high - low > 0.01:
        middle = (low + high) / 2.0
        if loss(middle)[0] <= most_db:
            low = middle
        else:
            high = middle
    return low

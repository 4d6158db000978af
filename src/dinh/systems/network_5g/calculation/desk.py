"""The radio process's answers. Every function takes `hear(done, of)` and answers with plain things."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from dinh.engines.radio.maps.coverage import NOBODY, Coverage
from dinh.systems.network_5g.busy_hour import busy_hour
from dinh.systems.network_5g.calculation import (
    budgets,
    capacity,
    choosing,
    exposures,
    figures,
    grounds,
    growth,
    identities,
    links,
    reaching,
    rollout,
    scales,
)
from dinh.systems.network_5g.calculation.grounds import Laid, laid
from dinh.systems.network_5g.calculation.keeping import keep
from dinh.systems.network_5g.calculation.networks import Networks, Sent, on_ground, sent
from dinh.systems.network_5g.calculation.questions import (
    GROWTH,
    BudgetQuestion,
    GroundQuestion,
    PathQuestion,
    Question,
    SafetyQuestion,
)
from dinh.systems.network_5g.domain import Carrier, Settings
from dinh.systems.network_5g.programme import ChoiceQuestion, RolloutQuestion

type Hear = Callable[[int, int], None]

_networks: Final = Networks()


def lay(question: GroundQuestion, *, hear: Hear) -> str:
    return grounds.lay(question, hear=hear)


def height_at(ground: Path, points: Sequence[tuple[float, float]], *, hear: Hear) -> list[float]:
    """Terrain above sea at longitudes and latitudes; NaN off the ground, where none is known."""
    place = laid(ground)
    xs, ys = place.to_metres.transform([p[0] for p in points], [p[1] for p in points])
    return [
        place.ground.height_at(*place.ground.pixel(x, y)) if on_ground(place.ground, x, y) else math.nan
        for x, y in zip(xs, ys, strict=True)
    ]


def standing_of(ground: Path, points: Sequence[tuple[float, float]], *, hear: Hear) -> list[str]:
    """For longitudes and latitudes: outside of the ground, in water (terrain exactly 0 m all around, as terrain models write
    the sea; never on a ground that was given as flat), or ''."""
    place = laid(ground)
    xs, ys = place.to_metres.transform([p[0] for p in points], [p[1] for p in points])
    return [_standing(place, float(x), float(y)) for x, y in zip(xs, ys, strict=True)]


def _standing(place: Laid, x: float, y: float) -> str:
    if not on_ground(place.ground, x, y):
        return "outside"
    if place.about["flat"]:
        return ""
    row, column = (round(at) for at in place.ground.pixel(x, y))
    around = place.ground.height_m[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    return "water" if np.all(around == 0) else ""


def calculate(question: Question, *, hear: Hear) -> Mapping[str, Any]:
    """The whole network on each carrier; its answer lies below `question.answer` from then on."""
    kept = question.answer / "summary.json"
    if kept.exists():
        os.utime(question.answer)
        known: Mapping[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return known
    started = perf_counter()
    place = laid(question.ground)
    settings = question.settings
    asked_by = capacity.demand(place)
    carriers: dict[str, Any] = {}
    arrays: dict[str, dict[str, Any]] = {}
    masts = len(question.masts)
    for number, carrier in enumerate(settings.carriers):

        def told(done: int, of: int, number: int = number) -> None:
            hear(number * masts + done, masts * len(settings.carriers))

        carriers[carrier.code], arrays[carrier.code] = _on(carrier, question, place, asked_by, told)
    summary = {
        "digest": question.digest, "area": place.about["people"], "km2": place.about["area_km2"], "people": place.about["people"],
        "carriers": carriers, "anchors": _anchors(settings, arrays, place), "seconds": perf_counter() - started,
    }  # fmt: skip
    _keep(question, summary, arrays)
    return summary


def what_fails_first(question: Question, *, hear: Hear) -> Mapping[str, Any]:
    """How far traffic can grow. Kept beside the answer, which is calculated first where it is not there."""
    kept = question.answer / GROWTH
    if kept.exists():
        known: Mapping[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return known
    calculate(question, hear=hear)
    solved = 0

    def tell() -> None:
        nonlocal solved
        solved += 1
        hear(solved, max(growth.ABOUT * len(question.settings.carriers), solved))

    found = growth.growth(question, laid(question.ground), _networks, tell=tell)
    aside = kept.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(found), encoding="utf-8")
    aside.replace(kept)
    return found


def _on(
    carrier: Carrier, question: Question, place: Laid, asked_by: capacity.Demand, hear: Hear
) -> tuple[dict[str, Any], dict[str, Any]]:
    settings = question.settings
    network = _networks.of(place, settings, carrier)
    whole: Sent = sent(question.masts, settings, carrier, place)
    network.put(whole.sites, hear)
    found = network.coverage
    down = scales.downlink_mbps(found.sinr_db, carrier)
    up = scales.uplink_mbps(_coupling(found, whole), carrier, settings)
    busy = busy_hour(
        network, len(whole.cells), asked_by.rows, asked_by.columns, asked_by.people, carrier=carrier, settings=settings
    )  # fmt: skip
    free = np.maximum(1.0 - busy.loads.asked, 0.0)
    left = np.where(found.server >= 0, free[np.maximum(found.server, 0)], 0.0) if len(free) else np.zeros(down.shape)
    arrays = {
        "rsrp": scales.centi(found.rsrp_dbm), "sinr": scales.centi(found.sinr_db), "server": found.server.astype(np.int32),
        "within": found.within, "mcs": scales.schemes(found.sinr_db), "down": scales.tenths(down), "up": scales.tenths(up),
        "busy": scales.tenths(down * left), "neighbours": identities.kept(busy.heard, asked_by.people, len(whole.cells)),
    }  # fmt: skip
    told = figures.of_carrier(place, settings, found, down, up, whole.cells, busy)
    return told | {"technology": carrier.technology, "outside": list(whole.outside)}, arrays


def _coupling(found: Coverage, whole: Sent) -> Any:
    """From the antenna's port to the terminal, antennas included; the same up as down."""
    power = np.array([cell.element_dbm for cell in whole.cells] or [0.0], dtype=np.float32)
    return np.where(found.server != NOBODY, power[np.maximum(found.server, 0)], np.nan) - found.rsrp_dbm


def _anchors(settings: Settings, arrays: Mapping[str, Mapping[str, Any]], place: Laid) -> list[dict[str, Any]]:
    """Without an LTE anchor a non-standalone NR cell serves nobody: people whom NR covers and no anchor does."""
    lte = [carrier.code for carrier in settings.carriers if carrier.technology == "lte"]
    if not lte:
        return []
    served = round(settings.served_dbm * 100)
    anchored = np.any([arrays[code]["rsrp"] >= served for code in lte], axis=0)
    inside = place.unit >= 0
    return [
        {
            "carrier": carrier.code,
            "people": float(place.people[inside & (arrays[carrier.code]["rsrp"] >= served) & ~anchored].sum(dtype=np.float64)),
        }
        for carrier in settings.carriers
        if carrier.technology == "nr"
    ]  # fmt: skip


def _keep(question: Question, summary: Mapping[str, Any], arrays: Mapping[str, Mapping[str, Any]]) -> None:
    def fill(aside: Path) -> None:
        for code, layers in arrays.items():
            (aside / code).mkdir()
            for name, array in layers.items():
                np.save(aside / code / f"{name}.npy", array)
        (aside / "summary.json").write_text(json.dumps(summary), encoding="utf-8")

    keep(question.answer, mark="summary.json", fill=fill)


def preview(base: Question, changed: Question, code: str, layer: str, *, hear: Hear) -> dict[str, Any] | None:
    """What one layer would be where it would change, for a network that is being edited; None where nothing changes.

    `top`, `left` place the values on the ground's grid.
    """
    place = laid(base.ground)
    carrier = _carrier(base, code)
    network = _networks.of(place, base.settings, carrier)
    network.put(sent(base.masts, base.settings, carrier, place).sites)
    whole = sent(changed.masts, base.settings, carrier, place)
    region, found = network.preview(whole.sites)
    if region.bottom <= region.top or region.right <= region.left:
        return None
    values = _layer(layer, found, carrier, base.settings, whole)
    return {"top": region.top, "left": region.left, "values": values}


def _layer(layer: str, found: Coverage, carrier: Carrier, settings: Settings, whole: Sent) -> Any:
    if layer == "sinr":
        return scales.centi(found.sinr_db)
    if layer in ("down", "busy"):
        return scales.tenths(scales.downlink_mbps(found.sinr_db, carrier))
    if layer == "up":
        return scales.tenths(scales.uplink_mbps(_coupling(found, whole), carrier, settings))
    if layer == "mcs":
        return scales.schemes(found.sinr_db)
    if layer == "server":
        return found.server.astype(np.int32)
    return scales.centi(found.rsrp_dbm)


def profile(question: PathQuestion, *, hear: Hear) -> dict[str, Any]:
    return links.profile(question)


def neighbours(question: Question, code: str, *, hear: Hear) -> dict[str, Any]:
    return identities.told(question, code)


def identities_for(question: Question, code: str, keep: bool, *, hear: Hear) -> list[tuple[str, int, int]]:
    return identities.numbered(question, code, keep=keep)


def safety(question: SafetyQuestion, *, hear: Hear) -> list[dict[str, Any]]:
    return exposures.around(question)


def budget(question: BudgetQuestion, *, hear: Hear) -> dict[str, Any]:
    return budgets.told(question)


def work_out(question: RolloutQuestion, *, hear: reaching.Hear) -> dict[str, Any]:
    """The rollout; the network is calculated first where it is not, for the loads that current is reckoned with."""
    summary = calculate(question.network, hear=lambda done, of: hear(done, 2 * of))
    place = laid(question.network.ground)
    return rollout.worked_out(question, summary, place, _networks, lambda done, of: hear(of + done, 2 * of))


def choose(question: ChoiceQuestion, enough: Path, *, hear: reaching.Hear) -> dict[str, Any]:
    """With a file `enough` there, the best that was found by then."""
    return choosing.chosen(question, laid(question.network.ground), _networks, hear, enough)


def _carrier(question: Question, code: str) -> Carrier:
    return next(carrier for carrier in question.settings.carriers if carrier.code == code)

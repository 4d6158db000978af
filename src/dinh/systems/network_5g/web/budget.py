"""The link budget of a carrier as a form whose address holds every value, so that it can be shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel.errors import DinhError, NotFound
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.calculation.questions import BudgetQuestion, Direction
from dinh.systems.network_5g.domain import Carrier, Mast, Settings
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web.asked import Asked
from dinh.systems.network_5g.web.forms import model_names
from dinh.web.requests import actor, language, permission

SIDES: Final = ("down", "up")
INTERFERENCE_DB: Final = 3.0
STATION_NOISE_DB: Final = 5.0
"""Noise figure of the base station, as the uplink of the maps has it."""
SHADOWING: Final = {"tr38901-uma": (6.0, 3.9), "tr38901-umi": (7.8, 3.5)}
"""σ without sight (TR 38.901 Table 7.4.1-1) and the slope of the same row over 10 dB; of others those of RMa."""
RURAL: Final = (8.0, 3.9)
TYPED: Final[Mapping[str, tuple[str, float, float]]] = {
    "throughput": ("throughput_mbps", 0.001, 10_000), "layers": ("layers", 1, 8), "blocks": ("blocks", 1, 275),
    "power": ("transmit_power_dbm", -10, 70), "feeder": ("transmit_feeder_loss_db", 0, 30), "gain": ("transmit_gain_dbi", -10, 40),
    "noise": ("noise_figure_db", 0, 20), "receive_gain": ("receive_gain_dbi", -10, 40), "receive_feeder": ("receive_feeder_loss_db", 0, 30),
    "other": ("other_gain_db", -30, 30), "interference": ("interference_margin_db", 0, 30), "body": ("body_loss_db", 0, 30),
    "foliage": ("foliage_loss_db", 0, 60), "rain": ("rain_margin_db", 0, 60),
}  # fmt: skip
"""Fields of a direction by their name in the address: which of `Direction`'s, and between which values."""


def line_names() -> dict[str, tuple[str, str]]:
    """Every line with its unit."""
    return {
        "throughput": (_("Throughput at the edge of the cell"), "Mbit/s"), "layers": (_("Layers there"), ""), "blocks": (_("Resource blocks"), ""),
        "time_share": (_("Share of time (TDD)"), "%"), "efficiency": (_("Needed in each layer"), "bit/s/Hz"), "required_sinr": (_("Required SINR"), "dB"),
        "transmit_power": (_("Transmit power"), "dBm"), "transmit_feeder_loss": (_("Feeder loss of the transmitter"), "dB"),
        "transmit_gain": (_("Antenna gain of the transmitter"), "dBi"), "eirp": ("EIRP", "dBm"), "bandwidth": (_("Bandwidth"), "MHz"),
        "thermal_noise": (_("Thermal noise"), "dBm"), "noise_figure": (_("Noise figure of the receiver"), "dB"), "noise": (_("Noise"), "dBm"),
        "sensitivity": (_("Sensitivity"), "dBm"), "receive_gain": (_("Antenna gain of the receiver"), "dBi"),
        "receive_feeder_loss": (_("Feeder loss of the receiver"), "dB"), "other_gain": (_("Other gains"), "dB"),
        "interference_margin": (_("Interference margin"), "dB"), "shadowing_margin": (_("Shadowing margin"), "dB"),
        "penetration_loss": (_("Building entry loss"), "dB"), "body_loss": (_("Body loss"), "dB"), "foliage_loss": (_("Foliage loss"), "dB"),
        "rain_margin": (_("Rain margin"), "dB"), "greatest_path_loss": (_("Greatest path loss (MAPL)"), "dB"),
    }  # fmt: skip


def _parts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Parts of the form: (line, field where it is typed, '' where it is calculated)."""
    return [
        (_("What is wanted"), [("throughput", "throughput"), ("layers", "layers"), ("blocks", "blocks"), ("time_share", ""), ("efficiency", ""), ("required_sinr", "")]),
        (_("Transmitter"), [("transmit_power", "power"), ("transmit_feeder_loss", "feeder"), ("transmit_gain", "gain"), ("eirp", "")]),
        (_("Receiver"), [("bandwidth", ""), ("thermal_noise", ""), ("noise_figure", "noise"), ("noise", ""), ("sensitivity", ""), ("receive_gain", "receive_gain"), ("receive_feeder_loss", "receive_feeder"), ("other_gain", "other")]),
        (_("Margins and losses"), [("interference_margin", "interference"), ("shadowing_margin", ""), ("penetration_loss", ""), ("body_loss", "body"), ("foliage_loss", "foliage"), ("rain_margin", "rain"), ("greatest_path_loss", "")]),
    ]  # fmt: skip


def buildings() -> dict[str, str]:
    return {"": _("outdoors"), "traditional": _("in a traditional building"), "efficient": _("in a thermally efficient building")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A number that is typed; `text` as it was typed, else the default."""

    name: str
    label: str
    text: str
    fault: DinhError | None = None
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One direction's place in a line: a field, or what was calculated."""

    field: Field | None = None
    value: float | None = None
    decimals: int = 1


@dataclass(slots=True)
class Form:
    """Reads the address; what it does not say has the scenario's value."""

    asked: Asked
    defaults: Mapping[str, float]
    language: str
    values: dict[str, float | None] = field(default_factory=dict)

    def read(self, name: str, label: str, low: float, high: float, *, whole: bool = False) -> None:
        found = self.asked.maybe(name, label, low, high)
        if found is None and name in self.defaults:
            found = self.defaults[name]
        self.values[name] = None if found is None else float(round(found)) if whole else found

    def field(self, name: str, label: str, placeholder: str = "") -> Field:
        typed = self.asked.text(name)
        default = self.defaults.get(name)
        text = typed or ("" if default is None else f"{default:.6g}")
        if not typed and self.language == "vi":
            text = text.replace(".", ",")
        return Field(name, label, text, self.asked.faults.get(name), placeholder)

    def direction(self, side: str) -> Direction:
        given = {key: self.values[f"{side}_{name}"] for name, (key, _low, _high) in TYPED.items()}
        blocks = given.pop("blocks")
        layers = given.pop("layers") or 1
        known: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        return Direction(**known, layers=int(layers), blocks=None if blocks is None else int(blocks))


def _defaults(settings: Settings, carrier: Carrier, masts: Sequence[Mast]) -> dict[str, float]:
    sigma, exponent = SHADOWING.get(settings.model, RURAL)
    heights = [mast.antenna_height_m for mast in masts]
    lte = carrier.technology == "lte"
    down = {
        "throughput": 5.0 if lte else 50.0, "layers": 1.0, "power": carrier.power_dbm, "feeder": 0.0, "gain": settings.gain_dbi, "noise": settings.noise_figure_db,
        "receive_gain": 0.0, "receive_feeder": 0.0, "other": 0.0, "interference": INTERFERENCE_DB, "body": 0.0, "foliage": 0.0, "rain": 0.0,
    }  # fmt: skip
    up = down | {
        "throughput": 0.5 if lte else 2.0, "power": settings.terminal_dbm, "gain": 0.0, "noise": STATION_NOISE_DB, "receive_gain": settings.gain_dbi,
    }  # fmt: skip
    both = {f"{side}_{name}": value for side, values in (("down", down), ("up", up)) for name, value in values.items()}
    return both | {
        "area": 95.0, "sigma": sigma, "exponent": exponent, "inside": 50.0, "terminal": settings.receiver_height_m,
        "mast": round(sum(heights) / len(heights), 1) if heights else 30.0,
    }  # fmt: skip


def _shared() -> dict[str, tuple[str, str, float, float]]:
    """Fields of both directions: label, unit, between which values."""
    return {
        "area": (_("Covered share of the cell"), "%", 1, 99.9), "sigma": (_("Deviation of shadowing σ"), "dB", 0, 20),
        "exponent": (_("Slope of the loss n"), "", 1.5, 6), "inside": (_("Share of buildings"), "%", 1, 99),
        "mast": (_("Antennas above ground"), "m", 1, 400), "terminal": (_("Terminal above ground"), "m", 0.5, 50),
    }  # fmt: skip


@require_safe
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    """Form and result in one: without JavaScript, and with every value in the address."""
    row = queries.scenario(id, actor(request))
    settings = queries.settings(row)
    carriers = {carrier.code: carrier for carrier in settings.carriers}
    code = request.GET.get("carrier", "") or settings.carriers[0].code
    if code not in carriers:
        raise NotFound("network_5g.no_carrier", "there is no carrier '{code}' in this scenario", code=code[:20])
    asked = Asked(request.GET)
    form = Form(asked, _defaults(settings, carriers[code], queries.masts(row)), language(request))
    names = line_names()
    typed = {name: line for _title, lines in _parts() for line, name in lines if name}
    for side in SIDES:
        for name, (_key, low, high) in TYPED.items():
            form.read(f"{side}_{name}", names[typed[name]][0], low, high, whole=name in ("layers", "blocks"))
    for name, (label, _unit, low, high) in _shared().items():
        form.read(name, label, low, high)
    building = asked.one_of("building", buildings(), "")
    found, error = (None, None) if asked.faults else _calculated(form, carriers[code], building)
    context = {
        "scenario": row, "carriers": settings.carriers, "carrier": carriers[code], "error": error, "faults": asked.faults, "found": found,
        "parts": [(title, [_line(line, name, form, found, names) for line, name in lines]) for title, lines in _parts()],
        "shared": [(form.field(name, label), unit) for name, (label, unit, _low, _high) in _shared().items()],
        "buildings": [(key, words, key == building) for key, words in buildings().items()], "limiting": _limiting(found),
        "models": [(_model_name(one), one, [_beyond()[what] for what in one["beyond"]]) for one in found["models"]] if found else [],
    }  # fmt: skip
    return render(request, "network_5g/budget.html", context, status=422 if error or asked.faults else 200)


def _calculated(form: Form, carrier: Carrier, building: Any) -> tuple[dict[str, Any] | None, DinhError | None]:
    shared = {name: form.values[name] or 0.0 for name in _shared()}
    question = BudgetQuestion(
        carrier, form.direction("down"), form.direction("up"), shared["area"] / 100, shared["sigma"], shared["exponent"], building,
        shared["inside"] / 100, shared["mast"], shared["terminal"],
    )  # fmt: skip
    try:
        return desk().ask("budget", question), None
    except DinhError as error:
        return None, error


def _line(line: str, name: str, form: Form, found: Mapping[str, Any] | None, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:  # fmt: skip
    label, unit = names[line]
    places = []
    for side in SIDES:
        if name:
            automatic = str(found[side]["blocks"]) if found and line == "blocks" else ""
            places.append(Place(form.field(f"{side}_{name}", label, automatic)))
        else:
            places.append(_value(line, found[side]) if found else Place())
    return {"key": line, "label": label, "unit": unit, "places": places, "loud": line == "greatest_path_loss", "sum": line in ("eirp", "noise", "sensitivity", "required_sinr")}  # fmt: skip


def _value(line: str, told: Mapping[str, Any]) -> Place:
    if line == "time_share":
        return Place(value=told["time_share"] * 100, decimals=1)
    if line == "efficiency":
        return Place(value=told["efficiency"], decimals=3)
    if line == "bandwidth":
        return Place(value=told["lines"]["bandwidth"] / 1e6, decimals=2)
    return Place(value=told["lines"][line])


def _limiting(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    return "up" if found["up"]["loss_db"] < found["down"]["loss_db"] else "down"


def _model_name(one: Mapping[str, Any]) -> str:
    if one["code"] == "free":
        return _("Free space (ITU-R P.525)")
    return model_names()[one["code"]]


def _beyond() -> dict[str, str]:
    return {
        "frequency": _("frequency"), "distance": _("distance"), "base_height": _("height of the antennas"), "terminal_height": _("height of the terminal"),
        "street_width": _("width of streets"), "building_height": _("height of buildings"),
    }  # fmt: skip

"""A scenario as a report on A4: all words and numbers come ready from here, the page only sets them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from dinh.kernel.vietnamese_text import format_moment, format_number
from dinh.systems.network_5g.domain import Mast
from dinh.systems.network_5g.exports import sources
from dinh.systems.network_5g.exports.contents import (
    BandCapacity,
    CellLoad,
    CommuneFigures,
    LevelShare,
    MapPicture,
    ReportInput,
    Step,
)
from dinh.web import typesetting
from dinh.web.words import said

__all__ = ["BandCapacity", "CellLoad", "CommuneFigures", "LevelShare", "MapPicture", "ReportInput", "Step", "report_data", "report_pdf"]  # fmt: skip

PAGE: Final = "report_page.txt"
WORST: Final = 20
MOST_MASTS: Final = 2_000
"""Longer lists are told to be cut: the workbook has them whole."""
MOST_OUTSIDE: Final = 60
_UNITS: Final = {"level": "dBm", "sinr": "dB", "throughput": "Mb/s", "server": ""}
FULL: Final = 1.0
BUSY: Final = 0.7


def report_pdf(told: ReportInput, language: str) -> bytes:
    """PDF/UA-1. Raises as `typesetting.typeset_apart`."""
    pictures = {_picture(number): drawn.png for number, drawn in enumerate(told.maps)}
    return typesetting.typeset_apart(page(), report_data(told, language), pictures=pictures, longest_s=120)


def page() -> str:
    return (files("dinh.systems.network_5g") / "exports" / PAGE).read_text(encoding="utf-8")


def _picture(number: int) -> str:
    return f"map{number}.png"


def report_data(told: ReportInput, language: str) -> dict[str, Any]:
    """Blocks in the order of the page: headings, paragraphs, notes, facts, maps and tables."""
    with override(language):
        return _Report(told, language).data()


class _Report:
    def __init__(self, told: ReportInput, language: str) -> None:
        self.told, self.language = told, language
        self.masts = {mast.code: mast for mast in told.masts}

    def data(self) -> dict[str, Any]:
        told = self.told
        blocks = [
            *self._summary(),
            *self._maps(),
            *self._coverage(),
            *self._capacity(),
            *self._loads(),
            *self._communes(),
            *self._masts(),
            *self._settings(),
            *self._assumed(),
            *self._inputs(),
        ]
        return {
            "language": self.language,
            "title": told.title,
            "summary": _("Plan of a 5G network in %(area)s") % {"area": told.area_name},
            "author": told.organisation or "Đình",
            "dated": told.made_at.isoformat(),
            "over": told.organisation or "Đình",
            "made": format_moment(told.made_at, self.language),
            "generated": _("Contains generated data: not a survey, not for decisions on real masts") if told.generated else "",
            "foot": _("generated data") if told.generated else "",
            "calculation": _("Calculation %(digest)s") % {"digest": told.digest[:16]} if told.digest else "",
            "address": told.address,
            "north": pgettext("compass", "N"),
            "blocks": blocks,
        }  # fmt: skip

    def number(self, value: float | None, places: int = 0) -> str:
        return "–" if value is None or not math.isfinite(value) else format_number(float(value), places, self.language)

    def share(self, part: float, whole: float) -> str:
        if not whole > 0:
            return "–"
        # A network that misses one hamlet does not have 100 %.
        percent = 100 * part / whole
        places = 1 if percent < 99.95 or part >= whole else 2
        percent = min(percent, 99.99) if part < whole else percent
        return f"{self.number(percent, places)} %"

    def _summary(self) -> list[dict[str, Any]]:
        told = self.told
        cells = sum(len(mast.cells) for mast in told.masts)
        served = next((share for share in told.coverage if share.dbm == told.settings.served_dbm), None)
        stands = {standing: sum(mast.standing == standing for mast in told.masts) for standing in sources.STANDINGS}
        kinds = ", ".join(f"{self.number(count)} {said(sources.STANDINGS[kind])}" for kind, count in stands.items() if count)  # fmt: skip
        facts = [
            [_("Planning area"), f"{told.area_name}, {self.number(told.area_km2)} km²"],
            [_("Population"), self.number(told.people)],
            [_("Masts"), f"{self.number(len(told.masts))} ({kinds})" if kinds else self.number(0)],
            [_("Cells"), self.number(cells)],
            [_("Carriers"), self._carriers()],
            [_("Model"), sources.MODELS[told.settings.model]],
        ]
        if served is not None:
            facts[2:2] = [
                [_("People covered"), f"{self.share(served.people, told.people)} ({self.number(served.people)})"],
                [_("Area covered"), f"{self.share(served.area_km2, told.area_km2)} ({self.number(served.area_km2)} km²)"],
            ]  # fmt: skip
        overloaded = sum(load.asked > FULL for load in told.loads)
        if told.loads:
            word = ngettext("%(count)s of %(all)s cell overloaded", "%(count)s of %(all)s cells overloaded", len(told.loads))  # fmt: skip
            facts.append([_("Busy hour"), word % {"count": self.number(overloaded), "all": self.number(len(told.loads))}])  # fmt: skip
        covered = _("Covered is where the SS-RSRP is at least %(level)s dBm.") % {"level": self.number(told.settings.served_dbm)}  # fmt: skip
        return [{"type": "facts", "rows": facts}, *self._outside(), {"type": "paragraph", "text": covered}]

    def _outside(self) -> list[dict[str, Any]]:
        names = self.told.outside
        if not names:
            return []
        word = ngettext(
            "%(count)s mast stands outside of the planning area’s ground and is in no figure or map: %(names)s",
            "%(count)s masts stand outside of the planning area’s ground and are in no figure or map: %(names)s", len(names),
        )  # fmt: skip
        shown = ", ".join(names[:MOST_OUTSIDE]) + (", …" if len(names) > MOST_OUTSIDE else "")
        return [{"type": "note", "text": word % {"count": self.number(len(names)), "names": shown}}]

    def _carriers(self) -> str:
        return "; ".join(
            # Not broken within a carrier.
            f"{carrier.code} {self.number(carrier.frequency_mhz)} MHz, {self.number(carrier.bandwidth_mhz)} MHz".replace(
                " ", "\N{NO-BREAK SPACE}"
            )
            for carrier in self.told.settings.carriers
        )

    def _maps(self) -> list[dict[str, Any]]:
        if not self.told.maps:
            return []
        items = [self._map(number, drawn) for number, drawn in enumerate(self.told.maps)]
        return [{"type": "heading", "text": _("Maps")}, {"type": "maps", "items": items}]

    def _map(self, number: int, drawn: MapPicture) -> dict[str, Any]:
        name = {
            "level": _("Level (SS-RSRP)"), "sinr": _("SINR"), "throughput": _("Rate of a terminal"), "server": _("Serving cells"),
        }[drawn.kind]  # fmt: skip
        title = f"{name}, {drawn.band}" if drawn.band else name
        bar_m = _round_length(drawn.across_m / 3)
        return {
            "file": "/" + _picture(number),
            "title": title,
            "alt": _("Map of %(area)s: %(title)s") % {"area": self.told.area_name, "title": title},
            "bar": bar_m / drawn.across_m,
            "length": f"{self.number(bar_m / 1000)} km" if bar_m >= 1000 else f"{self.number(bar_m)} m",
            "unit": _UNITS[drawn.kind],
            "legend": [
                [step.colour, self._step(drawn.steps, place)] for place, step in enumerate(drawn.steps)
            ],
        }  # fmt: skip

    def _step(self, steps: Sequence[Step], place: int) -> str:
        least = steps[place].least
        most = steps[place - 1].least if place else None
        if least is None:
            return _("below %(level)s") % {"level": self.number(most)}
        if most is None:
            return _("from %(level)s") % {"level": self.number(least)}
        return f"{self.number(least)} … {self.number(most)}"

    def _coverage(self) -> list[dict[str, Any]]:
        told = self.told
        if not told.coverage:
            return []
        rows = [
            [
                _("from %(level)s") % {"level": f"{self.number(share.dbm)} dBm"}, self.number(share.people), self.share(share.people, told.people),
                self.number(share.area_km2, 1), self.share(share.area_km2, told.area_km2),
            ]
            for share in sorted(told.coverage, key=lambda share: -share.dbm)
        ]  # fmt: skip
        columns = [_("SS-RSRP"), _("Population"), _("Share"), _("Area, km²"), _("Share")]
        strong = [_("from %(level)s") % {"level": f"{self.number(told.settings.served_dbm)} dBm"}]
        return [{"type": "heading", "text": _("Coverage")}, _table(columns, rows, numeric=(1, 2, 3, 4), strong=strong)]

    def _capacity(self) -> list[dict[str, Any]]:
        if not self.told.bands:
            return []
        rows = [
            [
                band.band, self.number(band.cells), self.number(band.peak_mbps), self.number(band.mean_mbps),
                self.number(band.asked_mbps), self.number(band.carried_mbps), self.share(band.carried_mbps, band.asked_mbps),
            ]
            for band in self.told.bands
        ]  # fmt: skip
        columns = [
            _("Carrier"), _("Cells"), _("Peak, Mb/s"), _("Mean, Mb/s"), _("Asked, Mb/s"), _("Carried, Mb/s"), _("Share"),
        ]  # fmt: skip
        note = _("Peak is what one terminal can have at most; mean is the rate of one terminal alone, over the covered people; asked and carried are the busy hour of all cells.")  # fmt: skip
        return [
            {"type": "heading", "text": _("Capacity")},
            _table(columns, rows, numeric=range(1, 7)),
            {"type": "small", "text": note},
        ]

    def _loads(self) -> list[dict[str, Any]]:
        if not self.told.loads:
            return []
        worst = sorted(self.told.loads, key=lambda load: (-load.asked, load.mast, load.cell, load.band))
        rows, bad = [], []
        for place, load in enumerate(worst[:WORST]):
            mast = self.masts.get(load.mast)
            azimuth = mast.cells[load.cell].azimuth_deg if mast and load.cell < len(mast.cells) else None
            state = _("overloaded") if load.asked > FULL else _("busy") if load.asked > BUSY else _("free")
            if load.asked > FULL:
                bad.append(place)
            rows.append([
                mast.name if mast else load.mast, "–" if azimuth is None else f"{self.number(azimuth)}°", load.band,
                self.share(load.asked, 1.0) if load.asked <= 1 else f"{self.number(100 * load.asked)} %",
                self.number(load.people), self.number(load.area_km2, 1), state,
            ])  # fmt: skip
        columns = [_("Mast"), _("Azimuth"), _("Carrier"), _("Load"), _("Population"), _("Area, km²"), ""]
        note = _("The %(count)s fullest of %(all)s cells in the busy hour.") % {"count": self.number(len(rows)), "all": self.number(len(worst))}  # fmt: skip
        return [
            {"type": "heading", "text": _("Loads of cells")},
            {"type": "small", "text": note},
            _table(columns, rows, numeric=(1, 3, 4, 5), bad=bad),
        ]

    def _communes(self) -> list[dict[str, Any]]:
        if not self.told.communes:
            return []
        rows = [
            [
                commune.name, self.number(commune.people), self.number(commune.covered_people),
                self.share(commune.covered_people, commune.people), self.number(commune.area_km2, 1),
                self.share(commune.covered_km2, commune.area_km2),
            ]
            for commune in sorted(
                self.told.communes, key=lambda one: (one.covered_people - one.people, -one.people, one.name)
            )
        ]  # fmt: skip
        columns = [_("Commune"), _("Population"), _("Covered"), _("Share"), _("Area, km²"), _("Area covered")]
        note = _("Communes with the most people who are not covered come first.")
        return [
            {"type": "heading", "text": _("Communes")},
            {"type": "small", "text": note},
            _table(columns, rows, numeric=range(1, 6)),
        ]

    def _masts(self) -> list[dict[str, Any]]:
        if not self.told.masts:
            return [{"type": "heading", "text": _("Masts")}, {"type": "paragraph", "text": _("The scenario has no masts yet.")}]  # fmt: skip
        rows = [self._mast(mast) for mast in self.told.masts[:MOST_MASTS]]
        columns = [
            _("Mast"), _("Latitude"), _("Longitude"), _("Height, m"), _("Azimuths"), _("Standing"), _("Operator"),
        ]  # fmt: skip
        blocks = [
            {"type": "heading", "text": _("Masts")},
            _table(columns, rows, numeric=(1, 2, 3), loud=_("generated")),
        ]
        if len(self.told.masts) > MOST_MASTS:
            cut = _("The first %(count)s of %(all)s masts; the workbook has them all.") % {"count": self.number(MOST_MASTS), "all": self.number(len(self.told.masts))}  # fmt: skip
            blocks.append({"type": "small", "text": cut})
        return blocks

    def _mast(self, mast: Mast) -> list[str]:
        azimuths = list(dict.fromkeys(
            _("even") if cell.azimuth_deg is None else f"{self.number(cell.azimuth_deg)}°" for cell in mast.cells
        ))  # fmt: skip
        standing = said(sources.STANDINGS[mast.standing]) + (f", {_('generated')}" if mast.generated else "")
        return [
            mast.name, self.number(mast.latitude, 5), self.number(mast.longitude, 5), self.number(mast.antenna_height_m, 1),
            " ".join(azimuths), standing, mast.operator,
        ]  # fmt: skip

    def _settings(self) -> list[dict[str, Any]]:
        rows = settings_rows(self.told, self.language)
        carriers = [
            [
                carrier.code, carrier.technology.upper(), self.number(carrier.frequency_mhz, 1), self.number(carrier.bandwidth_mhz),
                self.number(carrier.subcarrier_khz), self.number(carrier.power_dbm, 1), self.number(carrier.layers),
                carrier.slots, carrier.pattern.name if carrier.pattern else _("usual sector"),
            ]
            for carrier in self.told.settings.carriers
        ]  # fmt: skip
        heads = [
            _("Carrier"), _("Technology"), "MHz", _("Bandwidth, MHz"), _("Subcarrier, kHz"), _("Power, dBm"), _("MIMO layers"), _("Slots"), _("Antenna"),
        ]  # fmt: skip
        return [
            {"type": "heading", "text": _("Settings")},
            _table([_("Setting"), _("Value")], [list(row) for row in rows], numeric=(1,)),
            _table(heads, carriers, numeric=range(2, 7)),
        ]

    def _assumed(self) -> list[dict[str, Any]]:
        made = [_("Made by a program, not surveyed: %(what)s.") % {"what": ", ".join(self._generated())}] if self.told.generated else []  # fmt: skip
        items = [said(sentence) for sentence in (*self.told.assumed, *sources.ASSUMED)]
        if self.told.people_source:
            items.insert(0, _("People of communes are those of: %(source)s.") % {"source": self.told.people_source})
        return [
            {"type": "heading", "text": _("What is assumed and what is generated")},
            *[{"type": "note", "text": sentence} for sentence in made],
            {"type": "list", "items": items},
            {"type": "heading", "text": _("Sources and models")},
            _table(
                [_("Quantity"), _("Source and clause")],
                [list(row) for row in sources.sources(self.told.settings)],
                wide=1,
            ),
        ]

    def _generated(self) -> list[str]:
        masts = sum(mast.generated for mast in self.told.masts)
        files_ = [f"{said(sources.ROLES[held.role])} ({held.name})" for held in self.told.inputs if held.generated]
        word = ngettext("%(count)s of %(all)s mast", "%(count)s of %(all)s masts", len(self.told.masts))
        told = [word % {"count": self.number(masts), "all": self.number(len(self.told.masts))}] if masts else []
        return [*told, *files_]

    def _inputs(self) -> list[dict[str, Any]]:
        if not self.told.inputs:
            return []
        rows = [
            [said(sources.ROLES[held.role]) + (f", {_('generated')}" if held.generated else ""), held.name, held.sha256]
            for held in self.told.inputs
        ]
        return [
            {"type": "heading", "text": _("Inputs")},
            _table([_("Data"), _("File"), "SHA-256"], rows, mono=2, loud=_("generated"), wide=2),
        ]


def settings_rows(told: ReportInput, language: str) -> Sequence[tuple[str, str]]:
    """(setting, value with its unit), in the language that is active."""
    settings = told.settings

    def number(value: float, places: int, unit: str) -> str:
        return f"{format_number(float(value), places, language)}{'' if unit == '°' else ' '}{unit}"

    return [
        (_("Model"), sources.MODELS[settings.model]),
        (_("Sight"), _("by terrain") if settings.sight == "terrain" else _("by probability")),
        (_("Radius of a mast"), number(settings.radius_km, 1, "km")),
        (_("Pixel"), number(told.pixel_m, 0, "m")),
        (_("Height of terminals"), number(settings.receiver_height_m, 1, "m")),
        (_("Noise figure of terminals"), number(settings.noise_figure_db, 1, "dB")),
        (_("Power of terminals"), number(settings.terminal_dbm, 0, "dBm")),
        (_("Gain of antennas, where a cell has none of its own"), number(settings.gain_dbi, 1, "dBi")),
        (_("Down-tilt, where a cell has none of its own"), number(settings.tilt_deg, 1, "°")),
        (_("Load for interference"), number(100 * settings.load, 0, "%")),
        (_("Covered from"), number(settings.served_dbm, 0, "dBm")),
        (_("Customers in all"), format_number(settings.subscribers, 0, language))
        if settings.subscribers is not None
        else (_("Customers among the people"), number(100 * settings.subscribers_share, 0, "%")),
        (_("Demand of a customer in the busy hour"), number(settings.busy_hour_kbps, 0, "kb/s")),
    ]


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = (), wide: int = 0,
    strong: Sequence[str] = (), bad: Sequence[int] = (), loud: str = "", mono: int = -1,
) -> dict[str, Any]:  # fmt: skip
    return {
        "type": "table", "columns": list(columns), "rows": rows, "numeric": [number in numeric for number in range(len(columns))],
        "wide": wide, "strong": list(strong), "bad": list(bad), "loud": loud, "mono": mono,
    }  # fmt: skip


def _round_length(metres: float) -> float:
    """The longest of 1, 2 or 5 times a power of ten that fits."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1.0)))
    return max((step * power for step in (1.0, 2.0, 5.0) if step * power <= metres), default=power)

"""A scenario as an Excel workbook: numbers as numbers, and no text that a sheet would run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from dinh.kernel.vietnamese_text import format_moment
from dinh.systems.network_5g.domain import Mast
from dinh.systems.network_5g.exports import report, sources
from dinh.systems.network_5g.exports.contents import CellLoad, ReportInput
from dinh.web.words import said

type Value = str | int | float | None
type Row = Sequence[Value]

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST_LETTERS: Final = 32_000
_HEAD: Final = Font(bold=True)
_LOUD: Final = PatternFill("solid", fgColor="FFFBE3E8")


def workbook(told: ReportInput, language: str) -> bytes:
    """Sheets: summary, masts, cells with their loads, communes, capacity, settings, inputs."""
    book = Workbook(write_only=True)
    with override(language):
        add_sheet(book, _("Summary"), _summary(told, language), widths=(34, 60), headed=False, loud=told.generated)
        add_sheet(book, _("Masts"), _masts(told.masts), widths=(16, 26, 12, 12, 10, 8, 14, 18, 12, 12))
        add_sheet(book, _("Cells"), _cells(told), widths=(16, 26, 8, 10, 10, 10, 10, 8, 10, 10, 10, 10))
        add_sheet(book, _("Communes"), _communes(told), widths=(10, 28, 12, 12, 10, 12, 14, 10))
        add_sheet(book, _("Capacity"), _bands(told), widths=(12, 8, 12, 12, 12, 12))
        add_sheet(book, _("Settings"), _settings(told, language), widths=(52, 28), headed=False)
        add_sheet(book, _("Inputs"), _inputs(told), widths=(26, 40, 70, 12))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def add_sheet(
    book: Workbook, title: str, rows: Iterable[Row], *, widths: Sequence[int], headed: bool = True, loud: bool = False
) -> None:
    page = book.create_sheet(title[:31])
    for number, width in enumerate(widths):
        page.column_dimensions[chr(65 + number)].width = width
    if headed:
        page.freeze_panes = "A2"
    for place, row in enumerate(rows):
        line = []
        for value in row:
            cell = WriteOnlyCell(page, value=_plain(value))
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
            if headed and place == 0:
                cell.font, cell.alignment = _HEAD, Alignment(wrap_text=True, vertical="top")
            elif loud and place == 0:
                cell.fill, cell.font = _LOUD, _HEAD
            line.append(cell)
        page.append(line)


def _plain(value: Value) -> Value:
    """Without what a workbook cannot hold."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)[:_MOST_LETTERS]
    return None if isinstance(value, float) and value != value else value


def _summary(told: ReportInput, language: str) -> Iterable[Row]:
    if told.generated:
        yield [_("Contains generated data: not a survey, not for decisions on real masts")]
    yield [_("Scenario"), told.title]
    yield [_("Organisation"), told.organisation]
    yield [_("Made"), format_moment(told.made_at, language)]
    yield [_("Planning area"), told.area_name]
    yield [_("Area, km²"), round(told.area_km2, 3)]
    yield [_("Population"), round(told.people)]
    yield [_("Masts"), len(told.masts)]
    yield [_("Cells"), sum(len(mast.cells) for mast in told.masts)]
    yield [_("Model"), sources.MODELS[told.settings.model]]
    yield [_("Calculation"), told.digest]
    yield [_("Address"), told.address]
    yield []
    yield [
        _("SS-RSRP, at least dBm"),
        _("Population"),
        _("Share of the people"),
        _("Area, km²"),
        _("Share of the area"),
    ]
    for share in sorted(told.coverage, key=lambda share: -share.dbm):
        yield [
            share.dbm, round(share.people), _share(share.people, told.people), round(share.area_km2, 3),
            _share(share.area_km2, told.area_km2),
        ]  # fmt: skip
    yield []
    yield [_("What is assumed and what is generated")]
    for sentence in (*told.assumed, *sources.ASSUMED):
        yield [said(sentence)]
    yield []
    yield [_("Sources and models")]
    yield from sources.sources(told.settings)


def _share(part: float, whole: float) -> float | None:
    """From 0 to 1, None of nothing."""
    return round(part / whole, 6) if whole > 0 else None


def _masts(masts: Sequence[Mast]) -> Iterable[Row]:
    yield [
        _("Code"), _("Mast"), _("Latitude"), _("Longitude"), _("Height, m"), _("Cells"), _("Standing"), _("Operator"),
        _("Backhaul"), _("generated"),
    ]  # fmt: skip
    for mast in masts:
        yield [
            mast.code, mast.name, mast.latitude, mast.longitude, mast.antenna_height_m, len(mast.cells),
            said(sources.STANDINGS[mast.standing]), mast.operator, said(sources.BACKHAUL[mast.backhaul]) if mast.backhaul else "",
            _("yes") if mast.generated else _("no"),
        ]  # fmt: skip


def _cells(told: ReportInput) -> Iterable[Row]:
    yield [
        _("Code"), _("Mast"), _("Cell"), _("Azimuth"), _("Down-tilt"), _("Power, dBm"), _("Gain, dBi"), "PCI", _("Carrier"),
        _("Load"), _("Population"), _("Area, km²"),
    ]  # fmt: skip
    loads: dict[tuple[str, int], list[CellLoad]] = {}
    for load in told.loads:
        loads.setdefault((load.mast, load.cell), []).append(load)
    for mast in told.masts:
        for place, cell in enumerate(mast.cells):
            own: list[Value] = [mast.code, mast.name, place + 1, cell.azimuth_deg, cell.tilt_deg, cell.power_dbm, cell.gain_dbi, cell.pci]  # fmt: skip
            found = loads.get((mast.code, place))
            for load in found or ():
                yield [*own, load.band, round(load.asked, 6), round(load.people), round(load.area_km2, 3)]
            if not found:
                yield [*own, " ".join(cell.bands)]


def _communes(told: ReportInput) -> Iterable[Row]:
    yield [
        _("Code"), _("Commune"), _("Population"), _("Covered"), _("Share"), _("Area, km²"), _("Area covered, km²"), _("Share"),
    ]  # fmt: skip
    for one in told.communes:
        yield [
            one.code, one.name, round(one.people), round(one.covered_people), _share(one.covered_people, one.people),
            round(one.area_km2, 3), round(one.covered_km2, 3), _share(one.covered_km2, one.area_km2),
        ]  # fmt: skip


def _bands(told: ReportInput) -> Iterable[Row]:
    yield [_("Carrier"), _("Cells"), _("Peak, Mb/s"), _("Mean, Mb/s"), _("Asked, Mb/s"), _("Carried, Mb/s")]
    for band in told.bands:
        figures: Mapping[str, float] = {
            "peak": band.peak_mbps, "mean": band.mean_mbps, "asked": band.asked_mbps, "carried": band.carried_mbps,
        }  # fmt: skip
        yield [band.band, band.cells, *(round(value, 3) for value in figures.values())]


def _settings(told: ReportInput, language: str) -> Iterable[Row]:
    yield from report.settings_rows(told, language)
    yield []
    yield [
        _("Carrier"), _("Technology"), "MHz", _("Bandwidth, MHz"), _("Subcarrier, kHz"), _("Power, dBm"), _("MIMO layers"), _("Slots"),
    ]  # fmt: skip
    for carrier in told.settings.carriers:
        yield [
            carrier.code, carrier.technology.upper(), carrier.frequency_mhz, carrier.bandwidth_mhz, carrier.subcarrier_khz,
            carrier.power_dbm, carrier.layers, carrier.slots,
        ]  # fmt: skip


def _inputs(told: ReportInput) -> Iterable[Row]:
    yield [_("Data"), _("File"), "SHA-256", _("generated")]
    for held in told.inputs:
        yield [said(sources.ROLES[held.role]), held.name, held.sha256, _("yes") if held.generated else _("no")]

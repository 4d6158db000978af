"""What fails first, as files: an Excel workbook and a CSV of the same figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from dinh.systems.network_5g.exports.site_list import harmless
from dinh.systems.network_5g.exports.workbook import Row, add_sheet

COLUMNS: Final = (
    "carrier", "factor", "customers", "demand_mbps", "cells", "cells_full", "busiest_load", "mbps_5_percent", "mbps_50_percent",
    "mbps_95_percent",
)  # fmt: skip


def growth_csv(found: Mapping[str, Any]) -> bytes:
    """A row for each carrier and factor; names of columns carry their units. UTF-8 with a byte order mark."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(COLUMNS)
    for row in _steps(found):
        rows.writerow([harmless(value) if isinstance(value, str) else "" if value is None else value for value in row])
    return ("\ufeff" + buffer.getvalue()).encode()


def growth_workbook(
    found: Mapping[str, Any], *, title: str, names: Mapping[str, str], generated: bool, language: str
) -> bytes:
    """Sheets: growth by factor, and the cells that fail first. `names` are those of masts by code."""
    book = Workbook(write_only=True)
    with override(language):
        add_sheet(book, _("What fails first"), _summary(found, title, generated), widths=(46, 20, 20), headed=False, loud=generated)  # fmt: skip
        add_sheet(book, _("Growth"), _growth(found), widths=(10, 12, 12, 14, 10, 10, 14, 14, 14, 14))
        add_sheet(book, _("Cells that fail first"), _cells(found, names), widths=(10, 8, 16, 30, 8, 16, 14))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _summary(found: Mapping[str, Any], title: str, generated: bool) -> Iterable[Row]:
    if generated:
        yield [_("Contains generated data: not a survey, not for decisions on real masts")]
    yield [_("Scenario"), title]
    yield [_("Customers today"), round(found["customers"])]
    yield [_("Population"), round(found["people"])]
    for code, one in found["carriers"].items():
        yield [_("First full cell at, times today’s demand"), code, None if one["first"] is None else round(one["first"], 3)]  # fmt: skip


def _growth(found: Mapping[str, Any]) -> Iterable[Row]:
    yield [
        _("Carrier"), _("Times today’s demand"), _("Customers"), _("Demand, Mb/s"), _("Cells"), _("Full cells"),
        _("Load of the fullest cell"), _("5 of 100 get less than, Mb/s"), _("Half get less than, Mb/s"), _("95 of 100 get less than, Mb/s"),
    ]  # fmt: skip
    yield from _steps(found)


def _steps(found: Mapping[str, Any]) -> Iterable[Row]:
    for code, one in found["carriers"].items():
        for step in one["steps"]:
            rates = [None if rate is None else round(rate, 2) for rate in step["percentiles_mbps"]]
            yield [
                code, step["factor"], round(found["customers"] * step["factor"]), round(step["demand_mbps"], 2), one["cells"], step["full"],
                round(step["busiest"], 4), *rates,
            ]  # fmt: skip


def _cells(found: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[Row]:
    yield [_("Carrier"), _("Order"), _("Code"), _("Mast"), _("Cell"), _("Full at, times today"), _("Load today")]
    for code, one in found["carriers"].items():
        for place, cell in enumerate(one["order"], start=1):
            yield [
                code, place, cell["mast"], names.get(cell["mast"], cell["mast"]), cell["cell"] + 1, round(cell["factor"], 3),
                round(cell["load"], 4),
            ]  # fmt: skip

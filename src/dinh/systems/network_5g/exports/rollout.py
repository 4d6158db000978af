"""A rollout as a workbook and as a list of masts in the order of building."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook

from dinh.systems.network_5g.domain import Standing
from dinh.systems.network_5g.exports import sources
from dinh.systems.network_5g.exports.site_list import harmless
from dinh.systems.network_5g.exports.workbook import Row, add_sheet
from dinh.systems.network_5g.programme_tables import RolloutTables
from dinh.web.words import said


def workbook(found: RolloutTables, title: str, terms: Sequence[tuple[str, str, str]], *, generated: bool) -> bytes:
    """`terms` are names, values and units of what was assumed."""
    book = Workbook(write_only=True)
    add_sheet(
        book,
        _("Summary"),
        _summary(found, title, generated=generated),
        widths=(44, 24, 16),
        headed=False,
        loud=generated,
    )
    add_sheet(book, _("Quarters"), _quarters(found), widths=(14, 60, 14, 12, 14, 12, 16, 16, 14))
    add_sheet(book, _("Masts"), mast_rows(found), widths=(8, 14, 14, 28, 16, 16, 16, 14, 16))
    add_sheet(book, _("Communes"), _communes(found), widths=(30, 12, 12, 18, 22, 14, 14, 14))
    add_sheet(book, _("Assumptions"), [[_("Assumption"), _("Value"), _("Unit")], *terms], widths=(48, 18, 20))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def mast_list(found: RolloutTables) -> bytes:
    """UTF-8 with a byte order mark, which sheets need to read Vietnamese."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    for row in mast_rows(found):
        rows.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return ("\ufeff" + buffer.getvalue()).encode("utf-8", "replace")


def mast_rows(found: RolloutTables) -> Iterable[Row]:
    yield [
        _("Order"), _("Quarter"), _("Code"), _("Mast"), _("Standing"), _("To build, million đồng"), _("A year, million đồng"),
        _("kWh a year"), _("Electricity a year, million đồng"),
    ]  # fmt: skip
    for mast in found.masts:
        yield [
            mast.order or None, mast.when, mast.code, mast.name, said(sources.STANDINGS[Standing(mast.standing)]), round(mast.once, 3),
            round(mast.a_year, 3), round(mast.kwh), round(mast.current, 3),
        ]  # fmt: skip


def _summary(found: RolloutTables, title: str, *, generated: bool) -> Iterable[Row]:
    if generated:
        yield [_("Contains generated data: not a survey, not for decisions on real masts")]
    ends = found.ends
    yield [_("Scenario"), title]
    yield [_("Carrier that covers"), found.carrier]
    yield [_("Quarters"), ends.number]
    yield [_("People covered at the end"), round(ends.people), round(ends.people_share, 6)]
    yield [_("Area covered at the end, km²"), round(ends.km2, 3), round(ends.km2_share, 6)]
    yield [_("Communes without coverage"), len(found.without), round(found.people_without)]
    yield []
    yield [_("To build, million đồng")]
    for name, value in found.parts:
        yield [name, round(value, 3)]
    yield [_("In all"), round(ends.cost, 3)]
    yield []
    yield [_("A year at the end, million đồng")]
    for name, value in found.yearly:
        yield [name, round(value, 3)]
    yield [_("In all"), round(found.a_year, 3)]
    yield [_("kWh a year"), round(found.kwh)]


def _quarters(found: RolloutTables) -> Iterable[Row]:
    yield [
        _("Quarter"), _("Masts to build, in order"), _("People covered"), _("Share"), _("Area covered, km²"), _("Share"),
        _("Built so far, million đồng"), _("A year then, million đồng"), _("Communes without coverage"),
    ]  # fmt: skip
    for one in found.quarters:
        yield [
            one.name, ", ".join(mast.name for mast in one.masts), round(one.people), round(one.people_share, 6), round(one.km2, 3),
            round(one.km2_share, 6), round(one.cost, 3), round(one.a_year, 3), one.without,
        ]  # fmt: skip


def _communes(found: RolloutTables) -> Iterable[Row]:
    yield [
        _("Commune"), _("Population"), _("Area, km²"), _("First coverage"), _("Half of its people covered"), _("Share at the end"),
        _("Covered"), _("Area covered, km²"),
    ]  # fmt: skip
    for one in found.communes:
        yield [
            one.name, round(one.people), round(one.km2, 3), one.first_name, one.half_name, round(one.share, 6), round(one.covered_people),
            round(one.covered_km2, 3),
        ]  # fmt: skip

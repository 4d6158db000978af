"""The inbox as a table for other programs: CSV and XLSX, times in Vietnam, nothing that a sheet would execute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from dinh.kernel.clock import VIETNAM
from dinh.systems.work.queries import Shown

type Cell = str | int | datetime | None
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def headings() -> Sequence[str]:
    return (
        _("Number"), _("Title"), _("Severity"), _("Kind"), _("State"), _("Place"), _("Case owner"), _("Organisation"),
        _("Opened at"), _("Owner due at"), _("Due at"), _("Closed at"), _("Reason"), _("Simulated"),
    )  # fmt: skip


def cells(row: Shown, language: str) -> Sequence[Cell]:
    case = row.case
    return (
        case.number_text,
        case.name(language),
        case.severity,
        row.type_name.in_(language),
        row.state_name.in_(language),
        row.place.name(language) if row.place else case.place,
        row.owner.name(language) if row.owner else case.owner,
        row.organisation.name(language) if row.organisation else case.organisation,
        case.opened_at,
        case.owner_due_at,
        case.due_at,
        case.closed_at,
        case.reason,
        _("yes") if case.simulated else "",
    )


def harmless(cell: Cell) -> Cell:
    """Text that a sheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA) else cell


def csv_lines(rows: Iterable[Shown], language: str) -> Iterator[str]:
    """UTF-8 with a byte order mark, which sheets need to read Vietnamese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    writer.writerow(headings())
    for row in rows:
        writer.writerow(
            cell.astimezone(VIETNAM).isoformat(timespec="seconds") if isinstance(cell, datetime) else harmless(cell)
            for cell in cells(row, language)
        )
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def xlsx(rows: Iterable[Shown], language: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Cases"))
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJKLMN", (13, 48, 12, 14, 18, 22, 22, 28, 17, 17, 17, 17, 40, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    titles = []
    for heading in headings():
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        titles.append(cell)
    sheet.append(titles)
    for row in rows:
        line = []
        for value in cells(row, language):
            if isinstance(value, datetime):
                cell = WriteOnlyCell(sheet, value=value.astimezone(VIETNAM).replace(tzinfo=None))
                cell.number_format = "dd/mm/yyyy hh:mm"
            else:
                cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
            line.append(cell)
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

"""Who is whose neighbour as a list, which network management takes: a row for each pair, one way."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from dinh.systems.network_5g.exports.site_list import harmless
from dinh.systems.network_5g.exports.workbook import add_sheet

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Pair(NamedTuple):
    """Cells count from 1; `share` of the cell's people who hear the neighbour nearly as strongly, 0 to 1."""

    mast: str
    name: str
    cell: int
    pci: int | None
    neighbour: str
    neighbour_name: str
    neighbour_cell: int
    neighbour_pci: int | None
    share: float


def made(form: str, pairs: Sequence[Pair], language: str) -> bytes:
    return _csv(pairs) if form == "csv" else _xlsx(pairs, language)


def _csv(pairs: Sequence[Pair]) -> bytes:
    """UTF-8 with a byte order mark, as the list of sites."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(Pair._fields)
    for pair in pairs:
        rows.writerow([harmless(value) if isinstance(value, str) else value for value in (*pair[:-1], round(pair.share, 4))])  # fmt: skip
    return ("\ufeff" + buffer.getvalue()).encode("utf-8", "replace")


def _xlsx(pairs: Sequence[Pair], language: str) -> bytes:
    book = Workbook(write_only=True)
    with override(language):
        heads = (_("Code"), _("Mast"), _("Cell"), "PCI", _("Code of the neighbour"), _("Neighbour"), _("Its cell"), _("Its PCI"), _("Overlap"))  # fmt: skip
        add_sheet(book, _("Neighbours"), [heads, *((*pair[:-1], round(pair.share, 4)) for pair in pairs)], widths=(12, 28, 8, 8, 12, 28, 8, 8, 10))  # fmt: skip
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

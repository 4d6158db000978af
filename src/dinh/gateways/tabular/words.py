"""Problems in the language of whoever reads them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from dinh.gateways.tabular.problems import Problem

CAUSES = {
    "row.cells": gettext_lazy("Rows with too many or too few cells"),
    "number.not_number": gettext_lazy("No number"),
    "number.ambiguous": gettext_lazy("Number that can be read both ways"),
    "number.percent": gettext_lazy("Percentage among other values"),
    "period.not_date": gettext_lazy("No date or period"),
    "period.none": gettext_lazy("Without a date or period"),
    "place.unknown": gettext_lazy("Unknown place"),
    "place.ambiguous": gettext_lazy("Place of several places’ name"),
    "place.none": gettext_lazy("Without a place"),
    "place.not_permitted": gettext_lazy("Place that you may not record for"),
    "place.refused": gettext_lazy("Place that cannot be saved"),
    "indicator.unknown": gettext_lazy("Unknown indicator"),
    "indicator.none": gettext_lazy("Values of no indicator"),
    "coordinate.none": gettext_lazy("Without coordinates"),
    "coordinate.outside": gettext_lazy("Coordinates outside of Vietnam"),
}
WORDS = {
    "row.cells": gettext_lazy("The row has more or fewer cells than the header. Quote texts that hold the delimiter."),
    "number.not_number": gettext_lazy("This is no number. Write it like 1.234,5, or leave the cell empty."),
    "number.ambiguous": gettext_lazy("This may be 1234 or 1.234. Choose the decimal mark of the column."),
    "number.percent": gettext_lazy(
        "The cell is a percentage, the column is not. Choose % as the unit, or take the sign away."
    ),
    "period.not_date": gettext_lazy(
        "This is no date or period. Write it like 31/12/2025, 12/2025, quý I/2025 or 2025."
    ),
    "period.none": gettext_lazy(
        "The row has no date or period. Choose its column, or give one period for the whole table."
    ),
    "place.unknown": gettext_lazy(
        "No place has this name. Choose the place meant; the choice is kept with the mapping."
    ),
    "place.ambiguous": gettext_lazy("Several places have this name. Choose the one meant, or the level of the units."),
    "place.none": gettext_lazy("The row names no place. Fill it in, or take the row away."),
    "place.not_permitted": gettext_lazy(
        "You may not record for this place. Ask its data engineer, or take the row away."
    ),
    "indicator.unknown": gettext_lazy("No indicator has this name. Choose one, or have it declared."),
    "indicator.none": gettext_lazy("The cell belongs to no indicator. Choose one for the column."),
    "coordinate.none": gettext_lazy("The row has no coordinates. Fill in both, or take the row away."),
    "coordinate.outside": gettext_lazy(
        "The coordinates lie outside of Vietnam. Check the zone, the axes and the digits."
    ),
    "place.refused": gettext_lazy("The place cannot be saved."),
}
"""The remedies once more, as literals that the catalogues find; a test holds them equal."""

OF_ENGINES = (
    gettext_noop("the file is empty; give one that holds a table"),
    gettext_noop("'{encoding}' is no encoding that Đình reads; choose one of {known}"),
    gettext_noop("the workbook has no sheet '{sheet}'; it has {known}"),
    gettext_noop("the table has {columns} columns; give at most {most}"),
    gettext_noop("the workbook unpacks to {size} MB; save its table as CSV and give that"),
    gettext_noop(
        "a zone of {width}° around {meridian}° is none of VN-2000; give 3 or 6 degrees and a meridian from 102 to 117"
    ),
)
"""What the engine of tables says: engines have no catalogues of their own."""


def cause(code: str) -> str:
    return str(CAUSES[code]) if code in CAUSES else code


def remedy(problem: Problem) -> str:
    """What the house says of a reading stays as it was said."""
    if problem.detail and problem.code not in ("row.cells",):
        return problem.detail
    return str(WORDS.get(problem.code, problem.code))


def told(problem: Problem) -> str:
    """One problem in a line of the file of refused rows."""
    where = f"[{problem.column}] " if problem.column else ""
    return _("row %(row)d: %(where)s%(remedy)s") % {"row": problem.row, "where": where, "remedy": remedy(problem)}

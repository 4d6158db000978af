"""Problems in the language of whoever reads them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dinh.gateways.tabular.problems import REMEDIES, Problem

CAUSES = {
    "row.cells": gettext_noop("Rows with too many or too few cells"),
    "number.not_number": gettext_noop("No number"),
    "number.ambiguous": gettext_noop("Number that can be read both ways"),
    "number.percent": gettext_noop("Percentage among other values"),
    "period.not_date": gettext_noop("No date or period"),
    "period.none": gettext_noop("Without a date or period"),
    "place.unknown": gettext_noop("Unknown place"),
    "place.ambiguous": gettext_noop("Place of several places’ name"),
    "place.none": gettext_noop("Without a place"),
    "place.not_permitted": gettext_noop("Place that you may not record for"),
    "place.refused": gettext_noop("Place that cannot be saved"),
    "indicator.unknown": gettext_noop("Unknown indicator"),
    "indicator.none": gettext_noop("Values of no indicator"),
    "coordinate.none": gettext_noop("Without coordinates"),
    "coordinate.outside": gettext_noop("Coordinates outside of Vietnam"),
}
WORDS = (
    gettext_noop("The row has more or fewer cells than the header. Quote texts that hold the delimiter."),
    gettext_noop("This is no number. Write it like 1.234,5, or leave the cell empty."),
    gettext_noop("This may be 1234 or 1.234. Choose the decimal mark of the column."),
    gettext_noop("The cell is a percentage, the column is not. Choose % as the unit, or take the sign away."),
    gettext_noop("This is no date or period. Write it like 31/12/2025, 12/2025, quý I/2025 or 2025."),
    gettext_noop("The row has no date or period. Choose its column, or give one period for the whole table."),
    gettext_noop("No place has this name. Choose the place meant; the choice is kept with the mapping."),
    gettext_noop("Several places have this name. Choose the one meant, or the level of the units."),
    gettext_noop("The row names no place. Fill it in, or take the row away."),
    gettext_noop("You may not record for this place. Ask its data engineer, or take the row away."),
    gettext_noop("No indicator has this name. Choose one, or have it declared."),
    gettext_noop("The cell belongs to no indicator. Choose one for the column."),
    gettext_noop("The row has no coordinates. Fill in both, or take the row away."),
    gettext_noop("The coordinates lie outside of Vietnam. Check the zone, the axes and the digits."),
    gettext_noop("The place cannot be saved."),
)
"""The remedies once more, as literals that the catalogues find; a test holds them equal."""


def cause(code: str) -> str:
    return _(CAUSES[code]) if code in CAUSES else code


def remedy(problem: Problem) -> str:
    """What the house says of a reading stays as it was said."""
    if problem.detail and problem.code not in ("row.cells",):
        return problem.detail
    return _(REMEDIES[problem.code]) if problem.code in REMEDIES else problem.code


def told(problem: Problem) -> str:
    """One problem in a line of the file of refused rows."""
    where = f"[{problem.column}] " if problem.column else ""
    return _("row %(row)d: %(where)s%(remedy)s") % {"row": problem.row, "where": where, "remedy": remedy(problem)}

"""What an entry of the catalogue must satisfy, whoever declares it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from dinh.kernel import units
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, RuleSpec, Text
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.observations.api import SourceRow

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LONGEST_NAME: Final = 200


def _refuse(what: str, code: str, field: str, value: object, remedy: str) -> Invalid:
    return Invalid(
        "observations.bad_declaration",
        "{what} '{code}': {field} is {value}; {remedy}",
        what=what,
        code=code[:100],
        field=field,
        value=repr(value)[:100],
        remedy=remedy,
    )


def _check_code(what: str, code: str) -> None:
    if not _CODE.fullmatch(code):
        remedy = "use at most 64 small letters, digits, dots, hyphens and underscores, like water.salinity"
        raise _refuse(what, code, "code", code, remedy)


def _checked_name(what: str, code: str, field: str, name: Text) -> Text:
    clean = Text(nfc(name.vi), nfc(name.en))
    for language in ("vi", "en"):
        text = clean.in_(language)
        if not 0 < len(text) <= LONGEST_NAME:
            raise _refuse(
                what, code, f"{field}.{language}", text, f"give a text of 1 to {LONGEST_NAME} letters in both languages"
            )
    return clean


def _check_number(what: str, code: str, field: str, value: float | None) -> None:
    if value is not None and not math.isfinite(value):
        raise _refuse(what, code, field, value, "give a finite number or leave it out")


def _check_period(what: str, code: str, period: timedelta | None) -> None:
    if period is not None and period <= timedelta(0):
        raise _refuse(what, code, "period", period, "give a length of time above zero or leave it out")


def checked_indicator(spec: IndicatorSpec) -> IndicatorSpec:
    """The spec with its texts in NFC. Raises Invalid `observations.bad_declaration` or `unit.unknown`."""
    what, code = "indicator", spec.code
    _check_code(what, code)
    for field in ("target", "valid_min", "valid_max"):
        _check_number(what, code, field, getattr(spec, field))
    if spec.valid_min is not None and spec.valid_max is not None and spec.valid_min > spec.valid_max:
        raise _refuse(what, code, "valid_min", spec.valid_min, f"give at most valid_max, {spec.valid_max}")
    _check_period(what, code, spec.period)
    if not 0 <= spec.decimals <= 9:
        raise _refuse(what, code, "decimals", spec.decimals, "give 0 to 9")
    if (spec.numerator is None) != (spec.denominator is None):
        raise _refuse(what, code, "numerator", spec.numerator, "name both parts of the ratio or none")
    if spec.numerator is not None and spec.kind is not Kind.RATIO:
        raise _refuse(what, code, "kind", spec.kind.value, "only a ratio has a numerator and a denominator")
    if spec.kind is Kind.INDEX and spec.over_place is Aggregation.SUM:
        raise _refuse(what, code, "over_place", "sum", "an index cannot be summed over places; give none, min or max")
    if spec.unit not in units.DISPLAY:
        try:
            units.conversion(spec.unit, "1")
        except Invalid as error:
            if error.code == "unit.unknown":
                raise _refuse(
                    what, code, "unit", spec.unit, "give a UCUM code, like mg/L, Cel or 1 for a bare number"
                ) from error
    return replace(
        spec,
        name=_checked_name(what, code, "name", spec.name),
        domain=_checked_name(what, code, "domain", spec.domain),
    )


def checked_rule(spec: RuleSpec) -> RuleSpec:
    """Raises Invalid `observations.bad_declaration`."""
    what, code = "rule", spec.code
    _check_code(what, code)
    for field in ("above", "below", "clear_at"):
        _check_number(what, code, field, getattr(spec, field))
    if (spec.above is None) == (spec.below is None):
        raise _refuse(what, code, "above", spec.above, "give either above or below")
    if spec.above is not None and spec.clear_at is not None and spec.clear_at > spec.above:
        raise _refuse(what, code, "clear_at", spec.clear_at, f"give at most above, {spec.above}")
    if spec.below is not None and spec.clear_at is not None and spec.clear_at < spec.below:
        raise _refuse(what, code, "clear_at", spec.clear_at, f"give at least below, {spec.below}")
    if spec.lasting < timedelta(0):
        raise _refuse(what, code, "lasting", spec.lasting, "give zero or more")
    return replace(spec, name=_checked_name(what, code, "name", spec.name))


def checked_source(row: SourceRow) -> SourceRow:
    """Raises Invalid `observations.bad_declaration`."""
    _check_code("source", row.code)
    _check_period("source", row.code, row.period)
    name = _checked_name("source", row.code, "name", Text(row.name_vi, row.name_en))
    return replace(row, name_vi=name.vi, name_en=name.en)


def checked_name_of(what: str, code: str, name: Text) -> Text:
    """Code and name as every entry has them. Raises Invalid `observations.bad_declaration`."""
    _check_code(what, code)
    return _checked_name(what, code, "name", name)

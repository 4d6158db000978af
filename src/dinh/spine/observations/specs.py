"""What an entry of the catalogue must satisfy, whoever declares it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, Final

from dinh.kernel import units
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.kernel.specs import RuleKind
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.observations.api import SourceRow
from dinh.spine.observations.judging import combination

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
    if spec.kind in {RuleKind.MISSING, RuleKind.COMBINATION}:
        if not (spec.above is None and spec.below is None and spec.clear_at is None):
            raise _refuse(what, code, "above", spec.above, "leave limits out: this kind of rule has none of its own")
    elif (spec.above is None) == (spec.below is None):
        raise _refuse(what, code, "above", spec.above, "give either above or below")
    if spec.above is not None and spec.clear_at is not None and spec.clear_at > spec.above:
        raise _refuse(what, code, "clear_at", spec.clear_at, f"give at most above, {spec.above}")
    if spec.below is not None and spec.clear_at is not None and spec.clear_at < spec.below:
        raise _refuse(what, code, "clear_at", spec.clear_at, f"give at least below, {spec.below}")
    if spec.lasting < timedelta(0):
        raise _refuse(what, code, "lasting", spec.lasting, "give zero or more")
    _check_kind(spec)
    _check_when(spec)
    return replace(spec, name=_checked_name(what, code, "name", spec.name), subjects=tuple(spec.subjects))


def indicators_of(spec: RuleSpec) -> list[str]:
    """Everything that a rule looks at, its own indicator first."""
    codes = [spec.indicator]
    if spec.kind is RuleKind.COMBINATION:
        codes += [leaf.indicator for leaf in combination.read(spec.conditions)[0]]
    return list(dict.fromkeys(codes))


def _check_kind(spec: RuleSpec) -> None:
    what, code = "rule", spec.code
    if spec.kind is RuleKind.UNUSUAL:
        if spec.above is None or spec.above <= 0:
            raise _refuse(what, code, "above", spec.above, "give how many times the usual spread, above zero")
        if spec.side not in {"both", "high", "low"}:
            raise _refuse(what, code, "side", spec.side, "give both, high or low")
        if not 1 <= spec.weeks <= 26:
            raise _refuse(what, code, "weeks", spec.weeks, "give 1 to 26")
        most = spec.weeks if spec.weekly else 7 * spec.weeks
        if not 2 <= spec.least_days <= most:
            raise _refuse(what, code, "least_days", spec.least_days, f"give 2 to {most}, the days that can be known")
    for field, least, most_time in (
        ("silent_for", timedelta(minutes=1), timedelta(days=30)),
        ("window", timedelta(seconds=10), timedelta(days=2)),
        ("per", timedelta(seconds=1), timedelta(days=31)),
    ):
        value = getattr(spec, field)
        if value is not None and not least <= value <= most_time:
            raise _refuse(what, code, field, value, f"give {least} to {most_time}")
    if spec.periods is not None and not 1 <= spec.periods <= 1000:
        raise _refuse(what, code, "periods", spec.periods, "give 1 to 1000")
    if spec.kind is RuleKind.COMBINATION:
        combination.read(spec.conditions)
        if spec.at not in {"subject", "commune"}:
            raise _refuse(what, code, "at", spec.at, "give subject or commune")


def _check_when(spec: RuleSpec) -> None:
    if spec.hours is not None:
        first, last = spec.hours
        if not (0 <= first < 1440 and 0 <= last <= 1440 and first != last):
            raise _refuse("rule", spec.code, "hours", spec.hours, "give two different times of the day")
    if any(not 0 <= day <= 6 for day in spec.weekdays):
        raise _refuse("rule", spec.code, "weekdays", spec.weekdays, "give 0 for Monday to 6 for Sunday")


_TIMES: Final = ("silent_for", "window", "per", "lasting")
_OWN: Final = frozenset({"code", "indicator", "name", "severity", "above", "below", "clear_at", "lasting", "case_type", "kind"})  # fmt: skip


def rule_settings(spec: RuleSpec) -> dict[str, Any]:
    """What has no column of its own and is not at its default, as JSON."""
    usual = {field.name: field.default for field in fields(RuleSpec)}
    found: dict[str, Any] = {}
    for name in usual:
        value = getattr(spec, name)
        if name in _OWN or value == usual[name]:
            continue
        found[name] = value.total_seconds() if name in _TIMES else list(value) if isinstance(value, tuple) else value
    return found


def rule_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `rule_settings`."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name in _TIMES:
            value = timedelta(seconds=value)
        elif isinstance(value, list):
            value = tuple(value)
        found[name] = value
    return found


def rule_json(spec: RuleSpec) -> dict[str, Any]:
    """All of a rule as JSON, for its history and the ledger."""
    return {
        "code": spec.code,
        "indicator": spec.indicator,
        "name_vi": spec.name.vi,
        "name_en": spec.name.en,
        "severity": spec.severity.value,
        "kind": spec.kind.value,
        "above": spec.above,
        "below": spec.below,
        "clear_at": spec.clear_at,
        "lasting_s": spec.lasting.total_seconds(),
        "case_type": spec.case_type,
        "settings": rule_settings(spec),
    }


def rule_of_json(data: Mapping[str, Any]) -> RuleSpec:
    """The inverse of `rule_json`."""
    return RuleSpec(
        code=data["code"],
        indicator=data["indicator"],
        name=Text(data["name_vi"], data["name_en"]),
        severity=Severity(data["severity"]),
        kind=RuleKind(data["kind"]),
        above=data["above"],
        below=data["below"],
        clear_at=data["clear_at"],
        lasting=timedelta(seconds=data["lasting_s"]),
        case_type=data["case_type"],
        **rule_options(data["settings"]),
    )


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

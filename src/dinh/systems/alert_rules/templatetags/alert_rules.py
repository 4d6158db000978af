"""How rules are written out for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dinh.kernel.manifests import IndicatorSpec, RuleSpec
from dinh.kernel.units import display_unit
from dinh.spine.observations import api as observations
from dinh.systems.alert_rules import queries
from dinh.web.templatetags.dinh import language, number

register = template.Library()


@register.filter
def rule_kind(kind: str) -> str:
    names = {
        "threshold": _("threshold"),
        "missing": _("missing data"),
        "rate": _("rate of change"),
        "unusual": _("unlike the usual day"),
        "combination": _("combination"),
    }
    return names.get(str(kind), str(kind))


@register.filter
def rule_state(state: str) -> str:
    names = {"on": _("on"), "off": _("off"), "unplugged": _("system removed"), "retired": _("retired")}
    return names.get(state, state)


@register.filter
def rule_act(what: str) -> str:
    names = {
        "created": _("made"),
        "changed": _("changed"),
        "overridden": _("set instead of the system's own"),
        "restored": _("put back as the system declares it"),
        "disabled": _("switched off"),
        "enabled": _("switched on"),
        "retired": _("retired"),
    }
    return names.get(what, what)


@register.filter
def duration(value: timedelta | None) -> str:
    """«2 giờ 30 phút»: days, hours and minutes of a length of time."""
    if value is None:
        return "–"
    minutes = round(value.total_seconds() / 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else "",
        ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours} if hours else "",
        ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        if minutes or not (days or hours)
        else "",
    ]
    return " ".join(part for part in parts if part)


@register.filter
def condition(spec: RuleSpec) -> str:
    """The rule in one sentence."""
    return sentence(spec, queries.indicators())


@register.filter
def condition_with(spec: RuleSpec, indicators: Mapping[str, IndicatorSpec]) -> str:
    """The same, for lists: with the indicators read once."""
    return sentence(spec, indicators)


def sentence(spec: RuleSpec, indicators: Mapping[str, IndicatorSpec]) -> str:
    known = indicators.get(spec.indicator)
    places = known.decimals if known else 1
    unit = display_unit(known.unit) if known else ""
    limit = spec.above if spec.above is not None else spec.below
    side = _("above") if spec.above is not None else _("below")
    kind = spec.kind.value
    if kind == "threshold":
        said = f"{side} {number(limit, places)} {unit}".strip()
    elif kind == "missing":
        silent = spec.silent_for or (spec.periods or 3) * ((known and known.period) or timedelta(hours=1))
        return _("no reading for %(time)s") % {"time": duration(silent)}
    elif kind == "rate":
        said = _("change %(side)s %(limit)s %(unit)s in %(per)s, over %(window)s") % {
            "side": side,
            "limit": number(limit, places),
            "unit": unit,
            "per": duration(spec.per),
            "window": duration(spec.window or timedelta(hours=1)),
        }
    elif kind == "unusual":
        said = _("more than %(limit)s times the usual spread from the usual value of the hour") % {
            "limit": number(limit, 1)
        }
    else:
        said = _tree(spec.conditions or {}, indicators)
    if spec.lasting:
        said += ", " + _("for %(time)s") % {"time": duration(spec.lasting)}
    return said


def _tree(node: Any, indicators: Mapping[str, Any]) -> str:
    if not isinstance(node, Mapping):
        return ""
    if "indicator" in node:
        known = indicators.get(node["indicator"])
        name = known.name.in_(language()) if known else node["indicator"]
        above = node.get("above") is not None
        value = number(node["above"] if above else node["below"], known.decimals if known else 1)
        unit = display_unit(known.unit) if known else ""
        return f"{name} {_('above') if above else _('below')} {value} {unit}".strip()
    if "not" in node:
        return _("not (%(what)s)") % {"what": _tree(node["not"], indicators)}
    word = _("and") if "all" in node else _("or")
    parts = [_tree(part, indicators) for part in node.get("all") or node.get("any") or ()]
    return f" {word} ".join(
        f"({part})" if f" {_('and')} " in part or f" {_('or')} " in part else part for part in parts
    )


@register.filter
def named_by(urn: str | None, names: Mapping[str, str]) -> str:
    return names.get(urn or "", urn or "")


@register.filter
def lasted(firing: observations.Firing) -> timedelta | None:
    return None if firing.until is None else firing.until - firing.since


@register.filter
def unlocalized(value: int) -> str:
    return str(value)

"""The list of rules and the page of each."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.clock import now
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.specs import RuleKind
from dinh.kernel.vietnamese_text import fold
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.alert_rules import queries
from dinh.systems.alert_rules.web.forms import editable
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

SPANS = {"7": timedelta(days=7), "30": timedelta(days=30)}


@require_safe
@permission("operations.view_detail")
def overview(request: HttpRequest) -> HttpResponse:
    """Every rule with how often it fired; filtered by words, indicator, kind, state and whether it fired."""
    chosen = {name: request.GET.get(name, "") for name in ("q", "indicator", "kind", "state", "fired")}
    days = chosen["fired"] if chosen["fired"] in SPANS else "30"
    rows = observations.rule_rows(fired_since=now() - SPANS[days])
    specs = queries.indicators()
    names = {code: spec.name.in_(language(request)) for code, spec in specs.items()}
    words = fold(chosen["q"])[:120]
    shown = [
        (row, names.get(row.spec.indicator, row.spec.indicator))
        for row in rows
        if words in fold(f"{row.spec.name.vi} {row.spec.name.en} {row.spec.code}")
        and chosen["indicator"] in {"", row.spec.indicator}
        and chosen["kind"] in {"", row.spec.kind.value}
        and chosen["state"] in {"", row.state}
        and (not chosen["fired"] or row.fired)
    ]
    watched = {row.spec.indicator for row in rows}
    context = {
        "rows": sorted(shown, key=lambda one: (-one[0].fired, one[0].spec.code)),
        "total": len(rows),
        "specs": specs,
        "chosen": chosen,
        "days": days,
        "indicators": sorted((name, code) for code, name in names.items() if code in watched),
        "kinds": [kind.value for kind in RuleKind],
        "may_manage": parties.may(actor(request), "observations.manage"),
        "held": len(observations.alerts(states=("suppressed",), limit=1000)),
    }
    return render(request, "alert_rules/overview.html", context)


@require_safe
@permission("operations.view_detail")
def rule(request: HttpRequest, code: str) -> HttpResponse:
    row = observations.rule_row(code)
    who = actor(request)
    firings = observations.alerts_of_rule(code, limit=50)
    urns = [row.spec.within, row.declared_by if row.own else None, *(alert.subject for alert in firings)]
    specs = queries.indicators()
    context = {
        "row": row,
        "specs": specs,
        "names": queries.names(urns, language(request)),
        "spec": row.spec,
        "indicator": specs.get(row.spec.indicator),
        "firings": firings,
        "versions": observations.rule_versions(code),
        "may_manage": parties.may(who, "observations.manage", place=row.spec.within)
        and (row.spec.within is not None or parties.may_everywhere(who, "observations.manage")),
        "editable": editable(row.spec) and row.state in {"on", "off"},
    }
    return render(request, "alert_rules/rule.html", context)


@require_POST
@permission("observations.manage")
def switch(request: HttpRequest, code: str) -> HttpResponse:
    on = request.POST.get("on") == "1"
    try:
        observations.switch_rule(code, on=on, by=actor(request), reason=request.POST.get("reason", ""))
    except (Invalid, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("The rule is on.") if on else _("The rule is off; its alerts end."))
    return redirect("alert_rules:rule", code=code)


@require_POST
@permission("observations.manage")
def restore(request: HttpRequest, code: str) -> HttpResponse:
    try:
        observations.restore_rule(code, by=actor(request), reason=request.POST.get("reason", ""))
    except (Invalid, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("The rule is again as its system declares it."))
    return redirect("alert_rules:rule", code=code)


@require_POST
@permission("observations.manage")
def remove(request: HttpRequest, code: str) -> HttpResponse:
    try:
        left = observations.remove_rule(code, by=actor(request), reason=request.POST.get("reason", ""))
    except (Invalid, Conflict) as error:
        messages.error(request, told(error))
        return redirect("alert_rules:rule", code=code)
    if left is not None:
        messages.success(request, _("The rule is retired. Its firings stay."))
        return redirect("alert_rules:rule", code=code)
    messages.success(request, _("The rule is deleted."))
    return redirect("alert_rules:overview")

"""The editor: a draft, what it would have done on history, and its chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.clock import now, to_microseconds
from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.kernel.manifests import RuleSpec
from dinh.kernel.specs import RuleKind
from dinh.kernel.units import display_unit
from dinh.spine.observations import api as observations
from dinh.systems.alert_rules import queries
from dinh.systems.alert_rules.web.forms import FIRST, RuleForm, editable
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

SPAN: Final = timedelta(days=30)
MOST_SERIES: Final = 200
SHOWN: Final = 20
POINTS: Final = 900


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is shown of a trial; `failed` says why there is none."""

    trial: observations.Trial | None
    failed: str
    series: list[observations.SeriesRow]
    chosen: int | None
    query: str
    names: Mapping[str, str]

    @property
    def shown(self) -> list[observations.Firing]:
        return list(reversed(self.trial.firings))[:SHOWN] if self.trial else []


def _kind(request: HttpRequest, spec: RuleSpec | None) -> RuleKind:
    if spec is not None:
        return spec.kind
    text = request.POST.get("kind") or request.GET.get("kind", "threshold")
    return RuleKind(text) if text in set(RuleKind) else RuleKind.THRESHOLD


def _span() -> tuple[datetime, datetime]:
    """Thirty days until the present minute, so that the summary and the chart speak of the same."""
    end = now().replace(second=0, microsecond=0)
    return end - SPAN, end


def _attempt(form: RuleForm, data: QueryDict) -> Attempt | None:
    if not form.is_valid():
        return None
    draft = form.draft()
    start, end = _span()
    try:
        found = observations.try_rule(draft, since=start, until=end)
    except DinhError as error:
        return Attempt(None, told(error), [], None, "", {})
    rows = list(observations.series_of(indicator=draft.indicator, within=draft.within, limit=MOST_SERIES))
    wanted = data.get("series", "")
    ids = {row.id for row in rows}
    chosen = int(wanted) if wanted.isdecimal() and int(wanted) in ids else None
    if chosen is None:
        fired = [firing.series for firing in found.firings if firing.series in ids]
        chosen = max(fired, key=fired.count) if fired else rows[0].id if rows else None
    shown = {firing.subject for firing in found.firings[-SHOWN:]} | {row.subject for row in rows}
    names = queries.names(shown, get_language() or "vi")
    query = data.copy()
    for name in ("csrfmiddlewaretoken", "series", "reason", "save"):
        query.pop(name, None)
    query["kind"] = form.kind.value
    return Attempt(found, "", rows, chosen, query.urlencode(), names)


@require_http_methods(["GET", "HEAD", "POST"])
@permission("observations.manage")
def edit(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """A new rule, a copy of one, or a change; «try» shows the draft on history without keeping it."""
    row = observations.rule_row(code) if code else None
    if row is not None and (not editable(row.spec) or row.state not in {"on", "off"}):
        return redirect("alert_rules:rule", code=row.spec.code)
    copied = observations.rule_row(request.GET["copy"]).spec if request.GET.get("copy") and row is None else None
    kind = _kind(request, row.spec if row else copied)
    attempt = None
    if request.method == "POST":
        form = RuleForm(kind, request.POST, spec=row.spec if row else None)
        if "try" in request.POST:
            attempt = _attempt(form, request.POST)
        elif form.is_valid():
            try:
                saved = observations.save_rule(form.draft(), by=actor(request), reason=request.POST.get("reason", ""))
            except (Invalid, Conflict) as error:
                form.add_error(None, told(error))
            else:
                messages.success(request, _("The rule is kept and judges from now on."))
                return redirect("alert_rules:rule", code=saved.spec.code)
    elif row is not None:
        form = RuleForm(kind, spec=row.spec)
    elif copied is not None and editable(copied):
        form = RuleForm(kind, initial=RuleForm(kind, spec=copied).initial)
    else:
        form = RuleForm(kind, initial=dict(FIRST[kind]) | {"indicator": request.GET.get("indicator", "")})
    return render(
        request,
        "alert_rules/edit.html",
        {
            "form": form,
            "row": row,
            "kind": kind.value,
            "kinds": [one.value for one in RuleKind],
            "attempt": attempt,
            "needs_reason": row is not None and not row.own,
            "reason": request.POST.get("reason", ""),
            "days": SPAN.days,
        },
    )


@require_http_methods(["POST"])
@permission("observations.manage")
def attempt(request: HttpRequest) -> HttpResponse:
    """The fragment below the form, while somebody writes."""
    form = RuleForm(_kind(request, None), request.POST)
    return render(
        request, "alert_rules/attempt.html", {"attempt": _attempt(form, request.POST), "form": form, "days": SPAN.days}
    )


@require_safe
@permission("observations.manage")
def chart(request: HttpRequest) -> HttpResponse:
    """One series with the draft's limit and the spans in which it would have fired, as the chart draws it."""
    form = RuleForm(_kind(request, None), request.GET)
    number = request.GET.get("series", "")
    if not form.is_valid() or not number.isdecimal():
        raise Invalid("alert_rules.no_draft", "this draft cannot be drawn; fill in the form first")
    draft = form.draft()
    row = observations.series(int(number), actor=actor(request))
    start, end = _span()
    trial = observations.try_rule(draft, since=start, until=end, within=row.subject)
    spec = observations.indicator(row.indicator)
    points = observations.history(row.id, start=start, end=end, steps=POINTS)
    source = next((one for one in observations.sources() if one.code == row.source), None)
    tongue = language(request)
    data: dict[str, Any] = {
        "name": spec.name.in_(tongue),
        "code": spec.code,
        "unit": display_unit(spec.unit),
        "decimals": spec.decimals,
        "target": None,
        "from": _ms(start),
        "to": _ms(end),
        "thresholds": _limits(draft),
        "lines": [
            {
                "name": " ".join(row.dimensions.values()),
                "series": None,
                "points": [(_ms(one.at), one.value, one.low, one.high) for one in points],
            }
        ],
        "sources": [source.name(tongue)] if source else [],
        "simulated": bool(source and source.simulated),
        "language": tongue,
        "fired": [_ms(firing.fired_at) for firing in trial.firings if firing.series == row.id],
        "spans": [[_ms(firing.since), _ms(firing.until or end)] for firing in trial.firings if firing.series == row.id],
    }
    if draft.kind is RuleKind.UNUSUAL:
        usual = observations.usual_day(draft, row.id, since=start, until=end)
        data["usual"] = [(_ms(one.at), one.value, one.low, one.high) for one in usual]
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _limits(draft: RuleSpec) -> list[dict[str, Any]]:
    if draft.kind is RuleKind.COMBINATION:
        leaves = [node.get("not", node) for nodes in (draft.conditions or {}).values() for node in nodes]
        limits = [
            leaf["above"] if leaf.get("above") is not None else leaf["below"]
            for leaf in leaves
            if leaf["indicator"] == draft.indicator
        ]
        return [{"name": _("Limit"), "value": limit, "severity": draft.severity.value} for limit in limits]
    if draft.kind is not RuleKind.THRESHOLD:
        return []
    limit = draft.above if draft.above is not None else draft.below
    found = [{"name": _("Limit"), "value": limit, "severity": draft.severity.value}]
    if draft.clear_at is not None and draft.clear_at != limit:
        found.append({"name": _("Ends at"), "value": draft.clear_at, "severity": "information"})
    return found


def _ms(at: datetime) -> int:
    return to_microseconds(at) // 1000

"""The same act on many cases: chosen in the inbox, shown case by case, done as long work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import Text, registry
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.work import queries
from dinh.systems.work.web.filters import Filters
from dinh.web.requests import actor, permission
from dinh.web.words import told

MOST: Final = 2000
ACTS: Final = {
    "take": _lazy("Take them"),
    "assign": _lazy("Assign to a person"),
    "hand_on": _lazy("Hand on to an organisation"),
    "move": _lazy("Move to another state"),
    "recategorise": _lazy("Put into another category"),
    "comment": _lazy("Comment"),
    "join": _lazy("Join as duplicates of one case"),
}
GIVEN: Final = ("to", "organisation", "transition", "category", "reason", "text", "note", "into")


@require_POST
@permission("cases.act")
def bulk(request: HttpRequest) -> HttpResponse:
    """First the choice of the act, then what it would do, then the work itself: three posts to one address."""
    who = actor(request)
    chosen = _chosen(request, who)
    if not chosen:
        messages.error(request, _("No case is chosen; mark at least one."))
        return redirect("work:inbox")
    act = request.POST.get("act", "")
    given = {name: request.POST[name].strip() for name in GIVEN if request.POST.get(name, "").strip()}
    context: dict[str, Any] = {
        "chosen": chosen,
        "acts": ACTS,
        "act": act if act in ACTS else "",
        "given": given,
        "people": parties.people_who_may("cases.act", limit=500),
        "offices": sorted(parties.find_parties(kind="organisation", limit=1000), key=lambda row: row.name_vi),
        "steps": _steps(),
        "categories": _categories(),
        "rows": queries.shown(queries.seen_cases(chosen[:20], who)),
        "more": max(0, len(chosen) - 20),
    }
    if act not in ACTS or "back" in request.POST:
        return render(request, "work/bulk.html", context)
    try:
        if "start" in request.POST:
            return _start(request, act, given, who)
        lines = cases.preview_bulk(act, chosen, given, by=who)
    except DinhError as error:
        messages.error(request, told(error))
        return render(request, "work/bulk.html", context, status=422)
    context |= {"lines": lines, "allowed": sum(line.allowed for line in lines), "act_name": ACTS[act]}
    return render(request, "work/bulk_preview.html", context)


def _chosen(request: HttpRequest, who: Actor) -> Sequence[str]:
    """The marked cases; all that the inbox's filters show where that was asked for."""
    if request.POST.get("all") == "1":
        asked = HttpRequest()
        asked.GET = QueryDict(request.POST.get("query", "")[:2000])
        rows = queries.all_cases(Filters.of(asked).query, actor=who, most=MOST)
        return [row.case.urn for row in rows][:MOST]
    # In one field: Django takes a thousand fields of a form at most.
    marked = [number[:40] for number in (*request.POST.getlist("case"), *request.POST.get("chosen", "").split())][:MOST]
    return list(dict.fromkeys(f"urn:dinh:case:{number}" for number in marked))


def _start(request: HttpRequest, act: str, given: Mapping[str, str], who: Actor) -> HttpResponse:
    """With the versions of the preview: what changed since is refused case by case."""
    lines = []
    for line in request.POST.get("lines", "").split()[:MOST]:
        number, _mark, version = line.partition("@")
        if version.isascii() and version.isdigit():
            lines.append((f"urn:dinh:case:{number[:40]}", int(version)))
    if not lines:
        raise Invalid("cases.bulk_none", "no case is chosen; choose at least one")
    key = hashlib.sha256(json.dumps([act, given, lines, who.urn], sort_keys=True).encode()).hexdigest()
    title = f"{ACTS[act]}: {len(lines)}"
    task = cases.start_bulk(act, lines, given, by=who, key=f"bulk:{key}", title=title)
    messages.success(request, _("The work on %(count)s cases has begun.") % {"count": len(lines)})
    return redirect(registry.link_path("task", task.id) or "work:inbox")


def _steps() -> Sequence[tuple[str, str]]:
    """Steps of all kinds of cases by code; the same code in two kinds is one choice."""
    names: dict[str, list[Text]] = {}
    for spec in registry.case_types():
        for step in spec.transitions:
            if step.code != "accept" and step.name not in names.setdefault(step.code, []):
                names[step.code].append(step.name)
    speech = get_language() or "vi"
    return [(code, " / ".join(name.in_(speech) for name in found)) for code, found in names.items()]


def _categories() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """By kind of case; a case of another kind is refused in the preview."""
    speech = get_language() or "vi"
    return [
        (spec.name.in_(speech), [(category.code, category.name.in_(speech)) for category in spec.categories])
        for spec in registry.case_types()
        if spec.categories
    ]

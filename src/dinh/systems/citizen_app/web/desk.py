"""The officials' desk: what waits to be looked at before it is public, and what was taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.manifests import registry
from dinh.spine.parties import api as parties
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestQuery
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.domain import clues
from dinh.systems.citizen_app.reading import Card, Picture
from dinh.systems.citizen_app.report_type import CITIZEN_REPORT
from dinh.systems.citizen_app.web.public_filters import page_in
from dinh.systems.citizen_app.web.submissions_desk import MANAGE
from dinh.web.requests import actor, permission
from dinh.web.words import told

SIZE: Final = 20
MOST: Final = 200
QUEUES: Final = ("check", "all")
WHY: Final = ("", "spam", "abuse", "personal")
"""What a report may be taken off for; '' shows it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report with every picture of it, hidden ones too, and what may have held it back."""

    card: Card
    pictures: Sequence[Picture]
    clues: Sequence[str]
    case_path: str


@require_safe
@permission(requests.MODERATE)
def desk(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    queue = request.GET.get("queue", "check")
    queue = queue if queue in QUEUES else "check"
    page = page_in(request.GET.get("page", ""))
    text = request.GET.get("q", "").strip()[:200]
    order = "at" if queue == "check" else "-at"
    query = RequestQuery(
        text=text, to_check=queue == "check", everything=True, order=order, offset=(page - 1) * SIZE, limit=SIZE
    )
    found = requests.requests(query, actor=who)
    entries = [
        Entry(
            card,
            reading.pictures_of(card.request, all=True),
            clues(f"{card.request.description} {card.request.address}") if card.request.hidden == "check" else (),
            registry.link_path("case", card.request.case.rpartition(":")[2]) or "",
        )
        for card in reading.cards(found.rows)
    ]
    counts = {
        code: found.total
        if code == queue and not text
        else requests.requests(RequestQuery(to_check=code == "check", everything=True, limit=0), actor=who).total
        for code in QUEUES
    }
    names = {"check": _("To be looked at"), "all": _("All reports")}
    context = {
        "entries": entries,
        "queue": queue,
        "chips": [{"code": code, "name": names[code], "count": counts[code], "on": code == queue} for code in QUEUES],
        "total": found.total,
        "size": SIZE,
        "page": page,
        "text": text,
        "inbox": _inbox(),
        "refused": submissions.standing().refused if parties.may(who, MANAGE) else 0,
        "may_manage": parties.may(who, MANAGE),
    }
    return render(request, "citizen_app/desk.html", context)


def _inbox() -> str:
    """The inbox of cases, narrowed to reports, where a system shows one."""
    return registry.link_path("case_type", CITIZEN_REPORT.code) or ""


@require_POST
@permission(requests.MODERATE)
def act(request: HttpRequest) -> HttpResponse:
    """The marked ones, all or none: whoever may not change one of them is told which. `only` shows one."""
    only = request.POST.get("only", "")
    marked = [only] if only else request.POST.getlist("number")
    numbers = list(dict.fromkeys(number[:60] for number in marked if number))[:MOST]
    why = "" if only else request.POST.get("why", "-")
    try:
        if not numbers:
            raise Invalid("citizen_app.none_marked", "No report is marked; mark at least one")
        if why not in WHY:
            raise Invalid("citizen_app.no_act", "Choose whether to show them, or why not")
        changed = requests.hide(numbers, why=why, by=actor(request))
    except (Invalid, NotFound, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _said(changed, shown=not why))
    back = request.POST.get("next", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("citizen_app:desk")


def _said(count: int, *, shown: bool) -> str:
    if shown:
        words = ngettext("%(count)d report is shown in public.", "%(count)d reports are shown in public.", count)
    else:
        words = ngettext("%(count)d report was taken off the public pages.", "%(count)d reports were taken off the public pages.", count)  # fmt: skip
    return words % {"count": count}

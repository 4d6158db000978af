"""The officials' desk: what waits to be looked at before it is public, and what was taken off, by whom and why."""

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
from dinh.spine.parties.api import PartyRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import HELD, TAKEN_OFF, RequestQuery
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.reading import Card, Picture
from dinh.systems.citizen_app.report_type import CITIZEN_REPORT
from dinh.systems.citizen_app.web.public_filters import page_in
from dinh.systems.citizen_app.web.submissions_desk import MANAGE
from dinh.web.requests import actor, permission
from dinh.web.words import told

SIZE: Final = 20
MOST: Final = 200
QUEUES: Final = {"check": HELD, "hidden": TAKEN_OFF, "all": ()}
"""With the reasons by which each is narrowed."""
WHY: Final = ("", *TAKEN_OFF)
"""What a report may be taken off for; '' shows it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report with every picture of it, hidden ones too, what held it back, and who looked at it last."""

    card: Card
    pictures: Sequence[Picture]
    held: Sequence[str]
    judge: PartyRow | None
    case_path: str


def reasons() -> dict[str, str]:
    """Why a report waits, and why one was taken off, as officials read it."""
    return {
        "link": _("has a web address"), "phone": _("has a phone number"), "identity": _("has an identity number"),
        "many": _("many from one sender"), "same": _("the same words again"), "spam": _("spam"), "abuse": _("abuse"),
        "personal": _("telling of somebody"),
    }  # fmt: skip


@require_safe
@permission(requests.MODERATE)
def desk(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    queue = request.GET.get("queue", "check")
    queue = queue if queue in QUEUES else "check"
    why = request.GET.get("why", "")
    why = why if why in QUEUES[queue] else ""
    page = page_in(request.GET.get("page", ""))
    text = request.GET.get("q", "").strip()[:200]
    query = RequestQuery(
        text=text, to_check=queue == "check", taken_off=queue == "hidden", everything=True,
        held_for=why if queue == "check" else "", why=why if queue == "hidden" else "",
        order="at" if queue == "check" else "-at", offset=(page - 1) * SIZE, limit=SIZE,
    )  # fmt: skip
    found = requests.requests(query, actor=who)
    judges = parties.parties({row.judged_by for row in found.rows if row.judged_by})
    known = reasons()
    entries = [
        Entry(
            card,
            reading.pictures_of(card.request, all=True),
            [known[code] for code in card.request.held_for],
            judges.get(card.request.judged_by),
            registry.link_path("case", card.request.case.rpartition(":")[2]) or "",
        )
        for card in reading.cards(found.rows)
    ]
    counts = requests.desk_counts(actor=who)
    names = {"check": _("To be looked at"), "hidden": _("Hidden"), "all": _("All reports")}
    context = {
        "entries": entries,
        "queue": queue,
        "why": why,
        "chips": [{"code": code, "name": names[code], "count": counts[code], "on": code == queue} for code in QUEUES],
        "narrower": [
            {"code": code, "name": known[code], "count": counts[f"{queue}.{code}"], "on": code == why}
            for code in QUEUES[queue]
            if counts[f"{queue}.{code}"] or code == why
        ],
        "take_off": [(code, known[code]) for code in TAKEN_OFF],
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

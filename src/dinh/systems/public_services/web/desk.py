"""The desk: the list, a dossier with its documents, and every act of an official."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused, SourceUnavailable
from dinh.kernel.masking import masked_name
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties import api as parties
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import desk, paying, results
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.domain import states
from dinh.systems.public_services.models.dossiers import COUNTER
from dinh.systems.public_services.queries import access, progress
from dinh.systems.public_services.queries import desk as lists
from dinh.systems.public_services.web import receipts
from dinh.systems.public_services.web.finishing import give
from dinh.systems.public_services.web.paging import page_in
from dinh.web import schema_forms
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

EXTRA = 3
"""Free lines for what concerns no document and no single field."""


@never_cache
@require_safe
@permission("cases.view")
def desk_list(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:100] for name in ("queue", "kind", "text", "ended")}
    page = page_in(request)
    who = actor(request)
    found = lists.page(
        actor=who,
        queue=asked["queue"] or "all",
        kind=asked["kind"],
        text=asked["text"],
        ended=asked["ended"] == "1",
        offset=(page - 1) * lists.SIZE,
    )
    queues = [
        ("all", _("All")),
        ("mine", _("Mine")),
        ("unowned", _("Nobody has it")),
        ("due_soon", _("Due soon")),
        ("overdue", _("Overdue")),
    ]
    context = {
        "asked": asked,
        "rows": found.rows,
        "total": found.total,
        "size": lists.SIZE,
        "page": page,
        "queues": [(code, name, found.counts.get(code)) for code, name in queues],
        "queue": asked["queue"] or "all",
        "kinds": [
            ("", _("Every deadline")),
            (states.DOSSIER, _("In working days")),
            (states.DOSSIER_DAYS, _("In days")),
        ],
        "may_counter": parties.may(who, "public_services.counter"),
        "counter_drafts": lists.counter_drafts(who),
    }
    return render(request, "public_services/desk.html", context)


@never_cache
@require_safe
@permission("cases.view")
def dossier(request: HttpRequest, id: UUID) -> HttpResponse:
    row, case = access.at_the_desk(id, actor=actor(request))
    return _page(request, row, case, shown=False)


@never_cache
@require_POST
@permission("cases.view")
def show(request: HttpRequest, id: UUID) -> HttpResponse:
    """What tells of people, in this answer alone; that it was read is in the ledger before."""
    who = actor(request)
    row, case = access.at_the_desk(id, actor=who, to="cases.see_personal")
    procedure = desk.procedure_of(row)
    fields = sorted(name for name in schema_forms.personal_names(procedure.form) if name in row.values)
    parties.personal.record_reading(by=who, whose=row.person or None, about=row.urn, fields=[*fields, "applicant"])
    return _page(request, row, case, shown=True)


def _page(request: HttpRequest, row: models.Dossier, case: CaseRow, *, shown: bool) -> HttpResponse:
    who = actor(request)
    procedure = desk.procedure_of(row)
    may_act = cases.may_act(case, "cases.act", actor=who)
    decides = cases.may_act(case, "public_services.decide", actor=who)
    mine = may_act and case.owner == who.urn and row.state in (states.SUBMITTED, states.PROCESSING)
    owner = parties.parties([case.owner]).get(case.owner) if case.owner else None
    values = schema_forms.told_values(procedure.form, row.values, hide=not shown)
    found = list(row.findings.order_by("pk"))
    now = [one for one in found if one.sent_id is None]
    context = {
        "dossier": row,
        "procedure": procedure,
        "case": case,
        "public": progress.shown([row])[0],
        "steps": list(row.steps.order_by("at", "pk")),
        "step_names": progress.STEP_NAMES,
        "lines": [(step, progress.STEP_NAMES.get(step.what)) for step in row.steps.order_by("-at", "-pk")],
        "owner": owner,
        "applicant": row.name if shown else masked_name(row.name),
        "contact": [value for value in (row.phone, row.email) if value] if shown else [],
        "acting_for": row.acting_for if shown else masked_name(row.acting_for),
        "values": values,
        "shown": shown,
        "may_show": not shown and cases.may_act(case, "cases.see_personal", actor=who),
        "papers": lists.papers(row, procedure),
        "kept": lists.files_kept(row),
        "fields": [
            (name, schema_forms.title_of(name, part))
            for name, part in procedure.form["properties"].items()
            if name in row.values
        ],
        "field_findings": _padded([one for one in now if one.about == desk.FIELD]),
        "other_findings": _padded([one for one in now if one.about == desk.OTHER]),
        "defects": [one for one in now if not one.good],
        "returns": list(row.sent_back.prefetch_related("findings").order_by("number")),
        "payments": list(row.payments.exclude(state="begun").order_by("begun_at")),
        "balance": paying.balance(row),
        "may_act": may_act,
        "may_take": may_act and row.ended_at is None and (case.owner != who.urn or row.state == states.SUBMITTED),
        "takes_over": case.owner not in (None, who.urn),
        "mine": mine,
        "may_decide": mine and decides,
        "may_refuse": may_act and case.owner == who.urn and row.ended_at is None and decides,
        "may_print": may_act and row.channel == COUNTER and who.urn in (row.taken_in_by, case.owner),
        "result": models.Result.objects.filter(dossier=row).first(),
    }
    return render(request, "public_services/desk_dossier.html", context)


def _padded(found: list[models.Finding]) -> list[models.Finding | None]:
    return [*found, *[None] * max(1, EXTRA - len(found))]


@never_cache
@require_POST
@permission("cases.view")
def act(request: HttpRequest, id: UUID, what: str) -> HttpResponse:
    who = actor(request)
    row, _case = access.at_the_desk(id, actor=who, to="cases.act")
    sent = request.POST

    def check() -> None:
        desk.save_findings(row, found_in(request, row), by=who)

    def send_back() -> None:
        check()
        desk.send_back(row, by=who, why_again=sent.get("why_again", ""))

    def approve() -> None:
        check()
        results.approve(row, {name[2:]: sent.get(name, "") for name in sent if name.startswith("r-")}, by=who)

    def refuse() -> None:
        desk.refuse(row, reason=sent.get("reason", ""), by=who)

    known: dict[str, tuple[Callable[[], Any], str]] = {
        "take": (lambda: desk.take(row, by=who, version=_version(request)), _("The dossier is yours.")),
        "check": (check, _("What you found is kept; nothing was sent yet.")),
        "return": (send_back, _("It went back with everything that is to be completed; the clock stands still.")),
        "approve": (approve, _("The result is issued, and the applicant is told.")),
        "refuse": (refuse, _("It is refused, and the applicant is told why.")),
        "ask-fee": (lambda: paying.ask_now(row, by=who), _("The fee is asked for; the clock stands still.")),
        "fee-paid": (lambda: paying.pay_at_counter(row, receipt=sent.get("receipt", ""), by=who), _("The payment is recorded.")),
        "waive": (lambda: paying.waive(row, reason=sent.get("reason", ""), by=who), _("The fee is waived.")),
    }  # fmt: skip
    if what not in known:
        raise NotFound("services.no_act", "there is no act '{what}'", what=what)
    do, done = known[what]
    try:
        do()
    except (Conflict, Invalid, Refused, SourceUnavailable) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
    return redirect("public_services:desk-dossier", id=id)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def found_in(request: HttpRequest, row: models.Dossier) -> list[Found]:
    """What the form of the desk says was found; an empty line says nothing."""
    sent, found = request.POST, list[Found]()
    for document in desk.procedure_of(row).documents:
        verdict = sent.get(f"d-{document.code}", "")
        if verdict == "good":
            found.append(Found(desk.DOCUMENT, document.code, True))
        elif verdict == "defect":
            found.append(_defect(request, desk.DOCUMENT, document.code, f"d-{document.code}"))
    seen: set[str] = set()
    for number in range(20):
        target = sent.get(f"f-{number}-target", "")
        if target and target not in seen:
            seen.add(target)
            found.append(_defect(request, desk.FIELD, target, f"f-{number}"))
        if sent.get(f"o-{number}-what", "").strip():
            found.append(_defect(request, desk.OTHER, "", f"o-{number}"))
    return found


def _defect(request: HttpRequest, about: str, target: str, name: str) -> Found:
    return Found(about, target, False, request.POST.get(f"{name}-what", ""), request.POST.get(f"{name}-remedy", ""))


@never_cache
@require_safe
@permission("cases.view")
def file(request: HttpRequest, id: UUID, file: int) -> HttpResponse:
    """A paper tells of people: opening it needs the permission, and is a leaf of its own."""
    row, _case = access.at_the_desk(id, actor=actor(request), to="cases.see_personal")
    return give(row, file)


@never_cache
@require_safe
@permission("cases.view")
def receipt(request: HttpRequest, id: UUID) -> HttpResponse:
    """For the person at the counter: it bears the code, so it is printed by whoever took the dossier in, or has it. Who handed
    in online has the receipt, and no official needs the code by which one acts as the applicant."""
    who = actor(request)
    row, case = access.at_the_desk(id, actor=who, to="cases.act")
    if row.channel != COUNTER or who.urn not in (row.taken_in_by, case.owner):
        raise NotFound("services.no_dossier", "there is no such dossier for you; open it by its code, or sign in")
    made = receipts.pdf(row, language(request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    return response

"""The report beside its case: what was said, the pictures, the place, and putting it into another category."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound
from dinh.kernel.manifests import CaseTypeSpec, registry
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties import api as parties
from dinh.spine.requests import api as requests
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.web.photos import may_moderate
from dinh.systems.citizen_app.web.reports import grouped
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

REQUEST = "urn:dinh:request:"


@require_safe
@permission("cases.view")
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """A fragment for the page of a case; nothing for a case that is no report, or a report beyond the reader's reach."""
    who = actor(request)
    case = cases.case(f"urn:dinh:case:{number}", actor=who)
    if not (case.requester or "").startswith(REQUEST):
        return HttpResponse(status=204)
    try:
        row = requests.request((case.requester or "").removeprefix(REQUEST), actor=who)
    except NotFound:
        return HttpResponse(status=204)
    moderator = may_moderate(request, row.number)
    (card,) = reading.cards([row])
    context = {
        "card": card,
        "row": row,
        "case": case,
        "pictures": reading.pictures_of(row, all=moderator),
        "moderator": moderator,
        "may_recategorise": case.closed_at is None
        and not case.joined_to
        and cases.may_act(case, "cases.act", actor=who),
    }
    return render(request, "citizen_app/desk_case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission("cases.view")
def category(request: HttpRequest, number: str) -> HttpResponse:
    who = actor(request)
    case = cases.case(f"urn:dinh:case:{number}", actor=who)
    if not cases.may_act(case, "cases.act", actor=who):
        parties.require(who, "cases.act", place=case.place)
    spec = _spec(case)
    fault = ""
    if request.method == "POST":
        try:
            moved = cases.recategorise(
                case.urn,
                category=request.POST.get("category", ""),
                by=who,
                reason=request.POST.get("reason", ""),
                version=_version(request.POST.get("version", "")),
            )
        except (Invalid, Conflict) as error:
            fault = told(error)
        else:
            messages.success(request, _moved(case, moved, language(request)))
            return redirect(registry.link_path("case", case.number_text) or "citizen_app:desk")
    context = {
        "case": case,
        "case_path": registry.link_path("case", case.number_text) or "",
        "groups": grouped([row for row in requests.services() if row.type == spec.code], language(request)),
        "chosen": request.POST.get("category", case.category),
        "reason": request.POST.get("reason", ""),
        "fault": fault,
    }
    return render(request, "citizen_app/desk_category.html", context, status=422 if fault else 200)


def _spec(case: CaseRow) -> CaseTypeSpec:
    spec = registry.case_type(case.type)
    if spec is None or not spec.public:
        raise NotFound("citizen_app.no_report", "{number} is no report of the public", number=case.number_text)
    return spec


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _moved(before: CaseRow, after: CaseRow, tongue: str) -> str:
    if after.organisation != before.organisation and after.organisation:
        try:
            office = parties.party(after.organisation).name(tongue)
        except DinhError:
            office = after.organisation
        return _("The category is changed; the report went to %(office)s.") % {"office": office}
    return _("The category is changed, and the deadline with it.")

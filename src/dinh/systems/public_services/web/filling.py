"""The pages of a draft: answers, applicant, documents, a last look; saved by each page, and while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.places import api as places
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import drafts, telling
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.domain.procedures import Procedure
from dinh.systems.public_services.models.dossiers import COUNTER
from dinh.systems.public_services.queries import access
from dinh.systems.public_services.web import codes
from dinh.web import schema_forms
from dinh.web.limits import limited
from dinh.web.requests import actor, language
from dinh.web.schema_forms.forms import given
from dinh.web.words import told

APPLICANT, DOCUMENTS, REVIEW = "applicant", "documents", "review"
REVISION: Final = "_revision"


@dataclass(frozen=True, slots=True)
class Stop:
    """A page of the way through a draft."""

    code: str
    title: str
    number: int


def way(procedure: Procedure, spoken: str) -> list[Stop]:
    named = [(page.code, page.title.in_(spoken)) for page in schema_forms.pages_of(procedure.form)]
    named += [(APPLICANT, _("Who applies")), (DOCUMENTS, _("Documents")), (REVIEW, _("Look through and hand in"))]
    return [Stop(code, title, number) for number, (code, title) in enumerate(named, start=1)]


def beside(request: HttpRequest, draft: models.Draft, procedure: Procedure, code: str) -> dict[str, Any]:
    """What every page of a draft shows."""
    stops = way(procedure, language(request))
    present = next((stop for stop in stops if stop.code == code), None)
    if present is None:
        raise NotFound("services.no_page", "this form has no page '{page}'", page=code[:40])
    anonymous = not draft.person and draft.channel != COUNTER
    shown = access.code_of(draft) if anonymous else ""
    return {
        "draft": draft,
        "procedure": procedure,
        "stops": stops,
        "stop": present,
        "share": present.number / len(stops),
        "before": stops[present.number - 2] if present.number > 1 else None,
        "after": stops[present.number] if present.number < len(stops) else None,
        "place_name": place_name(draft.place, language(request)),
        "code": shown,
        "qr": qr(telling.link_of(shown)) if shown else "",
        "counter": draft.channel == COUNTER,
        "signed_in": bool(actor(request).urn),
        "may_claim": anonymous and bool(actor(request).urn),
    }


def place_name(urn: str, spoken: str) -> str:
    found = places.places([urn]).get(urn)
    if found is None:
        return ""
    return (found.full_name_en or found.name_en) if spoken == "en" else found.full_name_vi


def to_page(id: UUID, code: str) -> HttpResponse:
    if code in (APPLICANT, DOCUMENTS, REVIEW):
        return redirect(f"public_services:{code}", id=id)
    return redirect("public_services:draft-page", id=id, page=code)


def qr(text: str) -> SafeString:
    """An SVG to stand in a page: drawn by our own code, of our own address."""
    return SafeString(
        segno.make(text, error="m", micro=False).svg_inline(
            scale=4, border=2, svgclass="services-qr", lineclass=None, omitsize=True
        )
    )


@never_cache
@require_safe
def draft(request: HttpRequest, id: UUID) -> HttpResponse:
    """Where it was left, or the dossier that it became."""
    try:
        row = codes.draft(request, id)
    except NotFound:
        if access.handed_in(id, actor=actor(request), held=codes.held(request)) is not None:
            return redirect("public_services:dossier", id=id)
        raise
    procedure = folders.procedure(row.procedure)
    known = [stop.code for stop in way(procedure, language(request))]
    return to_page(id, row.page if row.page in known else known[0])


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, id: UUID, page: str) -> HttpResponse:
    """A page of answers; the others have views of their own."""
    row = codes.draft(request, id)
    procedure = folders.procedure(row.procedure)
    context = beside(request, row, procedure, page)
    chosen = next(one for one in schema_forms.pages_of(procedure.form) if one.code == page)
    faults: dict[str, str] = {}
    rows: dict[str, int] = {}
    fresh: frozenset[str] = frozenset()
    if request.method == "POST":
        try:
            do, moved = request.POST.get("do", ""), _keep(request, row, procedure, chosen)
        except (Conflict, Invalid) as error:
            messages.error(request, told(error))
            return redirect("public_services:draft-page", id=id, page=page)
        row.refresh_from_db()
        rows, answer = _answer(request, row, context, do)
        if answer is not None:
            return answer
        if do in ("", "next"):
            faults = _of_page(drafts.problems(procedure, row.values), chosen.fields)
            fresh = _came_up(request, procedure, row, chosen)
            if not faults and not fresh and not moved.lost:
                return to_page(id, context["after"].code)
        _tell(request, procedure, moved, fresh, faults)
    form = schema_forms.SchemaForm(procedure.form, chosen.fields, row.values, faults=faults, rows=rows)
    known = drafts.record_of(actor(request))
    context |= {
        "form": form,
        "intro": chosen.intro,
        "revision": row.revision,
        "may_prefill": any(
            known.get(procedure.form["properties"][name].get("x-prefill", "")) and not row.values.get(name)
            for name in chosen.fields
        ),
    }
    return render(request, "public_services/draft_form.html", context, status=422 if faults else 200)


def _keep(request: HttpRequest, row: models.Draft, procedure: Procedure, chosen: schema_forms.Page) -> drafts.Saved:
    do = request.POST.get("do", "")
    values = given(procedure.form, chosen.fields, request.POST)
    if do.startswith("drop:"):
        _word, name, number = (*do.split(":"), "", "")[:3]
        held = values.get(name)
        if isinstance(held, list) and number.isdecimal() and int(number) < len(held):
            values[name] = held[: int(number)] + held[int(number) + 1 :]
    for name, value in values.items():
        # Rows that were left empty are kept while the page is filled in, and fall away when it is read.
        if isinstance(value, list) and not do.startswith("add:"):
            values[name] = [one for one in value if one]
    return drafts.save(row, _asked(request, procedure, values), base=_base(request, row), page=chosen.code)


def _asked(request: HttpRequest, procedure: Procedure, values: dict[str, Any]) -> dict[str, Any]:
    """Only what the page showed when it was sent: a field that was hidden, and so is empty, takes nothing away."""
    said = request.POST.get("_shown")
    return values if said is None else {name: value for name, value in values.items() if name in said.split()}


def _base(request: HttpRequest, row: models.Draft) -> int:
    text = request.POST.get(REVISION, "")
    return int(text) if text.isdecimal() and len(text) < 8 else row.revision


def _answer(
    request: HttpRequest, row: models.Draft, context: dict[str, Any], do: str
) -> tuple[dict[str, int], HttpResponse | None]:
    if do == "back" and context["before"]:
        return {}, to_page(row.pk, context["before"].code)
    if do == "stop":
        messages.success(request, _("It is saved; you can go on whenever you like."))
        return {}, redirect("public_services:mine")
    if do.startswith("add:"):
        name = do.removeprefix("add:")
        return {name: len(row.values.get(name) or []) + 1}, None
    return {}, None


def _of_page(faults: Any, names: Any) -> dict[str, str]:
    return {path: said for path, said in faults.items() if path.partition("-")[0] in names}


def _came_up(
    request: HttpRequest, procedure: Procedure, row: models.Draft, chosen: schema_forms.Page
) -> frozenset[str]:
    """Questions that these answers brought up and that the page had not asked yet."""
    said = request.POST.get("_shown")
    if said is None:
        return frozenset()
    asked = schema_forms.shown(procedure.form, row.values) & frozenset(chosen.fields)
    return asked - frozenset(said.split())


def _tell(
    request: HttpRequest, procedure: Procedure, moved: drafts.Saved, fresh: frozenset[str], faults: dict[str, str]
) -> None:
    properties = procedure.form["properties"]
    for name, value in moved.lost.items():
        title = schema_forms.title_of(name, properties[name])
        words = schema_forms.in_words(properties[name], value)
        messages.warning(
            request,
            _("Another device had written “%(words)s” in “%(field)s”; your words stand now.")
            % {"words": words, "field": title},
        )
    if fresh and not faults:
        messages.info(request, _("Your answers brought up further questions; they are on this page now."))


@never_cache
@require_POST
@limited(per_minute=240, burst=120)
def save(request: HttpRequest, id: UUID, page: str) -> HttpResponse:
    """What is being typed, sent by the page's script."""
    row = codes.draft(request, id)
    procedure = folders.procedure(row.procedure)
    chosen = next((one for one in schema_forms.pages_of(procedure.form) if one.code == page), None)
    if chosen is None:
        raise NotFound("services.no_page", "this form has no page '{page}'", page=page[:40])
    try:
        moved = _keep(request, row, procedure, chosen)
    except (Conflict, Invalid) as error:
        return JsonResponse({"code": error.code, "message": told(error)}, status=409)
    properties = procedure.form["properties"]
    return JsonResponse(
        {
            "revision": moved.revision,
            "at": moved.at.isoformat(),
            "theirs": [schema_forms.title_of(name, properties[name]) for name in moved.theirs if name in chosen.fields],
            "lost": {
                schema_forms.title_of(name, properties[name]): schema_forms.in_words(properties[name], value)
                for name, value in moved.lost.items()
            },
        }
    )

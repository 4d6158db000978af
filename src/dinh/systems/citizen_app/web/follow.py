"""A report by the link of whoever follows it: how it stands, what one may say to it, one's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import DinhError, NotFound, Refused
from dinh.kernel.manifests import registry
from dinh.spine.parties import api as parties
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import FollowedRow
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.api import SubmissionRow
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.web import script_words
from dinh.systems.citizen_app.web.secrets import by_secret_address
from dinh.web.guard import CHOICE_S
from dinh.web.words import said, told

CLOSED: Final = ("done", "unfixed", "rejected")


@by_secret_address
@require_safe
def followed(request: HttpRequest, id: UUID) -> HttpResponse:
    chosen = request.GET.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response: HttpResponse = HttpResponseRedirect(request.path)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=CHOICE_S, samesite="Lax")
        return response
    if sign := request.GET.get("again", ""):
        requests.follow_again(id, sign)
        return HttpResponseRedirect(request.path)
    return page(request, id)


def page(request: HttpRequest, id: UUID, *, fault: str = "", about: str = "", status: int = 200) -> HttpResponse:
    """`about` is the form that `fault` speaks of; what was typed into it stays."""
    try:
        row = requests.followed(id)
    except Refused as error:
        context = {"number": str(error.params.get("number", "")), "account": error.params.get("account") is True}
        return render(request, "citizen_app/follow_over.html", context, status=410)
    except NotFound as error:
        waiting = submissions.of(id)
        if waiting is None or waiting.kind != requests.KIND or waiting.state == "done":
            return render(request, "citizen_app/follow_none.html", {"error": error}, status=404)
        return _waiting(request, waiting)
    context = context_of(row) | {
        "fresh": "new" in request.GET,
        "said": request.GET.get("said", "") in ("comment", "answer", "not_fixed"),
        "fault": fault,
        "about": about,
        "typed": request.POST.get("text", "") if fault else "",
        "script": {"words": script_words.follow(), "now": reverse("citizen_app:followed-now", args=[id])},
    }
    return render(request, "citizen_app/follow.html", context, status=status)


def _waiting(request: HttpRequest, row: SubmissionRow) -> HttpResponse:
    """In the journal, not yet with an office; or refused for good, with the reason."""
    fault = ""
    if row.state == "refused":
        template = str(row.fault.get("template", ""))
        values = {name: said(str(value)) for name, value in dict(row.fault.get("params", {})).items()}
        known = row.fault.get("code") not in ("submissions.crashed", None)
        fault = said(template).format(**values) if known and template else _("Something broke on our side.")
    context = {"row": row, "fault": fault, "id": row.id, "fresh": "new" in request.GET}
    return render(request, "citizen_app/follow_waiting.html", context)


def context_of(row: FollowedRow) -> dict[str, Any]:
    found = row.request
    moments = requests.timeline(found)
    if row.role == "neighbour" and not found.shown:
        moments = [replace(moment, text="") for moment in moments if not moment.role]
    offices = {moment.organisation for moment in moments if moment.organisation}
    closed = found.counts_as in CLOSED
    return {
        "row": row,
        "found": found,
        "moments": moments,
        "offices": parties.parties(offices),
        "card": reading.cards([found], by=lambda _row: row.id if row.role == "reporter" else None)[0],
        "closed": closed,
        "may_rate": closed and row.role == "reporter" and found.stars is None,
        "public_path": registry.link_path("request", found.number) if found.shown else None,
        "address_kind": row.address.partition(":")[0] if row.address.startswith(("mailto:", "tel:")) else "",
        "address": row.address.partition(":")[2] if row.address.startswith(("mailto:", "tel:")) else "",
        "stars": [(n, _("%(n)d of 5 stars") % {"n": n}) for n in range(1, 6)],
        "stamp": stamp(row),
    }


def stamp(row: FollowedRow) -> str:
    """Another one where the page would look otherwise."""
    found = row.request
    return f"{found.state} {found.updated_at.isoformat()} {row.verdict} {len(row.questions)} {len(found.photos)}"


@by_secret_address
@require_safe
def now(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whether anything has changed, for a page that stays open."""
    try:
        row = requests.followed(id)
    except DinhError as error:
        waiting = submissions.of(id)
        state = waiting.state if waiting and waiting.kind == requests.KIND else ""
        return JsonResponse({"stamp": state, "message": told(error)})
    return JsonResponse({"stamp": stamp(row)})


@by_secret_address
@require_POST
def say(request: HttpRequest, id: UUID, what: str) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        _said(id, what, text, request.POST)
    except DinhError as error:
        if isinstance(error, NotFound | Refused):
            return page(request, id)
        return page(request, id, fault=told(error), about=what, status=409 if error.family == "conflict" else 422)
    return HttpResponseRedirect(f"{reverse('citizen_app:followed', args=[id])}?said={what}", status=303)


def _said(id: UUID, what: str, text: str, more: Mapping[str, Any]) -> None:
    if what == "fixed":
        requests.say_fixed(id, text=text)
    elif what == "not_fixed":
        requests.say_not_fixed(id, text=text)
    elif what == "comment":
        requests.comment(id, text=text)
    elif what == "private":
        requests.make_private(id)
    elif what == "rating":
        requests.rate(id, stars=_whole(more.get("stars", "")), text=text)
    else:
        requests.answer(id, question=_whole(more.get("question", "")), text=text)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@by_secret_address
@require_safe
def export(request: HttpRequest, id: UUID) -> HttpResponse:
    held = requests.export(id)
    response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{held["number"]}.json"'
    return response


@by_secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, id: UUID) -> HttpResponse:
    """What goes and what stays is said first; a tick and a button, not one touch."""
    try:
        row = requests.followed(id)
    except DinhError:
        return page(request, id)
    if request.method == "POST" and request.POST.get("sure") == "on":
        requests.forget(id)
        context = {"number": row.request.number, "role": row.role, "id": id}
        return render(request, "citizen_app/follow_forgotten.html", context)
    context = {"row": row, "unsure": request.method == "POST"}
    return render(request, "citizen_app/follow_forget.html", context, status=422 if context["unsure"] else 200)

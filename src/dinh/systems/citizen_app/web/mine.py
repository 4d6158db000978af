"""The reports of this device and of the account; finding one by its number; a new link for one that ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, NotFound, Refused
from dinh.kernel.manifests import registry
from dinh.spine.notices import api as notices
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestQuery, RequestRow
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.web import script_words
from dinh.systems.citizen_app.web.reports import A_PERSON
from dinh.systems.citizen_app.web.senders import person_of
from dinh.web import relative_times
from dinh.web.limits import limited
from dinh.web.requests import without_token

MOST: Final = 50
"""Reports of one account that the page shows, and of one device that are asked for at once."""


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return page(request)


def page(request: HttpRequest, *, kept: bool = False) -> HttpResponse:
    person = "" if kept else person_of(request)
    found = requests.requests(RequestQuery(person=person, limit=MOST)) if person else None
    context = {
        "cards": reading.cards(found.rows, path=_own_path) if found else [],
        "person": person,
        "kept": kept,
        "script": script(),
    }
    response = render(request, "citizen_app/mine.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _own_path(row: RequestRow) -> str:
    return reverse("citizen_app:mine-one", args=[row.number])


@require_safe
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Of the account, also a private one, and one whose link has ended: whoever is signed in needs no message for a new one."""
    person = person_of(request)
    if not person:
        return redirect_to_login(request.get_full_path())
    try:
        id = requests.own_link(number, person=person)
    except NotFound:
        return HttpResponseRedirect(f"{reverse('citizen_app:find')}?{urlencode({'number': number})}")
    return HttpResponseRedirect(reverse("citizen_app:followed", args=[id]))


def script() -> Mapping[str, Any]:
    """What the script of own reports reads from the page."""
    return {
        "words": script_words.mine(),
        "language": get_language(),
        "states": reverse("citizen_app:states"),
        "report": reverse("citizen_app:report"),
    }


@csrf_exempt  # asks and changes nothing: every answer is to a secret that was named
@require_POST
@limited(per_minute=60, burst=60)
def states(request: HttpRequest) -> JsonResponse:
    """How the reports stand whose links a device holds. In the body, so that no log keeps them."""
    try:
        asked = json.loads(request.body)["ids"][:MOST]
        ids = [UUID(str(one)) for one in asked]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"code": "mine.ids", "message": _("Send a list of ids.")}, status=422)
    answer = JsonResponse({"states": {str(id): _state(id) for id in ids}})
    answer["Cache-Control"] = "no-store"
    return answer


def _state(id: UUID) -> Mapping[str, Any]:
    code = get_language() or "vi"
    try:
        row = requests.followed(id)
    except Refused as error:
        return {"state": _("The link has ended"), "mark": "rejected", "number": str(error.params.get("number", ""))}
    except NotFound:
        waiting = submissions.of(id)
        if waiting is None or waiting.kind != requests.KIND or waiting.state == "done":
            return {"state": _("No longer kept"), "mark": "rejected"}
        words = _("Could not be passed on") if waiting.state == "refused" else _("Received, on its way to an office")
        return {"state": words, "mark": "unfixed" if waiting.state == "refused" else "open", "number": waiting.number}
    found = row.request
    due = found.due_at if found.status == "open" and not found.paused else None
    return {
        "number": found.number,
        "state": found.state_name.in_(code),
        "mark": reading.mark_of(found),
        "due": relative_times.until(due, clock.now()) if due else "",
        "asked": len(row.questions),
    }


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """By its number: the public page where there is one, else the way to a link of one's own."""
    number = request.GET.get("number", "").strip().upper()[:60]
    if not number:
        return HttpResponseRedirect(reverse("citizen_app:home"))
    try:
        found = requests.request(number)
    except DinhError:
        return HttpResponseRedirect(f"{reverse('citizen_app:again')}?{urlencode({'number': number})}")
    return HttpResponseRedirect(registry.link_path("request", found.number) or reverse("citizen_app:home"))


@without_token  # asks for nobody: also sent from pages without a referrer, where browsers tell no origin
@require_http_methods(["GET", "HEAD", "POST"])
@limited(per_minute=6, burst=10)
def again(request: HttpRequest) -> HttpResponse:
    """The same words whether that address follows that report or not: nobody learns who reported what."""
    asked = request.POST if request.method == "POST" else request.GET
    number, address = asked.get("number", "").strip().upper()[:60], request.POST.get("address", "").strip()[:220]
    sent = request.method == "POST" and bool(number and address)
    if sent and not A_PERSON.wait_s(notices.address(address) or address):
        requests.send_link_again(number, address=address)
    context = {"number": number, "address": address, "sent": sent, "lacking": request.method == "POST" and not sent}
    return render(request, "citizen_app/follow_again.html", context, status=422 if context["lacking"] else 200)

"""One's own e-mail address, phone number and browsers: asked, confirmed by a code, taken away."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound, Refused
from dinh.spine.notices import api as notices
from dinh.web.limits import limited
from dinh.web.requests import actor, signed_in
from dinh.web.words import told

KINDS = ("email", "phone")


def _back(where: str) -> HttpResponse:
    return redirect(reverse("inbox:preferences") + f"#{where}")


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise NotFound("inbox.no_such_address", "there is no kind of address '{kind}'", kind=kind[:40])
    return kind


@require_POST
@signed_in
@limited(10, 5)
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    try:
        notices.ask_code(actor(request), _known(kind), request.POST.get("value", ""))
    except (Invalid, Refused, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("A code is on its way. Enter it below within ten minutes."))
    return _back(kind)


@require_POST
@signed_in
@limited(20, 10)
def confirm(request: HttpRequest, kind: str) -> HttpResponse:
    try:
        notices.confirm_code(actor(request), _known(kind), request.POST.get("code", "")[:20])
    except (Invalid, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("Confirmed: notices go to this address from now on."))
    return _back(kind)


@require_POST
@signed_in
def remove(request: HttpRequest, kind: str) -> HttpResponse:
    notices.remove_address(actor(request), _known(kind))
    messages.success(request, _("Removed."))
    return _back(kind)


@require_POST
@signed_in
@limited(20, 10)
def add_browser(request: HttpRequest) -> HttpResponse:
    """What the page's script got from the browser, as JSON."""
    try:
        given = json.loads(request.body[:8192])
        keys = given["keys"]
        found = {"endpoint": given["endpoint"], "p256dh": keys["p256dh"], "auth": keys["auth"], "label": given["label"]}
        if not all(isinstance(value, str) for value in found.values()):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"message": _("The browser sent something that cannot be read.")}, status=422)
    try:
        number = notices.add_browser(actor(request), **found)
    except DinhError as error:
        return JsonResponse({"code": error.code, "message": told(error)}, status=422)
    return JsonResponse({"id": number})


@require_POST
@signed_in
def remove_browser(request: HttpRequest, number: int) -> HttpResponse:
    notices.remove_browser(actor(request), number)
    messages.success(request, _("Removed."))
    return _back("browsers")

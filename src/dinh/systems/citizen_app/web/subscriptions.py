"""Hearing of new reports by area and category: by e-mail once the address says yes, or by one's account."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.notices import api as notices
from dinh.spine.requests import api as requests
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.web.public_filters import Filters
from dinh.systems.citizen_app.web.reports import A_PERSON, grouped
from dinh.web import limits
from dinh.web.requests import actor, language
from dinh.web.words import told


@require_http_methods(["GET", "HEAD", "POST"])
@limits.limited(per_minute=6, burst=6)
def subscribe(request: HttpRequest) -> HttpResponse:
    signed_in = request.user.is_authenticated
    filters = Filters.of(request)
    given = request.POST if request.method == "POST" else request.GET
    unit, category = given.get("unit", "")[:160], given.get("category", "")[:64]
    address = request.POST.get("address", "").strip()[:220]
    status, fault = 200, ""
    if request.method == "POST":
        try:
            return _subscribe(request, unit, category, address, account=signed_in and given.get("how") == "account")
        except DinhError as error:
            status, fault = 422, told(error)
    context = {
        "filters": filters,
        "unit": unit,
        "category": category,
        "address": address,
        "fault": fault,
        "signed_in": signed_in,
        "groups": grouped(list(requests.services()), language(request)),
        "communes": reading.communes(),
        "feed": filters.address(),
    }
    return render(request, "citizen_app/public_subscribe.html", context, status=status)


def _subscribe(request: HttpRequest, unit: str, category: str, address: str, *, account: bool) -> HttpResponse:
    if not account and not address:
        raise Invalid("citizen_app.mail_needed", "Give the e-mail address at which you want to hear of new reports")
    who = actor(request)
    # Beyond a few letters a day nothing more is sent; what is said does not tell.
    if account or not A_PERSON.wait_s(notices.address(address) or address.lower()):
        requests.subscribe(
            address=address,
            person=who.urn if account else "",
            unit=unit,
            category=category,
            language=language(request),
        )
    messages.success(
        request,
        _("You will hear of new reports in your inbox.")
        if account
        else _("We have sent a letter to this address. Open the link in it, and the subscription begins."),
    )
    return redirect("citizen_app:subscriptions")


@require_http_methods(["GET", "HEAD", "POST"])
@limits.limited(per_minute=30, burst=30)
def confirm(request: HttpRequest, id: UUID) -> HttpResponse:
    """By a button: programs that look through mail open every link."""
    if request.method != "POST":
        return render(request, "citizen_app/public_confirm.html", {"id": id, "stop": False})
    unit, category = requests.confirm_subscription(id)
    place = reading.place_or_none(unit)
    context = {
        "id": id,
        "stop": False,
        "done": True,
        "place": place,
        "category": requests.service(category).name if category else None,
    }
    return render(request, "citizen_app/public_confirm.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@limits.limited(per_minute=30, burst=30)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whoever holds the link may end it; a mail program posts here by itself (RFC 8058), without a session to forge."""
    if request.method == "POST":
        requests.unsubscribe(id)
    context = {"id": id, "stop": True, "done": request.method == "POST"}
    return render(request, "citizen_app/public_confirm.html", context)

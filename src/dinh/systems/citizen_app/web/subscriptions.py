"""Hearing of new reports by area and category: by e-mail once the address says yes, or by one's account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.errors import DinhError, Invalid, NotFound
from dinh.kernel.manifests import Text
from dinh.spine.notices import api as notices
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import SubscriptionRow
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.web.public_filters import Filters
from dinh.systems.citizen_app.web.reports import A_PERSON, grouped
from dinh.systems.citizen_app.web.secrets import by_secret_address
from dinh.systems.citizen_app.web.senders import person_of
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
        "feed": filters.address(),
        **_choices(request),
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


@by_secret_address
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


@by_secret_address
@require_http_methods(["GET", "HEAD", "POST"])
@limits.limited(per_minute=600, burst=600)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whoever holds the link may end it; a mail program or a browser's message posts here by itself (RFC 8058), without a session
    to forge. Mail services post for many of their people from one address."""
    others = _others(id)
    if request.method == "POST":
        requests.unsubscribe(id)
    context = {"id": id, "stop": True, "done": request.method == "POST", "others": others}
    return render(request, "citizen_app/public_confirm.html", context)


def _others(id: UUID) -> str:
    """Where the other subscriptions of the same address stand; '' where there are none."""
    try:
        row, *_rest = sorted(requests.subscriptions_beside(id), key=lambda row: row.id == id)
    except NotFound:
        return ""
    if row.way == "account":
        return reverse("citizen_app:my-subscriptions")
    return reverse("citizen_app:subscriptions-beside", args=[row.id]) if row.id != id else ""


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Of the account, and of the e-mail address that it has proven."""
    person = person_of(request)
    if not person:
        return redirect_to_login(request.get_full_path())
    mail = notices.preferences_of(actor(request)).email
    rows = requests.subscriptions_of(person, mail=mail.value if mail.verified_at else "")
    response = render(request, "citizen_app/subscriptions.html", {"lines": _lines(rows), "account": True})
    patch_cache_control(response, private=True, no_store=True)
    return response


@by_secret_address
@require_safe
@limits.limited(per_minute=30, burst=30, reads=True)
def beside(request: HttpRequest, id: UUID) -> HttpResponse:
    """All of the address to which the letter with this link went. Those of an account are read in the account."""
    rows = requests.subscriptions_beside(id)
    if any(row.way == "account" for row in rows):
        return redirect("citizen_app:my-subscriptions")
    return render(request, "citizen_app/subscriptions.html", {"lines": _lines(rows), "address": rows[0].address})


@by_secret_address
@require_http_methods(["GET", "HEAD", "POST"])
@limits.limited(per_minute=30, burst=30)
def change(request: HttpRequest, id: UUID) -> HttpResponse:
    row = next(row for row in requests.subscriptions_beside(id) if row.id == id)
    given = request.POST if request.method == "POST" else {"unit": row.unit, "category": row.category}
    unit, category = given.get("unit", "")[:160], given.get("category", "")[:64]
    back = reverse("citizen_app:my-subscriptions")
    status, fault = 200, ""
    if request.method == "POST":
        try:
            kept = requests.change_subscription(id, unit=unit, category=category)
        except DinhError as error:
            status, fault = 422, told(error)
        else:
            if row.way == "mail":
                back = reverse("citizen_app:subscriptions-beside", args=[kept])
            return HttpResponseRedirect(back, status=303)
    elif row.way == "mail":
        back = reverse("citizen_app:subscriptions-beside", args=[id])
    context = _choices(request) | {"unit": unit, "category": category, "fault": fault, "row": row, "back": back}
    return render(request, "citizen_app/subscription_change.html", context, status=status)


def _choices(request: HttpRequest) -> dict[str, Any]:
    return {"groups": grouped(list(requests.services()), get_language() or "vi"), "communes": reading.communes()}


@dataclass(frozen=True, slots=True)
class Line:
    """A subscription with the names of its area and category, None for all."""

    row: SubscriptionRow
    place: PlaceRow | None
    category: Text | None


def _lines(rows: Sequence[SubscriptionRow]) -> Sequence[Line]:
    names = {service.code: service.name for service in requests.services()}
    known = places.places({row.unit for row in rows if row.unit})
    return [Line(row, known.get(row.unit), names.get(row.category)) for row in rows]

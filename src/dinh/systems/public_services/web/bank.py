"""The simulated bank's own page, and the door for what banks tell."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.errors import Conflict
from dinh.systems.public_services.actions import bank, paying
from dinh.web.limits import limited
from dinh.web.words import told

LARGEST = 20_000


@never_cache
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, reference: str) -> HttpResponse:
    found = bank.order(reference)
    if request.method == "POST":
        what = request.POST.get("what", "")
        try:
            bank.decide(reference, what if what in ("pay", "late") else "cancel")
        except Conflict as error:
            messages.error(request, told(error))
        else:
            said = {
                "pay": _("The simulated bank took the payment."),
                "late": _("The simulated bank took the payment; its message to the office comes half a minute late."),
            }
            messages.info(request, said.get(what, _("The payment was cancelled.")))
        return redirect(found.back)
    return render(request, "public_services/bank.html", {"order": found})


@csrf_exempt
@require_POST
@limited(per_minute=600, burst=300)
def callback(request: HttpRequest, driver: str) -> HttpResponse:
    """Believed by its signature alone."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return JsonResponse({"code": "services.callback", "message": "too long"}, status=413)
    return JsonResponse({"state": paying.receive(driver, dict(request.headers), request.body)})

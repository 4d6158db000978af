"""Windows of maintenance."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.clock import VIETNAM, now
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.observations import api as observations
from dinh.systems.alert_rules import queries
from dinh.systems.alert_rules.web.forms import MaintenanceForm
from dinh.web.requests import actor, language, permission
from dinh.web.words import told


@require_http_methods(["GET", "HEAD", "POST"])
@permission("observations.maintain")
def windows(request: HttpRequest) -> HttpResponse:
    form = MaintenanceForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            observations.start_maintenance(**form.cleaned_data, by=actor(request))
        except (Invalid, Conflict, NotFound) as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, _("The window is kept. Alerts in it are held back until it is over."))
            return redirect("alert_rules:maintenance")
    tongue = language(request)
    held = observations.alerts(states=("suppressed",), limit=100)
    context = {
        "form": form,
        "windows": queries.named(observations.maintenance(), tongue),
        "past": queries.named(observations.maintenance(past=True, limit=30), tongue),
        "held": held,
        "names": queries.names((row.subject for row in held), tongue),
    }
    return render(request, "alert_rules/maintenance.html", context)


def _initial(request: HttpRequest) -> dict[str, str]:
    start = now().astimezone(VIETNAM).replace(second=0, microsecond=0)
    return {
        "from_at": start.strftime("%Y-%m-%dT%H:%M"),
        "until_at": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        **{name: request.GET[name] for name in ("place", "source", "rule", "subject") if name in request.GET},
    }


@require_POST
@permission("observations.maintain")
def end(request: HttpRequest, number: int) -> HttpResponse:
    try:
        observations.end_maintenance(number, by=actor(request))
    except Conflict as error:
        messages.warning(request, told(error))
    else:
        messages.success(request, _("The window is over. What still stands is told of within half a minute."))
    return redirect("alert_rules:maintenance")

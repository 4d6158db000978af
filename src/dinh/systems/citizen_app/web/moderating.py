"""What officials do on the page of a report to keep it in order: each act is a form that posts and comes back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.requests import api as requests
from dinh.systems.citizen_app import reading
from dinh.web import uploads
from dinh.web.requests import actor, permission
from dinh.web.words import told


def _do(request: HttpRequest, number: str, act: Callable[[], object], done: str) -> HttpResponse:
    """Whoever cannot see the report learns nothing of it; whoever sees it but may not change it is refused by the act."""
    row = requests.request(number, actor=actor(request))
    try:
        act()
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
    back = request.POST.get("next", "")
    return redirect(back if back.startswith("/app/desk/") else reading.path_of(row))


@require_POST
@permission(requests.MODERATE)
def hide(request: HttpRequest, number: str) -> HttpResponse:
    """`why` is spam, abuse or personal; '' shows it."""
    why = request.POST.get("why", "")
    done = _("The report is not shown in public any more.") if why else _("The report is shown in public.")
    return _do(request, number, lambda: requests.hide([number], why=why, by=actor(request)), done)


@require_POST
@permission(requests.MODERATE)
def photo(request: HttpRequest, number: str, position: int) -> HttpResponse:
    shown = request.POST.get("shown") == "1"
    done = _("The photo is shown.") if shown else _("The photo is hidden.")
    return _do(request, number, lambda: requests.show_photo(number, position, shown=shown, by=actor(request)), done)


@require_POST
@permission(requests.MODERATE)
def voice(request: HttpRequest, number: str, voice: int) -> HttpResponse:
    shown = request.POST.get("shown") == "1"
    done = _("The words are shown.") if shown else _("The words are hidden.")
    return _do(request, number, lambda: requests.show_voice(number, voice, shown=shown, by=actor(request)), done)


@require_POST
@permission(requests.MODERATE)
def after(request: HttpRequest, number: str) -> HttpResponse:
    """A picture of how it looks now that the work is done."""

    def act() -> None:
        sent = uploads.read(request, "photo", most=1)
        if not sent:
            raise Invalid("citizen_app.no_picture", "No photo was sent; choose one first")
        ((content, name),) = sent
        requests.add_photo(number, name=name, content=content, by=actor(request))

    return _do(request, number, act, _("The photo is beside the report."))

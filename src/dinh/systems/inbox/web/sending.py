"""For administrators: figures of every channel, and the messages that were given up."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Invalid
from dinh.spine.notices import api as notices
from dinh.systems.inbox.web.words import channel_names, error_names
from dinh.web.requests import actor, permission
from dinh.web.words import told

SIZE = 50
WINDOWS = {"1": 1, "7": 7, "30": 30}


@require_safe
@permission("notices.manage")
def page(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    who = actor(request)
    number = asked.get("page", "")
    at = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    days = WINDOWS.get(asked.get("days", ""), 7)
    channel, kind, error = (asked.get(name, "")[:80] for name in ("channel", "kind", "error"))
    found = notices.dead_letters(who, channel=channel, kind=kind, error=error, offset=(at - 1) * SIZE, limit=SIZE)
    names, errors = channel_names(), error_names()
    context = {
        "figures": [(names[row.channel], row) for row in notices.figures(who, window=timedelta(days=days))],
        "days": days,
        "windows": tuple(WINDOWS.values()),
        "found": found,
        "rows": [
            (row, names.get(row.channel, row.channel), errors.get(row.error_code, row.error_code)) for row in found.rows
        ],
        "channels": [(code, names.get(code, code)) for code in found.channels],
        "errors": [(code, errors.get(code, code)) for code in found.errors],
        "channel": channel,
        "kind": kind,
        "error": error,
        "narrowed": bool(channel or kind or error),
        "page": at,
        "size": SIZE,
        "manages": True,
    }
    return render(request, "inbox/sending.html", context)


@require_POST
@permission("notices.manage")
def act(request: HttpRequest) -> HttpResponse:
    """Tries the chosen messages once more, or lets them go with a reason."""
    who = actor(request)
    numbers = [
        int(text) for text in request.POST.getlist("message") if text.isascii() and text.isdigit() and len(text) < 19
    ]
    one = request.POST.get("one", "")
    if one.isascii() and one.isdigit() and len(one) < 19:
        numbers = [int(one)]
    if not numbers:
        messages.error(request, _("Choose at least one message."))
    elif request.POST.get("do") == "discard":
        try:
            count = notices.discard(who, numbers, reason=request.POST.get("reason", ""))
        except Invalid as error:
            messages.error(request, told(error))
        else:
            messages.success(
                request, ngettext("%(count)d message let go.", "%(count)d messages let go.", count) % {"count": count}
            )
    else:
        count = notices.retry(who, numbers)
        messages.success(
            request,
            ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
            % {"count": count},
        )
    target = request.POST.get("next", "")
    if target.startswith(reverse("inbox:sending")) and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return redirect("inbox:sending")

"""What a person wants to hear, by which channel, and when."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.errors import Invalid
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.systems.inbox.web.words import channel_names, wanted_names
from dinh.web.limits import limited
from dinh.web.requests import actor, signed_in
from dinh.web.words import told

EVERY = "*"


class Clock(forms.TimeInput):
    input_type = "time"


class Times(forms.Form):
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), widget=Clock(format="%H:%M"))
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        widget=Clock(format="%H:%M"),
        help_text=gettext_lazy("The same time twice: no quiet hours."),
    )
    digest_at = forms.TimeField(label=gettext_lazy("Hour of the digest"), widget=Clock(format="%H:%M"))


def _matrix(chosen: notices.Preferences) -> list[dict[str, Any]]:
    """A row a kind, a cell a channel that is set up; the line for every kind first."""
    names = wanted_names()

    def cell(code: str, channel: str, value: str) -> dict[str, Any]:
        offered = [(one, name) for one, name in names.items() if (channel, one) != ("inbox", "digest")]
        if code == EVERY:
            offered.insert(0, ("", _("As the kind says")))
        return {"name": f"w|{code}|{channel}", "channel": channel, "value": value, "offered": offered}

    rows: list[dict[str, Any]] = [
        {
            "name": None,
            "emergency": False,
            "cells": [cell(EVERY, channel, chosen.every[channel]) for channel in chosen.channels],
        }
    ]
    rows += [
        {
            "name": row.name,
            "emergency": row.emergency,
            "cells": [cell(row.kind, channel, row.wanted[channel]) for channel in chosen.channels],
        }
        for row in chosen.rows
    ]
    return rows


def shown(request: HttpRequest, *, status: int = 200, times: Times | None = None) -> HttpResponse:
    who = actor(request)
    chosen = notices.preferences_of(who)
    names = channel_names()
    initial = {"quiet_from": chosen.quiet_from, "quiet_to": chosen.quiet_to, "digest_at": chosen.digest_at}
    addresses = [
        {"row": row, "own": account, "code": f"code-{row.kind}", "field": f"value-{row.kind}"}
        for row, channel, account in ((chosen.email, "email", chosen.account_email), (chosen.phone, "sms", ""))
        if channel in chosen.channels
    ]
    context = {
        "chosen": chosen,
        "channels": [(code, names[code]) for code in chosen.channels],
        "matrix": _matrix(chosen),
        "times": times or Times(initial=initial),
        "addresses": addresses,
        "push": "push" in chosen.channels,
        "push_key": notices.push_key() if "push" in chosen.channels else "",
        "manages": parties.may_everywhere(who, "notices.manage"),
    }
    return render(request, "inbox/preferences.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return shown(request)
    wanted = {}
    for name, value in request.POST.items():
        mark, _bar, rest = name.partition("|")
        code, bar, channel = rest.rpartition("|")
        if mark == "w" and bar:
            wanted[code, channel] = str(value)
    try:
        notices.save_wanted(actor(request), wanted)
    except Invalid as error:
        messages.error(request, told(error))
        return shown(request, status=422)
    messages.success(request, _("Saved."))
    return redirect("inbox:preferences")


@require_POST
@signed_in
def times(request: HttpRequest) -> HttpResponse:
    form = Times(request.POST)
    if not form.is_valid():
        return shown(request, status=422, times=form)
    chosen: dict[str, time] = form.cleaned_data
    notices.save_times(
        actor(request), quiet_from=chosen["quiet_from"], quiet_to=chosen["quiet_to"], digest_at=chosen["digest_at"]
    )
    messages.success(request, _("Saved."))
    return redirect("inbox:preferences")


@require_POST
@signed_in
@limited(6, 4)
def test(request: HttpRequest) -> HttpResponse:
    count = notices.send_test(actor(request))
    messages.success(
        request,
        ngettext(
            "A test message is on its way by %(count)d channel.",
            "A test message is on its way by %(count)d channels.",
            count,
        )
        % {"count": count},
    )
    return redirect("inbox:preferences")

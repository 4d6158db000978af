"""Acts of the desk that come back to its pages: a message from a file, one hidden, a feed switched."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.parties import api as parties
from dinh.systems.local_news.actions import alerts, feeds
from dinh.web import uploads
from dinh.web.requests import actor, permission
from dinh.web.words import told

MANAGE = "local_news.manage"


@require_POST
@permission(MANAGE)
def upload(request: HttpRequest) -> HttpResponse:
    parties.require(actor(request), MANAGE, place=str(settings.AREA))
    try:
        sent = uploads.read(request, "file", most=1)
        if not sent:
            raise Invalid(
                "local_news.no_file", "no file was sent; choose a CAP message, a file that ends with .xml or .cap"
            )
        got = alerts.receive_by_hand(sent[0][0], by=actor(request))
    except (Invalid, Conflict) as error:
        messages.error(request, told(error))
    else:
        if got.what == "known":
            messages.info(request, _("This message is here already; nothing was changed."))
        elif not got.communes:
            messages.warning(
                request, _("“%(headline)s” was taken, but it names no commune of this area and is not shown.") % {"headline": got.headline}
            )  # fmt: skip
        else:
            said = ngettext(
                "“%(headline)s” was taken for %(count)d commune.",
                "“%(headline)s” was taken for %(count)d communes.",
                got.communes,
            )
            messages.success(request, said % {"headline": got.headline, "count": got.communes})
    return redirect("local_news:received")


@require_POST
@permission(MANAGE)
def hide(request: HttpRequest, number: int) -> HttpResponse:
    try:
        alerts.hide(number, why=request.POST.get("why", ""), by=actor(request))
    except (Invalid, Conflict) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("It is off the public pages; why is on the record."))
    return redirect("local_news:received")


@require_POST
@permission(MANAGE)
def switch(request: HttpRequest, number: int) -> HttpResponse:
    feeds.switch(number, request.POST.get("enabled") == "1", by=actor(request))
    return redirect("local_news:feed", number=number)

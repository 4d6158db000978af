"""The desk: own warnings that are worked on, feeds and how they fare, messages that came."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.kernel.errors import Refused as NotPermitted
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicQuery
from dinh.systems.local_news.actions import feeds as actions
from dinh.systems.local_news.queries import alerts, feeds, placing
from dinh.systems.local_news.web.forms import FeedForm, HideForm, UploadForm
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

MANAGE = "local_news.manage"
SIZE = 20
TOLD = 10


@require_safe
@permission("publications.write")
def desk(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    warnings = [row for row in publications.work(actor=who) if row.publication.kind == "warning"]
    public = publications.public(PublicQuery(kind="warning", limit=TOLD)).rows
    manages = parties.may(who, MANAGE)
    context = {
        "working": warnings,
        "told": [row for row in public if publications.may(row, "publications.write", actor=who)],
        "manages": manages,
        "manages_all": parties.may(who, MANAGE, place=placing.ground().area),
        "feeds": feeds.feeds(actor=who) if manages else (),
        "upload": UploadForm(),
    }
    return render(request, "local_news/desk.html", context)


@require_safe
@permission(MANAGE)
def received(request: HttpRequest) -> HttpResponse:
    """Every message that came from outside, the hidden and the quiet too."""
    asked = request.GET.get("page", "")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
    rows, total = alerts.received(offset=(page - 1) * SIZE, limit=SIZE)
    context = {
        "rows": rows,
        "total": total,
        "size": SIZE,
        "page": page,
        "hide": HideForm(),
        "manages_all": parties.may(actor(request), MANAGE, place=placing.ground().area),
        "upload": UploadForm(),
    }
    return render(request, "local_news/received.html", context)


@require_http_methods(["GET", "POST"])
@permission(MANAGE)
def new_feed(request: HttpRequest) -> HttpResponse:
    form = FeedForm(request.POST or None, actor=actor(request), language=language(request))
    return _edited(request, form, None)


@require_http_methods(["GET", "POST"])
@permission(MANAGE)
def feed(request: HttpRequest, number: int) -> HttpResponse:
    row = feeds.feed(number, actor=actor(request))
    first = {name: getattr(row, name) for name in FeedForm.base_fields}
    form = FeedForm(request.POST or None, initial=first, actor=actor(request), language=language(request))
    return _edited(request, form, row)


def _edited(request: HttpRequest, form: FeedForm, row: feeds.FeedRow | None) -> HttpResponse:
    """`do=test` shows what would come and keeps nothing; anything else saves."""
    status, seen, fault = 200, None, ""
    if request.method == "POST" and form.is_valid():
        described = form.described()
        try:
            if request.POST.get("do") == "test":
                seen = actions.look(described.address, described.kind, place=described.place, by=actor(request))
            else:
                number = actions.save(
                    described, by=actor(request), number=row.number if row else None,
                    simulated=bool(row and row.simulated),
                )  # fmt: skip
                messages.success(request, _("Saved. It is asked within a minute."))
                return redirect("local_news:feed", number=number)
        except (Invalid, Conflict) as error:
            status = 409 if isinstance(error, Conflict) else 422
            if error.code in ("local_news.address", "local_news.address_taken"):
                form.add_error("address", told(error))
            else:
                fault = told(error)
        except DinhError as error:
            if isinstance(error, NotPermitted) and error.code != "local_news.private_address":
                raise
            status, fault = 422, told(error)
    elif request.method == "POST":
        status = 422
    context = {
        "form": form,
        "row": row,
        "seen": seen,
        "fault": fault,
        "manager": parties.parties([row.manager]).get(row.manager) if row else None,
        "place": places.places([row.place]).get(row.place) if row else None,
    }
    return render(request, "local_news/feed.html", context, status=status)

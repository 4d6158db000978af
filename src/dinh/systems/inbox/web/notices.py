"""One's own notices: the list, opening one, marking, and the bell of every page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import registry
from dinh.kernel.urns import parse_urn
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.web.requests import actor, signed_in

SIZE = 40
MOST_SHOWN = 99


@require_safe
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    page = _whole(asked.get("page", ""))
    unread, kind, text = asked.get("show") == "unread", asked.get("kind", "")[:80], asked.get("q", "").strip()[:200]
    who = actor(request)
    found = notices.inbox_of(who, unread=unread, kind=kind, text=text, offset=(page - 1) * SIZE, limit=SIZE)
    context = {
        "found": found,
        "page": page,
        "size": SIZE,
        "unread": unread,
        "kind": kind,
        "text": text,
        "narrowed": bool(kind or text),
        "manages": parties.may_everywhere(who, "notices.manage"),
    }
    return render(request, "inbox/list.html", context)


def _whole(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_safe
@signed_in
def open_one(request: HttpRequest, number: int) -> HttpResponse:
    """Marks it read and leads to what it is about; a notice about nothing that can be shown has a page of its own."""
    who = actor(request)
    row = notices.notice(who, number)
    if request.method == "GET":
        notices.mark_read(who, [number])
    path = _path_of(row.about)
    if path:
        return redirect(path)
    return render(request, "inbox/notice.html", {"row": row})


def _path_of(about: str | None) -> str:
    try:
        name = parse_urn(about) if about else None
    except DinhError:
        return ""
    return (registry.link_path(name.kind, name.id) or "") if name else ""


@require_POST
@signed_in
def mark(request: HttpRequest, number: int) -> HttpResponse:
    who = actor(request)
    notices.notice(who, number)
    notices.mark_read(who, [number], read=request.POST.get("read") == "1")
    return _back(request)


@require_POST
@signed_in
def mark_all(request: HttpRequest) -> HttpResponse:
    count = notices.mark_read(actor(request))
    messages.success(
        request,
        ngettext("%(count)d notice marked as read.", "%(count)d notices marked as read.", count) % {"count": count},
    )
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    if target.startswith("/notices/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return redirect("inbox:list")


@require_safe
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """A fragment for the header; whoever comes without a script is led to the list."""
    if not request.headers.get("HX-Request"):
        return redirect("inbox:list")
    count = notices.unread_count(actor(request).urn)
    label = ngettext("%(count)d unread notice", "%(count)d unread notices", count) % {"count": count}
    context = {
        "count": count,
        "shown": f"{MOST_SHOWN}+" if count > MOST_SHOWN else str(count),
        "label": label if count else _("Notices"),
    }
    response = render(request, "inbox/bell.html", context)
    response["Cache-Control"] = "private, no-store"
    return response

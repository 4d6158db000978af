"""Finding a procedure, reading what it asks, beginning a dossier."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.public_services.actions import drafts
from dinh.systems.public_services.domain import folders, procedures
from dinh.systems.public_services.queries import access, catalogue, desk, versions
from dinh.systems.public_services.web import cpsv
from dinh.systems.public_services.web.codes import held, hold
from dinh.systems.public_services.web.paging import page_in
from dinh.web.limits import limited
from dinh.web.page_cache import public_page
from dinh.web.requests import actor, language
from dinh.web.words import told


@require_safe
@public_page(30)
def front(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "event", "level", "domain")}
    page = page_in(request)
    here = catalogue.here(text=asked["q"], event=asked["event"], level=asked["level"])
    national = catalogue.national(text=asked["q"], domain=asked["domain"], offset=(page - 1) * catalogue.SIZE)
    context = {
        "asked": asked,
        "narrowed": any(asked.values()),
        "here": here,
        "events": procedures.LIFE_EVENTS.items(),
        "national": national,
        "show_national": bool(national.domains) and not asked["event"] and not asked["level"],
        "size": catalogue.SIZE,
        "page": page,
        "may_counter": parties.may(actor(request), "public_services.counter"),
    }
    return render(request, "public_services/front.html", context)


@require_safe
def procedure(request: HttpRequest, slug: str) -> HttpResponse:
    found = folders.procedure(slug)
    who = actor(request)
    context = {
        "procedure": found,
        "events": [procedures.LIFE_EVENTS[code] for code in found.life_events],
        "places": communes(request),
        "chosen": _place_of(request),
        "drafts": [row for row in desk.mine(who)[0] if row.procedure == slug],
        "may_counter": parties.may(who, "public_services.counter"),
        "signed_in": bool(who.urn),
    }
    return render(request, "public_services/procedure.html", context)


def communes(request: HttpRequest) -> list[places.PlaceRow]:
    """Of the area, in alphabetical order."""
    spoken = language(request)
    return sorted(places.area(settings.AREA), key=lambda row: fold(row.name(spoken)))


def _place_of(request: HttpRequest) -> str:
    who = actor(request)
    party = parties.parties([who.urn]).get(who.urn) if who.urn else None
    return (party.place if party else None) or request.session.get("services_place", "")


@require_safe
def as_cpsv(request: HttpRequest, slug: str) -> HttpResponse:
    """The procedure for machines: CPSV-AP 3.2 in JSON-LD."""
    return JsonResponse(
        cpsv.described(folders.procedure(slug)),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        content_type="application/ld+json",
    )


@require_safe
def national(request: HttpRequest, code: str) -> HttpResponse:
    row = catalogue.national_one(code)
    return render(
        request,
        "public_services/national.html",
        {"row": row, "slug": catalogue.handled().get(row.code), "channels": _channels(row)},
    )


def _channels(row: Any) -> list[tuple[str, str, str]]:
    names = {"online": _("Online"), "post": _("By post"), "counter": _("At the counter")}
    return [(names.get(channel, channel), time, fee) for channel, time, fee in row.channels]


@never_cache
@require_POST
@limited(per_minute=20, burst=20)
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    found = folders.procedure(slug)
    place = request.POST.get("place", "")
    try:
        draft = drafts.begin(
            found,
            place=place,
            by=actor(request),
            language=language(request),
            counter=request.POST.get("counter") == "1",
        )
    except Invalid as error:
        messages.error(request, told(error))
        return redirect("public_services:procedure", slug=slug)
    request.session["services_place"] = draft.place
    if not draft.person and not draft.taken_in_by:
        hold(request, draft.pk, access.code_of(draft))
    return redirect("public_services:draft", id=draft.pk)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this person, or this browser by its codes, has begun and handed in."""
    begun, handed_in = desk.mine(actor(request))
    here, done = desk.opened_by(held(request))
    context = {
        "drafts": [(row, versions.procedure_at(row.procedure, row.version)) for row in _once([*begun, *here])],
        "dossiers": desk.named(_once([*handed_in, *done])),
        "by_code": bool(here or done),
        "signed_in": bool(actor(request).urn),
    }
    return render(request, "public_services/mine.html", context)


def _once(rows: list[Any]) -> list[Any]:
    found: dict[UUID, Any] = {row.pk: row for row in rows}
    return list(found.values())

"""Masts of a scenario as a table and one by one; a list that is brought in, checked before it is taken."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import DinhError, Invalid, NotFound, Phrase
from dinh.spine.places import api as places
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.domain import Fault, SiteList, SiteRow, mast_of, plain
from dinh.systems.network_5g.feeds import site_columns
from dinh.systems.network_5g.feeds.sites import heights_above_ground, plane_of, read_any
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web.asked import plain_number
from dinh.systems.network_5g.web.scenarios import standing_names
from dinh.web.requests import actor, permission
from dinh.web.words import told

SIZE: Final = 100
MOST_BYTES: Final = 20_000_000
SHOWN: Final = 200


@require_safe
@permission(queries.READ)
def table(request: HttpRequest, id: UUID) -> HttpResponse:
    row = queries.scenario(id, actor(request))
    asked = request.GET
    names = standing_names()
    standing = asked.get("standing", "") if asked.get("standing") in names else ""
    order = asked.get("order", "code")
    found = queries.mast_rows(row, text=asked.get("q", "")[:80], standing=standing, order=order)
    pages = Paginator(found, SIZE)
    page = pages.get_page(asked.get("page"))
    context = {
        "scenario": row,
        "rows": [(held, mast_of(held.values), names[held.standing]) for held in page],
        "total": pages.count,
        "size": SIZE,
        "page": page.number,
        "q": asked.get("q", ""),
        "standing": standing,
        "standings": names.items(),
        "order": order,
        "may_edit": queries.may_edit(actor(request), row),
    }
    return render(request, "network_5g/masts.html", context)


@require_safe
@permission(queries.READ)
def mast(request: HttpRequest, id: UUID, code: str) -> HttpResponse:
    """A fragment: the form of one mast, for the desk."""
    row = queries.scenario(id, actor(request))
    held = row.masts.filter(code=code).first()
    if held is None:
        raise NotFound("network_5g.no_mast", "the mast {code} is not there any more", code=code[:40])
    context = {
        "scenario": row,
        "mast": mast_of(held.values),
        "settings": queries.settings(row),
        "standings": standing_names().items(),
        "may_edit": queries.may_edit(actor(request), row),
    }
    return render(request, "network_5g/mast.html", context)


# --- a list that is brought in -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission(queries.PLAN)
def bring(request: HttpRequest, id: UUID) -> HttpResponse:
    """Choose a file; what was read of it is shown with every fault, and nothing is kept yet."""
    who = actor(request)
    row = queries.scenario(id, who)
    queries.require_edit(who, row)
    context: dict[str, Any] = {"scenario": row, "given": request.POST, "error": None, "zone_default": ""}
    if request.method == "GET":
        return render(request, "network_5g/import.html", context)
    try:
        name, found = _registered(request, row) if request.POST.get("from") == "register" else read_list(request, row)
    except DinhError as error:
        if error.family == "refused":
            raise
        return render(request, "network_5g/import.html", context | {"error": error}, status=422)
    warnings = [*found.warnings, *_places_to_look_at(row, found)]
    token = _hold(request, row, name, found)
    known = set(row.masts.values_list("name", flat=True))
    context |= {
        "token": token,
        "name": name,
        "sites": found.sites[:SHOWN],
        "count": len(found.sites),
        "changed": sum(site.name in known for site in found.sites),
        "faults": [(fault, fault.in_words(_)) for fault in found.faults[:SHOWN]],
        "fault_count": len(found.faults),
        "faulty_rows": len({(fault.layer, fault.line) for fault in found.faults}),
        "standings": standing_names(),
        "warnings": [(fault, fault.in_words(_)) for fault in warnings[:SHOWN]],
        "warning_count": len(warnings),
        "shown": SHOWN,
    }
    return render(request, "network_5g/import.html", context)


def _places_to_look_at(row: Scenario, found: SiteList) -> list[Fault]:
    """Masts that stand outside of the ground, or in the sea by its terrain; they are taken all the same."""
    points = [(site.longitude, site.latitude) for site in found.sites]
    if not points or not row.area.ground:
        return []
    standing = desk().ask("standing_of", queries.ground_of(row.area), points)
    # Where outlines of communes are known, what lies in none of them is at sea or abroad, also on a ground without terrain.
    outlined = places.bounds(row.area.places) is not None
    said = {
        "outside": Phrase("lies outside of the planning area's ground: it is kept, but not calculated. Look at its place, or make an area with a wider margin"),
        "water": Phrase("stands where the terrain is 0 m all around; does it stand in the sea?"),
        "nowhere": Phrase("lies in no commune; does it stand in the sea or beyond the border?"),
    }  # fmt: skip
    told = []
    for site, where in zip(found.sites, standing, strict=True):
        if not where and outlined and places.unit_at(site.longitude, site.latitude) is None:
            where = "nowhere"
        if where:
            told.append(Fault(site.line, site_columns.SHOWN["name"], site.name[:80], said[where]))
    return told


def _registered(request: HttpRequest, row: Scenario) -> tuple[str, SiteList]:
    found = queries.registered_sites(row.area, default_height_m=_height(request.POST.get("default_height", "")))
    if not found.sites and not found.faults:
        raise Invalid("network_5g.none_registered", "the register of assets holds no 5G site in this area; bring assets in first, or choose a file")  # fmt: skip
    return _("Register of assets"), found


def read_list(request: HttpRequest, row: Scenario) -> tuple[str, SiteList]:
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        raise Invalid("network_5g.no_file", "choose a file first")
    if (sent.size or 0) > MOST_BYTES:
        raise Invalid("network_5g.list_large", "{name} is larger than {most} MB; cut it to the area first", name=sent.name or "", most=MOST_BYTES // 1_000_000)  # fmt: skip
    above_sea = request.POST.get("heights") == "sea"
    found = read_any(
        sent.read(),
        (sent.name or "")[:200],
        plane=plane_of(zone) if (zone := request.POST.get("zone", "").strip()) else None,
        above_sea=above_sea,
        default_height_m=_height(request.POST.get("default_height", "")),
    )
    if above_sea:
        heights = _terrain_heights(row, found)
        found = heights_above_ground(found, lambda latitude, longitude: heights[longitude, latitude])
    return (sent.name or "")[:200], found


def _terrain_heights(row: Scenario, found: SiteList) -> dict[tuple[float, float], float]:
    points = [(site.longitude, site.latitude) for site in found.sites]
    if not points:
        return {}
    heights = desk().ask("height_at", queries.ground_of(row.area), points)
    return dict(zip(points, heights, strict=True))


def _height(text: str) -> float | None:
    return plain_number(text, _("height")) if text.strip() else None


def _hold(request: HttpRequest, row: Scenario, name: str, found: SiteList) -> str:
    """What was read waits under a word in a folder of the house until it is taken, a day at most."""
    folder = queries.folder("lists")
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    held = {"scenario": str(row.pk), "by": actor(request).urn, "name": name, "sites": plain(list(found.sites))}
    (folder / f"{token}.json").write_text(json.dumps(held), encoding="utf-8")
    return token


@require_POST
@permission(queries.PLAN)
def take(request: HttpRequest, id: UUID) -> HttpResponse:
    """Takes the good rows of a list that was checked, as one edit."""
    import msgspec

    who = actor(request)
    row = queries.scenario(id, who)
    token = request.POST.get("token", "")
    path = queries.folder("lists") / f"{token}.json"
    if not (len(token) == 32 and token.isalnum() and path.exists()):
        raise NotFound("network_5g.no_list", "this list is not there any more; bring it in again")
    held = json.loads(path.read_text(encoding="utf-8"))
    if held["scenario"] != str(row.pk) or held["by"] != who.urn:
        raise NotFound("network_5g.no_list", "this list is not there any more; bring it in again")
    sites = [msgspec.convert(values, SiteRow) for values in held["sites"]]
    try:
        edit = actions.take_list(
            scenario=row, rows=sites, about=held["name"], by=who, replace_all=request.POST.get("replace") == "1"
        )
    except Invalid as error:
        messages.error(request, told(error))
        return redirect("network_5g:import", id=row.id)
    path.unlink(missing_ok=True)
    messages.success(request, _("%(count)s masts were taken from “%(name)s”.") % {"count": len(edit.changes), "name": held["name"]})  # fmt: skip
    return redirect("network_5g:scenario", id=row.id)

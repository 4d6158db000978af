"""Planning areas: a list, a new one, its ground and rasters."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import DinhError, Invalid, NotFound
from dinh.spine.jobs import api as jobs
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.feeds.population import read_people
from dinh.systems.network_5g.feeds.rasters import check_raster
from dinh.systems.network_5g.models import Area, Raster
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web.asked import plain_number
from dinh.web.requests import actor, permission
from dinh.web.words import told

MOST_BYTES: Final = 600_000_000
GRIDS_M: Final = (25, 50, 100, 200)
MOST_COMMUNES: Final = 300
MOST_TABLE_BYTES: Final = 20_000_000
TABLES: Final = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"})


def kind_names() -> dict[str, str]:
    return {"terrain": _("Terrain"), "clutter": _("Clutter"), "people": _("Population")}


@require_safe
@permission(queries.READ)
def home(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    text = request.GET.get("q", "")[:80]
    archived = request.GET.get("archived") == "1"
    desk().wake()
    context = {
        "areas": queries.areas(who),
        "scenarios": queries.scenarios(who, text=text, archived=archived),
        "makers": parties.parties({row.by for row in queries.scenarios(who, archived=archived)}),
        "q": text,
        "archived": archived,
        "may_plan": parties.may(who, queries.PLAN),
        "me": who.urn,
    }
    return render(request, "network_5g/home.html", context)


@require_http_methods(["GET", "POST"])
@permission(queries.PLAN)
def new(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    given = request.POST
    error: DinhError | None = None
    if request.method == "POST":
        try:
            area = actions.open_area(
                name=given.get("name", ""),
                places=given.getlist("place")[:MOST_COMMUNES] or [given.get("unit", "")],
                resolution_m=plain_number(given.get("resolution", ""), _("grid")),
                margin_km=plain_number(given.get("margin", "5"), _("margin")),
                flat_m=plain_number(given.get("flat", "1.5"), _("height")),
                by=who,
            )
        except (Invalid, NotFound) as found:
            error = found
        else:
            messages.success(request, _("The area was made; its ground is being laid."))
            return redirect("network_5g:area", id=area.id)
    units = _units(who)
    asked = given.get("unit") or request.GET.get("unit") or settings.AREA
    unit = next((row for row in units if row.urn == asked), units[0] if units else None)
    context = {
        "units": [(row, row.valid_to is not None) for row in units],
        "unit": unit,
        "communes": [row for row in places.area(unit.urn) if row.level == "commune"] if unit else [],
        "grids": GRIDS_M,
        "given": given,
        "chosen": given.getlist("place"),
        "error": error,
    }
    return render(request, "network_5g/new_area.html", context, status=422 if error else 200)


def _units(who: parties.Actor) -> list[places.PlaceRow]:
    """Provinces of both periods where the actor plans, those of today first; communes for whoever plans in some only."""
    provinces = list(places.children(places.COUNTRY, level="province"))
    with suppress(NotFound):
        provinces.append(places.place(settings.AREA))
    found = [row for row in provinces if parties.may(who, queries.PLAN, place=row.urn)]
    if not found:
        held = {grant.place for grant in who.grants if grant.place}
        found = [row for row in places.places(held).values() if parties.may(who, queries.PLAN, place=row.urn)]
    return sorted(found, key=lambda row: (row.valid_to is not None, row.name_vi))


@require_safe
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    area = queries.area(id, who)
    task = None
    if area.task:
        try:
            task = jobs.task(area.task)
        except NotFound:
            task = None
    rows = queries.scenarios(who, area=area)
    context: dict[str, Any] = {
        "area": area,
        "task": task,
        "laying": task is not None and task.state in ("waiting", "running"),
        "rasters": [(raster, kind_names()[raster.kind]) for raster in area.rasters.all()],
        "kinds": kind_names().items(),
        "scenarios": rows,
        "makers": parties.parties({row.by for row in rows}),
        "units": list(places.places(area.places).values()),
        "may_plan": parties.may(who, queries.PLAN, place=area.place),
        "me": who.urn,
        "most_mb": MOST_BYTES // 1_000_000,
    }
    return render(request, "network_5g/area.html", context)


@require_POST
@permission(queries.PLAN)
def upload(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    area = queries.area(id, who)
    sent, kind = request.FILES.get("file"), request.POST.get("kind", "")
    try:
        parties.require(who, queries.PLAN, place=area.place)
        if not isinstance(sent, UploadedFile):
            raise Invalid("network_5g.no_file", "choose a file first")
        if kind not in Raster.Kind.values:
            raise Invalid("network_5g.raster_kind", "say whether it is terrain, clutter or people")
        source = request.POST.get("source", "")
        if kind == Raster.Kind.PEOPLE and Path(sent.name or "").suffix.lower() in TABLES:
            return _people(request, area, sent, source)
        name, digest, size = _keep(sent, kind)
        actions.add_raster(area=area, kind=kind, name=name, sha256=digest, size=size, source=source, by=who)
    except Invalid as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("“%(name)s” was taken; the ground is being laid anew.") % {"name": name})
    return redirect("network_5g:area", id=area.id)


def _people(request: HttpRequest, area: Area, sent: UploadedFile[bytes], source: str) -> HttpResponse:
    """A table of communes: all faults are shown; what is right is taken when there is none."""
    if (sent.size or 0) > MOST_TABLE_BYTES:
        raise Invalid("network_5g.list_large", "{name} is larger than {most} MB; cut it to the area first", name=sent.name or "", most=MOST_TABLE_BYTES // 1_000_000)  # fmt: skip
    rows = {row.code: row.name_vi for urn in area.places for row in places.area(urn) if row.level == "commune"}
    found = read_people(sent.read(), rows)
    if not found.people or (found.faults and request.POST.get("skip") != "1"):
        faults = [(fault, fault.in_words(_)) for fault in found.faults]
        return render(
            request, "network_5g/people.html", {"area": area, "name": sent.name, "faults": faults}, status=422
        )
    actions.give_people(area=area, people=found.people, source=source or (sent.name or ""), by=actor(request))
    for warning in found.warnings:
        messages.warning(request, warning.in_words(_))
    messages.success(request, _("People of %(count)s communes were taken; the ground is being laid anew.") % {"count": len(found.people)})  # fmt: skip
    return redirect("network_5g:area", id=area.id)


def _keep(sent: UploadedFile[bytes], kind: str) -> tuple[str, str, int]:
    """The file's name, hash and size; it lies among the rasters by its hash and ending once it could be read as one."""
    import hashlib

    name = Path(sent.name or "raster").name[:200]
    if (sent.size or 0) > MOST_BYTES:
        raise Invalid("network_5g.raster_large", "{name} is larger than {most} MB; cut it to the area first", name=name, most=MOST_BYTES // 1_000_000)  # fmt: skip
    folder = queries.folder("rasters")
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as aside:
        # An HGT tile says by its name where it lies: it keeps it, cut to what a name may hold.
        path = Path(aside) / _safe(name)
        with path.open("wb") as file:
            for chunk in sent.chunks():
                digest.update(chunk)
                file.write(chunk)
        found = check_raster(path, kind)
        os.replace(found, folder / f"{digest.hexdigest()}{found.suffix.lower()}")
    return f"{Path(name).stem}{found.suffix.lower()}", digest.hexdigest(), int(sent.size or 0)


def _safe(name: str) -> str:
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return kept[-60:].lstrip(".") or "raster"


@require_POST
@permission(queries.PLAN)
def remove(request: HttpRequest, id: UUID, number: int) -> HttpResponse:
    who = actor(request)
    area = queries.area(id, who)
    actions.remove_raster(area=area, number=number, by=who)
    messages.success(request, _("It was taken away; the ground is being laid anew."))
    return redirect("network_5g:area", id=area.id)


@require_POST
@permission(queries.PLAN)
def lay(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    area: Area = queries.area(id, who)
    actions.lay_ground(area=area, by=who)
    return redirect("network_5g:area", id=area.id)

"""Areas, scenarios and masts as pages need them, and who may see them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings as house
from django.db.models import Count, Q, QuerySet

from dinh.kernel.errors import NotFound, Refused
from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.systems.network_5g.calculation.questions import GROWTH, Commune, GroundQuestion, Question
from dinh.systems.network_5g.domain import Mast, Settings, SiteList, mast_of, settings_of
from dinh.systems.network_5g.feeds.register import CELL, SITE, sites_of_assets
from dinh.systems.network_5g.models import Area, Raster, Scenario

READ: Final = "network_5g.read"
PLAN: Final = "network_5g.plan"
TOLERANCE_M: Final = 30.0
QUICK_S: Final = 6.0
"""Longer calculations go to the background, where they can be watched and stopped."""
_PIXELS_A_SECOND: Final = {"p1812": 400_000.0}
_PIXELS_A_SECOND_RAYS: Final = 4_000_000.0


def folder(name: str) -> Path:
    """`grounds`, `results` and `rasters`, below DINH_HOME."""
    return Path(house.HOME) / "network_5g" / name


def urn_of(row: Area | Scenario) -> str:
    return f"urn:dinh:{'planning_area' if isinstance(row, Area) else 'scenario'}:{row.pk}"


# --- who may see what --------------------------------------------------------------------------------------


def _places_of(actor: Actor, permission: str) -> set[str]:
    held = set(Area.objects.values_list("place", flat=True).distinct())
    return {place for place in held if parties.may(actor, permission, place=place)}


def areas(actor: Actor) -> Sequence[Area]:
    """Those at the actor's places, with the number of scenarios that the actor sees."""
    seen = Q(scenarios__archived_at=None) & (Q(scenarios__shared=True) | Q(scenarios__by=actor.urn))
    found = Area.objects.filter(place__in=_places_of(actor, READ))
    return list(found.annotate(seen=Count("scenarios", filter=seen, distinct=True)))


def area(id: Any, actor: Actor) -> Area:
    """Raises NotFound, also for areas that the actor may not know of."""
    row = Area.objects.filter(pk=id).first()
    if row is None or not parties.may(actor, READ, place=row.place):
        raise NotFound("network_5g.no_area", "there is no such planning area")
    return row


def _seen(actor: Actor) -> QuerySet[Scenario]:
    found = Scenario.objects.filter(area__place__in=_places_of(actor, READ)).select_related("area")
    return found.filter(Q(shared=True) | Q(by=actor.urn))


def scenarios(actor: Actor, *, area: Area | None = None, archived: bool = False, text: str = "") -> Sequence[Scenario]:
    """Newest change first, with their masts counted."""
    found = _seen(actor).filter(archived_at__isnull=not archived)
    if area is not None:
        found = found.filter(area=area)
    rows = list(found.annotate(mast_count=Count("masts")))
    wanted = fold(text)
    return [row for row in rows if wanted in fold(row.name)] if wanted else rows


def scenario(id: Any, actor: Actor) -> Scenario:
    """Raises NotFound, also for scenarios that the actor may not know of."""
    row = _seen(actor).filter(pk=id).first()
    if row is None:
        raise NotFound("network_5g.no_scenario", "there is no such scenario")
    return row


def on_map(actor: Actor) -> Sequence[Scenario]:
    """Those whose coverage is a layer of the map, at the places where the actor may see plans."""
    return list(_seen(actor).filter(on_map=True, shared=True, archived_at=None))


def may_edit(actor: Actor, row: Scenario) -> bool:
    return parties.may(actor, PLAN, place=row.area.place) and (row.shared or row.by == actor.urn)


def require_edit(actor: Actor, row: Scenario) -> None:
    """Raises Refused."""
    parties.require(actor, PLAN, place=row.area.place)
    if not (row.shared or row.by == actor.urn):
        raise Refused("network_5g.not_yours", "this scenario belongs to somebody else; copy it to change it")


# --- masts -------------------------------------------------------------------------------------------------


def masts(row: Scenario) -> tuple[Mast, ...]:
    return tuple(mast_of(values) for values in row.masts.values_list("values", flat=True))


SORTS: Final = {"name": "name", "height": "height_m", "operator": "operator", "standing": "standing", "code": "code"}


def mast_rows(row: Scenario, *, text: str = "", standing: str = "", order: str = "code") -> QuerySet[Any]:
    """For lists: searched with diacritics folded, sorted by one of `SORTS`, '-' before it reverses."""
    found = row.masts.all()
    for word in fold(text).split():
        found = found.filter(search__contains=word)
    if standing:
        found = found.filter(standing=standing)
    column = SORTS.get(order.removeprefix("-"), "code")
    return found.order_by(f"-{column}" if order.startswith("-") else column, "id")


def registered_sites(area: Area, *, default_height_m: float | None = None) -> SiteList:
    """The 5G sites that the register of assets holds in an area's places."""
    found: dict[str, dict[str, places.PlaceRow]] = {SITE: {}, CELL: {}}
    for level, rows in found.items():
        for urn in area.places:
            after = ""
            while page := places.assets(within=urn, level=level, after=after, limit=1000):
                rows |= {row.urn: row for row in page}
                after = page[-1].urn
    sites = list(found[SITE].values())
    operators = parties.parties({row.operator for row in sites if row.operator})
    names = {urn: party.name("vi") for urn, party in operators.items()}
    return sites_of_assets(sites, found[CELL].values(), names, default_height_m=default_height_m)


# --- questions for the radio process -----------------------------------------------------------------------


def settings(row: Scenario) -> Settings:
    return settings_of(row.settings)


def ground_of(area: Area) -> Path:
    """Raises NotFound `network_5g.no_ground` while there is none."""
    if not area.ground:
        raise NotFound("network_5g.no_ground", "the ground of “{name}” is not laid yet; wait for it, or look at why it failed", name=area.name)  # fmt: skip
    return folder("grounds") / area.ground


def question(row: Scenario, with_masts: Sequence[Mast] | None = None) -> Question:
    found = tuple(with_masts) if with_masts is not None else masts(row)
    return Question(ground_of(row.area), folder("results"), found, settings(row))


def seconds_of(asked: Question, resolution_m: float) -> float:
    """About how long it takes from nothing; no promise."""
    pixels = (
        3.2 * (asked.settings.radius_km * 1000 / resolution_m) ** 2 * len(asked.masts) * len(asked.settings.carriers)
    )
    return pixels / _PIXELS_A_SECOND.get(asked.settings.model, _PIXELS_A_SECOND_RAYS)


@dataclass(frozen=True, slots=True)
class Shapes:
    box: tuple[float, float, float, float]
    communes: Sequence[Commune]


def shapes_of(urns: Sequence[str], people: Mapping[str, int] = MappingProxyType({})) -> Shapes:
    """The communes of today in these units, with people by code in place of the register's, and the box around them. Raises NotFound where no outline is known."""
    rows = [row for urn in urns for row in places.area(urn)]
    known = {row.urn: row for row in rows if row.level == "commune"}
    box = places.bounds(list(known) or list(urns))
    if box is None or not known:
        raise NotFound("network_5g.no_outline", "no outline is known of this place; import boundaries first (dinh import boundaries)")  # fmt: skip
    shapes = {shape.place.urn: shape for shape in places.units_in(box, level="commune", tolerance_m=TOLERANCE_M)}
    communes = [
        Commune(
            urn, row.full_name_vi or row.name_vi, row.full_name_en or row.name_en, shapes[urn].shape.wkb, people.get(row.code, row.population),
            shapes[urn].approximate,
        )
        for urn, row in sorted(known.items())
        if urn in shapes
    ]  # fmt: skip
    return Shapes(box, communes)


def ground_question(area: Area) -> GroundQuestion:
    found = shapes_of(area.places, area.people)
    files: dict[str, list[Path]] = {kind: [] for kind in Raster.Kind.values}
    for raster in area.rasters.all():
        files[raster.kind].append(folder("rasters") / f"{raster.sha256}{Path(raster.name).suffix.lower()}")
    return GroundQuestion(
        folder=folder("grounds"), box=found.box, margin_km=area.margin_km, resolution_m=area.resolution_m,
        communes=found.communes, terrain=files["terrain"], clutter=next(iter(files["clutter"]), None),
        people=next(iter(files["people"]), None), flat_m=area.flat_m or 0.0,
    )  # fmt: skip


def about_ground(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder("grounds") / name / "about.json").read_text(encoding="utf-8"))
    return found


def summary(digest: str) -> dict[str, Any] | None:
    """What was calculated under this name; None where nothing is kept."""
    try:
        found: dict[str, Any] = json.loads((folder("results") / digest / "summary.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def growth(digest: str) -> dict[str, Any] | None:
    """What fails first in the network under this name; None where that is not known."""
    try:
        found: dict[str, Any] = json.loads((folder("results") / digest / GROWTH).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

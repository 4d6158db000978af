"""Which publications an actor's permissions reach: by place, and by organisation."""

from __future__ import annotations

from django.db.models import Q

from dinh.kernel.errors import NotFound, Refused
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.publications.api import PublicationRow


def reaches(actor: Actor, permission: str, *, place: str | None, organisation: str | None) -> bool:
    """Without a place a publication is everybody's: then only a permission without bounds, or the own office's, counts."""
    if place:
        if parties.may(actor, permission, place=place):
            return True
    elif parties.may_everywhere(actor, permission):
        return True
    return bool(organisation) and actor.organisation == organisation and parties.may(actor, permission)


def may(row: PublicationRow, permission: str, actor: Actor) -> bool:
    return reaches(actor, permission, place=row.place, organisation=row.organisation)


def require(row: PublicationRow, permission: str, actor: Actor) -> None:
    require_reach(actor, permission, place=row.place, organisation=row.organisation)


def require_reach(actor: Actor, permission: str, *, place: str | None, organisation: str | None) -> None:
    if not reaches(actor, permission, place=place, organisation=organisation):
        raise Refused(
            "publications.not_permitted",
            "this needs the permission '{permission}' for {place}, where your roles do not reach; ask an administrator",
            permission=permission,
            place=place or "–",
        )


def visible(actor: Actor, permissions: tuple[str, ...], *, prefix: str = "") -> Q:
    """A condition on publications (through `prefix`): those that any of the permissions reaches."""
    found = Q(pk__in=[])
    for permission in permissions:
        if parties.may_everywhere(actor, permission):
            return Q()
        if not parties.may(actor, permission):
            continue
        areas = {grant.place for grant in actor.grants if grant.place}
        reached = {
            unit for area in sorted(areas) if parties.may(actor, permission, place=area) for unit in _units_within(area)
        }
        found |= Q(**{f"{prefix}place__in": sorted(reached)})
        if actor.organisation:
            found |= Q(**{f"{prefix}organisation": actor.organisation})
    return found


def _units_within(area: str) -> list[str]:
    try:
        return [area, *(row.urn for row in places.area(area))]
    except NotFound:
        return [area]

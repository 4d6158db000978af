"""Which accounts an administrator's permission reaches."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from dinh.kernel.errors import NotFound
from dinh.spine.parties import api
from dinh.spine.parties.api import Actor, PersonRow
from dinh.spine.parties.models import GrantRecord
from dinh.spine.places import api as places

MANAGE: Final = "parties.manage"


def may_administer(actor: Actor, person: PersonRow) -> bool:
    """See `api.may_administer`. Somebody without a role belongs to their own place, else to their organisation's."""
    if api.may_everywhere(actor, MANAGE):
        return True
    held = [grant.place for grant in person.grants]
    if not held:
        organisation = api.parties([person.organisation]) if person.organisation else {}
        held = [person.place or next((row.place for row in organisation.values()), None)]
    return all(place is not None and api.may(actor, MANAGE, place=place) for place in held)


def administered_by(actor: Actor) -> Q:
    """The same as a condition on accounts."""
    if api.may_everywhere(actor, MANAGE):
        return Q()
    reached = sorted(_reach(actor))
    grants = GrantRecord.objects.filter(user=OuterRef("pk"))
    at_home = Q(place__in=reached) | Q(place="", organisation__place__in=reached)
    return ~Exists(grants.exclude(place__in=reached)) & (Exists(grants) | at_home)


def _reach(actor: Actor) -> set[str]:
    """The places where the actor manages people, and the present communes in them."""
    found = set[str]()
    for place in {grant.place for grant in actor.grants if grant.place}:
        if api.may(actor, MANAGE, place=place):
            found.add(place)
            try:
                found |= {row.urn for row in places.area(place)}
            except NotFound:
                continue
    return found

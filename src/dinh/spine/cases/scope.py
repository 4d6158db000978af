"""Which cases an actor's permissions reach: by place, and by organisation where a case was handed to it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from dinh.kernel.errors import NotFound
from dinh.spine.cases import models
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places


def may(case: CaseRow, permission: str, actor: Actor) -> bool:
    if parties.may(actor, permission, place=case.place):
        return True
    return bool(actor.organisation) and actor.organisation == case.organisation and parties.may(actor, permission)


def require(case: CaseRow, permission: str, actor: Actor) -> None:
    """Raises Refused `parties.not_permitted`, which names the place; NotFound for a case that the actor may not see."""
    if may(case, permission, actor):
        return
    if not may_see(case, actor):
        raise no_case(case.urn)
    parties.require(actor, permission, place=case.place)


def no_case(urn: str) -> NotFound:
    """Said of what is not there and of what may not be known to be there."""
    return NotFound("cases.no_case", "there is no case '{urn}'", urn=urn[:200])


def may_see(case: CaseRow, actor: Actor) -> bool:
    if may(case, "cases.view", actor) or (bool(actor.urn) and actor.urn in (case.owner, case.requester)):
        return True
    return actor.organisation is not None and _asked_of(actor.organisation, number=case.number).exists()


def _asked_of(organisation: str, *, number: int | None = None) -> QuerySet[models.Task]:
    """Tasks of cases that an organisation was asked to help with: it sees the whole case."""
    found = models.Task.objects.filter(organisation=organisation)
    return found if number is None else found.filter(case__number=number)


def units_within(urn: str) -> Sequence[str]:
    """The present communes of an area and the area itself: what `Case.unit` can hold for a case in it."""
    try:
        communes = [row.urn for row in places.area(urn)]
    except NotFound:
        communes = []
    return list(dict.fromkeys([*communes, urn]))


def visible(actor: Actor, *, moving: str = "", fixed: str = "") -> Q | None:
    """A condition on cases, None where the actor may see all; `moving` and `fixed` are the prefixes of the
    fields that acts change and of those that they do not."""
    if parties.may_everywhere(actor, "cases.view"):
        return None
    mine = Q()
    if actor.urn:
        mine |= Q(**{f"{moving}owner": actor.urn}) | Q(**{f"{fixed}requester": actor.urn})
    if not parties.may(actor, "cases.view"):
        return mine if actor.urn else Q(pk__in=[])
    areas = {grant.place for grant in actor.grants if grant.place}
    units = [""] + [unit for area in sorted(areas) for unit in units_within(area) if _reaches(actor, area)]
    reached = mine | Q(**{f"{fixed}unit__in": units})
    if actor.organisation:
        reached |= Q(**{f"{moving}organisation": actor.organisation})
        reached |= Q(**{f"{fixed}pk__in": _asked_of(actor.organisation).values("case")})
    return reached


def _reaches(actor: Actor, area: str) -> bool:
    return parties.may(actor, "cases.view", place=area)

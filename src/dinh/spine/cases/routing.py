"""Which organisation a new case goes to: by the rules that departments edit, else by its type, else by its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.manifests import CaseTypeSpec
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import models
from dinh.spine.cases.checks import checked_spec
from dinh.spine.cases.office_rows import RoutingRow
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow

PERMISSION: Final = "cases.route"


def organisation_for(spec: CaseTypeSpec, category: str, ground: PlaceRow | None, unit: str | None) -> str | None:
    """By category before place, by the nearest place before a wider one; then the type's own, then whoever's place it is."""
    start = unit or (ground.urn if ground else None)
    around = [start, *(row.urn for row in places.ancestors(start))] if start else []
    if ground is not None and ground.urn not in around:
        around.insert(0, ground.urn)
    near = {urn: len(around) - distance for distance, urn in enumerate(around)}
    rules = models.Routing.objects.filter(
        type__in=("", spec.code), category__in={"", category}, place__in=["", *around]
    ).values_list("category", "place", "type", "organisation")
    best = max(rules, key=lambda rule: (rule[0] != "", near.get(rule[1], 0), rule[2] != ""), default=None)
    if best is not None:
        return best[3]
    if spec.routed_to and spec.routed_to in parties.parties([spec.routed_to]):
        return spec.routed_to
    by_place: dict[str, str] = {}
    if around:
        for organisation in parties.find_parties(kind="organisation", limit=2000):
            if organisation.place:
                by_place.setdefault(organisation.place, organisation.urn)
    return next((by_place[urn] for urn in around if urn in by_place), None)


def rules() -> Sequence[RoutingRow]:
    return [_row(rule) for rule in models.Routing.objects.order_by("type", "category", "place")]


def _row(rule: models.Routing) -> RoutingRow:
    return RoutingRow(rule.pk, rule.type, rule.category, rule.place, rule.organisation, rule.note, rule.by, rule.at)


@transaction.atomic
def set_rule(*, type: str, category: str, place: str, organisation: str, note: str, by: Actor) -> RoutingRow:
    """One rule for each type, category and place: set again, it changes. Raises Invalid, Refused."""
    parties.require(by, PERMISSION, place=place or None)
    if not place and not parties.may_everywhere(by, PERMISSION):
        raise Invalid("cases.routing_place", "choose a place: your roles do not reach everywhere")
    spec = checked_spec(type) if type else None
    if category and (spec is None or spec.category(category) is None):
        raise Invalid("cases.no_category_of", "choose a category of the kind of case", category=category)
    if parties.party(organisation).kind != "organisation":
        raise Invalid("cases.routing_to", "cases are routed to an organisation, not to a person", to=organisation)
    if place:
        places.place(place)
    rule, _ = models.Routing.objects.update_or_create(
        type=type,
        category=category,
        place=place,
        defaults={"organisation": organisation, "note": nfc(note)[:300], "by": by.urn, "at": clock.now()},
    )
    _tell("set", rule, by)
    return _row(rule)


@transaction.atomic
def drop_rule(id: int, *, by: Actor) -> None:
    rule = models.Routing.objects.select_for_update().filter(pk=id).first()
    if rule is None:
        raise NotFound("cases.no_routing", "this routing rule is not there any more")
    parties.require(by, PERMISSION, place=rule.place or None)
    if not rule.place and not parties.may_everywhere(by, PERMISSION):
        raise Conflict("cases.routing_beyond_reach", "this rule holds everywhere; your roles do not reach that far")
    _tell("dropped", rule, by)
    rule.delete()


def _tell(what: str, rule: models.Routing, by: Actor) -> None:
    ledger.append(
        f"routing.{what}",
        rule.organisation,
        {"by": by.urn, "type": rule.type, "category": rule.category, "place": rule.place or None},
    )

"""Whose work a dossier is, and by which code that office is known in its number."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, transaction

from dinh.kernel.errors import Conflict
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.public_services import models
from dinh.systems.public_services.domain import states
from dinh.systems.public_services.domain.procedures import PROVINCE, Procedure, Span


def place_for(procedure: Procedure, commune: str) -> str:
    """Where the work is: the commune, or the province that it lies in."""
    if procedure.level != PROVINCE:
        return commune
    province = next(
        (row for row in places.ancestors(commune) if row.level == "province" and row.valid_to is None), None
    )
    return province.urn if province else commune


def organisation_for(procedure: Procedure, span: Span) -> str | None:
    """None leaves it to the routing of cases, which goes by rules and then by the place's own organisation."""
    if procedure.level != PROVINCE:
        return None
    kind, category = states.type_of(span), states.category_code(procedure, span)
    if any(rule.type in ("", kind) and rule.category == category for rule in cases.routing_rules()):
        return None
    urn = f"urn:dinh:organisation:{procedure.organisation}"
    return urn if urn in parties.parties([urn]) else None


def code_for(procedure: Procedure, commune: str) -> str:
    """What the number of a dossier begins with, QCVN 102:2016/BTTTT: the province's code and the office's own."""
    place = places.place(place_for(procedure, commune))
    if procedure.level != PROVINCE:
        return f"{settings.AUTHORITY_CODE}.{place.code}"
    organisation = f"urn:dinh:organisation:{procedure.organisation}"
    held = models.Office.objects.filter(pk=organisation).first()
    return held.code if held else _new(organisation)


def _new(organisation: str) -> str:
    for number in range(1, 1000):
        code = f"{settings.AUTHORITY_CODE}.S{number:02d}"
        if models.Office.objects.filter(code=code).exists():
            continue
        with suppress(IntegrityError), transaction.atomic():  # another office was given this code in this moment
            made, _ = models.Office.objects.get_or_create(organisation=organisation, defaults={"code": code})
            return made.code
    raise Conflict("services.offices_full", "no code is left for another office; give codes to offices by hand")

"""Makes the daily brief: as a draft for a second person, or published at once where the operator has asked for that."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from dinh.kernel.errors import NotFound
from dinh.kernel.vietnamese_text import slug as slug_of
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import VersionRow
from dinh.systems.publishing import queries
from dinh.systems.publishing.domain import brief


def area() -> str:
    return str(settings.AREA)


def address(day: date) -> str:
    return brief.slug(day, area=slug_of(queries.name_of(area()).vi).removeprefix("urn-dinh-") or "tinh")


def is_made(day: date) -> bool:
    try:
        publications.publication(address(day))
    except NotFound:
        return False
    return True


def make_brief(day: date, *, by: Actor) -> VersionRow:
    """The brief of a day as a draft in review; the one that exists if it was made before, whatever has become of it."""
    facts = queries.day_facts(day)
    with transaction.atomic():
        made = publications.create(
            slug=address(day),
            kind=brief.KIND,
            title=brief.title(facts),
            summary=brief.summary(facts),
            body=brief.body(facts),
            place=area(),
            simulated=facts.simulated,
            automatic=by.urn == SYSTEM.urn,
            key=f"{brief.KIND}:{area()}:{day.isoformat()}",
            by=by,
        )
        if made.state != "draft" or made.revision != 1 or made.submitted_at is not None:
            return made
        return publications.submit(made.slug, by=by)


def make_brief_by_itself(day: date) -> VersionRow:
    """As the house itself; checked and published by it too only with DINH_BRIEF_AUTOPUBLISH, and then marked so."""
    made = make_brief(day, by=SYSTEM)
    if not settings.BRIEF_AUTOPUBLISH or not made.automatic or made.state != "in_review":
        return made
    with transaction.atomic():
        publications.approve(made.slug, revision=made.revision, by=SYSTEM)
        return publications.publish(made.slug, by=SYSTEM)

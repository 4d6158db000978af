"""The house's own warnings: publications of the kind `warning`, so that a second person checks words, place and time
together; what is published goes out as CAP through the door by which others' messages come in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.manifests import registry
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicationRow, VersionRow
from dinh.systems.local_news.actions import alerts
from dinh.systems.local_news.domain import own
from dinh.systems.local_news.domain.cap import Message
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds import cap_reading
from dinh.systems.local_news.queries import placing

KIND: Final = "warning"

type Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person writes. `areas` are communes, or the whole area alone; values are those of CAP."""

    title: Words
    text: Words
    event: Words
    instruction: Words
    category: str
    severity: str
    urgency: str
    certainty: str
    response: str
    begins: datetime
    ends: datetime
    areas: Sequence[str]
    exercise: bool = False


def write(draft: Draft, *, by: Actor) -> VersionRow:
    """A new warning as a draft. Raises Invalid, Refused."""
    place = draft.areas[0] if len(draft.areas) == 1 else str(settings.AREA)
    day = clock.now().astimezone(clock.VIETNAM)
    # No word of the title: the address stands in public leaves before anything of the warning is public.
    slug = f"canh-bao-{day:%Y%m%d-%H%M}-{secrets.token_hex(3)}"
    return publications.create(
        slug=slug, kind=KIND, title=draft.title, summary=draft.text, body=[_block(draft)], place=place,
        organisation=by.organisation, simulated=settings.DEMO, by=by,
    )  # fmt: skip


def rewrite(slug: str, draft: Draft, *, revision: int, note: Words, by: Actor) -> VersionRow:
    """Saves the open draft of a warning. Raises Conflict, Invalid, Refused."""
    return publications.save(
        slug, revision=revision, title=draft.title, summary=draft.text, note=note, body=[_block(draft)], by=by
    )


def issue(slug: str, *, revision: int, by: Actor) -> VersionRow:
    """A second person's check and the publication in one step: in a flood two buttons are one too many."""
    with transaction.atomic():
        publications.approve(slug, revision=revision, by=by)
        return publications.publish(slug, by=by)


def require_whole(slug: str, at: datetime) -> None:
    """What the publications ask before a warning is told. Raises Invalid where the message that the open version would make is one that the house itself would refuse."""
    row, version = publications.publication(slug), publications.open_version(slug)
    if version is None:
        raise Conflict("local_news.nothing_open", "no version of this warning is being worked on; load the page again")
    if datetime.fromisoformat(warning_in(version)["until"]) <= at:
        raise Invalid("local_news.over", "the warning would be over before it is told; give it a later end")
    cap_reading.read(cap_writing.write(_message(row, version, at)))


def take_published(slug: str, number: int) -> None:
    """Makes the message of a version that was published; of one that is no longer in force too, in its turn."""
    row, version = publications.publication(slug), publications.version(slug, number)
    if version.published_at is None or version.state not in ("published", "corrected"):
        return
    content = cap_writing.write(_message(row, version, version.published_at))
    alerts.receive(content, channel=alerts.OWN, by=version.checked_by or "", publication=row.slug)


def take_withdrawn(slug: str) -> None:
    row = publications.publication(slug)
    told = [one for one in publications.versions(slug, public=False) if one.published_at]
    if row.withdrawn_at is None or not told:
        return
    last = publications.version(slug, told[0].number)
    made = own.cancel(
        _told(row, last, last.published_at or row.withdrawn_at),
        earlier=[(one.number, one.published_at) for one in told if one.published_at],
        at=row.withdrawn_at,
        reason={"vi": row.withdrawn_reason_vi, "en": row.withdrawn_reason_en},
        **_from(row, warning_in(last)),
    )
    alerts.receive(cap_writing.write(made), channel=alerts.OWN, publication=row.slug)


def warning_in(version: VersionRow) -> Mapping[str, Any]:
    """Raises Invalid `local_news.no_warning`."""
    found = next((block for block in version.body if block["type"] == KIND), None)
    if found is None:
        raise Invalid(
            "local_news.no_warning",
            "version {number} of '{slug}' has no place, time and degree of a warning; write it at the desk of the news",
            number=version.number,
            slug=version.slug,
        )
    return found


def _block(draft: Draft) -> dict[str, Any]:
    named = places.places(draft.areas)
    if missing := [urn for urn in draft.areas if urn not in named]:
        raise Invalid("local_news.no_place", "there is no place '{urn}'; choose communes of the list", urn=missing[0])
    return {
        "type": KIND,
        "status": "Exercise" if draft.exercise or settings.DEMO else "Actual",
        "category": draft.category,
        "event": dict(draft.event),
        "severity": draft.severity,
        "urgency": draft.urgency,
        "certainty": draft.certainty,
        "response": draft.response,
        "from": draft.begins.isoformat(),
        "until": draft.ends.isoformat(),
        "areas": [
            {"urn": urn, "name": {"vi": named[urn].full_name_vi, "en": named[urn].full_name_en or named[urn].name_en}}
            for urn in draft.areas
        ],
        "instruction": dict(draft.instruction),
    }


def _message(row: PublicationRow, version: VersionRow, at: datetime) -> Message:
    told = publications.versions(row.slug)
    earlier = [(one.number, one.published_at) for one in told if one.published_at and one.number < version.number]
    return own.message(_told(row, version, at), earlier=earlier, **_from(row, warning_in(version)))


def _told(row: PublicationRow, version: VersionRow, at: datetime) -> own.Told:
    block = warning_in(version)
    return own.Told(
        slug=row.slug,
        number=version.number,
        published_at=at,
        title=version.title,
        text=version.summary,
        block=block,
        exercise=block["status"] == "Exercise" or version.simulated,
    )


def _from(row: PublicationRow, block: Mapping[str, Any]) -> dict[str, Any]:
    """Who sends it, where its page is, and which communes it is for."""
    office = parties.parties([row.organisation]).get(row.organisation) if row.organisation else None
    page = registry.link_path("publication", row.slug) or "/news/"
    ground = placing.ground()
    reached = row.place or ground.area
    urns = {
        unit
        for area in block["areas"]
        for unit in placing.within(area["urn"])
        if unit == reached or places.contains(reached, unit)
    }
    rings = placing.outlines(urns)
    areas = []
    for urn in sorted(urns):
        place = ground.communes[urn]
        name = {"vi": place.full_name_vi, "en": place.full_name_en or place.name_en}
        areas.append(own.Warned(urn, place.code, name, rings.get(urn, ())))
    return {
        "sender": f"{settings.PUBLIC_URL}/news/",
        "sender_name": {"vi": office.name_vi, "en": office.name_en} if office else {"vi": "Đình", "en": "Đình"},
        "web": f"{settings.PUBLIC_URL}{page}",
        "areas": areas,
    }

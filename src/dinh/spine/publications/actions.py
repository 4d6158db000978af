"""The way of a version from review to the public, and back off it. Every act locks the publication first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, Refused
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.spine.places import api as places
from dinh.spine.publications import blocks, domain, hearing, models, recording, rows, scope
from dinh.spine.publications.api import PublicationRow, VersionRow, Words

TASK: Final = "publications.publish"


def submit(slug: str, *, by: Actor) -> VersionRow:
    with transaction.atomic():
        found, version = _open(slug, "publications.write", by)
        version.state = domain.step(version.state, "submit")
        _require_whole(found, version)
        version.submitted_at = clock.now()
        return _done(found, version, what="submitted", by=by)


def send_back(slug: str, *, remark: str, by: Actor) -> VersionRow:
    said = blocks.plain(remark)
    if not said:
        raise Invalid("publications.remark_needed", "say in a sentence what should be changed")
    with transaction.atomic():
        found, version = _open(slug, "publications.check", by)
        version.state = domain.step(version.state, "send_back")
        version.checked_at, version.checked_by, version.checked_name = None, "", ""
        return _done(found, version, what="sent_back", by=by, text=said[:5000])


def approve(slug: str, *, revision: int, by: Actor) -> VersionRow:
    with transaction.atomic():
        found, version = _open(slug, "publications.check", by)
        if version.revision != revision:
            raise Conflict(
                "publications.not_what_you_read",
                "the text was changed since you opened it (save {newer}, you read {yours}); read it again",
                newer=version.revision,
                yours=revision,
            )
        version.state = domain.step(version.state, "approve")
        if by.urn in version.authors:
            automatic = version.automatic and by.urn == SYSTEM.urn
            if not automatic:
                raise Refused(
                    "publications.second_person",
                    "you wrote a part of this version; somebody else has to check it before it is published",
                )
        _require_whole(found, version)
        version.checked_at, version.checked_by, version.checked_name = clock.now(), by.urn, by.name[:200]
        return _done(found, version, what="approved", by=by)


def schedule(slug: str, *, at: datetime, by: Actor) -> VersionRow:
    with transaction.atomic():
        found, version = _open(slug, "publications.publish", by)
        version.state = domain.step(version.state, "schedule")
        if at <= clock.now():
            raise Invalid(
                "publications.past", "{at} is past; choose a moment to come, or publish now", at=at.isoformat()
            )
        _demand(found, at)
        version.scheduled_at = at
        done = _done(found, version, what="scheduled", by=by, data={"scheduled_at": at.isoformat()})
        jobs.start(
            TASK,
            {"publication": found.slug, "version": version.number},
            title=f"{version.title_vi[:200]}",
            by=by.urn,
            key=f"{TASK}:{found.slug}:{version.number}:{clock.to_microseconds(at)}",
            at=at,
        )
        return done


def unschedule(slug: str, *, by: Actor) -> VersionRow:
    with transaction.atomic():
        found, version = _open(slug, "publications.publish", by)
        version.state = domain.step(version.state, "unschedule")
        version.scheduled_at = None
        return _done(found, version, what="unscheduled", by=by)


def publish(slug: str, *, by: Actor) -> VersionRow:
    with transaction.atomic():
        found, version = _open(slug, "publications.publish", by)
        _demand(found, clock.now())
        return _publish(found, version, by=by)


def publish_scheduled(slug: str, number: int) -> bool:
    """False where it was published, put off or taken off the schedule meanwhile: then there is nothing to do.

    What its kind no longer lets pass is taken off the schedule, with the reason in its history."""
    with transaction.atomic():
        found = recording.locked(slug)
        version = models.Version.objects.filter(publication=found, number=number, state="scheduled").first()
        if found.state == "withdrawn" or version is None or version.scheduled_at is None:
            return False
        if version.scheduled_at > clock.now():
            return False
        try:
            _demand(found, clock.now())
        except Invalid as error:
            version.state, version.scheduled_at = domain.step(version.state, "unschedule"), None
            _done(found, version, what="unscheduled", by=SYSTEM, text=error.in_words(gettext)[:5000])
            return False
        _publish(found, version, by=SYSTEM)
        return True


def publish_due() -> int:
    due = models.Version.objects.filter(state="scheduled", scheduled_at__lte=clock.now()).exclude(
        publication__state="withdrawn"
    )
    return sum(publish_scheduled(slug, number) for slug, number in due.values_list("publication__slug", "number"))


def sweep() -> None:
    """Periodic: what the queue of long work has not published a minute after its time is published all the same."""
    publish_due()


def run_task(running: Any) -> Mapping[str, Any]:
    """Long work of the kind `publications.publish`."""
    params = running.task.params
    try:
        done = publish_scheduled(str(params["publication"]), int(params["version"]))
    except DinhError as error:
        if error.family != "not_found":
            raise
        done = False
    return {"published": done}


def _publish(found: models.Publication, version: models.Version, *, by: Actor) -> VersionRow:
    version.state = domain.step(version.state, "publish")
    moment = clock.now()
    earlier = None
    if found.current is not None:
        earlier = models.Version.objects.get(publication=found, number=found.current)
        earlier.state = domain.step(earlier.state, "replace")
        earlier.save(update_fields=["state"])
    version.published_at = moment
    version.sha256 = blocks.digest(rows.canonical_of(found, version))
    data: dict[str, Any] = {"slug": found.slug, "sha256": version.sha256, "licence": found.licence, "kind": found.kind}
    if earlier is not None:
        data["corrects"] = earlier.number
    found.state, found.current = "published", version.number
    found.published_at, found.updated_at = found.published_at or moment, moment
    found.title_vi, found.title_en = version.title_vi, version.title_en
    found.search = rows.content_of(version).searchable()
    found.save()
    version.ledger_index = recording.record(found, version, what="published", by=by, at=moment, data=data)
    version.save()
    payload = _payload(found, version)
    jobs.publish("publication.published", payload)
    if earlier is not None:
        jobs.publish("publication.corrected", {**payload, "corrects": earlier.number})
    return rows.version_of(version, found.slug)


def drop(slug: str, *, by: Actor) -> VersionRow:
    with transaction.atomic():
        found, version = _open(slug, "publications.write", by)
        version.state = domain.step(version.state, "drop")
        if found.current is None:
            found.state = "dropped"
            found.save()
        return _done(found, version, what="dropped", by=by)


def withdraw(slug: str, *, reason: Words, by: Actor) -> PublicationRow:
    words = blocks.words(dict(reason), "reason", longest=2000)
    if not words["vi"] or not words["en"]:
        raise Invalid("publications.reason_needed", "say in both languages why it is withdrawn; everybody will read it")
    with transaction.atomic():
        found = recording.locked(slug)
        scope.require(rows.publication_of(found), "publications.publish", by)
        recording.require_standing(found)
        if found.current is None:
            raise Conflict("publications.not_public", "nothing of it is published yet; write on in its draft instead")
        moment = clock.now()
        present = models.Version.objects.get(publication=found, number=found.current)
        present.state = domain.step(present.state, "withdraw")
        present.save(update_fields=["state"])
        models.Version.objects.filter(publication=found, state__in=domain.OPEN).update(state="dropped")
        found.state, found.withdrawn_at, found.updated_at = "withdrawn", moment, moment
        found.withdrawn_reason_vi, found.withdrawn_reason_en = words["vi"], words["en"]
        found.save()
        recording.record(found, present, what="withdrawn", by=by, at=moment, text=f"{words['vi']}\n{words['en']}")
        jobs.publish("publication.withdrawn", _payload(found, present))
        transaction.on_commit(hearing.tell_withdrawn)
        return rows.publication_of(found)


def _require_whole(found: models.Publication, version: models.Version) -> None:
    """Whoever may warn a place may warn of what lies in it, and nobody else's."""
    content = rows.content_of(version)
    content.require_complete(correction=found.current is not None)
    for area in content.require_warning(found.kind):
        if found.place and not places.contains(found.place, area):
            raise Invalid(
                "publications.warning_beyond",
                "the warning is for {area}, which does not lie in {place}, the place of this publication; take it out",
                area=area,
                place=found.place,
            )


def _demand(found: models.Publication, at: datetime) -> None:
    if check := hearing.demands.get(found.kind):
        check(found.slug, at)


def _open(slug: str, permission: str, by: Actor) -> tuple[models.Publication, models.Version]:
    found = recording.locked(slug)
    scope.require(rows.publication_of(found), permission, by)
    return found, recording.locked_open(found)


def _done(
    found: models.Publication,
    version: models.Version,
    *,
    what: str,
    by: Actor,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> VersionRow:
    version.save()
    recording.record(found, version, what=what, by=by, at=clock.now(), text=text, data=data)
    return rows.version_of(version, found.slug)


def _payload(found: models.Publication, version: models.Version) -> dict[str, Any]:
    return {
        "urn": domain.urn_of(found.slug),
        "slug": found.slug,
        "kind": found.kind,
        "version": version.number,
        "place": found.place or None,
        "organisation": found.organisation or None,
        "title_vi": version.title_vi,
        "title_en": version.title_en,
    }

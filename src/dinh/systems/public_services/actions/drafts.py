"""Filling in: saved while it is typed, resumed on another device, nothing silently lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.files import api as files
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, Actor
from dinh.spine.places import api as places
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import telling
from dinh.systems.public_services.domain import codes, folders
from dinh.systems.public_services.domain.procedures import Procedure
from dinh.systems.public_services.models.dossiers import COUNTER, ONLINE, SELF
from dinh.systems.public_services.queries import access, versions
from dinh.web import schema_forms

KEPT: Final = timedelta(days=30)
HISTORY: Final = 300
"""Changes that are kept, together no longer than the answers may be."""
LARGEST: Final = 150_000
"""Letters of all answers together."""
CODES_SENT: Final = 5
"""Times that the code of one draft is sent: nobody is to be flooded by it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """`lost` are fields whose other words this save replaced, with those words; `theirs` what the other device changed."""

    revision: int
    at: datetime
    lost: Mapping[str, Any] = field(default_factory=dict)
    theirs: Sequence[str] = ()


def begin(
    procedure: Procedure, *, place: str, by: Actor, language: str, counter: bool = False, simulated: bool = False
) -> models.Draft:
    """Raises Invalid `services.place`, Refused for the counter of a place that the actor's roles do not reach."""
    place = checked_place(place)
    if counter:
        parties.require(by, "public_services.counter", place=place)
    versions.keep(procedure)
    salt, moment = codes.fresh_salt(), clock.now()
    own = by.urn if by.urn.startswith(PERSON) and by.permissions is None and not counter else ""
    return models.Draft.objects.create(
        id=uuid.uuid4(),
        procedure=procedure.slug,
        version=procedure.version,
        person=own,
        place=place,
        channel=COUNTER if counter else ONLINE,
        taken_in_by=by.urn if counter else "",
        language=language,
        simulated=simulated,
        salt=salt,
        code_hash=codes.hashed(codes.code_of(settings.SECRET_KEY, salt)),
        created_at=moment,
        saved_at=moment,
        expires_at=moment + KEPT,
    )


def checked_place(urn: str) -> str:
    found = places.places([urn]).get(urn) if urn.startswith("urn:dinh:unit:") else None
    if found is None or found.level != "commune" or found.valid_to is not None:
        raise Invalid("services.place", "choose the commune or ward whose office the dossier goes to")
    return found.urn


@transaction.atomic
def save(
    draft: models.Draft, values: Mapping[str, Any], *, base: int, page: str = "", moment: datetime | None = None
) -> Saved:
    """Takes the fields that were changed since revision `base`; None takes one away. The last one wins, and is told of it.

    Raises Invalid `services.too_long`, Conflict `services.handed_in`.
    """
    row = locked(draft)
    form = folders.procedure(row.procedure).form
    lost: dict[str, Any] = {}
    changed: set[str] = set()
    for name, value in values.items():
        if name not in form.get("properties", {}):
            continue
        now, then = row.values.get(name), _at(row, name, base)
        if value in (then, now):
            continue
        if now != then:
            lost[name] = now
        changed.add(name)
        row.history.append([row.revision + 1, name, now])
        if value in (None, "", []):
            row.values.pop(name, None)
        else:
            row.values[name] = value
    if changed:
        if len(str(row.values)) > LARGEST:
            raise Invalid("services.too_long", "the answers are too long together; shorten them or attach a document")
        row.revision += 1
        row.history = _newest(row.history)
    if page:
        row.page = page[:40]
    row.saved_at = moment or clock.now()
    row.expires_at = row.saved_at + KEPT
    row.save()
    theirs = sorted({name for revision, name, _ in row.history if revision > base} - changed)
    return Saved(row.revision, row.saved_at, lost, theirs)


def _newest(history: Sequence[Any]) -> list[Any]:
    """As much of it as is kept: typing long answers over and over fills no register."""
    kept, letters = list[Any](), 0
    for entry in reversed(history[-HISTORY:]):
        letters += len(str(entry))
        if letters > LARGEST:
            break
        kept.append(entry)
    return kept[::-1]


def _at(row: models.Draft, name: str, base: int) -> Any:
    """What a field held at a revision: before the first change after it."""
    return next(
        (was for revision, changed, was in row.history if changed == name and revision > base), row.values.get(name)
    )


def locked(draft: models.Draft) -> models.Draft:
    row = models.Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None or row.handed_in_at is not None:
        raise Conflict(
            "services.handed_in", "this draft was handed in or dropped; nothing of it can be changed any more"
        )
    return row


@transaction.atomic
def set_applicant(
    draft: models.Draft, *, name: str, email: str, phone: str, acting: str, acting_for: str
) -> models.Draft:
    row = locked(draft)
    row.name, row.email, row.phone = nfc(name)[:200], email.strip()[:254], phone
    row.acting, row.acting_for = acting, "" if acting == SELF else nfc(acting_for)[:200]
    row.saved_at = clock.now()
    row.expires_at = row.saved_at + KEPT
    row.save()
    return row


@transaction.atomic
def set_place(draft: models.Draft, place: str) -> None:
    row = locked(draft)
    if row.channel == COUNTER:
        raise Conflict("services.counter_place", "a dossier that was taken in at the counter stays with its office")
    row.place = checked_place(place)
    row.save(update_fields=["place"])


def prefill(draft: models.Draft, *, by: Actor) -> Sequence[str]:
    """Fills what is empty from the person's own record; the person pressed the button, which is the consent. Returns the
    names of the fields."""
    known = record_of(by)
    form = folders.procedure(draft.procedure).form
    wanted = {
        name: known[part["x-prefill"]]
        for name, part in form.get("properties", {}).items()
        if known.get(part.get("x-prefill", "")) and not draft.values.get(name)
    }
    if wanted:
        save(draft, wanted, base=draft.revision)
    return list(wanted)


def record_of(by: Actor) -> Mapping[str, str]:
    """What the house knows of a person who signed in, by the words of `x-prefill`."""
    if not by.urn.startswith(PERSON):
        return {}
    person = parties.addressees([by.urn]).get(by.urn)
    party = parties.parties([by.urn]).get(by.urn)
    if party is None:
        return {}
    place = places.places([party.place]).get(party.place) if party.place else None
    return {
        "name": party.name_vi,
        "email": person.email if person else "",
        "commune": place.full_name_vi if place else "",
    }


@transaction.atomic
def claim(draft: models.Draft, *, by: Actor) -> None:
    """Somebody who began without an account and signed in: the draft is theirs from now on."""
    row = locked(draft)
    if not row.person and row.channel == ONLINE and by.urn.startswith(PERSON) and by.permissions is None:
        row.person = by.urn
        row.save(update_fields=["person"])


@transaction.atomic
def send_code(draft: models.Draft, *, to: str) -> None:
    """By e-mail or SMS. Raises Conflict `services.code_sent`."""
    row = locked(draft)
    if row.code_sent >= CODES_SENT:
        raise Conflict(
            "services.code_sent", "the code was sent {n} times already; write it down from this page", n=CODES_SENT
        )
    row.code_sent += 1
    row.save(update_fields=["code_sent"])
    procedure = folders.procedure(row.procedure)
    code = access.code_of(row)
    notices.notify(
        "services.draft",
        to=[to],
        key=f"services:draft:{row.pk}:{row.code_sent}",
        about=telling.urn_of(row.pk),
        params={
            "procedure": {"vi": procedure.name.vi, "en": procedure.name.en},
            "code": code,
            "link": telling.link_of(code),
            "days": KEPT.days,
        },
    )


@transaction.atomic
def drop(draft: models.Draft, *, by: str) -> None:
    row = locked(draft)
    erase(row, by=by, reason="the draft was dropped")


def erase(row: models.Draft, *, by: str, reason: str) -> None:
    for file in files.files_of(telling.urn_of(row.pk)):
        if file.state != "erased":
            files.erase(file.urn, by=by, reason=reason)
    notices.forget_about([telling.urn_of(row.pk)])
    models.Attachment.objects.filter(dossier=row.pk).delete()
    row.delete()


def problems(procedure: Procedure, values: Mapping[str, Any]) -> Mapping[str, str]:
    """Every fault of the answers, by field."""
    return schema_forms.faults_of(procedure.form, schema_forms.pruned(procedure.form, values))

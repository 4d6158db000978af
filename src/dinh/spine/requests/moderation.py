"""What officials take off the public pages, and put back. The work on it is the case's; nothing of that changes here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor
from dinh.spine.requests import models, opening, queries, withdrawing
from dinh.spine.requests.api import TAKEN_OFF

WHY: Final = ("", *TAKEN_OFF)


def _within(number: str, by: Actor) -> models.Request:
    found = models.Request.objects.select_for_update().filter(number=number).first()
    reached = found is not None and queries.may_moderate(found, by)
    if found is None or not (found.shown or reached):
        raise queries.none(number)
    if not reached:
        raise Refused("requests.not_permitted", "your roles do not reach report {number}", number=number)
    return found


@transaction.atomic
def hide(numbers: Sequence[str], *, why: str, by: Actor) -> int:
    if why not in WHY:
        raise Invalid(
            "requests.why", "'{why}' is no reason; give one of {known}", why=why[:20], known=", ".join(WHY[1:])
        )
    changed = []
    for number in dict.fromkeys(numbers):
        found = _within(number, by)
        if found.hidden == why or found.erased_at is not None:
            continue
        before, was_shown, now = found.hidden, found.shown, clock.now()
        found.hidden, found.shown, found.updated_at = why, not why and not found.private, now
        found.judged_by, found.judged_at = by.urn, now
        found.save(update_fields=["hidden", "shown", "updated_at", "judged_by", "judged_at"])
        if was_shown and not found.shown:
            withdrawing.withdraw(found)
        changed.append((found, before))
    for found, before in changed:
        if found.shown and before == "check":
            jobs.publish(opening.SHOWN, {"number": found.number})
        ledger.append(
            "request.hidden" if why else "request.shown", f"urn:dinh:request:{found.number}", {"by": by.urn, "why": why}
        )
    return len(changed)


@transaction.atomic
def show_photo(number: str, position: int, *, shown: bool, by: Actor) -> None:
    found = _within(number, by)
    if not models.Photo.objects.filter(request=found, position=position).update(shown=shown):
        raise NotFound("requests.no_photo", "{number} has no photo {position}", number=number, position=position)
    _changed(found, "photo", str(position), shown, by)


@transaction.atomic
def show_voice(number: str, id: int, *, shown: bool, by: Actor) -> None:
    found = _within(number, by)
    if not models.Voice.objects.filter(request=found, pk=id).update(shown=shown):
        raise NotFound("requests.no_voice", "nobody said this about {number}", number=number)
    _changed(found, "voice", str(id), shown, by)


def add_photo(number: str, *, name: str, content: bytes, by: Actor) -> None:
    whole = files.prepare(content, name=name, accept=files.IMAGES, by=by.urn)
    small = opening.smaller(whole)
    with transaction.atomic():
        found = _within(number, by)
        kept = [
            files.save(one, name=one.name, about=found.case, by=by.urn, personal=found.private)
            for one in (whole, small)
        ]
        last = models.Photo.objects.filter(request=found).order_by("-position").first()
        models.Photo.objects.create(
            request=found, position=last.position + 1 if last else 1, file=kept[0].urn, small=kept[1].urn, after=True
        )
        _changed(found, "photo_added", kept[0].urn, True, by)


def _changed(found: models.Request, what: str, which: str, shown: bool, by: Actor) -> None:
    models.Request.objects.filter(pk=found.pk).update(updated_at=clock.now())
    if found.shown and not shown:
        withdrawing.withdraw(found)
    ledger.append(f"request.{what}", f"urn:dinh:request:{found.number}", {"by": by.urn, "which": which, "shown": shown})

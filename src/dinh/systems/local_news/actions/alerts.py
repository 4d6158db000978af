"""Takes a CAP message in: checked, laid on communes, put in the place of those that it updates or cancels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.local_news import models
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.domain.cap import Info, Message, Reference
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds import cap_reading
from dinh.systems.local_news.queries import placing

MANAGE: Final = "local_news.manage"
OWN, DESK = "own", "desk"
WITHOUT_END: Final = timedelta(hours=24)
"""How long a message without `expires` is shown."""
LONGEST: Final = timedelta(days=30)
"""A message that says it lasts longer is shown for so long: nobody is to warn a province until 2099."""


@dataclass(frozen=True, slots=True)
class Received:
    """`what` is new, known or replaced (a newer message had come before it)."""

    number: int
    what: str
    communes: int
    headline: str


def receive_by_hand(content: bytes, *, by: Actor) -> Received:
    """From a file at the desk or on the command line; needs local_news.manage for the whole area."""
    parties.require(by, MANAGE, place=str(settings.AREA))
    return receive(content, channel=DESK, by=by.urn)


def receive(
    content: bytes, *, channel: str, by: str = "", feed: models.Feed | None = None, publication: str = ""
) -> Received:
    """Raises Invalid for what is no CAP message or not for the public. The same message again changes nothing."""
    message = cap_reading.read(content)
    require_public(message)
    with transaction.atomic():
        known = models.Alert.objects.filter(channel=channel, **_named(message.reference)).first()
        if known is not None:
            return Received(known.pk, "known", known.units.count(), headline(message))
        row = _row(message, content, channel=channel, by=by, feed=feed, publication=publication)
        units = _units(message, feed)
        row.placed = units[1]
        row.save()
        models.AlertUnit.objects.bulk_create(
            models.AlertUnit(alert=row, unit=unit, severity=severity) for unit, severity in sorted(units[0].items())
        )
        replaced = _put_in_place(row, message)
        ledger.append(
            "local_news.alert_received",
            urn_of(row.pk),
            {
                "channel": channel, "sender": message.sender, "identifier": message.identifier,
                "sent": message.sent.isoformat(), "kind": message.kind, "severity": row.severity, "by": by,
            },
        )  # fmt: skip
    return Received(row.pk, "replaced" if replaced else "new", len(units[0]), headline(message))


def require_public(message: Message) -> None:
    if message.scope != "Public":
        raise Invalid(
            "local_news.not_public",
            "alert/scope is '{value}': the message is not for the public, so it is not taken; it should be Public",
            value=message.scope,
        )
    if message.kind in ("Ack", "Error") or message.status == "Draft":
        raise Invalid(
            "local_news.not_a_warning",
            "the message is '{kind}' with the status '{status}', which warns nobody; Alert, Update and Cancel are taken",
            kind=message.kind,
            status=message.status,
        )


def hide(number: int, *, why: str, by: Actor) -> None:
    """Takes what came from outside off the public pages, on the record. Own warnings are withdrawn instead."""
    with transaction.atomic():
        row = models.Alert.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise NotFound("local_news.no_alert", "there is no warning {number}", number=number)
        parties.require(by, MANAGE, place=row.feed.place if row.feed else str(settings.AREA))
        said = " ".join(why.split())[:500]
        if not said:
            raise Invalid("local_news.why", "say in a sentence why the warning is hidden; it stays on the record")
        if row.channel == OWN:
            raise Conflict("local_news.own", "this is the house's own warning; withdraw its publication instead")
        if row.hidden_at is not None:
            return
        row.hidden_at, row.hidden_by, row.hidden_why = clock.now(), by.urn, said
        row.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])
        ledger.append("local_news.alert_hidden", urn_of(row.pk), {"by": by.urn, "why": said})


def urn_of(number: int) -> str:
    return f"urn:dinh:warning:{number}"


def headline(message: Message) -> str:
    return next((info.headline or info.event for info in message.infos), message.identifier)


def _named(reference: Reference) -> Mapping[str, Any]:
    return {"sender": reference.sender, "identifier": reference.identifier, "sent_at": reference.sent}


def _row(
    message: Message, content: bytes, *, channel: str, by: str, feed: models.Feed | None, publication: str
) -> models.Alert:
    now = clock.now()
    worst = _worst(message)
    ends = [info.expires for info in message.infos if info.expires]
    end = max(ends) if ends else message.sent + WITHOUT_END
    begins = [info.effective or message.sent for info in message.infos] or [message.sent]
    return models.Alert(
        channel=channel,
        feed=feed,
        **_named(message.reference),
        kind=message.kind,
        status=message.status,
        severity=cap.worst(tuple(info.severity for info in message.infos)),
        urgency=worst.urgency if worst else "Unknown",
        certainty=worst.certainty if worst else "Unknown",
        category=worst.categories[0] if worst else "Other",
        from_at=min(begins),
        until_at=min(end, max(now, message.sent) + LONGEST),
        end_given=bool(ends),
        said=_said(message),
        references=[_key(reference) for reference in message.references],
        signed=message.signed,
        version=message.version,
        xml=_text(content, message),
        publication=publication,
        came_at=now,
        came_by=by,
    )


def _text(content: bytes, message: Message) -> str:
    """As it came where that is UTF-8, else written anew."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    return text if text and "\0" not in text else cap_writing.write(message).decode("utf-8")


def _worst(message: Message) -> Info | None:
    return min(message.infos, key=lambda info: cap.SEVERITIES.index(info.severity), default=None)


def _said(message: Message) -> dict[str, dict[str, str]]:
    """The words of the worst part in each language."""
    found: dict[str, Info] = {}
    for info in sorted(message.infos, key=lambda info: cap.SEVERITIES.index(info.severity)):
        found.setdefault(info.language[:2].lower(), info)
    return {
        language: {
            "event": info.event,
            "headline": info.headline or info.event,
            "description": info.description,
            "instruction": info.instruction,
            "area": "; ".join(area.description for area in info.areas)[:2000],
            "sender": info.sender_name,
            "contact": info.contact,
            "web": info.web,
            "onset": info.onset.isoformat() if info.onset else "",
        }
        for language, info in found.items()
    }


def _units(message: Message, feed: models.Feed | None) -> tuple[Mapping[str, str], str]:
    """By commune the worst severity there. Where the message says nothing of its place, that of its feed stands in."""
    found: dict[str, str] = {}
    how = "nowhere"
    for info in message.infos:
        units, by = placing.where(info.areas)
        how = by if how == "nowhere" else how
        for unit in units:
            found[unit] = cap.worst((found.get(unit, info.severity), info.severity))
    silent = not any(area.polygons or area.circles or area.geocodes for info in message.infos for area in info.areas)
    if not found and feed is not None and silent and message.infos:
        severity = cap.worst(tuple(info.severity for info in message.infos))
        found, how = dict.fromkeys(placing.within(feed.place), severity), "feed"
    return found, how


def _put_in_place(row: models.Alert, message: Message) -> bool:
    """Replaces what the message names, and is replaced itself where its successor came first."""
    earlier = models.Alert.objects.filter(channel=row.channel, replaced_by=None, status__in=_reached(row))
    if message.kind in ("Update", "Cancel"):
        for reference in message.references:
            earlier.filter(**_named(reference)).exclude(pk=row.pk).update(replaced_by=row)
    later = models.Alert.objects.filter(channel=row.channel, kind__in=["Update", "Cancel"], sent_at__gte=row.sent_at)
    for one in later.exclude(pk=row.pk).only("pk", "references", "status", "channel"):
        if row.status in _reached(one) and _key(message.reference) in one.references:
            row.replaced_by = one
            row.save(update_fields=["replaced_by"])
            return True
    return False


def _reached(row: models.Alert) -> tuple[str, ...]:
    """Of which status a message can be that this one takes the place of: no test or exercise takes down what is real,
    except where the house itself says that it never was."""
    return cap.STATUSES if row.status == "Actual" or row.channel == OWN else (row.status,)


def _key(reference: Reference) -> str:
    moment: datetime = reference.sent
    return f"{reference.sender},{reference.identifier},{clock.to_microseconds(moment)}"

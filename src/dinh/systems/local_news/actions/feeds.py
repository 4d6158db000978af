"""Registers feeds, asks them, and takes what they answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, SourceUnavailable
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.local_news import examples, models
from dinh.systems.local_news.actions import alerts
from dinh.systems.local_news.domain import reading
from dinh.systems.local_news.domain.cap import Message
from dinh.systems.local_news.feeds import cap_reading, fetching, syndication
from dinh.systems.local_news.queries import feeds as queries
from dinh.systems.local_news.queries import placing

log = structlog.get_logger("dinh.local_news")
MANAGE: Final = "local_news.manage"
KINDS: Final = ("media", "administration", "warnings")
AT_ONCE: Final = 4
A_TURN: Final = 8
"""Feeds asked in one turn: a minute's work is never much longer than two slow servers."""
MESSAGES: Final = 15
LONGEST_S: Final = 20.0
"""Messages of a feed of warnings that are fetched in one turn, and how long one is begun; the others follow in the next."""
KNOWN: Final = 500
SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Described:
    """A feed as its manager describes it."""

    name_vi: str
    name_en: str
    address: str
    kind: str
    place: str
    licence: str = ""
    every_min: int = 30
    silent_after_h: int = 24
    enabled: bool = True


@dataclass(slots=True)
class Came:
    """What an address answered: `fault` when it could not be read; `documents` and `faults` of a feed of warnings."""

    fetched: fetching.Fetched | None = None
    fault: DinhError | None = None
    documents: list[tuple[str, bytes]] = field(default_factory=list)
    faults: list[DinhError] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at what would come, with nothing kept: headline, its communes or area, link, and messages."""

    title: str
    entries: Sequence[tuple[syndication.Entry, Sequence[str]]]
    left_out: int
    messages: Sequence[tuple[Message, int]]
    faults: Sequence[DinhError]


def save(described: Described, *, by: Actor, number: int | None = None, simulated: bool = False) -> int:
    """Creates a feed, or changes it; needs local_news.manage at its place, and at the place that it had. Raises Invalid,
    Refused, Conflict `local_news.address_taken`."""
    checked = _checked(described, simulated=simulated)
    parties.require(by, MANAGE, place=checked["place"])
    with transaction.atomic():
        taken = models.Feed.objects.filter(address=checked["address"])
        if (taken if number is None else taken.exclude(pk=number)).exists():
            raise Conflict(
                "local_news.address_taken", "{address} is read already; change that feed", address=checked["address"]
            )
        now = clock.now()
        if number is None:
            row = models.Feed(manager=by.urn, created_at=now, due_at=now, simulated=simulated)
        else:
            row = _locked(number, by)
            if row.address != checked["address"] or row.kind != checked["kind"]:
                row.etag = row.last_modified = ""
                row.known = {}
            row.due_at, row.failures, row.failing_since, row.fault, row.told_at = now, 0, None, {}, None
        for name, value in checked.items():
            setattr(row, name, value)
        row.save()
        ledger.append(
            "local_news.feed_saved",
            f"urn:dinh:feed:{row.pk}",
            {"address": row.address, "kind": row.kind, "place": row.place, "enabled": row.enabled, "by": by.urn},
        )
    return row.pk


def _locked(number: int, by: Actor) -> models.Feed:
    row = models.Feed.objects.select_for_update().filter(pk=number).first()
    if row is None or not parties.may(by, MANAGE, place=row.place):
        raise queries.no_feed(number)
    return row


def _checked(described: Described, *, simulated: bool) -> dict[str, Any]:
    if described.kind not in KINDS:
        raise Invalid(
            "local_news.kind", "'{value}' is no kind of feed; it should be one of {known}", value=described.kind,
            known=", ".join(KINDS),
        )  # fmt: skip
    if not 5 <= described.every_min <= 1440:
        raise Invalid(
            "local_news.every", "a feed is asked every 5 to 1440 minutes, not every {value}", value=described.every_min
        )
    names = {"name_vi": nfc(described.name_vi)[:200], "name_en": nfc(described.name_en)[:200]}
    if not names["name_vi"]:
        raise Invalid("local_news.no_name", "the feed has no Vietnamese name; write what people know it by")
    return {
        **names,
        "address": described.address if simulated else fetching.check_address(described.address),
        "kind": described.kind,
        "place": described.place or str(settings.AREA),
        "licence": nfc(described.licence)[:200],
        "every_min": described.every_min,
        "silent_after_h": max(0, min(described.silent_after_h, 24 * 90)),
        "enabled": described.enabled,
    }


def switch(number: int, enabled: bool, *, by: Actor) -> None:
    with transaction.atomic():
        row = _locked(number, by)
        if row.enabled == enabled:
            return
        row.enabled, row.due_at, row.failures, row.failing_since, row.told_at = enabled, clock.now(), 0, None, None
        row.save()
        ledger.append("local_news.feed_switched", f"urn:dinh:feed:{row.pk}", {"enabled": enabled, "by": by.urn})


def look(address: str, kind: str, *, place: str, by: Actor) -> Seen:
    """What would come from an address, with nothing kept. Raises Invalid, Refused, SourceUnavailable."""
    parties.require(by, MANAGE, place=place or str(settings.AREA))
    came = ask(_Asked(fetching.check_address(address), kind))
    if came.fault is not None:
        raise came.fault
    assert came.fetched is not None
    if kind != "warnings":
        found = syndication.read(came.fetched.content or b"", address=came.fetched.address)
        entries = [
            (entry, sorted(placing.units_named(f"{entry.title}. {entry.summary}"))) for entry in found.entries[:SHOWN]
        ]
        return Seen(found.title, entries, found.left_out, (), ())
    messages: list[tuple[Message, int]] = []
    faults = list(came.faults)
    for _name, content in came.documents:
        try:
            message = cap_reading.read(content)
            alerts.require_public(message)
        except DinhError as error:
            faults.append(error)
            continue
        units = {unit for info in message.infos for unit in placing.where(info.areas)[0]}
        messages.append((message, len(units)))
    return Seen("", (), 0, messages[:SHOWN], faults[:SHOWN])


# --- asking ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    address: str
    kind: str
    etag: str = ""
    last_modified: str = ""
    simulated: bool = False
    known: frozenset[str] = frozenset()


def ask(asked: _Asked) -> Came:
    """Talks to the network and to nothing else, so that it can be done beside other asking; never raises."""
    came = Came()
    try:
        came.fetched = _fetched(asked)
        if came.fetched.content is not None and asked.kind == "warnings":
            _messages(asked, came, came.fetched)
    except DinhError as error:
        came.fault = error
    except Exception:  # what one feed holds must not stop the others
        log.exception("what a feed answered could not be read", address=asked.address)
        came.fault = _unkept()
    return came


def _fetched(asked: _Asked) -> fetching.Fetched:
    if asked.simulated:
        return fetching.Fetched(examples.content(asked.address), asked.address)
    permitted = fetching.networks(settings.FEED_NETWORKS)
    return fetching.fetch(asked.address, etag=asked.etag, last_modified=asked.last_modified, permitted=permitted)


def _messages(asked: _Asked, came: Came, fetched: fetching.Fetched) -> None:
    found = syndication.warnings_in(fetched.content or b"", address=fetched.address)
    came.documents = [("", content) for content in found.messages]
    permitted = fetching.networks(settings.FEED_NETWORKS)
    new = [(link, name) for link, name in found.links if name not in asked.known]
    ends, asked_for = time.monotonic() + LONGEST_S, 0
    for link, name in new[:MESSAGES]:
        if time.monotonic() > ends:
            break
        asked_for += 1
        try:
            got = fetching.fetch(link, permitted=permitted, largest=cap_reading.LARGEST)
        except DinhError as error:
            came.faults.append(error)
            continue
        came.documents.append((name, got.content or b""))
    if asked_for < len(new) or came.faults:
        # Not all of it was read: without its mark the feed is sent again in full.
        came.fetched = fetching.Fetched(fetched.content, fetched.address)


def read_due() -> int:
    """Asks every feed whose turn has come, some beside each other, and takes what came; returns how many."""
    now = clock.now()
    due = list(models.Feed.objects.filter(enabled=True, due_at__lte=now).order_by("due_at")[:A_TURN])
    if not due:
        return 0
    asked = [
        _Asked(
            row.address, row.kind, row.etag, row.last_modified, row.simulated, frozenset(row.known.get("entries", ()))
        )
        for row in due
    ]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="dinh-feeds") as pool:
        answers = list(pool.map(ask, asked))
    for row, came in zip(due, answers, strict=True):
        try:
            take(row.pk, came)
        except Exception:  # what one feed holds must stop neither the others nor its own pauses
            log.exception("what came from a feed could not be kept", feed=row.pk)
            take(row.pk, Came(fault=_unkept()))
    return len(due)


def _unkept() -> DinhError:
    return SourceUnavailable(
        "local_news.unkept",
        "what the feed holds could not be kept; it is tried again by itself, and the log of the house says what is wrong",
    )


def take(number: int, came: Came) -> int:
    """Keeps what came, or why nothing did; returns how many things were new."""
    now = clock.now()
    with transaction.atomic():
        row = models.Feed.objects.select_for_update().get(pk=number)
        row.asked_at = now
        fault, new = came.fault, 0
        if fault is None and came.fetched is not None:
            try:
                with transaction.atomic():
                    new = _taken(row, came, now)
            except DinhError as error:
                fault = error
        if fault is None:
            _answered(row, came, now)
        else:
            row.failures += 1
            row.failing_since = row.failing_since or now
            row.fault = _kept(fault)
        if new:
            row.newest_at = now
        row.due_at = now + reading.pause(timedelta(minutes=row.every_min), row.failures)
        row.save()
        _tell(row, now)
    return new


def _answered(row: models.Feed, came: Came, now: datetime) -> None:
    row.answered_at, row.failures, row.failing_since, row.fault, row.told_at = (
        now,
        0,
        None,
        {},
        (row.told_at if queries.silent_since(row) else None),
    )
    if came.fetched is not None:
        row.etag, row.last_modified = came.fetched.etag, came.fetched.last_modified


def _taken(row: models.Feed, came: Came, now: datetime) -> int:
    assert came.fetched is not None
    if came.fetched.content is None:
        return 0
    if row.kind == "warnings":
        return _take_messages(row, came)
    found = syndication.read(came.fetched.content, address=came.fetched.address)
    return _take_items(row, found.entries, now)


def _take_messages(row: models.Feed, came: Came) -> int:
    """A message that is refused is told with the feed and holds up none of the others."""
    new, faults, seen = 0, list(came.faults), list(row.known.get("entries", ()))
    for name, content in came.documents:
        try:
            with transaction.atomic():
                got = alerts.receive(content, channel=f"feed:{row.pk}", feed=row)
            new += got.what != "known"
        except DinhError as error:
            faults.append(error)
        if name:
            seen.append(name)
    row.known = {"entries": seen[-KNOWN:]}
    if faults:
        row.refused = [_kept(error) for error in faults[:10]]
    elif came.documents:
        row.refused = []
    return new


def _take_items(row: models.Feed, entries: Sequence[syndication.Entry], now: datetime) -> int:
    known = {one.guid: one for one in models.Item.objects.filter(feed=row, guid__in=[entry.guid for entry in entries])}
    new = 0
    for entry in entries:
        moment = reading.said_at(entry.said_at, now=now)
        if moment is None:
            continue
        search = fold(f"{entry.title} {entry.summary}")[:700]
        held = known.get(entry.guid)
        if held is None:
            held = models.Item(feed=row, guid=entry.guid, said_at=moment, came_at=now)
            new += 1
        elif (held.title, held.summary, held.link) == (entry.title, entry.summary, entry.link):
            continue
        else:
            held.changed_at = now
        held.title, held.summary, held.link, held.search = entry.title, entry.summary, entry.link, search
        held.save()
        units = placing.units_named(f"{entry.title}. {entry.summary}") or {row.place}
        held.units.all().delete()
        models.ItemUnit.objects.bulk_create(models.ItemUnit(item=held, unit=unit) for unit in sorted(units))
    return new


def _kept(error: DinhError) -> dict[str, Any]:
    params = {name: value if isinstance(value, int) else str(value) for name, value in error.params.items()}
    return {"code": error.code, "template": error.template, "params": params}


def _tell(row: models.Feed, now: datetime) -> None:
    """Its manager hears once that it is broken or silent, and again when it is so anew."""
    since, why = queries.broken_since(row), {"vi": "không đọc được", "en": "could not be read"}
    if since is None:
        since, why = queries.silent_since(row), {"vi": "không có gì mới", "en": "has told nothing new"}
    if since is None or row.told_at is not None:
        return
    to = [row.manager] if row.manager in parties.addressees([row.manager]) else []
    to = to or [person.urn for person in parties.people_who_may(MANAGE, place=row.place)]
    local = since.astimezone(clock.VIETNAM)
    notices.notify(
        "local_news.feed_silent",
        to=to,
        key=f"feed:{row.pk}:{clock.to_microseconds(since)}",
        about=f"urn:dinh:feed:{row.pk}",
        params={
            "feed": {"vi": row.name_vi, "en": row.name_en or row.name_vi},
            "since": f"{local:%H:%M %d/%m/%Y}",
            "why": why,
        },
    )
    row.told_at = now
    row.save(update_fields=["told_at"])


def tidy() -> int:
    """Deletes what is older than ninety days; own warnings stay in their publications."""
    before = clock.now() - reading.KEPT
    gone, _ = models.Item.objects.filter(said_at__lt=before).delete()
    ended, _ = models.Alert.objects.filter(until_at__lt=before, came_at__lt=before).delete()
    return gone + ended

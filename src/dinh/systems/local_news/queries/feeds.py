"""Feeds as their managers see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, NotFound
from dinh.kernel.manifests import Finding
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.local_news import models
from dinh.systems.local_news.domain.reading import TOLD_AFTER

MANAGE = "local_news.manage"
LATE = 3
"""Missed turns after which a feed counts as late."""


class KeptFault(DinhError):
    """An error of an earlier moment, told again."""

    family = "source_unavailable"


@dataclass(frozen=True, slots=True)
class FeedRow:
    """`state`: off, broken, silent, waiting (never asked) or fresh."""

    number: int
    name_vi: str
    name_en: str
    address: str
    kind: str
    place: str
    licence: str
    every_min: int
    silent_after_h: int
    enabled: bool
    simulated: bool
    manager: str
    due_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None
    newest_at: datetime | None
    failures: int
    failing_since: datetime | None
    fault: DinhError | None
    refused: Sequence[DinhError]
    state: str
    items: int = 0

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") or not self.name_en else self.name_en


def feeds(*, actor: Actor) -> Sequence[FeedRow]:
    """Those whose place the actor manages, by name."""
    found = [
        row for row in models.Feed.objects.order_by("name_vi", "pk") if parties.may(actor, MANAGE, place=row.place)
    ]
    counts = dict(
        models.Item.objects.filter(feed__in=[row.pk for row in found]).values_list("feed").annotate(count=Count("pk"))
    )
    return tuple(row_of(row, counts.get(row.pk, 0)) for row in found)


def feed(number: int, *, actor: Actor) -> FeedRow:
    """Raises NotFound `local_news.no_feed_of_number`, also for what the actor may not manage."""
    found = models.Feed.objects.filter(pk=number).first()
    if found is None or not parties.may(actor, MANAGE, place=found.place):
        raise no_feed(number)
    return row_of(found, models.Item.objects.filter(feed=found).count())


def no_feed(number: int) -> NotFound:
    return NotFound("local_news.no_feed_of_number", "there is no feed {number} that you manage", number=number)


def row_of(row: models.Feed, items: int = 0) -> FeedRow:
    return FeedRow(
        number=row.pk,
        name_vi=row.name_vi,
        name_en=row.name_en,
        address=row.address,
        kind=row.kind,
        place=row.place,
        licence=row.licence,
        every_min=row.every_min,
        silent_after_h=row.silent_after_h,
        enabled=row.enabled,
        simulated=row.simulated,
        manager=row.manager,
        due_at=row.due_at,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        newest_at=row.newest_at,
        failures=row.failures,
        failing_since=row.failing_since,
        fault=kept(row.fault),
        refused=tuple(error for one in row.refused if (error := kept(one))),
        state=state(row),
        items=items,
    )


def kept(said: Mapping[str, Any]) -> DinhError | None:
    """The error that was kept with a feed, to be told in the language of whoever looks."""
    if not said:
        return None
    return KeptFault(str(said["code"]), str(said["template"]), **said.get("params", {}))


def state(row: models.Feed) -> str:
    now = clock.now()
    if not row.enabled:
        return "off"
    if row.failures:
        return "broken"
    if row.answered_at is None:
        return "waiting"
    if row.answered_at < now - LATE * timedelta(minutes=row.every_min):
        return "broken"
    return "silent" if silent_since(row) else "fresh"


def silent_since(row: models.Feed) -> datetime | None:
    """Since when nothing new has come, where that is longer than its manager expects."""
    since = row.newest_at or row.created_at
    quiet = bool(row.silent_after_h) and since < clock.now() - timedelta(hours=row.silent_after_h)
    return since if quiet else None


def broken_since(row: models.Feed) -> datetime | None:
    since = row.failing_since
    return since if since is not None and since < clock.now() - TOLD_AFTER else None


def findings() -> Iterator[Finding]:
    """One line a feed that is asked, for `dinh check`."""
    for row in models.Feed.objects.filter(enabled=True).order_by("pk"):
        present = row_of(row)
        what = f"news feed {row.name_en or row.name_vi}"
        remedy = f"open /news/desk/feeds/{row.pk}/, look at what is wrong, correct the address or switch it off"
        if present.state == "broken":
            says = present.fault.message if present.fault else "it was not asked for a long time; does a worker run?"
            yield Finding(what, False, says, remedy)
        elif present.state == "silent":
            yield Finding(what, False, f"nothing new since {silent_since(row):%Y-%m-%d %H:%M} UTC", remedy)
        else:
            last = f"{row.answered_at:%Y-%m-%d %H:%M} UTC" if row.answered_at else "not asked yet"
            yield Finding(what, True, f"last answered: {last}")

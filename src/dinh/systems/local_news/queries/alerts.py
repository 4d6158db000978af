"""Warnings in force for a commune, and all that came for whoever keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.systems.local_news import models
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.queries import placing

SHOWN = ("Actual", "Exercise")
ENDED_SHOWN = timedelta(hours=24)
"""How long the index of own messages tells what has ended, so that a reader who was away hears of it."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`units` by commune the severity there; `whole` where that is the whole area. `state` is in_force, to_come, over,
    replaced, hidden, or quiet (a test, or nowhere here)."""

    number: int
    channel: str
    feed_name: Mapping[str, str]
    simulated: bool
    sender: str
    identifier: str
    sent_at: datetime
    kind: str
    status: str
    severity: str
    urgency: str
    certainty: str
    category: str
    from_at: datetime
    until_at: datetime
    end_given: bool
    placed: str
    signed: bool
    version: str
    publication: str
    came_at: datetime
    state: str
    hidden_why: str
    units: Mapping[str, str]
    whole: bool
    said: Mapping[str, Mapping[str, str]]

    def words(self, language: str) -> Mapping[str, str]:
        code = language[:2]
        found = self.said.get(code) or self.said.get("vi") or self.said.get("en")
        return found or next(iter(self.said.values()), {})

    def language(self, language: str) -> str:
        """The language of the words that `words` gives, where it is another than the one asked for."""
        code = language[:2]
        if code in self.said:
            return code
        return next((one for one in ("vi", "en") if one in self.said), next(iter(self.said), code))

    def name(self, language: str) -> str:
        return self.words(language).get("headline", "") or self.identifier

    @property
    def urgent(self) -> bool:
        return self.severity in cap.URGENT and self.urgency != "Past"

    @property
    def exercise(self) -> bool:
        return self.status == "Exercise"

    @property
    def own(self) -> bool:
        return self.channel == "own"


def in_force(*, unit: str = "", limit: int = 50) -> Sequence[AlertRow]:
    """Worst first, exercises after what is real, own before others'; of a commune with the severity that it has there."""
    chosen = _in_force()
    chosen = chosen.filter(units__unit=unit) if unit else chosen.filter(units__isnull=False)
    rows = _rows(chosen.distinct().order_by("-sent_at", "-id")[:500], unit)
    order = sorted(
        rows, key=lambda row: (row.exercise, not row.urgent, cap.SEVERITIES.index(row.severity), not row.own)
    )
    return tuple(order[:limit])


def _in_force() -> QuerySet[models.Alert]:
    now = clock.now()
    # Of a feed that was switched off nobody would hear the cancellation.
    heard = models.Alert.objects.filter(Q(feed=None) | Q(feed__enabled=True))
    return heard.filter(
        replaced_by=None, hidden_at=None, kind__in=["Alert", "Update"], status__in=SHOWN, from_at__lte=now,
        until_at__gt=now,
    )  # fmt: skip


def own_messages(*, limit: int = 100) -> Sequence[AlertRow]:
    """The house's own, newest first: those in force, and what ended, was updated or cancelled within a day."""
    since = clock.now() - ENDED_SHOWN
    chosen = models.Alert.objects.filter(channel="own").filter(Q(until_at__gt=since) | Q(sent_at__gt=since))
    return _rows(chosen.order_by("-sent_at", "-id")[:limit])


def own_of(publication: str) -> Sequence[AlertRow]:
    """The messages that a publication made, newest first."""
    return _rows(models.Alert.objects.filter(channel="own", publication=publication).order_by("-sent_at", "-id"))


def own_xml(number: int) -> str:
    """Raises NotFound; what came from others is theirs to give out."""
    text = models.Alert.objects.filter(pk=number, channel="own").values_list("xml", flat=True).first()
    if text is None:
        raise _none(number)
    return text


def public(number: int) -> AlertRow:
    """For anyone: what is in force, was, or was replaced. Raises NotFound for what is hidden, a test, or nowhere here."""
    rows = _rows(models.Alert.objects.filter(pk=number))
    if not rows or rows[0].state in ("hidden", "quiet"):
        raise _none(number)
    return rows[0]


def successor_of(number: int) -> int | None:
    return models.Alert.objects.filter(pk=number).values_list("replaced_by", flat=True).first()


def received(*, offset: int = 0, limit: int = 20) -> tuple[Sequence[AlertRow], int]:
    """All that came from outside, newest first, for the desk."""
    chosen = models.Alert.objects.exclude(channel="own")
    return _rows(chosen.order_by("-came_at", "-id")[offset : offset + limit]), chosen.count()


def _none(number: int) -> NotFound:
    return NotFound("local_news.no_alert", "there is no warning {number}", number=number)


def _rows(chosen: QuerySet[models.Alert], unit: str = "") -> Sequence[AlertRow]:
    found: Iterable[models.Alert] = list(
        chosen.select_related("feed").defer("xml", "references").prefetch_related("units")
    )
    everywhere, now = frozenset(placing.ground().communes), clock.now()
    return tuple(_row(one, unit, everywhere, now) for one in found)


def _row(one: models.Alert, unit: str, everywhere: frozenset[str], now: datetime) -> AlertRow:
    units = {held.unit: held.severity for held in one.units.all()}
    return AlertRow(
        number=one.pk,
        channel=one.channel,
        feed_name={"vi": one.feed.name_vi, "en": one.feed.name_en} if one.feed else {},
        simulated=bool(one.feed and one.feed.simulated),
        sender=one.sender,
        identifier=one.identifier,
        sent_at=one.sent_at,
        kind=one.kind,
        status=one.status,
        severity=units.get(unit, one.severity),
        urgency=one.urgency,
        certainty=one.certainty,
        category=one.category,
        from_at=one.from_at,
        until_at=one.until_at,
        end_given=one.end_given,
        placed=one.placed,
        signed=one.signed,
        version=one.version,
        publication=one.publication,
        came_at=one.came_at,
        state=_state(one, units, now),
        hidden_why=one.hidden_why,
        units=units,
        whole=bool(everywhere) and everywhere <= units.keys(),
        said=one.said,
    )


def _state(one: models.Alert, units: Mapping[str, str], now: datetime) -> str:
    if one.hidden_at is not None:
        return "hidden"
    if one.feed is not None and not one.feed.enabled:
        return "quiet"
    if one.status not in SHOWN or (not units and one.channel != "own") or one.kind == "Cancel":
        return "quiet" if one.channel != "own" else "over"
    if one.replaced_by_id is not None:
        return "replaced"
    if one.until_at <= now:
        return "over"
    return "to_come" if one.from_at > now else "in_force"

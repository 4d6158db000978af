"""One's own notices: the list, the count on the bell, what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Count, Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import NotFound, Refused
from dinh.kernel.specs import NoticeSpec, Text
from dinh.kernel.vietnamese_text import fold
from dinh.spine.notices import api, kinds, models
from dinh.spine.parties.api import Actor

MOST: Final = 200
HERE: Final = ("delivered", "read")


def _mine(actor: Actor) -> QuerySet[models.Delivery]:
    if not actor.urn:
        raise Refused("notices.nobody", "only somebody who is signed in has notices")
    return models.Delivery.objects.filter(recipient=actor.urn, channel="inbox", state__in=HERE)


def page(actor: Actor, *, unread: bool, kind: str, text: str, offset: int, limit: int) -> api.InboxPage:
    """Three queries."""
    mine = _mine(actor)
    found = mine
    if kind:
        found = found.filter(notice__kind=kind)
    for word in fold(text).split():
        found = found.filter(search__contains=word)
    counts = found.aggregate(all=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True)))
    if unread:
        found = found.filter(read_at__isnull=True)
    start = max(0, offset)
    rows = found.select_related("notice").order_by("-created_at", "-pk")[start : start + min(max(0, limit), MOST)]
    codes = mine.order_by().values_list("notice__kind", flat=True).distinct()
    known = kinds.kinds()
    return api.InboxPage(
        rows=tuple(_row(row, known) for row in rows),
        total=counts["unread"] if unread else counts["all"],
        all=counts["all"],
        unread=counts["unread"],
        kinds=tuple((code, known[code].name if code in known else Text(code, code)) for code in sorted(codes)),
    )


def _row(row: models.Delivery, known: Mapping[str, NoticeSpec]) -> api.NoticeRow:
    spec = known.get(row.notice.kind)
    return api.NoticeRow(
        id=row.pk,
        kind=row.notice.kind,
        kind_name=spec.name if spec else Text(row.notice.kind, row.notice.kind),
        title=row.title or (spec.name.in_(row.language) if spec else "–"),
        body=row.body,
        about=row.notice.about or None,
        emergency=row.emergency,
        at=row.created_at,
        read_at=row.read_at,
        language=row.language,
    )


def notice(actor: Actor, number: int) -> api.NoticeRow:
    row = _mine(actor).select_related("notice").filter(pk=number).first()
    if row is None:
        raise NotFound("notices.no_notice", "there is no such notice among yours")
    return _row(row, kinds.kinds())


def unread_count(person: str) -> int:
    return models.Delivery.objects.filter(
        recipient=person, channel="inbox", state="delivered", read_at__isnull=True
    ).count()


def mark_read(actor: Actor, numbers: Sequence[int] | None, *, read: bool) -> int:
    mine = _mine(actor)
    if numbers is not None:
        mine = mine.filter(pk__in=numbers)
    if read:
        return mine.filter(read_at__isnull=True).update(state="read", read_at=clock.now())
    return mine.filter(read_at__isnull=False).update(state="delivered", read_at=None)

"""Publications of the administration and items of feeds as one list, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicQuery
from dinh.systems.local_news import models
from dinh.systems.local_news.queries import placing

SIZE: Final = 20
MOST_PAGES: Final = 25
"""Nobody reads further back page by page; whoever looks for something old searches."""
KINDS: Final = ("publications", "administration", "media")


@dataclass(frozen=True, slots=True)
class NewsRow:
    """`urn` of a publication, or `link` to the page of another site. `kind` is one of KINDS."""

    kind: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    at: datetime
    source: Mapping[str, str]
    urn: str = ""
    link: str = ""
    host: str = ""
    units: Sequence[str] = ()
    simulated: bool = False
    corrected: bool = False
    publication_kind: str = ""

    def name(self, language: str) -> str:
        return _in(self.title, language)

    def told(self, language: str) -> str:
        return _in(self.summary, language)

    def told_by(self, language: str) -> str:
        return _in(self.source, language)


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language[:2]) or words.get("vi") or words.get("en") or ""


@dataclass(frozen=True, slots=True)
class NewsPage:
    rows: Sequence[NewsRow]
    total: int


def news(
    *, unit: str = "", kind: str = "", feed: int | None = None, text: str = "", page: int = 1, size: int = SIZE
) -> NewsPage:
    """What is about the commune or about the whole area; of everything without one. Two queries more for later pages."""
    wanted = page * size
    own, own_total = _publications(unit, text, wanted) if kind in ("", "publications") and feed is None else ([], 0)
    items = _items(unit, kind, feed, text) if kind != "publications" else models.Item.objects.none()
    rows = [*own, *_item_rows(items.order_by("-said_at", "-id")[:wanted])]
    rows.sort(key=lambda row: row.at, reverse=True)
    return NewsPage(tuple(rows[wanted - size : wanted]), min(own_total + items.count(), MOST_PAGES * size))


def _publications(unit: str, text: str, wanted: int) -> tuple[list[NewsRow], int]:
    about: tuple[str, ...] = ()
    if unit:
        about = (unit, "", placing.ground().area, *(row.urn for row in places.ancestors(unit)))
    found: list[NewsRow] = []
    total = 0
    while len(found) < wanted:
        query = PublicQuery(places=about, text=text, offset=len(found), limit=min(100, wanted - len(found)))
        part = publications.public(query)
        total = part.total
        offices = parties.parties(row.organisation for row in part.rows if row.organisation)
        for row in part.rows:
            version = part.versions.get(row.slug)
            office = offices.get(row.organisation or "")
            found.append(
                NewsRow(
                    kind="publications",
                    title={"vi": row.title_vi, "en": row.title_en},
                    summary=dict(version.summary) if version else {},
                    at=row.updated_at or row.created_at,
                    source={"vi": office.name_vi, "en": office.name_en} if office else {},
                    urn=row.urn,
                    units=(row.place,) if row.place else (),
                    simulated=bool(version and version.simulated),
                    corrected=bool(version and version.number > 1),
                    publication_kind=row.kind,
                )
            )
        if len(part.rows) < query.limit:
            break
    return found, total


def _items(unit: str, kind: str, feed: int | None, text: str) -> QuerySet[models.Item]:
    chosen = models.Item.objects.all()
    if kind:
        chosen = chosen.filter(feed__kind=kind)
    if feed is not None:
        chosen = chosen.filter(feed=feed)
    if unit:
        about = models.ItemUnit.objects.filter(item=OuterRef("pk"), unit__in=[unit, placing.ground().area])
        chosen = chosen.filter(Exists(about))
    for word in fold(text).split()[:10]:
        chosen = chosen.filter(Q(search__contains=word))
    return chosen


def _item_rows(chosen: QuerySet[models.Item]) -> list[NewsRow]:
    from urllib.parse import urlsplit

    return [
        NewsRow(
            kind=one.feed.kind,
            title={"vi": one.title},
            summary={"vi": one.summary},
            at=one.said_at,
            source={"vi": one.feed.name_vi, "en": one.feed.name_en},
            link=one.link,
            host=(urlsplit(one.link).hostname or "").removeprefix("www."),
            units=tuple(sorted(held.unit for held in one.units.all())),
            simulated=one.feed.simulated,
            corrected=one.changed_at is not None,
        )
        for one in chosen.select_related("feed").prefetch_related("units")
    ]


def sources() -> Sequence[tuple[int, str, str]]:
    """Feeds of which anything is shown: number and both names."""
    shown = models.Item.objects.filter(feed=OuterRef("pk"))
    chosen = models.Feed.objects.filter(Exists(shown)).order_by("name_vi")
    return tuple(chosen.values_list("pk", "name_vi", "name_en"))

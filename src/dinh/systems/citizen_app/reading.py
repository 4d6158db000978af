"""What the pages of reports show beside a report itself: names of places and offices, its mark, where its pictures are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Text
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PartyRow
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests.api import Moment, PhotoRow, RequestRow

MARKS: Final = ("open", "late", "waiting", "fixed", "unfixed", "rejected", "joined")


def mark_of(row: RequestRow) -> str:
    """One of MARKS: what a glance should tell, by colour and by shape."""
    if row.joined_to:
        return "joined"
    if row.counts_as == "done":
        return "fixed"
    if row.counts_as in ("unfixed", "rejected"):
        return row.counts_as
    if not row.paused and row.due_at is not None and row.due_at < clock.now():
        return "late"
    return "waiting" if row.paused or row.counts_as == "waiting" else "open"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo with the addresses of it and of its small one."""

    photo: PhotoRow
    path: str
    small: str

    @property
    def position(self) -> int:
        return self.photo.position


@dataclass(frozen=True, slots=True)
class Card:
    """A report as lists show it; `path` is where it is read."""

    request: RequestRow
    mark: str
    place: PlaceRow | None
    office: PartyRow | None
    pictures: Sequence[Picture]
    path: str

    @property
    def picture(self) -> Picture | None:
        """The first that may be seen."""
        return next((picture for picture in self.pictures if picture.photo.shown), None)

    @property
    def going_on(self) -> bool:
        return self.mark in ("open", "late", "waiting")


def path_of(row: RequestRow) -> str:
    return f"/app/reports/{row.number}/"


def pictures_of(row: RequestRow, *, by: UUID | None = None, all: bool = False) -> Sequence[Picture]:
    """Those that are shown, or all for a moderator. `by` is the link of a follower, by which pictures of a report that is not
    public are seen."""
    asked = f"?by={by}" if by is not None else ""
    found = []
    for photo in row.photos:
        if photo.shown or all:
            where = [row.number, photo.position]
            found.append(
                Picture(
                    photo,
                    reverse("citizen_app:photo", args=where) + asked,
                    reverse("citizen_app:photo-small", args=where) + asked,
                )
            )
    return found


def cards(
    rows: Iterable[RequestRow],
    *,
    path: Callable[[RequestRow], str] = path_of,
    by: Callable[[RequestRow], UUID | None] | None = None,
) -> Sequence[Card]:
    """Two queries for the names of all; `by` tells the link under which each is followed, where it is."""
    listed = list(rows)
    grounds = places.places({row.unit for row in listed if row.unit})
    offices = parties.parties({row.organisation for row in listed if row.organisation})
    return [
        Card(
            row,
            mark_of(row),
            grounds.get(row.unit or ""),
            offices.get(row.organisation or ""),
            pictures_of(row, by=by(row) if by else None),
            path(row),
        )
        for row in listed
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A moment with the name of the office."""

    moment: Moment
    office: PartyRow | None


def lines(moments: Iterable[Moment]) -> Sequence[Line]:
    """One query for the names of all."""
    listed = list(moments)
    offices = parties.parties({moment.organisation for moment in listed if moment.organisation})
    return [Line(moment, offices.get(moment.organisation or "")) for moment in listed]


def communes() -> Sequence[PlaceRow]:
    """Of the house's area, by name."""
    try:
        return sorted(places.area(settings.AREA), key=lambda row: row.name_vi)
    except DinhError:
        return ()


def offices() -> Sequence[PartyRow]:
    return sorted(parties.find_parties(kind="organisation", limit=1000), key=lambda row: row.name_vi)


def place_or_none(urn: str) -> PlaceRow | None:
    return places.places([urn]).get(urn) if urn else None


def text_of(place: PlaceRow | PartyRow | None) -> Text:
    return Text(place.name_vi, place.name_en) if place else Text("", "")

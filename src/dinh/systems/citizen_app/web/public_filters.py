"""What an address of the public list asks for; the same words for the page, the map, the feeds and the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, QueryDict

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestQuery

SIZE: Final = 20
STATUSES: Final = ("open", "late", "fixed", "unfixed")
ORDERS: Final = {"newest": "-at", "updated": "-updated_at", "oldest": "at", "due": "due_at"}
DAYS: Final = (7, 30, 90, 365)
NEAR_M: Final = 2000.0
NAMES: Final = ("q", "category", "unit", "office", "status", "days", "near")
"""Parameters that narrow the list; what else stands in an address is how it is shown."""

type Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Filters:
    text: str = ""
    categories: Sequence[str] = ()
    unit: str = ""
    office: str = ""
    status: str = ""
    days: int = 0
    near: tuple[float, float] | None = None
    """Longitude, latitude."""
    box: Box | None = None
    order: str = "newest"
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest, *, strict: bool = False) -> Filters:
        """For a page unknown values fall back to the widest: an old bookmark still opens a list. `strict` is for programs,
        which must not take a wider answer for the one they asked for: Invalid `citizen_app.filter` names place and value."""
        read = _Reading(request.GET, strict=strict)
        return cls(
            text=request.GET.get("q", "").strip()[:200],
            categories=read.many("category", [row.code for row in requests.services()]),
            unit=read.checked("unit", places.place),
            office=read.checked("office", parties.party),
            status=read.one("status", STATUSES),
            days=int(read.one("days", [str(days) for days in DAYS]) or 0),
            near=read.near(),
            box=read.box(),
            order=read.one("order", list(ORDERS)) or "newest",
            page=read.page(),
        )

    def query(self, *, status: str | None = None, offset: int | None = None, limit: int = SIZE) -> RequestQuery:
        """`status` in place of the one that was asked for, so that each can be counted."""
        return RequestQuery(
            text=self.text,
            categories=self.categories,
            units=[self.unit] if self.unit else (),
            organisation=self.office,
            status=self.status if status is None else status,
            since=clock.now() - timedelta(days=self.days) if self.days else None,
            box=self.box,
            near=(*self.near, NEAR_M) if self.near and self.box is None else None,
            order=ORDERS[self.order],
            offset=(self.page - 1) * SIZE if offset is None else offset,
            limit=limit,
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.categories or self.unit or self.office or self.status or self.days or self.near)

    @property
    def near_text(self) -> str:
        return f"{self.near[0]:.3f},{self.near[1]:.3f}" if self.near else ""

    def address(self) -> str:
        """The parameters that narrow it, in one order: for links to feeds, and to tell answers apart in a cache."""
        asked = QueryDict(mutable=True)
        values = {
            "q": [self.text], "category": list(self.categories), "unit": [self.unit], "office": [self.office],
            "status": [self.status], "days": [str(self.days or "")], "near": [self.near_text],
        }  # fmt: skip
        for name in NAMES:
            if kept := [value for value in values[name] if value]:
                asked.setlist(name, kept)
        return asked.urlencode()


def page_in(text: str) -> int:
    """The number of a page as an address gives it; 1 where it gives none that could be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1


class _Reading:
    def __init__(self, asked: QueryDict, *, strict: bool) -> None:
        self.asked, self.strict = asked, strict

    def _wrong(self, name: str, value: str, known: str) -> None:
        if self.strict:
            raise Invalid(
                "citizen_app.filter",
                "{name}={value} cannot be read; give {known}, or leave it out",
                name=name,
                value=value[:80],
                known=known,
            )

    def one(self, name: str, known: Sequence[str]) -> str:
        value = self.asked.get(name, "")
        if not value or value in known:
            return value
        self._wrong(name, value, ", ".join(known))
        return ""

    def many(self, name: str, known: Sequence[str]) -> Sequence[str]:
        found = []
        for value in self.asked.getlist(name)[:50]:
            if value in known:
                found.append(value)
            elif value:
                self._wrong(name, value, ", ".join(known))
        return tuple(dict.fromkeys(found))

    def checked(self, name: str, find: Callable[[str], object]) -> str:
        value = self.asked.get(name, "")[:160]
        if not value:
            return ""
        try:
            find(value)
        except DinhError as error:
            if self.strict:
                raise Invalid(
                    "citizen_app.filter_unknown", "{name}={value}: {why}", name=name, value=value[:80], why=error
                ) from error
            return ""
        return value

    def _numbers(self, name: str, count: int) -> tuple[float, ...] | None:
        text = self.asked.get(name, "")
        if not text:
            return None
        try:
            found = tuple(float(part) for part in text[:200].split(","))
        except ValueError:
            found = ()
        bounds = (180.0, 90.0) * (count // 2)
        if len(found) == count and all(abs(value) <= bound for value, bound in zip(found, bounds, strict=True)):
            return found
        self._wrong(name, text, "106.04,9.60" if count == 2 else "105.5,9.2,106.3,9.9")
        return None

    def near(self) -> tuple[float, float] | None:
        """To three decimals, some hundred metres: an address that is passed on tells no door."""
        found = self._numbers("near", 2)
        return (round(found[0], 3), round(found[1], 3)) if found else None

    def box(self) -> Box | None:
        found = self._numbers("box", 4)
        return (found[0], found[1], found[2], found[3]) if found else None

    def page(self) -> int:
        text = self.asked.get("page", "")
        page = page_in(text)
        if text and text != str(page):
            self._wrong("page", text, "1, 2, 3")
        return page

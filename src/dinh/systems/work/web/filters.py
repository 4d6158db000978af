"""What an address of the inbox asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from dinh.kernel.clock import parse_moment
from dinh.spine.cases.api import ENDED, EVERY, CaseQuery

SIZE = 50
STATES = {"open": ("open", "waiting"), "ended": ENDED, "all": EVERY}
ORDERS = ("due_at", "opened_at", "severity", "number")
QUEUES = ("all", "mine", "unowned", "due_soon", "overdue")


@dataclass(frozen=True, slots=True)
class Filters:
    """Unknown values fall back to the widest: an old bookmark still opens a list."""

    queue: str
    states: str
    text: str
    within: str
    organisation: str
    type: str
    severity: str
    order: str
    page: int
    at: datetime | None

    @classmethod
    def of(cls, request: HttpRequest) -> Filters:
        """Raises Invalid for a time that is none: the past must not be shown as the present."""
        asked = request.GET
        order = asked.get("order", "")
        page = asked.get("page", "")
        at = asked.get("at", "")
        return cls(
            queue=_known(asked.get("queue", ""), QUEUES),
            states=_known(asked.get("states", ""), tuple(STATES)),
            text=asked.get("q", "").strip()[:200],
            within=asked.get("within", "")[:160],
            organisation=asked.get("organisation", "")[:160],
            type=asked.get("type", "")[:64],
            severity=asked.get("severity", "")[:16],
            order=order if order.removeprefix("-") in ORDERS else ORDERS[0],
            page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) < 100_000 else 1,
            at=parse_moment(at) if at else None,
        )

    @property
    def query(self) -> CaseQuery:
        return CaseQuery(
            queue=self.queue,
            states=STATES[self.states],
            text=self.text,
            within=self.within or None,
            organisation=self.organisation or None,
            type=self.type or None,
            severity=self.severity or None,
            at=self.at,
            order=self.order,
            offset=(self.page - 1) * SIZE,
            limit=SIZE,
        )

    @property
    def narrowed(self) -> bool:
        """True where somebody asked for less than everything."""
        return bool(
            self.text or self.within or self.organisation or self.type or self.severity or self.states != "open"
        )


def _known(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]

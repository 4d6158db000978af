"""What waits to be handled: an alert and its case as one line, who has it and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dinh.kernel.manifests import Severity
from dinh.systems.operations_centre.domain.drawing import RANK

SOON: Final = timedelta(hours=1)
"""A deadline nearer than this is «sắp trễ»."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of «Cần xử lý». `who` is None while nobody has it; `case` and `owner` are known to staff only.

    `value` is the one at the start of the alert. `due_at` is the deadline to be taken while nobody has it, else
    the one to be done.
    """

    key: str
    alert: str | None
    case: str | None
    case_number: str | None
    case_version: int | None
    severity: str
    title: str
    indicator: str
    domain: str
    subject: str | None
    subject_name: str
    place: str | None
    place_name: str
    since: datetime
    state: str
    """open, acknowledged; of a case its counts_as."""
    state_name: str
    organisation_name: str
    owner_name: str
    mine: bool
    owned: bool
    needs_owner: bool
    due_at: datetime | None
    href: str
    simulated: bool
    steps_done: int = 0
    steps: int = 0
    value: float | None = None
    decimals: int = 1
    unit: str = ""
    members: int = 0
    """How many alerts stand under it, of a group."""
    newest: float | None = None
    newest_at: datetime | None = None
    fresh: bool = False
    """The newest value is of this moment, not of a series that fell silent."""

    @property
    def shown(self) -> float | None:
        """The newest value, else the one at the start; None where the title says as much (a 0 or 1 of no unit)."""
        value = self.value if self.newest is None else self.newest
        return None if not self.unit and value in (0, 1) else value

    @property
    def unowned(self) -> bool:
        """Nobody has it though somebody must: the loudest thing on the screen."""
        return self.needs_owner and not self.owned

    def due_soon(self, moment: datetime) -> bool:
        """Nearly late or late already."""
        return self.due_at is not None and self.due_at - moment < SOON

    def overdue(self, moment: datetime) -> bool:
        return self.due_at is not None and self.due_at < moment


def needs_owner(severity: str) -> bool:
    """Information is told, not handled."""
    return severity != Severity.INFORMATION


def in_order(items: Sequence[Item]) -> list[Item]:
    """Worst first, then what nobody has, then the nearest deadline, then the oldest."""
    return sorted(
        items,
        key=lambda item: (
            RANK.get(item.severity, 9),
            not item.unowned,
            item.due_at is None,
            item.due_at or item.since,
            item.since,
            item.key,
        ),
    )


def in_queue(items: Sequence[Item], queue: str, moment: datetime) -> list[Item]:
    tests = {
        "mine": lambda item: item.mine,
        "unowned": lambda item: item.unowned,
        "due_soon": lambda item: item.due_soon(moment),
    }
    test = tests.get(queue)
    return list(items) if test is None else [item for item in items if test(item)]


def counts(items: Sequence[Item], moment: datetime) -> dict[str, int]:
    return {queue: len(in_queue(items, queue, moment)) for queue in ("all", "mine", "unowned", "due_soon")}

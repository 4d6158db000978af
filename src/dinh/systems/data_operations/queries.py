"""Long work as the page shows it: whose it is by name, how far it is as a share, what may be done about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dinh.kernel import clock
from dinh.spine.jobs import api as jobs
from dinh.spine.parties import api as parties

SHOWN_AT_ONCE: Final = 50
"""Of what runs, what waits and what failed; the list below has them all."""
ENDED: Final = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class ShownTask:
    task: jobs.TaskRow
    by: parties.PartyRow | None
    known: bool
    """Whether a system is installed that does this kind of work."""
    mine: bool
    may_cancel: bool
    may_retry: bool

    @property
    def share(self) -> float | None:
        """None while the whole is not known."""
        total = self.task.total
        return min(1.0, self.task.done / total) if total else None

    @property
    def scheduled(self) -> bool:
        return self.task.state == "waiting" and self.task.due_at > clock.now()

    @property
    def tried(self) -> bool:
        """It failed, and waits to be tried again by itself."""
        return self.task.state == "waiting" and self.task.attempts > 0

    @property
    def ended(self) -> bool:
        return self.task.state in ENDED

    @property
    def path(self) -> str:
        """Where its result can be seen, when the kind of work says so: a path within Đình, no other address."""
        path = self.task.result.get("path")
        return path if isinstance(path, str) and path.startswith("/") and path[1:2] not in {"/", "\\"} else ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see and do: their own tasks, or all of them."""

    urn: str
    sees_all: bool
    manages: bool

    @property
    def by(self) -> str:
        return "" if self.sees_all else self.urn

    def may_act_on(self, task: jobs.TaskRow) -> bool:
        return self.manages or (self.urn != "" and task.by == self.urn)


def scope(actor: parties.Actor) -> Scope:
    """Long work belongs to no place: to see all of it needs the permission without bounds of place."""
    return Scope(
        urn=actor.urn,
        sees_all=parties.may_everywhere(actor, "jobs.view"),
        manages=parties.may_everywhere(actor, "jobs.manage"),
    )


def shown(rows: Iterable[jobs.TaskRow], kinds: Mapping[str, bool], seen_by: Scope) -> Sequence[ShownTask]:
    found = list(rows)
    names = parties.parties({row.by for row in found if row.by})
    return [
        ShownTask(
            task=row,
            by=names.get(row.by),
            known=kinds.get(row.kind, False),
            mine=row.by == seen_by.urn,
            may_cancel=row.state in {"waiting", "running"} and not row.cancelling and seen_by.may_act_on(row),
            may_retry=_can_retry(row, kinds) and seen_by.may_act_on(row),
        )
        for row in found
    ]


def _can_retry(row: jobs.TaskRow, kinds: Mapping[str, bool]) -> bool:
    again = row.state in {"failed", "cancelled"} or (row.state == "waiting" and row.attempts > 0)
    return again and kinds.get(row.kind, False)


def present(seen_by: Scope) -> dict[str, Sequence[ShownTask]]:
    """What runs now and what waits, the first that is due first."""
    kinds = jobs.task_kinds(by=seen_by.by)
    running = jobs.tasks(states=("running",), by=seen_by.by, limit=SHOWN_AT_ONCE)
    waiting = jobs.tasks(states=("waiting",), by=seen_by.by, limit=SHOWN_AT_ONCE)
    rows = shown([*running, *sorted(waiting, key=lambda row: row.due_at)], kinds, seen_by)
    return {
        "running": [row for row in rows if row.task.state == "running"],
        "waiting": [row for row in rows if row.task.state == "waiting"],
    }


def facts(values: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Names and values of a result or of what a task was given, nested ones as JSON."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in values.items()
        if name != "path"
    ]

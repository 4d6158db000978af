"""The reckoning after the year: is every alert, case, deadline and escalation accounted for, and is the ledger whole?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from dinh.project.year.play import ESCALATE_EVERY
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import Act, CaseRow
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM

SLACK: Final = ESCALATE_EVERY + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """`faults` is empty where everything is accounted for."""

    faults: Sequence[str]
    figures: Mapping[str, Any]


def reckon(tally: Mapping[str, int], ended_at: datetime) -> Reckoning:
    faults: list[str] = []
    counted: Counter[str] = Counter()
    to_owner: list[float] = []
    to_close: dict[str, list[float]] = {}
    for row in _all_cases():
        acts = cases.acts(row.urn)
        counted[f"{row.type} {row.counts_as}"] += 1
        counted["acts"] += len(acts)
        if row.closed_at is None and row.owner is None:
            faults.append(f"{row.number_text} has neither an owner nor an outcome")
        if row.closed_at is None:
            faults.append(f"{row.number_text} is still open ({row.state}, owner {row.owner})")
        if cases.altered_acts(row.urn):
            faults.append(f"{row.number_text} does not agree with the ledger")
        faults += _deadlines(row, acts, ended_at, counted)
        owned = next((act.at for act in acts if act.what in ("taken", "assigned")), None)
        if owned:
            to_owner.append((owned - row.opened_at).total_seconds() / 60)
        if row.closed_at and row.counts_as == "done":
            to_close.setdefault(row.type, []).append((row.closed_at - row.opened_at).total_seconds() / 3600)
    alerts = _all_alerts()
    with_case = cases.cases_of(alert.urn for alert in alerts)
    for alert in alerts:
        counted[f"alert {alert.state}"] += 1
        if alert.state != "cleared" and alert.urn not in with_case:
            faults.append(f"{alert.urn} is {alert.state} and has no case")
    verdict = ledger.verify()
    faults += [f"ledger: {fault}" for fault in verdict.faults]
    figures = {
        "counted": dict(sorted(counted.items())),
        "happened": dict(sorted(tally.items())),
        "median_minutes_to_owner": round(median(to_owner), 1) if to_owner else None,
        "median_hours_to_close": {kind: round(median(hours), 1) for kind, hours in sorted(to_close.items())},
        "ledger_leaves": verdict.size,
        "ledger_ok": verdict.ok,
        "ended_at": ended_at.isoformat(),
    }
    return Reckoning(faults, figures)


def _all_cases() -> Sequence[CaseRow]:
    found: list[CaseRow] = []
    query = cases.CaseQuery(states=(*cases.EVERY, "joined"), order="number", limit=1000)
    while True:
        page = cases.cases(
            cases.CaseQuery(states=query.states, order="number", offset=len(found), limit=1000), actor=SYSTEM
        )
        found += page.rows
        if len(page.rows) < 1000:
            return found


def _all_alerts() -> Sequence[observations.AlertRow]:
    found: list[observations.AlertRow] = []
    for state in ("open", "acknowledged", "cleared"):
        after = ""
        while page := observations.alerts(states=(state,), after=after, limit=500):
            found += page
            after = page[-1].urn
    return found


def _deadlines(row: CaseRow, acts: Sequence[Act], ended_at: datetime, counted: Counter[str]) -> Sequence[str]:
    """Between two acts a deadline that passed must have been told of: then, or before in the same round of the case."""
    faults = []
    told: set[str] = set()
    steps = cases.deadlines_of(row.urn)
    for number, (act, due) in enumerate(zip(acts, steps, strict=True)):
        until = acts[number + 1].at if number + 1 < len(acts) else (row.closed_at or ended_at)
        if act.what == "escalated":
            told.add(act.detail["because"])
            counted[f"escalations {act.detail['because']}"] += 1
            if not act.detail["to"]:
                faults.append(f"{row.number_text}: an escalation told nobody")
            before = steps[number - 1]
            if before is None or act.at < before:
                faults.append(f"{row.number_text}: escalated at {act.at} before its deadline {before}")
        if act.what.startswith("transition:reopen"):
            told.clear()
        # A case that is handed on after its deadline is late from then on: whoever gets it has until the next reminder.
        if due is not None and until - max(due, act.at) > SLACK and not told:
            following = acts[number + 1] if number + 1 < len(acts) else None
            if following is None or following.what != "escalated":
                faults.append(f"{row.number_text}: due {due}, nobody was told until {until}")
    return faults

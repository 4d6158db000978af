"""Cases that were worked off elsewhere, with their real times: from another system's records into the history here.

Nobody is told of them and nothing escalates; what is still open goes on as work from now on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import CaseTypeSpec
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import domain, models
from dinh.spine.cases.api.words import PastCase, PastReport
from dinh.spine.cases.checks import checked_spec, checked_title
from dinh.spine.cases.deadlines import Deadlines
from dinh.spine.cases.recording import MOVING, leaf_data
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

PART: Final = 1000
MOST_TOLD: Final = 1000


def import_past(rows: Iterable[PastCase], *, by: Actor) -> PastReport:
    """A part of the rows and their leaves in one transaction each; what was there by its key is left as it is."""
    parties.require(by, "cases.open")
    offices: dict[str, bool] = {}
    taken = there = 0
    refused: list[tuple[int, str, str]] = []
    for part in batched(enumerate(rows, start=1), PART):
        with transaction.atomic():
            known = set(models.Case.objects.filter(key__in=[row.key for _, row in part]).values_list("key", flat=True))
            good: list[PastCase] = []
            for line, row in part:
                if row.key in known:
                    there += 1
                    continue
                try:
                    _check(row, offices)
                except DinhError as error:
                    refused.append((line, error.code, error.message))
                else:
                    known.add(row.key)
                    good.append(row)
            _write(good, by)
            taken += len(good)
    return PastReport(taken, there, len(refused), tuple(refused[:MOST_TOLD]))


def _check(row: PastCase, offices: dict[str, bool]) -> None:
    checked_spec(row.type)
    if not row.key:
        raise Invalid(
            "cases.past_key", "the row has no key; each case needs the number that it had where it comes from"
        )
    checked_title(row.title)
    if row.severity not in domain.RANKS:
        raise Invalid("cases.severity", "'{severity}' is not a severity; give {severities}",
                      severity=row.severity, severities=", ".join(domain.RANKS))  # fmt: skip
    for name, moment in (("closed_at", row.closed_at), ("owned_at", row.owned_at)):
        if moment is not None and moment < row.opened_at:
            raise Invalid(
                "cases.past_order",
                "{name} {moment} lies before it was opened, {opened}; check the times of the row",
                name=name,
                moment=moment.isoformat(),
                opened=row.opened_at.isoformat(),
            )
    if row.opened_at > clock.now():
        raise Invalid(
            "cases.past_future", "it was opened {opened}, which is yet to come", opened=row.opened_at.isoformat()
        )
    if row.organisation:
        if row.organisation not in offices:
            offices[row.organisation] = bool(parties.parties([row.organisation]))
        if not offices[row.organisation]:
            parties.party(row.organisation)


def _write(rows: Sequence[PastCase], by: Actor) -> None:
    if not rows:
        return
    numbers = _numbers([row.opened_at for row in rows])
    cases = [_case(row, number) for row, number in zip(rows, numbers, strict=True)]
    models.Case.objects.bulk_create(cases, batch_size=200)
    acts: list[models.Act] = []
    for case, row in zip(cases, rows, strict=True):
        acts += _acts(case, row, by)
    leaves = ledger.append_many(
        "case.imported", [(domain.urn_of(act.case.number), leaf_data(act.case, act)) for act in acts]
    )
    for act, leaf in zip(acts, leaves, strict=True):
        act.ledger_index = leaf.index
    models.Act.objects.bulk_create(acts, batch_size=200)
    jobs.publish("cases.imported", {"cases": len(cases)})


def _numbers(opened: Sequence[datetime]) -> Sequence[int]:
    """Numbers of the year in which each was opened."""
    years = [moment.astimezone(VIETNAM).year for moment in opened]
    last: dict[int, int] = {}
    for year in sorted(set(years)):
        models.YearCount.objects.bulk_create([models.YearCount(year=year)], ignore_conflicts=True)
        last[year] = models.YearCount.objects.select_for_update().get(pk=year).last
    found = []
    for year in years:
        last[year] += 1
        found.append(domain.number_of(year, last[year]))
    for year, count in last.items():
        models.YearCount.objects.filter(pk=year).update(last=count)
    return found


def _case(row: PastCase, number: int) -> models.Case:
    spec = checked_spec(row.type)
    state = _state(spec, ended=row.closed_at is not None)
    counts_as = next(known.counts_as for known in spec.states if known.code == state)
    deadlines = Deadlines(None)
    case = models.Case(
        number=number,
        key=row.key,
        type=row.type,
        title=checked_title(row.title),
        search=fold(f"{domain.number_text(number)} {row.title} {row.category}"),
        severity=row.severity,
        severity_rank=domain.RANKS[row.severity],
        place=row.place,
        unit=row.place,
        requester="",
        opened_at=row.opened_at,
        owned_at=row.owned_at,
        state=state,
        counts_as=counts_as,
        final=counts_as in domain.ENDED,
        organisation=row.organisation,
        owner_due_at=deadlines.after(row.opened_at, spec.to_owner),
        due_at=row.due_at or domain.NEVER,
        closed_at=row.closed_at,
        reason=row.reason,
        category=row.category if spec.category(row.category) else "",
        steps=0,
        version=2 if row.closed_at else 1,
        escalated_unowned=True,
        escalated_overdue=True,
        escalate_at=domain.NEVER,
    )
    case.deadline_at = domain.deadline(
        owner="", counts_as=counts_as, owner_due_at=case.owner_due_at, due_at=case.due_at
    )
    return case


def _state(spec: CaseTypeSpec, *, ended: bool) -> str:
    if not ended:
        return spec.initial
    return next(state.code for state in spec.states if state.counts_as == "done")


def _acts(case: models.Case, row: PastCase, by: Actor) -> list[models.Act]:
    """Opened; and ended where it was. The state of the first is the initial one."""
    spec = checked_spec(row.type)
    now = {name: getattr(case, name) for name in MOVING}
    first: dict[str, Any] = now | {
        "state": spec.initial,
        "counts_as": "open",
        "final": False,
        "closed_at": None,
        "reason": "",
        "deadline_at": domain.deadline(owner="", counts_as="open", owner_due_at=case.owner_due_at, due_at=case.due_at),
    }
    acts = [_act(case, by, 1, row.opened_at, row.closed_at, first, {"title": row.title, "because": "imported"})]
    if row.closed_at is not None:
        detail = {"reason": row.reason, "to_state": case.state, "because": "imported"}
        acts.append(_act(case, by, 2, row.closed_at, None, now, detail))
    return acts


def _act(
    case: models.Case,
    by: Actor,
    version: int,
    at: datetime,
    until: datetime | None,
    state: dict[str, Any],
    detail: dict[str, Any],
) -> models.Act:
    return models.Act(
        case=case,
        version=version,
        at=at,
        until=until,
        by=by.urn,
        by_name=by.name[:200],
        what="opened" if version == 1 else "ended_elsewhere",
        detail={name: value for name, value in detail.items() if value not in ("", None)},
        salt=secrets.token_hex(16),
        **state,
    )

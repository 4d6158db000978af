"""A step on a dossier's way: its line, its leaf in the ledger, and the dossier as its case stands now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dinh.kernel import clock
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.domain import states

APPLICANT: Final = Actor("", "")
"""Stands for the applicant, whose name no step bears."""


def commitment(dossier: models.Dossier, words: Any) -> str:
    """SHA-256 over the dossier's salt and what was said: the ledger holds no word of it."""
    told = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False, sort_keys=True)
    return ledger.commitment(dossier.seal, told)


def record(
    dossier: models.Dossier,
    what: str,
    *,
    by: Actor,
    at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
    sealed: Mapping[str, Any] | None = None,
) -> models.Step:
    """`detail` is public; of what is in `sealed` the leaf holds commitments and the line nothing."""
    dossier.save()
    data = {
        "number": dossier.number,
        "procedure": dossier.procedure,
        "state": dossier.state,
        "by": by.urn or None,
        **(detail or {}),
        **{f"{name}_sha256": commitment(dossier, value) for name, value in (sealed or {}).items()},
    }
    entry = ledger.append(f"dossier.{what}", dossier.urn, data)
    return models.Step.objects.create(
        dossier=dossier, at=at or clock.now(), what=what, by=by.urn, by_name=by.name[:200], state=dossier.state,
        detail=dict(detail or {}), ledger_index=entry.index,
    )  # fmt: skip


def mirror(dossier: models.Dossier, row: CaseRow | None = None) -> CaseRow:
    """Takes over from the case what lists and figures ask; saves nothing."""
    row = row or cases.case(dossier.case)
    now = clock.now()
    dossier.state, dossier.organisation = row.state, row.organisation or ""
    if row.paused and dossier.waits_since is None:
        dossier.waits_since = now
    elif not row.paused and dossier.waits_since is not None and row.closed_at is None:
        dossier.waited += _minutes(dossier.waits_since, now)
        dossier.waits_since = None
    if row.owner and dossier.taken_up_at is None:
        dossier.taken_up_at = now
    if row.closed_at is None:
        dossier.due_at = None if row.paused else row.due_at
        return row
    if dossier.ended_at is None:
        # Who was asked and never answered is late by nobody's fault here: what counts is the time before that.
        stood = dossier.waits_since or row.closed_at
        if dossier.waits_since is not None:
            dossier.waited += _minutes(dossier.waits_since, row.closed_at)
            dossier.waits_since = None
        dossier.ended_at, dossier.due_at = row.closed_at, row.due_at
        dossier.in_time = stood <= row.due_at
        dossier.minutes = max(0, _minutes(dossier.handed_in_at, row.closed_at) - dossier.waited)
    return row


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() // 60))


def answer(dossier: models.Dossier, question: int, text: str) -> None:
    """By the applicant; one that was answered or withdrawn on the page of the case is over already."""
    open_ = any(row.number == question and row.ended_at is None for row in cases.questions(dossier.case))
    mirror(dossier, cases.answer(dossier.case, question=question, text=text, by=SYSTEM) if open_ else None)


def locked(dossier: models.Dossier) -> models.Dossier:
    return models.Dossier.objects.select_for_update().get(pk=dossier.pk)


def step(dossier: models.Dossier, code: str, *, by: Actor, reason: str = "") -> CaseRow:
    """A step of its case, taken at the desk; the applicant is written to in words of their own."""
    row = cases.move(dossier.case, transition=code, by=by, reason=reason, params={states.DESK: True}, tell=False)
    return mirror(dossier, row)

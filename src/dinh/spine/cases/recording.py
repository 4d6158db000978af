"""One act: the case's new state, its line of history, its leaf in the ledger and the event that tells of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dinh.kernel import clock
from dinh.spine.cases import domain, models
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor

PART: Final = 1000
WORDS: Final = ("title", "title_en", "text", "note", "reason", "fields", "before", "file", "address")
"""Free text and fields may tell of people: the ledger holds a salted commitment to it, never the words."""
COMMITTED: Final = "_sha256"
MOVING: Final = (
    "state", "counts_as", "final", "owner", "organisation", "owner_due_at", "due_at", "deadline_at", "closed_at",
    "reason", "steps_done", "paused_at",
)  # fmt: skip


def commitment(salt: str, text: str) -> str:
    """SHA-256 over salt and text; without the salt a guess at the words cannot be checked."""
    return ledger.commitment(salt, text)


def leaf_data(case: models.Case, act: models.Act) -> dict[str, Any]:
    """What the leaf of an act holds: people by URN only, words as commitments."""
    said: dict[str, Any] = {}
    for name, value in act.detail.items():
        if name in WORDS:
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
            said[f"{name}{COMMITTED}"] = commitment(act.salt, words)
        else:
            said[name] = value
    return {
        "number": domain.number_text(case.number),
        "version": act.version,
        "what": act.what,
        "by": act.by,
        "state": act.state,
        "owner": act.owner or None,
        "organisation": act.organisation or None,
        "due_at": clock.to_microseconds(act.due_at),
        "detail": said,
    }


def record(
    case: models.Case,
    *,
    what: str,
    kind: str,
    by: Actor,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    event: str | None = None,
) -> models.Act:
    """Saves `case` (locked, changed, not yet saved) as the outcome of an act.

    The ledger's line is joined last, after every row that this transaction locks.
    """
    case.final = case.counts_as in domain.ENDED
    case.deadline_at = domain.deadline(
        owner=case.owner,
        counts_as=case.counts_as,
        owner_due_at=case.owner_due_at,
        due_at=case.due_at,
        paused=case.paused_at is not None,
    )
    case.version += 1
    case.save()
    act = models.Act(
        case=case,
        version=case.version,
        at=at,
        by=by.urn,
        by_name=by.name[:200],
        what=what,
        detail={name: value for name, value in (detail or {}).items() if value not in ("", None)},
        salt=secrets.token_hex(16),
        **{name: getattr(case, name) for name in MOVING},
    )
    models.Act.objects.filter(case=case, until__isnull=True).update(until=at)
    act.ledger_index = ledger.append(f"case.{kind}", domain.urn_of(case.number), leaf_data(case, act)).index
    act.save()
    jobs.publish(f"case.{event or kind}", payload(case))
    return act


def payload(case: models.Case) -> dict[str, Any]:
    return {
        "urn": domain.urn_of(case.number),
        "number": case.number,
        "version": case.version,
        "type": case.type,
        "state": case.state,
        "severity": case.severity,
        "place": case.place or None,
        "owner": case.owner or None,
        "organisation": case.organisation or None,
    }


def altered_acts(urn: str) -> Sequence[int]:
    from dinh.spine.cases import queries

    case = queries.stored(urn)
    acts = list(models.Act.objects.filter(case=case).order_by("version"))
    leaves: dict[int, ledger.Entry] = {}
    after = -1
    while part := ledger.entries(subject=urn, after=after, limit=PART):  # others tell of a case there too
        leaves |= {entry.index: entry for entry in part}
        after = part[-1].index
        if len(part) < PART:
            break
    return [
        act.ledger_index
        for act in acts
        if act.ledger_index not in leaves or not _agrees(case, act, leaves[act.ledger_index])
    ]


def _agrees(case: models.Case, act: models.Act, leaf: ledger.Entry) -> bool:
    """Of an act whose words were erased, all but the commitments to them must agree, and a leaf must tell of the erasure."""
    if act.salt:
        return leaf.data == leaf_data(case, act)
    told = dict(leaf.data)
    told["detail"] = {name: value for name, value in told.get("detail", {}).items() if not name.endswith(COMMITTED)}
    return told == leaf_data(case, act) and ledger.erasure_of(leaf) is not None

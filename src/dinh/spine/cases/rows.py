"""From stored rows to the frozen rows of the api."""

from __future__ import annotations

from dinh.kernel.manifests import Text
from dinh.spine.cases import api, domain, models


def row_of(case: models.Case, past: models.Act | None = None) -> api.CaseRow:
    """The case now, or as it was after a past act."""
    seen: models.Case | models.Act = past or case
    machine = domain.Machine.of(case.type)
    state = machine.state(seen.state)
    type_name = machine.spec.name if machine.spec else Text(case.type, case.type)
    category = machine.spec.category(case.category) if machine.spec else None
    state_name = state.name if state else Text(seen.state, seen.state)
    return api.CaseRow(
        urn=domain.urn_of(case.number),
        number=case.number,
        type=case.type,
        type_name_vi=type_name.vi,
        type_name_en=type_name.en,
        state=seen.state,
        state_name_vi=state_name.vi,
        state_name_en=state_name.en,
        counts_as=seen.counts_as,
        title=case.title,
        severity=case.severity,
        subject=case.subject or None,
        place=case.place or None,
        organisation=seen.organisation or None,
        owner=seen.owner or None,
        requester=case.requester or None,
        opened_at=case.opened_at,
        owner_due_at=seen.owner_due_at,
        due_at=seen.due_at,
        closed_at=seen.closed_at,
        reason=seen.reason,
        version=seen.version,
        simulated=case.simulated,
        steps_done=seen.steps_done,
        steps=case.steps,
        title_en=case.title_en,
        deadline_at=None if seen.deadline_at == domain.NEVER else seen.deadline_at,
        escalated=case.escalated_unowned or case.escalated_overdue,
        category=case.category,
        category_name=category.name if category else Text(case.category, case.category),
        paused=seen.paused_at is not None,
        joined_to=domain.urn_of(case.joined_to) if case.joined_to else None,
        level=case.level,
        answered_at=case.answered_at,
        reopened=case.reopened,
    )

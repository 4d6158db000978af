"""Another category for a case that was opened under the wrong one: its deadline and, where nobody has it, its office follow."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.manifests import CaseTypeSpec
from dinh.spine.cases import domain, models, routing, scope, telling
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import checked_spec, checked_text, moment_for, require_fresh, require_going_on
from dinh.spine.cases.deadlines import Deadlines
from dinh.spine.cases.queries import locked
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places


@transaction.atomic
def recategorise(urn: str, *, category: str, by: Actor, reason: str, version: int | None) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_fresh(case, version)
    require_going_on(row)
    spec = checked_spec(case.type)
    if spec.category(category) is None:
        raise Invalid(
            "cases.no_category",
            "{type} has no category '{category}'; there are {categories}",
            type=spec.name.vi,
            category=category[:64],
            categories=", ".join(known.code for known in spec.categories),
        )
    if category == case.category:
        raise Conflict("cases.category_already", "{number} is in this category already", number=row.number_text)
    now, before, reason = moment_for(case), case.category, checked_text(reason)
    _due_anew(case, spec, category, now)
    case.category = category
    detail: dict[str, Any] = {"category": category, "from_category": before, "reason": reason}
    # Whoever follows a case by what it tells learns of it as of any new description.
    record(case, what="recategorised", kind="recategorised", event="described", by=by, at=now, detail=detail)
    if not case.owner:
        _route_anew(case, spec, by, reason)
    return row_of(case)


def _due_anew(case: models.Case, spec: CaseTypeSpec, category: str, now: datetime) -> None:
    """Counted from the opening (of one that came back, from then), with all the time added in which it stood still."""
    if case.due_at >= domain.NEVER:
        return
    again = models.Act.objects.filter(case=case, what="transition:reopen").order_by("version").last()
    start = again.at if again is not None else case.opened_at
    deadlines = Deadlines.of(spec, start)
    stood_still = deadlines.between(deadlines.due(spec, case.category, start), case.due_at)
    case.due_at = deadlines.after(deadlines.due(spec, category, start), max(stood_still, timedelta(0)))
    if case.paused_at is not None:
        case.left_to_close = int(deadlines.between(case.paused_at, case.due_at).total_seconds())
    if case.due_at > now:
        case.escalated_overdue = False
        case.level, case.escalate_at = 0, None


def _route_anew(case: models.Case, spec: CaseTypeSpec, by: Actor, reason: str) -> None:
    """To where the case would have gone had it been opened so; a case that some office answers for already stays there."""
    ground = places.places([case.place]).get(case.place) if case.place else None
    organisation = routing.organisation_for(spec, case.category, ground, case.unit or None)
    if organisation is None or organisation == case.organisation:
        return
    before, case.organisation = case.organisation, organisation
    case.level, case.escalate_at = 0, None
    detail = {"to": organisation, "from": before, "reason": reason}
    record(case, what="handed_on", kind="handed_on", by=by, at=moment_for(case), detail=detail)
    telling.handed_on(case, reason)

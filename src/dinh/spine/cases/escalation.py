"""What nobody looks after tells of itself, level by level, once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dinh.kernel import clock
from dinh.kernel.manifests import registry
from dinh.spine.cases import domain, models, office, telling
from dinh.spine.cases.checks import moment_for
from dinh.spine.cases.deadlines import Deadlines
from dinh.spine.cases.recording import record
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import AlertRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

AT_ONCE = 500
AT_MOST = 20
SOONEST = timedelta(seconds=30)
LOUD = ("critical", "major")


def escalate() -> None:
    """The periodic work."""
    escalate_overdue()
    escalate_alerts()


def escalate_overdue() -> int:
    """Every case whose next level is due climbs to it, once a level, and tells whoever is there."""
    now = clock.now()
    due = models.Case.objects.filter(final__in=(False,), deadline_at__lt=now).filter(
        Q(escalate_at__isnull=True) | Q(escalate_at__lte=now)
    )
    done = 0
    for pk in due.order_by("deadline_at", "number").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            case = due.select_for_update().filter(pk=pk).first()
            if case is not None:
                done += _climb(case, now)
    return done


def _climb(case: models.Case, now: datetime) -> int:
    """1 where the case reached a new level; sets when the next one is due."""
    overdue = case.due_at < now
    because, flag = ("overdue", "escalated_overdue") if overdue else ("no_owner", "escalated_unowned")
    since = case.due_at if overdue else case.owner_due_at
    if not getattr(case, flag):
        case.level = 0  # a new reason begins at the foot of the chain
    chain = office.chain_of(case.organisation)
    deadlines = Deadlines.of(registry.case_type(case.type), now)
    late = deadlines.between(since, now)
    reached = [step for step in chain if timedelta(minutes=step.after_minutes) <= late]
    level = reached[-1].level if reached else 0
    ahead = next((step for step in chain if step.level > level), None)
    wait = [deadlines.after(since, timedelta(minutes=ahead.after_minutes))] if ahead else []
    if because == "no_owner":
        wait.append(case.due_at)
    escalate_at = max(min(wait), now + SOONEST) if wait else domain.NEVER
    if level <= case.level:
        models.Case.objects.filter(pk=case.pk).update(escalate_at=escalate_at)
        return 0
    setattr(case, flag, True)
    case.level, case.escalate_at = level, escalate_at
    told = recipients(case, reached[-1].to, now)
    detail = {"because": because, "level": level, "to": told, "asked": reached[-1].to}
    record(case, what="escalated", kind="escalated", by=SYSTEM, at=moment_for(case), detail=detail)
    telling.escalated(case, told, because=because, level=level)
    return 1


def recipients(case: models.Case, to: str, at: datetime) -> list[str]:
    """Whom a step of the chain means now. Nobody on duty is the leaders; no leaders is the organisation above; in the
    end whoever may assign cases where it is: somebody is always told."""
    organisation = case.organisation
    if to not in office.TO:
        return [to]
    seen: set[str] = set()
    if to == "above":
        organisation = _above(organisation)
    while organisation and organisation not in seen:
        seen.add(organisation)
        found = (list(office.on_duty(organisation, at)) if to == "duty" else []) or _leaders(organisation)
        if found:
            return found
        organisation = _above(organisation)
    anyone = parties.people_who_may("cases.assign", place=case.place or None, limit=AT_MOST)
    return [row.urn for row in anyone]


def _above(organisation: str) -> str:
    found = parties.parties([organisation]).get(organisation) if organisation else None
    return (found.parent or "") if found else ""


def _leaders(organisation: str) -> list[str]:
    people = parties.people(organisation=organisation, limit=500)
    return [row.urn for row in people if row.active and any(grant.role == "leader" for grant in row.grants)][:AT_MOST]


def escalate_alerts() -> int:
    """Critical and major alerts that nobody acknowledged and that have no case."""
    before = clock.now() - domain.LEFT_ALONE
    alerts = [
        alert
        for alert in observations.alerts(states=("open",), limit=AT_ONCE)
        if alert.severity in LOUD and alert.since < before
    ]
    urns = [alert.urn for alert in alerts]
    known = set(models.AlertEscalation.objects.filter(alert__in=urns).values_list("alert", flat=True))
    known |= set(models.Case.objects.filter(subject__in=urns).values_list("subject", flat=True))
    left = [alert for alert in alerts if alert.urn not in known]
    for alert in left:
        _escalate_alert(alert)
    return len(left)


def _escalate_alert(alert: AlertRow) -> None:
    with transaction.atomic():
        leaf = ledger.append(
            "case.escalated",
            alert.urn,
            {"what": "escalated", "by": SYSTEM.urn, "detail": {"because": "no_case", "severity": alert.severity}},
        )
        models.AlertEscalation.objects.create(alert=alert.urn, at=leaf.at, ledger_index=leaf.index)
        jobs.publish(
            "case.escalated",
            {
                "urn": alert.urn,
                "number": None,
                "type": None,
                "state": alert.state,
                "severity": alert.severity,
                "place": alert.place,
                "owner": None,
                "organisation": None,
            },
        )

"""What nobody looks after tells of itself, once."""

from __future__ import annotations

from django.db import transaction

from dinh.kernel import clock
from dinh.spine.cases import domain, models
from dinh.spine.cases.actions import moment_for
from dinh.spine.cases.recording import record
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import AlertRow
from dinh.spine.parties.api import SYSTEM

AT_ONCE = 500
LOUD = ("critical", "major")


def escalate() -> None:
    """The periodic work."""
    escalate_overdue()
    escalate_alerts()


def escalate_overdue() -> int:
    return _escalate_cases("escalated_unowned") + _escalate_cases("escalated_overdue")


def _escalate_cases(flag: str) -> int:
    now = clock.now()
    waiting = models.Case.objects.filter(final__in=(False,), **{flag: False})
    waiting = (
        waiting.filter(owner="", owner_due_at__lt=now)
        if flag == "escalated_unowned"
        else waiting.filter(due_at__lt=now)
    )
    done = 0
    for pk in waiting.order_by("number").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            case = waiting.select_for_update().filter(pk=pk).first()
            if case is None:
                continue
            setattr(case, flag, True)
            because = "no_owner" if flag == "escalated_unowned" else "overdue"
            record(
                case, what="escalated", kind="escalated", by=SYSTEM, at=moment_for(case), detail={"because": because}
            )
        done += 1
    return done


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

"""What cases hear: an alert whose rule asks for a case gets one; an alert that clears is noted in its case."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel import clock
from dinh.kernel.manifests import registry
from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.cases import actions, domain, opening, queries, scope
from dinh.spine.cases.api import CaseRow
from dinh.spine.jobs.api import Event
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import AlertRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.spine.places import api as places

LONG_AGO = timedelta(hours=1)
DEFAULT_TYPE = "incident"
"""What people open from an alert whose rule names no type."""


def alert_opened(event: Event) -> None:
    if event.payload.get("group"):
        return  # its group has been told of, and one case is enough for one cause
    wanted = event.payload.get("case_type")
    if not wanted or registry.case_type(str(wanted)) is None:
        return
    alert = observations.alert(str(event.payload["urn"]))
    long_ago = clock.now() - LONG_AGO
    if alert.since < long_ago or (alert.cleared_at is not None and alert.cleared_at < long_ago):
        return  # late data: deadlines that begin now would be noise; while it stands it is shown without an owner
    open_for_alert(alert, type=str(wanted), by=SYSTEM)


def alert_cleared(event: Event) -> None:
    case = queries.cases_of([str(event.payload["urn"])]).get(str(event.payload["urn"]))
    if case is None or case.counts_as in domain.ENDED:
        return
    alert = observations.alert(str(event.payload["urn"]))
    at = alert.cleared_at or event.at
    actions.comment(
        case.urn,
        text=f"Cảnh báo đã hết lúc {format_moment(at, 'vi')}.",
        by=SYSTEM,
        extra={"notice": "alert_cleared", "at": at.isoformat()},
    )


def open_for_alert(alert: AlertRow, *, type: str, by: Actor, ended: int = 0) -> CaseRow:
    """The case of an alert, one whoever asks first; `ended` is how many it has had before."""
    where = places.places([urn for urn in (alert.subject, alert.place) if urn])
    spot = where.get(alert.subject) or where.get(alert.place or "")
    area = where.get(alert.place or "") or spot
    return opening.open_case(
        type=type,
        title=f"{alert.name_vi} tại {area.name_vi}" if area else alert.name_vi,
        title_en=f"{alert.name_en} at {area.name_en}" if area else alert.name_en,
        by=by,
        subject=alert.urn,
        place=spot.urn if spot else None,
        severity=alert.severity,
        organisation=None,
        requester=None,
        simulated=alert.simulated,
        key=f"{alert.urn}#{ended}" if ended else alert.urn,
    )


def open_by_hand(urn: str, *, by: Actor, type: str | None) -> CaseRow:
    alert = observations.alert(urn)
    going_on, ended = queries.tally_of(alert.urn)
    if going_on is not None:
        return _known_to(by, going_on)
    newest = queries.cases_of([alert.urn]).get(alert.urn)
    if newest is not None and alert.state == "cleared":
        return _known_to(by, newest)  # both are over: there is nothing to open
    rule = next((rule for rule in observations.rules() if rule.code == alert.rule), None)
    wanted = type or (rule.case_type if rule else None)
    declared = [spec.code for spec in registry.case_types()]
    if wanted is None and declared:
        wanted = DEFAULT_TYPE if DEFAULT_TYPE in declared else declared[0]
    return open_for_alert(alert, type=wanted or "", by=by, ended=ended)


def _known_to(by: Actor, row: CaseRow) -> CaseRow:
    """Whoever may not see the case of an alert is refused as if there were none and they had wanted to open it."""
    if not scope.may_see(row, by):
        parties.require(by, "cases.open", place=row.place)
        raise scope.no_case(row.urn)
    return row

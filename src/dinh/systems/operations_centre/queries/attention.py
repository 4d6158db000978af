"""«Cần xử lý»: alerts merged with their cases, and the work in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dinh.kernel.clock import now
from dinh.kernel.errors import SourceUnavailable
from dinh.kernel.manifests import IndicatorSpec, registry
from dinh.kernel.units import display_unit
from dinh.kernel.urns import parse_urn
from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.operations_centre.domain import attention as rules
from dinh.systems.operations_centre.domain.attention import Item
from dinh.systems.operations_centre.domain.view import View
from dinh.systems.operations_centre.queries import area as areas

LIMIT = 200
OPEN = ("open", "waiting")
FRESH = timedelta(minutes=20)
"""Taken as the period of an indicator that names none."""
FRESH_PERIODS = 3


@dataclass(frozen=True, slots=True)
class Attention:
    """`items` are those of the view, `counts` per queue of what the filters leave, `total` without filters."""

    items: Sequence[Item]
    counts: Mapping[str, int]
    total: int
    unowned: int
    alerts: Sequence[observations.AlertRow]
    more: bool
    simulated: bool
    moment: datetime


def attention(view: View, *, actor: parties.Actor, language: str) -> Attention:
    """The lines of the list for this actor: persons' names and case titles only where `cases.view` reaches."""
    within = view.within or areas.area_urn()
    moment = view.at or now()
    alerts = observations.alerts(within=within, at=view.at, limit=LIMIT)
    rows = _cases(alerts, view, within, actor)
    everything = _items(alerts, rows, actor, language)
    shown = [item for item in everything if _passes(item, view)]
    items: Sequence[Item] = rules.in_order(rules.in_queue(shown, view.queue, moment))
    if view.at is None:
        items = _with_newest(items, alerts, moment)
    return Attention(
        items=items,
        counts=rules.counts(shown, moment),
        total=len(everything),
        unowned=_unowned(everything, rows, view, within, actor),
        alerts=alerts,
        more=len(alerts) >= LIMIT,
        simulated=any(item.simulated for item in everything),
        moment=moment,
    )


def _unowned(
    items: Sequence[Item], rows: Sequence[cases.CaseRow], view: View, within: str, actor: parties.Actor
) -> int:
    """What nobody has. The public is shown no case and counts all but what people reported or handed in, which has public figures of its own."""
    if parties.may(actor, "cases.view"):
        return sum(item.unowned for item in items)
    with_case = {row.subject for row in rows if row.counts_as in OPEN}
    return cases.figures(within=within, at=view.at, reports=False).unowned + sum(
        item.unowned for item in items if item.alert not in with_case
    )


def _with_newest(items: Sequence[Item], alerts: Sequence[observations.AlertRow], moment: datetime) -> Sequence[Item]:
    """The items with what their series read last; as they are where the readings cannot be had just now."""
    series = {alert.urn: alert.series for alert in alerts if not alert.is_group}
    try:
        newest = observations.newest_values(series.values())
    except SourceUnavailable:
        return items
    periods = {spec.code: spec.period for spec in observations.indicators()}
    found: list[Item] = []
    for item in items:
        reading = newest.get(series.get(item.alert or "", 0))
        if reading is not None:
            fresh = moment - reading[0] <= FRESH_PERIODS * (periods.get(item.indicator) or FRESH)
            item = replace(item, newest_at=reading[0], newest=reading[1], fresh=fresh)
        found.append(item)
    return found


def item_of(alert: observations.AlertRow, *, actor: parties.Actor, language: str) -> Item:
    """One alert as a line, whatever its state."""
    case = cases.case_of(alert.urn)
    return _items([alert], [case] if case else [], actor, language)[0]


def _cases(
    alerts: Sequence[observations.AlertRow], view: View, within: str, actor: parties.Actor
) -> Sequence[cases.CaseRow]:
    found: dict[str, cases.CaseRow] = {}
    if parties.may(actor, "cases.view"):
        page = cases.cases(cases.CaseQuery(within=within, at=view.at, states=OPEN, limit=LIMIT), actor=actor)
        found = {row.urn: row for row in page.rows}
    if view.at is None:
        # A case may be closed, or lie beyond the page, while its alert still stands.
        known = {row.subject for row in found.values()}
        missing = [alert.urn for alert in alerts if alert.urn not in known]
        if missing:
            found |= {row.urn: row for row in cases.cases_of(missing).values()}
    return list(found.values())


def _items(
    alerts: Sequence[observations.AlertRow],
    rows: Sequence[cases.CaseRow],
    actor: parties.Actor,
    language: str,
) -> list[Item]:
    staff = parties.may(actor, "cases.view")
    by_subject: dict[str, cases.CaseRow] = {}
    for row in sorted(rows, key=lambda row: row.number):
        if row.subject:
            by_subject[row.subject] = row
    about = {alert.urn for alert in alerts}
    alone = [row for row in rows if row.subject not in about and row.counts_as in OPEN] if staff else []
    named = areas.names(
        [urn for alert in alerts for urn in (alert.subject, alert.place)]
        + [urn for row in alone for urn in (row.place, row.subject)]
    )
    people: set[str] = {urn for row in rows for urn in (row.organisation,) if urn}
    if staff:
        people |= {row.owner for row in rows if row.owner}
        people |= {alert.acknowledged_by for alert in alerts if alert.acknowledged_by}
    known = parties.parties(sorted(people)) if people else {}
    seen = {row.urn for row in rows if cases.may_see(row, actor=actor)} if staff else set()
    specs = {spec.code: spec for spec in observations.indicators()}
    items = [
        _of_alert(alert, by_subject.get(alert.urn), specs.get(alert.indicator), named, known, actor, seen, language)
        for alert in alerts
    ]
    return items + [_of_case(row, named, known, actor, language) for row in alone]


def _of_alert(
    alert: observations.AlertRow,
    case: cases.CaseRow | None,
    spec: IndicatorSpec | None,
    named: Mapping[str, places.PlaceRow],
    known: Mapping[str, parties.PartyRow],
    actor: parties.Actor,
    seen: Set[str],
    language: str,
) -> Item:
    if case is not None and case.counts_as not in OPEN and alert.cleared_at is None:
        case = None  # whoever ended it holds nothing any more, and the alert still stands
    staff = case is not None and case.urn in seen
    owned = case is not None and (case.owner is not None or case.counts_as not in OPEN)
    since_due = _due(case) if case else _due_of_rule(alert)
    return Item(
        key=f"a-{parse_urn(alert.urn).id}",
        alert=alert.urn,
        case=case.urn if case and staff else None,
        case_number=case.number_text if case and staff else None,
        case_version=case.version if case and staff else None,
        severity=alert.severity,
        title=alert.name(language),
        indicator=alert.indicator,
        domain=spec.domain.in_(language) if spec else "",
        subject=alert.subject,
        subject_name=areas.place_label(named.get(alert.subject), language),
        place=alert.place,
        place_name=areas.place_label(named.get(alert.place or ""), language) if alert.place != alert.subject else "",
        since=alert.since,
        state=alert.state,
        state_name=_state_name(case, language),
        organisation_name=_name(known, case.organisation if case else None, language),
        owner_name=_name(known, case.owner if case else None, language) if staff else "",
        mine=bool(case and case.owner and case.owner == actor.urn),
        owned=owned,
        needs_owner=rules.needs_owner(alert.severity) and alert.state != "cleared",
        due_at=None if case and case.counts_as not in OPEN else since_due,
        href=registry.link_path("alert", parse_urn(alert.urn).id) or "",
        simulated=alert.simulated,
        steps_done=case.steps_done if case and staff else 0,
        steps=case.steps if case and staff else 0,
        value=alert.value if alert.kind == "threshold" else alert.reading,
        decimals=spec.decimals if spec else 1,
        unit=display_unit(spec.unit) if spec else "",
        members=alert.members,
    )


def _of_case(
    case: cases.CaseRow,
    named: Mapping[str, places.PlaceRow],
    known: Mapping[str, parties.PartyRow],
    actor: parties.Actor,
    language: str,
) -> Item:
    return Item(
        key=f"c-{parse_urn(case.urn).id}",
        alert=None,
        case=case.urn,
        case_number=case.number_text,
        case_version=case.version,
        severity=case.severity,
        title=case.name(language),
        indicator="",
        domain=case.type_name_vi if language.startswith("vi") else case.type_name_en,
        subject=case.place,
        subject_name=areas.place_label(named.get(case.place or ""), language),
        place=case.place,
        place_name="",
        since=case.opened_at,
        state=case.counts_as,
        state_name=_state_name(case, language),
        organisation_name=_name(known, case.organisation, language),
        owner_name=_name(known, case.owner, language),
        mine=bool(case.owner and case.owner == actor.urn),
        owned=case.owner is not None,
        needs_owner=True,
        due_at=_due(case),
        href=registry.link_path("case", parse_urn(case.urn).id) or "",
        simulated=case.simulated,
        steps_done=case.steps_done,
        steps=case.steps,
    )


def _due(case: cases.CaseRow) -> datetime:
    return case.owner_due_at if case.owner is None else case.due_at


def _due_of_rule(alert: observations.AlertRow) -> datetime | None:
    """When somebody should have it: the time its kind of work allows, where its rule names one."""
    rule = next((rule for rule in observations.rules() if rule.code == alert.rule), None)
    kind = registry.case_type(rule.case_type) if rule and rule.case_type else None
    return alert.since + kind.to_owner if kind else None


def _state_name(case: cases.CaseRow | None, language: str) -> str:
    if case is None:
        return ""
    return case.state_name_vi if language.startswith("vi") else case.state_name_en


def _name(known: Mapping[str, parties.PartyRow], urn: str | None, language: str) -> str:
    row = known.get(urn or "")
    return row.name(language) if row else ""


def _passes(item: Item, view: View) -> bool:
    return (
        (not view.severities or item.severity in view.severities)
        and (not view.state or item.state == view.state)
        and (not view.domain or item.domain == view.domain)
    )


def work_figures(view: View, actor: parties.Actor) -> cases.WorkFigures:
    """Of people's reports and dossiers only for whoever may see cases: among them are private ones."""
    return cases.figures(
        within=view.within or areas.area_urn(),
        at=view.at,
        window=timedelta(days=7),
        reports=parties.may(actor, "cases.view"),
    )

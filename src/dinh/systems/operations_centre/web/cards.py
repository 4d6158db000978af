"""The card of what is selected on the map: an alert, a unit, an asset."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from dinh.kernel.clock import now
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import CaseTypeSpec, IndicatorSpec, registry
from dinh.kernel.urns import parse_urn
from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.operations_centre.domain import drawing
from dinh.systems.operations_centre.domain.view import View
from dinh.systems.operations_centre.queries import attention as lists
from dinh.systems.operations_centre.queries import drill, picture
from dinh.systems.operations_centre.web.parts import part
from dinh.web.requests import actor, language


def alert_action(who: parties.Actor) -> str:
    """The address template (with {id}) at which an alert becomes a case; '' when nobody publishes one."""
    for panel in picture.panels("operations.alert_action", who):
        return panel.path if "{id}" in panel.path else panel.path.rstrip("/") + "/{id}/"
    return ""


def card_context(request: HttpRequest, view: View, spec: IndicatorSpec | None) -> dict[str, Any]:
    """`card_alert` or `card_place`, or neither when nothing is selected or it does not exist any more."""
    if view.alert:
        try:
            if view.at is not None and observations.alert(view.alert).since > view.at:
                return {}  # not yet then
            return alert_context(request, view.alert, view)
        except NotFound:
            return {}
    if view.place:
        try:
            found = part("card", lambda: drill.card(view.place, spec=spec, at=view.at, language=language(request)))
        except NotFound:
            return {}
        return {"card_place": found, "card_spec": spec}
    return {}


def alert_context(request: HttpRequest, urn: str, view: View) -> dict[str, Any]:
    """All that a screen says about one alert. Raises NotFound."""
    who = actor(request)
    tongue = language(request)
    row = observations.alert(urn)
    spec = picture.indicator_or_none(row.indicator)
    end = view.at or row.cleared_at or now()
    start = min(end - timedelta(hours=24), row.since - timedelta(hours=1))
    points = part("spark", lambda: observations.history(row.series, start=start, end=end, steps=96)) or ()
    latest = part("latest", lambda: observations.latest(subject=row.subject, indicator=row.indicator, limit=50)) or ()
    item = lists.item_of(row, actor=who, language=tongue)
    action = alert_action(who)
    return {
        "card_alert": row,
        "alert_id": parse_urn(urn).id,
        "item": item,
        "spec": spec,
        "latest": next((reading for reading in latest if reading.series.id == row.series), None),
        "trend": [p.value for p in points],
        "line": drawing.near(row.threshold, [p.value for p in points]) if row.kind == "threshold" else None,
        "open_case_path": action.format(id=parse_urn(urn).id)
        if action and item.case is None and parties.may(who, "cases.open", place=row.place)
        else "",
        "may_take": item.case is not None and not item.owned and parties.may(who, "cases.act", place=row.place),
        "may_acknowledge": row.state == "open" and parties.may(who, "observations.acknowledge", place=row.place),
        "playbook": playbook(row, item.case, tongue) if parties.may(who, "cases.view") else (),
    }


def playbook(row: observations.AlertRow, case: str | None, tongue: str) -> list[tuple[str, bool]]:
    """The steps of the alert's case and whether each is done; before there is a case, those that its kind of work
    provides for."""
    if case is not None:
        return [
            (step.text_vi if tongue == "vi" else step.text_en, step.done_at is not None) for step in cases.steps(case)
        ]
    rule = next((rule for rule in observations.rules() if rule.code == row.rule), None)
    kind: CaseTypeSpec | None = registry.case_type(rule.case_type) if rule and rule.case_type else None
    return [(step.in_(tongue), False) for step in kind.playbook] if kind else []

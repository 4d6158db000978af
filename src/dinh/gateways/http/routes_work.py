"""Alerts, cases and places for other machines. What names a person needs a permission."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Query, Router

from dinh.gateways.http.words import (
    PROBLEMS,
    AlertOut,
    AlertPage,
    CaseDetail,
    CasePage,
    Cursor,
    Day,
    Moment,
    PlaceDetail,
    PlaceOut,
    Word,
    offset_in,
)
from dinh.kernel.errors import Invalid
from dinh.kernel.masking import masked_address, masked_name
from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.web.requests import actor

router: Final = Router()
AlertState = Literal["open", "acknowledged", "cleared"]
DETAIL: Final = "operations.view_detail"
WITH_OR_WITHOUT_KEY: Final[dict[str, Any]] = {"security": [{}, {"Bearer": []}]}
WITH_KEY: Final[dict[str, Any]] = {"security": [{"Bearer": []}]}


# --- alerts ------------------------------------------------------------------


@router.get(
    "/alerts",
    response={200: AlertPage, **PROBLEMS},
    tags=["alerts"],
    summary="Alerts, worst and oldest first",
    operation_id="list_alerts",
    openapi_extra=WITH_OR_WITHOUT_KEY,
)
def list_alerts(
    request: HttpRequest,
    state: Annotated[list[AlertState], Query(description="open and acknowledged where absent")] = [],  # noqa: B006 - ninja copies it
    place: Word | None = None,
    at: Annotated[Moment | None, Query(description="as they stood then")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = "",
) -> Any:
    asking = actor(request)
    states = tuple(state) or ("open", "acknowledged")
    rows = observations.alerts(states=states, within=place, at=at, after=cursor, limit=limit + 1)
    page = rows[:limit]
    known = cases.cases_of([row.urn for row in page])
    return {
        "items": [_alert(row, asking, known.get(row.urn)) for row in page],
        "next": page[-1].urn if len(rows) > limit else None,
    }


@router.get(
    "/alerts/{alert}",
    response={200: AlertOut, **PROBLEMS},
    tags=["alerts"],
    summary="One alert by its URN or the last part of it",
    operation_id="get_alert",
    openapi_extra=WITH_OR_WITHOUT_KEY,
)
def get_alert(request: HttpRequest, alert: Word) -> Any:
    row = observations.alert(_alert_urn(alert))
    return _alert(row, actor(request), cases.case_of(row.urn))


@router.post(
    "/alerts/{alert}/acknowledge",
    response={200: AlertOut, **PROBLEMS},
    tags=["alerts"],
    summary="Say that somebody has seen it",
    operation_id="acknowledge_alert",
    openapi_extra=WITH_KEY,
)
def acknowledge_alert(request: HttpRequest, alert: Word) -> Any:
    by = actor(request)
    row = observations.acknowledge(_alert_urn(alert), by=by)
    return _alert(row, by, cases.case_of(row.urn))


def _alert_urn(alert: str) -> str:
    return alert if alert.startswith("urn:") else f"urn:dinh:alert:{alert}"


def _alert(row: observations.AlertRow, asking: parties.Actor, case: cases.CaseRow | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "urn": row.urn,
        "rule": row.rule,
        "name": {"vi": row.name_vi, "en": row.name_en},
        "indicator": row.indicator,
        "place": row.place,
        "severity": row.severity,
        "state": row.state,
        "since": row.since,
        "value": row.value,
        "worst_value": row.worst_value,
        "threshold": row.threshold,
        "simulated": row.simulated,
        "cleared_at": row.cleared_at,
        "acknowledged_at": row.acknowledged_at,
    }
    if parties.may(asking, DETAIL, place=row.place):
        shown |= {"subject": row.subject, "series": row.series, "acknowledged_by": row.acknowledged_by}
        if case is not None and cases.may_see(case, actor=asking):
            shown["case"] = case.urn
    return shown


# --- cases ---------------------------------------------------------------------


@router.get(
    "/cases",
    response={200: CasePage, **PROBLEMS},
    tags=["cases"],
    summary="Cases that you may see",
    operation_id="list_cases",
    openapi_extra=WITH_KEY,
)
def list_cases(
    request: HttpRequest,
    queue: Literal["all", "mine", "unowned", "due_soon", "overdue"] = "all",
    state: Annotated[list[Literal["open", "waiting", "done", "unfixed", "rejected"]], Query()] = [],  # noqa: B006 - ninja copies it
    text: Word = "",
    place: Word | None = None,
    organisation: Word | None = None,
    type: Word | None = None,
    severity: Literal["critical", "major", "minor", "information"] | None = None,
    order: Literal["due_at", "-due_at", "opened_at", "-opened_at", "severity", "number", "-number"] = "due_at",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    cursor: Cursor = "",
) -> Any:
    asking = _somebody(request)
    offset = offset_in(cursor)
    query = cases.CaseQuery(
        queue=queue,
        states=tuple(state) or ("open", "waiting"),
        text=text,
        within=place,
        organisation=organisation,
        type=type,
        severity=severity,
        order=order,
        offset=offset,
        limit=limit,
    )
    page = cases.cases(query, actor=asking)
    return {
        "items": [_case(row) for row in page.rows],
        "total": page.total,
        "next": str(offset + limit) if page.total > offset + limit else None,
    }


@router.get(
    "/cases/{case}",
    response={200: CaseDetail, **PROBLEMS},
    tags=["cases"],
    summary="One case with what was done on it, by its URN or number",
    operation_id="get_case",
    openapi_extra=WITH_KEY,
)
def get_case(
    request: HttpRequest,
    case: Word,
    personal: Annotated[
        bool, Query(description="with what tells of people; needs cases.see_personal, and each reading is recorded")
    ] = False,
) -> Any:
    """Fields that tell of people, and the requester's address, are masked unless `personal` is asked for."""
    asking = _somebody(request)
    urn = case if case.startswith("urn:") else f"urn:dinh:case:{case}"
    row = cases.case(urn, actor=asking)
    acts = [
        {
            "at": act.at,
            "by": act.by,
            "by_name": masked_name(act.by_name) if act.by == row.requester else act.by_name,
            "what": act.what,
            "detail": dict(act.detail),
            "ledger_index": act.ledger_index,
        }
        for act in cases.acts(urn)
    ]
    found = {**_case(row), "acts": acts, "fields": dict(cases.fields_of(urn))}
    if personal:
        shown = cases.read_personal(urn, by=asking)
        found["fields"] |= shown.fields
        found |= {"requester": row.requester, "requester_name": shown.requester}
    return found


def _somebody(request: HttpRequest) -> parties.Actor:
    """Raises Refused for whoever holds cases.view nowhere."""
    asking = actor(request)
    parties.require(asking, "cases.view")
    return asking


def _case(row: cases.CaseRow) -> dict[str, Any]:
    same = (
        "urn", "type", "state", "counts_as", "title", "severity", "subject", "place", "organisation", "owner",
        "opened_at", "owner_due_at", "due_at", "closed_at", "reason", "version", "simulated",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "requester": masked_address(row.requester) if row.requester else None,
        "number": row.number_text,
        "type_name": {"vi": row.type_name_vi, "en": row.type_name_en},
        "state_name": {"vi": row.state_name_vi, "en": row.state_name_en},
    }


# --- places ----------------------------------------------------------------------


@router.get(
    "/places",
    response={200: list[PlaceOut], **PROBLEMS},
    tags=["places"],
    summary="Places by name or by point",
    operation_id="find_places",
)
def find_places(
    request: HttpRequest,
    q: Annotated[Word | None, Query(description="a name; diacritics may be left out")] = None,
    kind: Annotated[list[Literal["unit", "facility", "asset"]], Query()] = [],  # noqa: B006 - ninja copies it
    within: Annotated[Word | None, Query(description="URN of the area to look in")] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
    level: Literal["commune", "district", "province"] = "commune",
    on: Annotated[Day | None, Query(description="as the country was divided on that day")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Any:
    """With `lon` and `lat` (WGS 84): the unit of `level` that contains the point. With `q`: best matches first."""
    if lon is not None and lat is not None:
        found = places.unit_at(lon, lat, level=level, on=on)
        return [] if found is None else [_place(found)]
    if q is None or not q.strip():
        raise Invalid("request.too_wide", "give a name as q, or a point as lon and lat")
    return [_place(row) for row in places.find(q, kinds=tuple(kind), within=within, on=on, limit=limit)]


@router.get(
    "/places/{urn}",
    response={200: PlaceDetail, **PROBLEMS},
    tags=["places"],
    summary="One place, what it became and what it came from",
    operation_id="get_place",
)
def get_place(request: HttpRequest, urn: Word) -> Any:
    row = places.place(urn)
    return {
        **_place(row),
        "attributes": dict(row.attributes),
        "became": [_succession(item) for item in places.became(urn)],
        "came_from": [_succession(item) for item in places.came_from(urn)],
        "ancestors": [_place(item) for item in places.ancestors(urn)],
    }


@router.get(
    "/places/{urn}/children",
    response={200: list[PlaceOut], **PROBLEMS},
    tags=["places"],
    summary="The units below",
    operation_id="list_children",
)
def list_children(
    request: HttpRequest, urn: Word, level: Literal["province", "district", "commune"] | None = None
) -> Any:
    places.place(urn)
    return [_place(row) for row in places.children(urn, level=level)]


def _place(row: places.PlaceRow) -> dict[str, Any]:
    same = (
        "urn", "kind", "level", "code", "parent", "longitude", "latitude", "valid_from", "valid_to", "boundary", "simulated",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "name": {"vi": row.name_vi, "en": row.name_en},
        "full_name": row.full_name_vi,
    }


def _succession(item: places.Succession) -> dict[str, Any]:
    return {"place": _place(item.place), "on": item.on, "whole": item.whole}

"""Our terms as GeoReport v2 names them, and back.

Source: Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): services, service definitions, service requests, tokens, errors.
Updates follow the extension that FixMyStreet speaks (servicerequestupdates); what else is ours stands in `extended_attributes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from dinh.kernel.manifests import Text
from dinh.spine.requests.api import Moment, RequestRow, ServiceRow

LONG: Final = 200
"""Letters beyond which a text is asked for on several lines."""
Record = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def service(row: ServiceRow, language: str) -> Record:
    return {
        "service_code": row.code,
        "service_name": row.name.in_(language),
        "description": row.summary.in_(language),
        "metadata": bool(row.asks),
        "type": "realtime",
        "keywords": ", ".join(row.keywords),
        "group": row.group.in_(language),
    }


def definition(row: ServiceRow, language: str) -> Record:
    return {
        "service_code": row.code,
        "attributes": [
            _attribute(name, schema, order, row.needs, language)
            for order, (name, schema) in enumerate(row.asks.items(), start=1)
        ],
    }


def _attribute(name: str, schema: Mapping[str, Any], order: int, needs: Sequence[str], language: str) -> Record:
    vietnamese = language.startswith("vi")
    title = schema.get("title", name) if vietnamese else schema.get("title_en", schema.get("title", name))
    found: Record = {
        "variable": True,
        "code": name,
        "datatype": _datatype(schema),
        "required": name in needs,
        "datatype_description": _bounds(schema),
        "order": order,
        "description": title,
    }
    if "enum" in schema:
        names = schema.get("x-names" if vietnamese else "x-names-en", {})
        found["values"] = [{"key": str(value), "name": str(names.get(str(value), value))} for value in schema["enum"]]
    return found


def _datatype(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "singlevaluelist"
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return "number"
    if schema.get("format") in ("date", "date-time"):
        return "datetime"
    return "text" if int(schema.get("maxLength", LONG + 1)) > LONG else "string"


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"{low} – {high}" if low is not None and high is not None else ""


def request(row: RequestRow, offices: Mapping[str, Text], language: str, *, extended: bool) -> Record:
    """«Closed, not fixed» is `closed` with the reason in `status_notes`, which begins with the name of the state."""
    office = offices.get(row.organisation or "")
    state = row.state_name.in_(language)
    shown = [photo.position for photo in row.photos if photo.shown]
    media = [media_url(row.number, position) for position in shown]
    record: Record = {
        "service_request_id": row.number,
        "status": row.status,
        "status_notes": f"{state}. {row.reason}" if row.reason else state,
        "service_name": row.category_name.in_(language),
        "service_code": row.category,
        "description": row.description,
        "agency_responsible": office.in_(language) if office else None,
        "requested_datetime": moment(row.at),
        "updated_datetime": moment(row.closed_at if row.status == "closed" and row.closed_at else row.updated_at),
        "expected_datetime": moment(row.due_at),
        "address": row.address or None,
        "address_id": row.unit,
        "lat": row.latitude,
        "long": row.longitude,
        "media_url": media[0] if media else None,
    }
    if extended:
        record["extended_attributes"] = {
            "detailed_status": row.state,
            "detailed_status_name": state,
            "fixed": row.counts_as == "done" if row.status == "closed" else None,
            "reopened": row.reopened,
            "confirmed": row.confirmed,
            "disputed": row.disputed,
            "duplicate_of": row.joined_to,
            "simulated": row.simulated or None,
            "media_urls": media,
        }
    return record


def media_url(number: str, position: int) -> str:
    return settings.PUBLIC_URL + reverse("open311:media", args=[number, position])


STATUS_OF: Final = {
    "done": "FIXED",
    "unfixed": "NOT_FIXED",
    "rejected": "INVALID",
    "open": "OPEN",
    "waiting": "IN_PROGRESS",
}


def updates(row: RequestRow, moments: Iterable[Moment], language: str) -> Sequence[Record]:
    """Of one request; ids are its number and the place in its history."""
    return [
        {
            "update_id": f"{row.number}-{place}",
            "service_request_id": row.number,
            "updated_datetime": moment(one.at),
            "status": STATUS_OF.get(one.counts_as or row.counts_as, "OPEN"),
            "description": one.text or (one.state_name.in_(language) if one.state_name else one.what),
            "kind": one.what,
            "said_by": one.role or "office",
        }
        for place, one in enumerate(moments, start=1)
    ]

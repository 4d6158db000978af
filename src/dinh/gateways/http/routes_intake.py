"""The intake as a documented operation. The thin shell answers it first; this is the same answer behind Django."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.security import HttpBearer

from dinh.gateways.http import intake
from dinh.spine.observations import api as observations

router: Final = Router(tags=["observations"])

_READING: Final = {
    "type": "object",
    "required": ["indicator", "subject", "observed_at", "value", "source"],
    "additionalProperties": False,
    "properties": {
        "indicator": {"type": "string", "description": "code of the catalogue", "examples": ["water.salinity"]},
        "subject": {
            "type": "string",
            "description": "URN of a place, an asset or a party",
            "examples": ["urn:dinh:asset:tram-my-thanh", "urn:ngsi-ld:Asset:tram-my-thanh"],
        },
        "observed_at": {"type": "string", "format": "date-time", "description": "ISO 8601 with a time zone"},
        "value": {"type": ["number", "null"], "description": "null needs `missing`"},
        "unit": {"type": ["string", "null"], "description": "UCUM code; the indicator's unit where absent"},
        "source": {"type": "string", "description": "code of a registered source"},
        "dimensions": {"type": ["object", "null"], "additionalProperties": {"type": "string"}},
        "missing": {"type": ["string", "null"], "enum": [*observations.missing_reasons(), None]},
    },
}
_BODY: Final = {
    "required": True,
    "content": {
        "application/x-ndjson": {"schema": {"type": "string", "description": "one reading as JSON a line"}},
        "application/json": {"schema": {"type": "array", "items": _READING}},
        "application/vnd.apache.arrow.stream": {
            "schema": {"type": "string", "format": "binary", "description": "the same fields as columns"}
        },
    },
}


class RejectedReading(Schema):
    line: int = Field(description="from 1: line of the NDJSON, place in the array, row of the table")
    code: str
    message: str


class IntakeAnswer(Schema):
    accepted: int
    duplicates: int
    corrections: int
    rejected: list[RejectedReading]


class IntakeRefusal(IntakeAnswer):
    code: str
    message: str


class Bearer(HttpBearer):
    """Documents the key; the intake itself looks at it, so that every refusal has the same shape."""

    def __call__(self, request: HttpRequest) -> Any:
        return True

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return token


_REFUSALS: Final = {401: IntakeRefusal, 403: IntakeRefusal, 413: IntakeRefusal, 415: IntakeRefusal, 503: IntakeRefusal}


@router.post(
    "/observations",
    auth=Bearer(),
    response={200: IntakeAnswer, 207: IntakeAnswer, 422: IntakeAnswer | IntakeRefusal, **_REFUSALS},
    summary="Record readings",
    operation_id="record_observations",
    openapi_extra={"requestBody": _BODY},
)
def record_observations(request: HttpRequest) -> HttpResponse:
    """Durable before it is answered, and idempotent: the same reading again is a duplicate, the same indicator, subject,
    time and source with another value a correction. At most 64 MiB and 250,000 readings; gzip is taken.

    200: all taken (duplicates and corrections are). 207: some. 422: none. 503: send it again after Retry-After.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = intake.door(headers)
    if answer is None:
        key = intake.key_in(headers)
        if isinstance(key, intake.Answer):
            answer = key
        else:
            try:
                answer = intake.take(request.body, headers, key)
            except RequestDataTooBig:
                answer = intake.too_large()
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    for name, value in answer.headers:
        response[name] = value
    return response

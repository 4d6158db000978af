"""What clients with a key hand in: reports with media, and words about reports."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from dinh.kernel.errors import Invalid, Refused
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ApiKeyRow
from dinh.spine.requests import api as spine
from dinh.spine.requests.api import MOST_PHOTOS, Draft
from dinh.web.handing_in import sender_of
from dinh.web.limits import Bucket
from dinh.web.requests import language

SCOPE: Final = "open311.report"
MANY_AN_HOUR: Final = 2000
"""A key that sends more is taken in all the same; what it sends waits for an official before it is public."""
_ATTRIBUTE: Final = re.compile(r"attribute\[([A-Za-z0-9_]{1,64})\](?:\[\])?")

keys: Final = Bucket(MANY_AN_HOUR / 3600, MANY_AN_HOUR)


@dataclass(frozen=True, slots=True)
class Reported:
    number: str
    notice: str


def key_of(request: HttpRequest) -> ApiKeyRow:
    """By `api_key` among the values, as the standard has it, or as a bearer key."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    secret = request.POST.get("api_key") or request.GET.get("api_key") or (bearer if scheme.lower() == "bearer" else "")
    if not secret:
        raise Refused("open311.key_missing", "api_key was not provided; ask the administration for one")
    key = parties.key_of(secret.strip())
    if key is None:
        raise Refused("open311.key_unknown", "this api_key is unknown, expired or revoked")
    if SCOPE not in key.scopes and "*" not in key.scopes:
        raise Refused("open311.key_scope", "this api_key has not the scope {scope}", scope=SCOPE)
    return key


def report(request: HttpRequest) -> Reported:
    """Raises Refused, Invalid, NotFound for an unknown service_code."""
    key = key_of(request)
    values = {**request.GET.dict(), **request.POST.dict()}
    code = values.get("service_code", "")
    if not code:
        raise Invalid("open311.service_code", "service_code was not provided; see services.json")
    service = spine.service(code)
    words = [values.get("description", "").strip()]
    if url := values.get("media_url", "").strip():
        # Fetching an address that a stranger names is not ours to do; officials see it.
        words.append(f"({url[:500]})")
    answers: dict[str, Any] = {}
    for name, value in values.items():
        found = _ATTRIBUTE.fullmatch(name)
        if found:
            schema = service.asks.get(found[1], {})
            answers[found[1]] = _typed(schema.get("type"), value)
    draft = Draft(
        id=_id(values.get("id", "")),
        category=service.code,
        description=" ".join(word for word in words if word),
        longitude=_degrees(values, "long"),
        latitude=_degrees(values, "lat"),
        address=values.get("address_string", ""),
        unit=values.get("address_id", ""),
        answers=answers,
        private=values.get("private", "").lower() in ("1", "true"),
        name=" ".join(values.get(part, "").strip() for part in ("last_name", "first_name")).strip(),
        email=values.get("email", ""),
        phone=values.get("phone", ""),
        language=language(request),
        source="open311",
        sender=sender_of(f"key:{key.id}"),
        many=keys.wait_s(key.id) > 0,
    )
    receipt = spine.hand_in(draft, _media(request))
    due = f"{service.time.total_seconds() / 3600:g} h" + (" (office hours)" if service.office_hours else "")
    return Reported(receipt.number, due)


def _id(text: str) -> UUID:
    """`id` is our extension: a client's UUID makes sending again harmless."""
    if not text:
        return uuid.uuid4()
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("open311.id", "id '{id}' is no UUID", id=text[:60]) from error


def _typed(kind: Any, text: str) -> Any:
    if kind in ("integer", "number"):
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if kind == "integer" and number.is_integer() else number
    return text


def _degrees(values: dict[str, str], name: str) -> float | None:
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Invalid("open311.degrees", "{name} is '{value}'; give degrees", name=name, value=text[:40]) from error


def _media(request: HttpRequest) -> list[tuple[str, bytes]]:
    """Files in the fields `media` and `media[]`: our extension beside `media_url`."""
    found: list[UploadedFile[Any]] = [*request.FILES.getlist("media"), *request.FILES.getlist("media[]")]
    if len(found) > MOST_PHOTOS:
        raise Invalid(
            "open311.media_many", "there are {count} media; send at most {most}", count=len(found), most=MOST_PHOTOS
        )
    return [(str(file.name or "media"), file.read()) for file in found]


def say(request: HttpRequest) -> str:
    """A word about a public report; it is shown once an official has seen it."""
    key = key_of(request)
    number = request.POST.get("service_request_id", "")
    spine.remark(number, text=request.POST.get("description", ""), sender=sender_of(f"key:{key.id}"))
    return number

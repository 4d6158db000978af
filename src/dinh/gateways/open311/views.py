"""GeoReport v2. What is private, hidden or erased is nowhere in it: only the public side of requests is asked."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from dinh.gateways.open311 import terms
from dinh.gateways.open311.forms import FORMS, answer, refusal
from dinh.gateways.open311.reporting import Reported, report, say
from dinh.kernel import clock
from dinh.kernel.clock import parse_moment
from dinh.kernel.errors import DinhError, Invalid, NotFound, Refused, SourceUnavailable
from dinh.kernel.manifests import Text
from dinh.spine.files import api as files
from dinh.spine.parties import api as parties
from dinh.spine.requests import api as spine
from dinh.spine.requests.api import RequestQuery, RequestRow
from dinh.spine.submissions import api as submissions
from dinh.web.limits import Bucket, client_of, in_words, network_of
from dinh.web.requests import language
from dinh.web.words import told

MOST: Final = 1000
SPAN: Final = timedelta(days=90)
"""The standard's default, and the most that one question may span."""
MOST_NUMBERS: Final = 200
STATUSES: Final = ("open", "closed")
STATUS: Final = {NotFound: 404, Invalid: 400, Refused: 403, SourceUnavailable: 503}

reads: Final = Bucket(120 / 60, 120)
writes: Final = Bucket(60 / 60, 60)

type View = Callable[..., HttpResponse]


def spoken(view: View) -> Callable[..., HttpResponseBase]:
    """Refusals in the form that was asked for, the jurisdiction, and how much one address may ask."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, form: str, **named: Any) -> HttpResponseBase:
        if form not in FORMS:
            return refusal("json", 404, f"there is no '{form[:20]}' of this; ask for json or xml")
        wanted = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or jurisdiction()
        if wanted != jurisdiction():
            return refusal(form, 404, f"jurisdiction_id '{wanted[:80]}' was not found; this is '{jurisdiction()}'")
        wait = (reads if request.method in ("GET", "HEAD") else writes).wait_s(network_of(client_of(request)))
        if wait:
            response = refusal(form, 429, in_words(wait))
            response["Retry-After"] = str(int(wait) + 1)
            return response
        locale = request.GET.get("locale", "")
        try:
            with override(locale if locale in ("vi", "en") else get_language()):
                return view(request, *arguments, form=form, **named)
        except DinhError as error:
            status = next((status for family, status in STATUS.items() if isinstance(error, family)), 400)
            return refusal(form, status, told(error), error.code)

    return guarded


def jurisdiction() -> str:
    """The host at which people reach this house; whoever names none means this one."""
    host: str = settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    return host


@require_safe
@spoken
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    base = settings.PUBLIC_URL + reverse("open311:services", args=["json"]).removesuffix("/services.json")
    said = {
        "changeset": terms.moment(clock.EPOCH),
        "contact": settings.PUBLIC_URL,
        "key_service": settings.PUBLIC_URL + "/account/",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": base,
                "changeset": terms.moment(clock.EPOCH),
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer(form, "discovery", said)


@require_safe
@spoken
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    said = [terms.service(row, language(request)) for row in spine.services()]
    return _cached(answer(form, "services", said), 300)


@require_safe
@spoken
def definition(request: HttpRequest, *, code: str, form: str) -> HttpResponse:
    said = terms.definition(spine.service(code), language(request))
    return _cached(answer(form, "service_definition", said), 300)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    if request.method == "POST":
        reported: Reported = report(request)
        said = [{"service_request_id": reported.number, "service_notice": reported.notice, "account_id": None}]
        return answer(form, "service_requests", said)
    page = spine.requests(_query(request.GET))
    response = answer(form, "service_requests", _records(page.rows, request))
    response["X-Total-Count"] = str(page.total)
    return _cached(response, 10)


@require_safe
@spoken
def request(request: HttpRequest, *, number: str, form: str) -> HttpResponse:
    """A list of one, as the standard has it."""
    return answer(form, "service_requests", _records([spine.request(number)], request))


@require_safe
@spoken
def token(request: HttpRequest, *, token: str, form: str) -> HttpResponse:
    """The UUID under which it was sent is its token; the number is there from the first moment."""
    try:
        row = submissions.of(UUID(token))
    except ValueError:
        row = None
    if row is None or row.kind != spine.KIND:
        raise NotFound("open311.token", "there is no token '{token}'", token=token[:80])
    return answer(form, "service_requests", [{"service_request_id": row.number, "token": token}])


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def updates(request: HttpRequest, *, form: str) -> HttpResponse:
    """What became of requests within a span, page by page of requests; with a key, a word about one of them."""
    if request.method == "POST":
        number = say(request)
        return answer(form, "service_request_updates", [{"update_id": uuid.uuid4().hex, "service_request_id": number}])
    numbers = _list(request.GET.get("service_request_id", ""))[:MOST_NUMBERS]
    start, end = _span(request.GET)
    offset, size = _page(request.GET, MOST_NUMBERS)
    query = RequestQuery(numbers=numbers, order="-updated_at", limit=MOST_NUMBERS)
    if not numbers:
        # What changed after the span too had its updates within it all the same.
        query = RequestQuery(updated_since=start, order="-updated_at", offset=offset, limit=size)
    page = spine.requests(query)
    moments = spine.timelines(page.rows)
    first, last = str(terms.moment(start)), str(terms.moment(end))
    said = [
        record
        for row in page.rows
        for record in terms.updates(row, moments[row.number], language(request))
        if numbers or first <= str(record["updated_datetime"]) <= last
    ]
    response = answer(form, "service_request_updates", said)
    response["X-Total-Count"] = str(page.total)
    return response


@require_safe
def media(request: HttpRequest, number: str, position: int) -> HttpResponse:
    if reads.wait_s(network_of(client_of(request)), 0.2):
        return HttpResponse(status=429)
    row = spine.request(number)
    photo = next((photo for photo in row.photos if photo.position == position and photo.shown), None)
    if photo is None:
        raise NotFound("open311.media", "{number} has no photo {position}", number=number, position=position)
    response = HttpResponse(files.read(photo.file), content_type=files.file(photo.file).media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _cached(response, 300)


def _cached(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Vary"] = "Cookie"
    patch_cache_control(response, public=True, max_age=seconds)
    return response


def _records(rows: Sequence[RequestRow], request: HttpRequest) -> list[terms.Record]:
    found = parties.parties({row.organisation for row in rows if row.organisation})
    offices = {urn: Text(row.name_vi, row.name_en) for urn, row in found.items()}
    extended = request.GET.get("extensions", "").lower() in ("true", "1")
    return [terms.request(row, offices, language(request), extended=extended) for row in rows]


# --- what is asked -----------------------------------------------------------------


def _query(asked: Mapping[str, str]) -> RequestQuery:
    numbers = _list(asked.get("service_request_id", ""))
    if numbers:
        return RequestQuery(numbers=numbers[:MOST_NUMBERS], limit=MOST_NUMBERS)
    statuses = set(_list(asked.get("status", "").lower()))
    if not statuses <= set(STATUSES):
        raise Invalid("open311.status", "status '{status}' is not open or closed", status=asked["status"][:40])
    start, end = _span(asked)
    offset, size = _page(asked, MOST)
    return RequestQuery(
        text=asked.get("q", "")[:80],
        categories=_list(asked.get("service_code", ""))[:50],
        status=statuses.pop() if len(statuses) == 1 else "",
        since=start,
        until=end,
        updated_since=_moment(asked, "updated_after"),
        updated_until=_moment(asked, "updated_before"),
        near=_near(asked),
        offset=offset,
        limit=size,
    )


def _page(asked: Mapping[str, str], most: int) -> tuple[int, int]:
    """How many requests lie before the page, and how many are on it."""
    size = _number(asked, "page_size", 1, most, most)
    return (_number(asked, "page", 1, 10_000, 1) - 1) * size, size


def _list(text: str) -> list[str]:
    return [part.strip()[:80] for part in text.split(",") if part.strip()]


def _moment(asked: Mapping[str, str], name: str) -> datetime | None:
    text = asked.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        return parse_moment(text if "T" in text else f"{text}T00:00:00+07:00")
    except Invalid as error:
        raise Invalid(
            "open311.moment", "{name} is '{value}'; write it like 2026-01-31T00:00:00Z", name=name, value=text[:60]
        ) from error


def _span(asked: Mapping[str, str]) -> tuple[datetime, datetime]:
    """The last 90 days, unless a beginning or an end is given; both may not be further apart."""
    start, end = _moment(asked, "start_date"), _moment(asked, "end_date")
    try:
        end = end or (start + SPAN if start else clock.now() + timedelta(minutes=1))
        start = start or end - SPAN
        fits = start <= end <= start + SPAN
    except OverflowError:
        fits = False
    if start is None or end is None or not fits:
        raise Invalid(
            "open311.span", "start_date and end_date span more than {days} days, or run backwards", days=SPAN.days
        )
    return start, end


def _number(asked: Mapping[str, str], name: str, least: int, most: int, otherwise: int) -> int:
    text = asked.get(name, "")
    if not text:
        return otherwise
    if not text.isdecimal() or len(text) > 8 or not least <= int(text) <= most:
        raise Invalid(
            "open311.number", "{name} is '{value}'; give a whole number from {least} to {most}", name=name, value=text[:20],
            least=least, most=most,
        )  # fmt: skip
    return int(text)


def _near(asked: Mapping[str, str]) -> tuple[float, float, float] | None:
    """lat, long and radius in metres, as cities have extended it."""
    if not (asked.get("lat") and asked.get("long")):
        return None
    try:
        latitude, longitude, radius = (float(asked.get(name, "500")) for name in ("lat", "long", "radius"))
    except ValueError as error:
        raise Invalid("open311.point", "lat, long and radius are numbers, in degrees and metres") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 < radius <= 100_000):
        raise Invalid("open311.point", "lat, long and radius are numbers, in degrees and metres")
    return longitude, latitude, radius

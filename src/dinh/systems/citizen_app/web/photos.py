"""Pictures of reports: one question decides who may see one, and it is asked again for every picture."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from dinh.kernel.errors import DinhError, NotFound
from dinh.spine.files import api as files
from dinh.spine.parties import api as parties
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import PhotoRow, RequestRow
from dinh.web import limits, security
from dinh.web.requests import actor

POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
PUBLIC_S: Final = 60
"""So long a picture that was taken off may still stand in the browser of whoever saw it before; what many share asks every time."""


def may_see(request: HttpRequest, number: str, position: int) -> tuple[PhotoRow, RequestRow]:
    """The photo and its report, for whoever may see it: anyone while both are shown; a moderator within reach; the reporter
    by the link of the report (`?by=`). Raises NotFound in the same words for all others."""
    missing = NotFound(
        "citizen_app.no_photo", "there is no photo {position} of '{number}'", position=position, number=number[:60]
    )
    who = actor(request)
    own = _followed(request.GET.get("by", ""), number)
    try:
        row = own or requests.request(number, actor=who if who.urn else None)
    except DinhError as error:
        raise missing from error
    photo = next((photo for photo in row.photos if photo.position == position), None)
    if photo is None:
        raise missing
    if photo.shown and (row.shown or own is not None):
        return photo, row
    # The row may be known because it is public, or by the reporter's link: a hidden photo takes a moderator's reach.
    if who.urn and may_moderate(request, number):
        return photo, row
    raise missing


def may_moderate(request: HttpRequest, number: str) -> bool:
    """Whether the report lies within the reader's reach to keep in order."""
    who = actor(request)
    if not who.urn:
        return False
    if not parties.may(who, requests.MODERATE):
        return False
    found = requests.requests(requests.RequestQuery(numbers=[number], everything=True, limit=1), actor=who)
    return found.total > 0


def _followed(link: str, number: str) -> RequestRow | None:
    """The report by the reporter's own link; a neighbour sees what everybody sees."""
    if not link:
        return None
    try:
        row = requests.followed(UUID(link))
    except (ValueError, DinhError):
        return None
    return row.request if row.role == "reporter" and row.request.number == number else None


@require_safe
@limits.limited(per_minute=600, burst=300, reads=True)
def photo(request: HttpRequest, number: str, position: int, small: bool = False) -> HttpResponse:
    row, about = may_see(request, number, position)
    urn = row.small if small else row.file
    kept = files.file(urn)
    tag = quote_etag(kept.sha256[:32])
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    elif request.method == "HEAD":
        response = HttpResponse(content_type=kept.media_type)
        response["Content-Length"] = str(kept.size)
    else:
        kept, content = files.give_out(urn, by=actor(request).urn)
        if kept.personal:
            security.note("personal_read", request)
        response = HttpResponse(content, content_type=kept.media_type)
    response["ETag"] = tag
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    if about.shown and row.shown:
        patch_cache_control(response, public=True, max_age=PUBLIC_S, s_maxage=0, must_revalidate=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response

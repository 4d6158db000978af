"""One address: the bytes of a file, told in a way in which no browser takes them for anything else."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from django.views.decorators.http import require_safe

from dinh.kernel.errors import DinhError, Refused
from dinh.spine.files import api as files
from dinh.spine.parties import api as parties
from dinh.web import limits, requests, security

SHOWN: Final = files.IMAGES | {"application/pdf", "text/plain"}
"""What the browser may show by itself; everything else is put on the disk of whoever asks."""
POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
GONE: Final = frozenset({"files.address_expired", "files.not_given_out"})


@require_safe
@limits.limited(per_minute=300, burst=120, reads=True)
def give(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The name in the address is for people; what is given out hangs on the token alone."""
    try:
        urn = files.opened_by(token)
        row = files.file(urn)
        if row.state != "kept":
            files.read(urn)
        tag = quote_etag(row.sha256[:32])
        if request.method == "HEAD" or tag in parse_etags(request.headers.get("If-None-Match", "")):
            content = b""
        else:
            row, content = files.give_out(urn, by=_asking(request).urn)
            if row.personal:
                security.note("personal_read", request)
    except Refused as error:
        if error.code not in GONE:
            raise
        return _gone(request, error)
    if not content and request.method != "HEAD":
        return _told(HttpResponse(status=304), row, tag)
    response = HttpResponse(content, content_type=_content_type(row.media_type, content))
    if request.method == "HEAD":
        response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(row.media_type not in SHOWN, row.name) or "attachment"
    return _told(response, row, tag)


def _asking(request: HttpRequest) -> parties.Actor:
    """An address needs no session; a key that is not in force is not a reason to refuse, it is nobody's."""
    try:
        return requests.actor(request)
    except Refused:
        return parties.ANYONE


def _content_type(media_type: str, content: bytes) -> str:
    if media_type.startswith("text/"):
        return f"{media_type}; charset={files.charset(content) or 'utf-8'}"
    return media_type


def _told(response: HttpResponse, row: files.FileRow, tag: str) -> HttpResponse:
    response["ETag"] = tag
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "none"
    response["X-Robots-Tag"] = "noindex"
    if row.personal:
        patch_cache_control(response, private=True, no_store=True)
    else:
        patch_cache_control(response, private=True, max_age=300)
    return response


def _gone(request: HttpRequest, error: DinhError) -> HttpResponse:
    response = render(request, "house/error.html", {"error": error, "status": 410}, status=410)
    patch_cache_control(response, no_store=True)
    return response

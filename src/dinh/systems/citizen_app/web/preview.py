"""A photo that a browser cannot read, as one that it can: so that faces in it are covered before it is handed in."""

from __future__ import annotations

import io
import threading
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from PIL import Image

from dinh.kernel.errors import DinhError, Invalid, SourceUnavailable
from dinh.spine.files import api as files
from dinh.web.limits import limited
from dinh.web.words import told

KIND: Final = "image/heic"
LARGEST_PX: Final = 1920
"""As the form makes every other photo before it is sent."""
QUALITY: Final = 82
PATIENCE_S: Final = 3.0
_one: Final = threading.BoundedSemaphore(1)
"""Decoding takes a core and some hundred megabytes: one at a time, and reports that were handed in come first."""


@csrf_exempt  # keeps and changes nothing; a form of another site cannot send this type
@require_POST
@limited(per_minute=20, burst=24)
def preview(request: HttpRequest) -> HttpResponse:
    """The body is the photo. Nothing of it is kept: not a file, not a leaf, not a name; the JPEG holds the picture alone."""
    try:
        made = _made(_read(request))
    except SourceUnavailable as error:
        return _told(error, 503)
    except DinhError as error:
        return _told(error, 422)
    answer = HttpResponse(made, content_type="image/jpeg")
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _told(error: DinhError, status: int) -> HttpResponse:
    answer = JsonResponse({"code": error.code, "message": told(error)}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _read(request: HttpRequest) -> bytes:
    if request.content_type != KIND:
        raise Invalid(
            "citizen_app.preview", "Send one HEIC photo as {kind}; others a browser shows by itself", kind=KIND
        )
    most = files.limits()[0]
    content = request.read(most + 1)
    files.check_size(len(content), "HEIC")
    return content


def _made(content: bytes) -> bytes:
    if not _one.acquire(timeout=PATIENCE_S):
        raise SourceUnavailable(
            "citizen_app.preview_busy",
            "Many photos are being opened at this moment. Try again shortly, or send it as it is for the office only",
        )
    try:
        whole = files.prepare(content, name="HEIC", accept={KIND})
        with Image.open(io.BytesIO(whole.content)) as picture:
            picture.thumbnail((LARGEST_PX, LARGEST_PX))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    finally:
        _one.release()
    return out.getvalue()

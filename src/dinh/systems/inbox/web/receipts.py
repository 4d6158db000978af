"""Where carriers tell what became of a message: signed, bounded, and nothing told to whoever cannot sign."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dinh.kernel.errors import DinhError, NotFound, Refused
from dinh.spine.notices import api as notices
from dinh.web.limits import limited

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
@limited(1200, 300)
def receive(request: HttpRequest, driver: str) -> HttpResponse:
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = MOST_BYTES + 1
    if length > MOST_BYTES:
        return JsonResponse({"code": "receipts.too_long", "message": _("This is too long for receipts.")}, status=413)
    try:
        count = notices.receive(driver, dict(request.headers.items()), request.body)
    except DinhError as error:
        status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, Refused) else 422
        return JsonResponse({"code": error.code, "message": error.message}, status=status)
    return JsonResponse({"noted": count})

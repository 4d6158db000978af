"""What of an answer is told to the security events: refusals, floods, forgeries, and by whom as far as is known."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.views.csrf import csrf_failure as draw_csrf_failure

from dinh.kernel.errors import DinhError
from dinh.spine.parties.api import security
from dinh.web.limits import client_of

OF_CODE: Final = {"parties.key_not_in_force": "key_refused", "request.forged": "forged"}
OF_STATUS: Final = {403: "permission_refused", 429: "rate_limited"}


def mark(request: HttpRequest, error: DinhError) -> None:
    """Says why a request is refused, where the status alone would not."""
    kind = OF_CODE.get(error.code)
    if kind is not None:
        request._dinh_security = kind  # type: ignore[attr-defined]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    request._dinh_security = "forged"  # type: ignore[attr-defined]
    return draw_csrf_failure(request, reason=reason)


def note(kind: str, request: HttpRequest, *, username: str = "") -> None:
    security.note(kind, account=_account(request), username=username, address=client_of(request))


def note_answer(request: HttpRequest, response: HttpResponseBase) -> None:
    kind = getattr(request, "_dinh_security", None) or OF_STATUS.get(response.status_code)
    if response.status_code == 401 and "Authorization" in request.headers:
        kind = "key_refused"
    if kind is not None:
        note(kind, request)


def _account(request: HttpRequest) -> str:
    """Of a key its holder; nobody's where the key was refused."""
    actor = getattr(request, "_dinh_actor", None)
    if actor is not None:
        return str(actor.urn)
    user: Any = getattr(request, "user", None)
    return str(getattr(user, "urn", "")) if user is not None and user.is_authenticated else ""

"""What every answer and every session is held to: headers, ages, and the second factor of staff."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _

from dinh.spine.parties import api as parties
from dinh.web.requests import DEMO_SESSION, SAFE_METHODS, SEEN_AT, SIGNED_IN_AT, in_time, second_factor_passed

type Next = Callable[[HttpRequest], HttpResponseBase]

THEME_COOKIE: Final = "dinh_theme"
CHOICE_S: Final = 365 * 24 * 3600
SEEN_GRAIN_S: Final = 60.0
"""A session is written no more often than this for being used."""

SET_UP: Final = "/account/second-factor/"
OPEN: Final = (
    SET_UP,
    "/account/sign-out/",
    "/account/confirm/",
    "/static/",
    "/i18n/",
    "/healthz",
    "/readyz",
)
"""All that a member of staff reaches before a second factor is set up."""

HEADERS: Final = {
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
FORWARDED: Final = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Headers:
    """Headers that Django does not set; `Secure` on every cookie and HSTS once the connection is encrypted."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure():
            for morsel in response.cookies.values():
                morsel["secure"] = True
            if host_name(request) not in LOCAL:
                # On localhost it would bind every other program's port of this machine to TLS as well.
                response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.HSTS_S}")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-cache"
        return response


def host_name(request: HttpRequest) -> str:
    """The host of the request without its port and brackets."""
    host = request.get_host()
    if host.startswith("["):
        return host.partition("]")[0].lstrip("[")
    return host.partition(":")[0].lower()


def is_from_this_machine(request: HttpRequest) -> bool:
    """True for a request over loopback that no proxy passed on (a proxy on this machine would make the whole world
    look local)."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def is_loopback(request: HttpRequest) -> bool:
    """True for a browser on this very machine, which asked by a local name."""
    return is_from_this_machine(request) and host_name(request) in LOCAL


class Sessions:
    """Ends sessions that are too old or were left alone, speaks the person's language, and holds staff at the
    set-up of a second factor until one has been proved in this session."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        user = request.user
        if user.is_authenticated and hasattr(user, "theme"):
            # A person's own choices hold on a device where nothing was chosen yet.
            chosen = ((settings.LANGUAGE_COOKIE_NAME, user.language), (THEME_COOKIE, user.theme))
            for cookie, value in chosen:
                if value and cookie not in request.COOKIES and cookie not in response.cookies:
                    response.set_cookie(cookie, value, max_age=CHOICE_S, samesite="Lax")
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if not in_time(request.session) or self._demo_is_over(request):
            logout(request)
            if request.method not in SAFE_METHODS or request.path.startswith("/api/"):
                return JsonResponse(
                    {"code": "session.ended", "message": _("Your session has ended; sign in again.")}, status=403
                )
            messages.info(request, _("Your session has ended; sign in again."))
            return redirect_to_login(request.get_full_path())
        self._touch(request)
        if request.path.startswith(OPEN) or second_factor_passed(request):
            return self.get_response(request)
        if not parties.needs_second_factor(request.user):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            told = _("Set up a second factor before you go on.")
            return JsonResponse({"code": "session.second_factor", "message": told}, status=403)
        return HttpResponseRedirect(SET_UP)

    def _touch(self, request: HttpRequest) -> None:
        moment = time.time()
        session = request.session
        if SIGNED_IN_AT not in session:
            session[SIGNED_IN_AT] = session[SEEN_AT] = moment
        elif moment - session.get(SEEN_AT, 0.0) > SEEN_GRAIN_S:
            session[SEEN_AT] = moment

    def _demo_is_over(self, request: HttpRequest) -> bool:
        """A one-click session is worth nothing outside the demonstration or away from this machine."""
        return DEMO_SESSION in request.session and not (settings.DEMO and is_loopback(request))

"""Who asks, in which language, and whether they may: what every view starts with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from dinh.kernel.errors import Refused
from dinh.spine.parties import api as parties

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.base import SessionBase

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
DEMO_SESSION = "dinh_demo_role"
"""Session key of a one-click role of the demonstration."""

SIGNED_IN_AT = "dinh_signed_in_at"
SEEN_AT = "dinh_seen_at"

_METHODS = "account_authentication_methods"
_METHODS_USER = "account_authentication_methods_user"

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class PlaceOf(Protocol):
    """Finds the place that a view acts on from its address."""

    def __call__(self, request: HttpRequest, **kwargs: Any) -> str | None: ...


def language(request: HttpRequest) -> str:
    """`vi` or `en`: the language this answer is written in."""
    return "en" if (get_language() or settings.LANGUAGE_CODE).startswith("en") else "vi"


def actor(request: HttpRequest) -> parties.Actor:
    """Who acts: the holder of the bearer key, else the signed-in person, else anyone. Worked out once a request.

    Raises Refused `parties.key_not_in_force` for a key that is unknown, expired or revoked, and
    `request.forged` when a session is used to write through an address without a CSRF token.
    """
    found: parties.Actor | None = getattr(request, "_dinh_actor", None)
    if found is None:
        found = _find_actor(request)
        request._dinh_actor = found  # type: ignore[attr-defined]
    return found


def key(request: HttpRequest) -> parties.ApiKeyRow | None:
    """The bearer key of this request; None without one. Raises Refused as `actor` does."""
    return key_in(request.headers.get("Authorization", ""))


def key_in(authorization: str) -> parties.ApiKeyRow | None:
    """The key of an `Authorization` header; None for an empty one or another scheme."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return None
    row = parties.key_of(secret.strip())
    if row is None:
        raise Refused(
            "parties.key_not_in_force",
            "this key is unknown, expired or revoked; ask an administrator of Đình for a new one",
        )
    return row


def second_factor_passed(request: HttpRequest) -> bool:
    """True if the signed-in person has proved a second factor in this session (or holds a demonstration role)."""
    session = request.session
    if settings.DEMO and session.get(DEMO_SESSION):
        return True
    if session.get(_METHODS_USER) != session.get("_auth_user_id"):
        return False
    return any(record.get("method") == "mfa" for record in session.get(_METHODS) or ())


def in_time(session: SessionBase) -> bool:
    """False for a session that is too old or was left alone for too long."""
    moment = time.time()
    began = float(session.get(SIGNED_IN_AT, moment))
    seen = float(session.get(SEEN_AT, began))
    return bool(moment - began <= settings.SESSION_ABSOLUTE_S and moment - seen <= settings.SESSION_IDLE_S)


def is_demo_session(request: HttpRequest) -> bool:
    return bool(settings.DEMO and getattr(request, "session", {}).get(DEMO_SESSION))


def _find_actor(request: HttpRequest) -> parties.Actor:
    row = key(request)
    if row is not None:
        return row.actor()
    user: AbstractBaseUser | AnonymousUser | None = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return parties.ANYONE
    if request.method not in SAFE_METHODS and not getattr(request, "csrf_processing_done", False):
        _refuse_forgery(request)
    return parties.actor_of(user, second_factor=second_factor_passed(request))


def _no_view(request: HttpRequest) -> HttpResponseBase:
    """Stands for the view in Django's check; never called."""
    raise AssertionError


def _refuse_forgery(request: HttpRequest) -> None:
    """A view that is exempt from Django's CSRF check (the JSON API) gets it here once a session is to count."""
    if not _has_token(request):
        raise Refused(
            "request.forged",
            "a signed-in session may write here only with a CSRF token; send X-CSRFToken, or use a key",
        )


class _Check(CsrfViewMiddleware):
    """Django's, which tells and refuses nothing by itself."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason)


def _has_token(request: HttpRequest) -> bool:
    middleware = _Check(_no_view)
    middleware.process_request(request)
    return middleware.process_view(request, _no_view, (), {}) is None


def actor_in(scope: MutableMapping[str, Any]) -> parties.Actor:
    """The actor of an ASGI scope, for applications that answer before Django. Reads the database: call it in a thread.

    A session counts for reading only, because no CSRF token is checked here; to write, a key is needed.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    row = key_in(headers.get("authorization", ""))
    if row is not None:
        return row.actor()
    if scope.get("method", "GET") not in SAFE_METHODS:
        return parties.ANYONE
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        morsel = None
    if morsel is None:
        return parties.ANYONE
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    user = get_user(request)
    demo_is_over = DEMO_SESSION in request.session and not settings.DEMO
    if not user.is_authenticated or demo_is_over or not in_time(request.session):
        return parties.ANYONE
    return parties.actor_of(user, second_factor=second_factor_passed(request))


def permission[**P](code: str, place_from: str | PlaceOf | None = None) -> Callable[[View[P]], View[P]]:
    """Lets a view run only for actors with the permission; anyone else is led to sign in, or refused.

    `place_from` names the argument of the address that holds the place's URN, or is a function of the
    request and those arguments; without it a grant at any place is enough to enter, and the view itself
    asks `parties.require` for the place of what it changes.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            asking = actor(request)
            if not asking.urn:
                return redirect_to_login(request.get_full_path())
            place: str | None = None
            if isinstance(place_from, str):
                place = str(kwargs[place_from])
            elif place_from is not None:
                place = place_from(request, **kwargs)
            parties.require(asking, code, place=place)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in[**P](view: View[P]) -> View[P]:
    """Lets a view run for any signed-in person; keys are refused."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def from_another_site(headers: Mapping[str, str], host: str) -> bool:
    """By what browsers say of where a request comes from; `headers` by names in small letters. Whoever says nothing is no page."""
    origin = headers.get("origin", "")
    return headers.get("sec-fetch-site", "none") not in ("same-origin", "none") or (
        bool(origin) and urlsplit(origin).netloc != host
    )


def without_token[**P](view: View[P]) -> View[P]:
    """A form here needs no token; without one it acts, and is answered, as from somebody who is not signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and request.user.is_authenticated and not _has_token(request):
            from django.contrib.auth.models import AnonymousUser

            request.user = AnonymousUser()
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def for_anybody[**P](view: View[P]) -> View[P]:
    """A form that acts in nobody's name needs no token, so that the pages it stands on are the same for everybody. Pages of
    other sites are refused by what browsers say of where a form comes from. Raises Refused `request.cross_site`."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        said = {name.lower(): value for name, value in request.headers.items()}
        if from_another_site(said, request.get_host()):
            raise Refused("request.cross_site", "this page was opened from another site; open it anew")
        return view(request, *args, **kwargs)

    return without_token(guarded)

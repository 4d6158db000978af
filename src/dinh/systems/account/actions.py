"""Writes of sign-in: invitations, second factors taken back, sessions ended, one-click roles."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model, login
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.account import queries
from dinh.web.requests import DEMO_SESSION

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def invite(username: str, *, by: Actor) -> tuple[str, str]:
    """Name and token of a link with which the person sets a password: once, within three days."""
    person = parties.person(username, actor=by)
    user = get_user_model().objects.get(username=username)
    if not user.is_active:
        raise Refused("account.closed", "the account '{username}' is closed; reopen it first", username=username)
    parties.note("invited", person.urn, by=by.urn)
    return urlsafe_base64_encode(force_bytes(username)), default_token_generator.make_token(user)


def invited(encoded: str, token: str) -> str:
    """The user name of an invitation in force; raises NotFound `account.no_invitation`."""
    try:
        username = urlsafe_base64_decode(encoded).decode()
    except (ValueError, UnicodeDecodeError):
        username = ""
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise NotFound(
            "account.no_invitation", "this invitation was used or has expired; ask your administrator for a new one"
        )
    return username


def accept_invitation(encoded: str, token: str, password: str) -> None:
    """Sets the password; every session of the account ends. Raises NotFound, Invalid `parties.weak_password`."""
    username = invited(encoded, token)
    with transaction.atomic():
        user = get_user_model().objects.select_for_update().get(username=username)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Invalid("parties.weak_password", "{reasons}", reasons=" ".join(error.messages)) from error
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(username, but=None)
        parties.note("password_set", f"urn:dinh:person:{username}", by=f"urn:dinh:person:{username}")


def take_back_factors(username: str, *, by: Actor) -> None:
    """For a lost phone: removes every second factor and ends every session; the person sets one up anew."""
    person = parties.person(username, actor=by)
    if person.urn == by.urn:
        raise Refused("account.own_factors", "ask another administrator to take back your own second factors")
    with transaction.atomic():
        Authenticator.objects.filter(user__username=username).delete()
        end_sessions(username, but=None)
        parties.note("factors_taken_back", person.urn, by=by.urn)


def end_sessions(username: str, *, but: str | None) -> int:
    """Ends the person's sessions but the one with this key; how many."""
    ended = 0
    for row in UserSession.objects.filter(user__username=username):
        if row.session_key != but:
            row.end()
            ended += 1
    return ended


def end_session(username: str, session_id: int) -> None:
    row = UserSession.objects.filter(user__username=username, pk=session_id).first()
    if row is None:
        raise NotFound("account.no_session", "this session has ended already")
    row.end()


def take_demo_role(request: HttpRequest, username: str) -> None:
    """Signs in a person of the demonstration with the second factor counted as passed. Raises NotFound unless the
    demonstration runs and the browser is on this machine: then there is no such address."""
    if not queries.demo_offered(request):
        raise NotFound("account.no_demo", "there are no one-click roles here; sign in with your account")
    if username not in {role.username for role in queries.demo_roles(request)}:
        raise NotFound("account.no_demo_role", "there is no demonstration role '{username}'", username=username[:60])
    user = get_user_model().objects.get(username=username)
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[DEMO_SESSION] = username
    record_authentication(request, user, "demo")
    UserSession.objects.create_from_request(request)
    parties.note("signed_in", f"urn:dinh:person:{username}", by=f"urn:dinh:person:{username}", methods="demo")

"""Reads of sign-in: second factors, sessions, the demonstration's people, whom one may administer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.web.guard import is_loopback
from dinh.web.requests import SEEN_AT

PROGRAMS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""First match wins: most browsers also name those that they are like."""
DEVICES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
DEMO_PREFIX = "demo-"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A second factor; `name` is the person's own for a security key."""

    id: int
    type: str
    name: str
    passkey: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where the person is signed in."""

    id: int
    address: str
    browser: str
    created_at: datetime
    last_used_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A one-click person of the demonstration."""

    username: str
    name: str
    role_vi: str
    role_en: str


def factors(username: str) -> Sequence[FactorRow]:
    found = Authenticator.objects.filter(user__username=username, type__in=FACTORS).order_by("pk")
    return tuple(
        FactorRow(
            id=row.pk,
            type=row.type,
            name=row.wrap().name if row.type == Authenticator.Type.WEBAUTHN else "",
            passkey=row.type == Authenticator.Type.WEBAUTHN and row.wrap().is_passwordless is True,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in found
    )


def recovery_codes_left(username: str) -> int | None:
    """None where there are no codes at all."""
    row = Authenticator.objects.filter(user__username=username, type=Authenticator.Type.RECOVERY_CODES).first()
    return None if row is None else len(row.wrap().get_unused_codes())


def browser_in_words(agent: str) -> str:
    """«Chrome, Windows» from a user-agent header; the header itself, cut, when it is none that we know."""
    program = next((name for mark, name in PROGRAMS if mark in agent), "")
    device = next((name for mark, name in DEVICES if mark in agent), "")
    return ", ".join(part for part in (program, device) if part) or agent[:60]


def sessions(username: str, *, current_key: str | None) -> Sequence[SessionRow]:
    """Sessions in force, newest first; those that ended elsewhere are forgotten on the way."""
    user = get_user_model().objects.get(username=username)
    found = UserSession.objects.purge_and_list(user)
    used = _last_used([row.session_key for row in found])
    rows = [
        SessionRow(
            id=row.pk,
            address=row.ip,
            browser=browser_in_words(row.user_agent),
            created_at=row.created_at,
            last_used_at=max(row.created_at, used.get(row.session_key, row.created_at)),
            current=row.session_key == current_key,
        )
        for row in found
    ]
    return tuple(sorted(rows, key=lambda row: (not row.current, -row.created_at.timestamp())))


def _last_used(keys: Sequence[str]) -> Mapping[str, datetime]:
    """By session key, to the minute, which is how often a session is written for being used."""
    found = {}
    for session in Session.objects.filter(session_key__in=keys):
        seen = session.get_decoded().get(SEEN_AT)
        if isinstance(seen, int | float):
            found[session.session_key] = datetime.fromtimestamp(seen, UTC)
    return found


def demo_offered(request: HttpRequest) -> bool:
    """One-click roles exist in the demonstration alone, and only for a browser on this very machine."""
    return bool(settings.DEMO) and is_loopback(request)


def demo_roles(request: HttpRequest) -> Sequence[DemoRole]:
    if not demo_offered(request):
        return ()
    known = parties.roles()
    order = list(known)
    found = []
    for person in parties.people("", after="demo", limit=50):
        if person.username.startswith(DEMO_PREFIX) and person.active and person.grants:
            code = min(
                (grant.role for grant in person.grants), key=lambda role: order.index(role) if role in order else 99
            )
            name = known[code].name if code in known else None
            found.append(
                (
                    order.index(code) if name else 99,
                    DemoRole(person.username, person.name, name.vi if name else code, name.en if name else code),
                )
            )
    return tuple(role for _, role in sorted(found, key=lambda pair: (pair[0], pair[1].username)))


def may_administer_place(actor: Actor, place: str | None) -> bool:
    if place is None:
        return parties.may_everywhere(actor, "parties.manage")
    return parties.may(actor, "parties.manage", place=place)

"""People and organisations, what they may do and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A person or an organisation; `parent` is the organisation above or the person's own."""

    urn: str
    kind: str
    """person or organisation."""
    name_vi: str
    name_en: str
    parent: str | None = None
    email: str = ""
    place: str | None = None

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at a place (None is everywhere) in a system ('' is all)."""

    role: str
    place: str | None
    system: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, an API key, the system itself, or anyone."""

    urn: str
    name: str
    grants: tuple[Grant, ...] = ()
    organisation: str | None = None
    is_staff: bool = False
    """Holds a staff role and has passed a second factor in this session."""
    permissions: frozenset[str] | None = None
    """For keys: the scopes; None means by roles."""


ANYONE: Final = Actor(urn="", name="")
SYSTEM: Final = Actor(urn="urn:dinh:organisation:dinh", name="Đình", is_staff=True, permissions=frozenset({"*"}))


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key of a source or client: only its hash is stored. `scopes` are permissions such as
    `observations.record`; `sources` limits what it may write for (empty: any)."""

    id: str
    label: str
    scopes: frozenset[str]
    sources: frozenset[str]
    owner: str
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def actor(self) -> Actor:
        return Actor(urn=self.owner, name=self.label, is_staff=True, permissions=self.scopes)


def actor_of(user: AbstractBaseUser | AnonymousUser, *, second_factor: bool) -> Actor:
    """The actor behind a session. Without a passed second factor staff roles do not count."""
    raise NotImplementedError


def may(actor: Actor, permission: str, *, place: str | None = None) -> bool:
    """True if a grant of the actor carries the permission at `place` or at a place that contains it."""
    raise NotImplementedError


def require(actor: Actor, permission: str, *, place: str | None = None) -> None:
    """Raises Refused `parties.not_permitted` with permission and place."""
    raise NotImplementedError


def party(urn: str) -> PartyRow:
    """Raises NotFound `parties.no_party`."""
    raise NotImplementedError


def parties(urns: Iterable[str]) -> Mapping[str, PartyRow]:
    """Those that exist; one query."""
    raise NotImplementedError


def find_parties(text: str = "", *, kind: str | None = None, limit: int = 20) -> Sequence[PartyRow]:
    """By name, diacritics folded."""
    raise NotImplementedError


def members(organisation: str) -> Sequence[PartyRow]:
    raise NotImplementedError


def people_who_may(permission: str, *, place: str | None = None, limit: int = 50) -> Sequence[PartyRow]:
    raise NotImplementedError


def save_organisation(*, id: str, name_vi: str, name_en: str, parent: str | None = None, place: str | None = None) -> PartyRow:
    """Creates or updates by id (idempotent). URN is urn:dinh:organisation:<id>."""
    raise NotImplementedError


def save_person(
    *,
    username: str,
    name: str,
    email: str,
    organisation: str | None,
    grants: Iterable[Grant],
    password: str | None = None,
) -> PartyRow:
    """Creates or updates an account by user name; `password` None leaves it as it is (unusable at first).
    URN is urn:dinh:person:<username>."""
    raise NotImplementedError


def issue_key(*, label: str, owner: str, scopes: Iterable[str], sources: Iterable[str] = (), by: Actor, expires_at: datetime | None = None) -> tuple[ApiKeyRow, str]:
    """A new key and its secret, which is never shown again. Audited."""
    raise NotImplementedError


def revoke_key(key_id: str, *, by: Actor) -> None:
    raise NotImplementedError


def keys(*, owner: str | None = None) -> Sequence[ApiKeyRow]:
    raise NotImplementedError


def key_of(secret: str) -> ApiKeyRow | None:
    """The key in force for a secret. Cached for seconds: the intake calls it at every request."""
    raise NotImplementedError

"""People and organisations, what they may do and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dinh.kernel.manifests import PermissionSpec, RoleSpec
from dinh.kernel.tongues import named
from dinh.spine.parties import personal as personal  # what else is asked of people: to be named through this room

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
        return named(self.name_vi, self.name_en, language)


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


PERSON: Final = "urn:dinh:person:"
"""What the URN of every person begins with."""

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
    grants: tuple[Grant, ...] = ()
    """Those of the person who holds it: a person's key does what both its scopes and these permit."""

    def actor(self) -> Actor:
        """A person's key loses its power with the person's roles; an organisation's has its scopes alone."""
        powerless = self.owner.startswith("urn:dinh:person:") and not self.grants
        scopes = frozenset[str]() if powerless else self.scopes
        return Actor(urn=self.owner, name=self.label, grants=self.grants, is_staff=True, permissions=scopes)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account as its administrators see it; `email` is masked, `personal.read_account` tells it on the record."""

    urn: str
    username: str
    name: str
    email: str
    organisation: str | None
    organisation_name: str
    place: str | None
    grants: tuple[Grant, ...]
    active: bool
    language: str = ""
    theme: str = ""
    last_signed_in_at: datetime | None = None
    erased: bool = False


def actor_of(user: AbstractBaseUser | AnonymousUser, *, second_factor: bool) -> Actor:
    """The actor behind a session. Without a passed second factor staff roles do not count."""
    from dinh.spine.parties import queries

    return queries.actor_of(user, second_factor=second_factor)


def actor_for_work(urn: str) -> Actor:
    """The person for whom long work is done that the person started with a second factor: the roles held now.

    Raises NotFound `parties.no_party`, Refused `parties.account_closed`.
    """
    from dinh.spine.parties import queries

    return queries.actor_for_work(urn)


def needs_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """True for whoever holds a staff role."""
    from dinh.spine.parties import queries

    return queries.needs_second_factor(user)


def may(actor: Actor, permission: str, *, place: str | None = None) -> bool:
    """True if a grant of the actor carries the permission at `place` or at a place that contains it.

    Without a place a grant anywhere is enough: pass the place of whatever is to be changed.
    """
    from dinh.spine.parties import queries

    return queries.may(actor, permission, place)


def may_everywhere(actor: Actor, permission: str) -> bool:
    """True if the actor holds the permission without bounds of place."""
    from dinh.spine.parties import queries

    return queries.may(actor, permission, None, everywhere=True)


def require(actor: Actor, permission: str, *, place: str | None = None) -> None:
    """Raises Refused `parties.not_permitted` with permission and place."""
    from dinh.spine.parties import queries

    queries.require(actor, permission, place)


def require_everywhere(actor: Actor, permission: str) -> None:
    """For what holds at every place. Raises Refused `parties.not_permitted`."""
    from dinh.spine.parties import queries

    queries.require(actor, permission, None, everywhere=True)


def roles() -> Mapping[str, RoleSpec]:
    """Every role by code: the house's and those that manifests declare."""
    from dinh.spine.parties import domain

    return domain.roles()


def permissions() -> Mapping[str, PermissionSpec]:
    """Every permission by code: the house's and those that manifests declare."""
    from dinh.spine.parties import domain

    return domain.permissions()


def party(urn: str) -> PartyRow:
    """Raises NotFound `parties.no_party`."""
    from dinh.spine.parties import queries

    return queries.party(urn)


def parties(urns: Iterable[str]) -> Mapping[str, PartyRow]:
    """Those that exist; one query a kind."""
    from dinh.spine.parties import queries

    return queries.parties(urns)


def find_parties(text: str = "", *, kind: str | None = None, limit: int = 20) -> Sequence[PartyRow]:
    """By name, diacritics folded."""
    from dinh.spine.parties import queries

    return queries.find_parties(text, kind, limit)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a message can reach: an account that is open, with what writing to it needs; `language` is vi or en."""

    urn: str
    name: str
    email: str
    language: str
    organisation: str | None = None


def addressees(urns: Iterable[str]) -> Mapping[str, Addressee]:
    """Open accounts among the URNs, and those of all members of organisations among them; one query."""
    from dinh.spine.parties import queries

    return queries.addressees(urns)


def members(organisation: str) -> Sequence[PartyRow]:
    from dinh.spine.parties import queries

    return queries.members(organisation)


def people_who_may(permission: str, *, place: str | None = None, limit: int = 50) -> Sequence[PartyRow]:
    from dinh.spine.parties import queries

    return queries.people_who_may(permission, place, limit)


def people(
    text: str = "", *, organisation: str | None = None, after: str = "", limit: int = 50, actor: Actor | None = None
) -> Sequence[PersonRow]:
    """Accounts by user name, closed ones too, for the administration; pass the last user name as `after`.

    For an actor those that it may administer.
    """
    from dinh.spine.parties import queries

    return queries.people(text, organisation=organisation, after=after, limit=limit, actor=actor)


def person(username: str, *, actor: Actor | None = None) -> PersonRow:
    """Raises NotFound `parties.no_person`; for an actor also for an account that it may not administer."""
    from dinh.spine.parties import queries

    return queries.person(username, actor)


def may_administer(actor: Actor, person: PersonRow) -> bool:
    """People can be administered where every role they hold lies within the administrator's reach, so that the
    administrator of one commune cannot take over the account of a leader of the province."""
    from dinh.spine.parties import scope

    return scope.may_administer(actor, person)


def organisations(text: str = "", *, limit: int = 1000) -> Sequence[PartyRow]:
    """Those whose name matches, by name."""
    from dinh.spine.parties import queries

    return queries.organisations(text, limit=limit)


def save_organisation(
    *,
    id: str,
    name_vi: str,
    name_en: str,
    parent: str | None = None,
    place: str | None = None,
    by: Actor = SYSTEM,
) -> PartyRow:
    """Creates or updates by id (idempotent). URN is urn:dinh:organisation:<id>."""
    from dinh.spine.parties import actions

    return actions.save_organisation(id=id, name_vi=name_vi, name_en=name_en, parent=parent, place=place, by=by)


def save_person(
    *,
    username: str,
    name: str,
    email: str | None,
    organisation: str | None,
    grants: Iterable[Grant] | None,
    password: str | None = None,
    place: str | None = None,
    by: Actor = SYSTEM,
) -> PartyRow:
    """Creates or updates an account by user name; `password` None leaves it as it is (unusable at first),
    `email` and `grants` None leave those. Raises Refused `parties.erased`. URN is urn:dinh:person:<username>, the name in small letters."""
    from dinh.spine.parties import actions

    return actions.save_person(
        username=username,
        name=name,
        email=email,
        organisation=organisation,
        grants=grants,
        password=password,
        place=place,
        by=by,
    )


def set_grants(username: str, grants: Iterable[Grant], *, by: Actor) -> None:
    """Replaces a person's grants, within where `by` manages people. Raises Refused
    `parties.grant_beyond_reach`, `parties.own_grants`."""
    from dinh.spine.parties import actions

    actions.set_grants(username, grants, by=by)


def change_grants(username: str, *, give: Iterable[Grant] = (), take: Iterable[Grant] = (), by: Actor) -> None:
    """Gives and takes single grants of what the person holds at that moment; raises what `set_grants` raises."""
    from dinh.spine.parties import actions

    actions.change_grants(username, give=give, take=take, by=by)


def set_active(username: str, active: bool, *, by: Actor) -> None:
    """Closes or reopens an account; raises Refused `parties.own_account`."""
    from dinh.spine.parties import actions

    actions.set_active(username, active, by=by)


def set_preferences(username: str, *, name: str, language: str, theme: str) -> None:
    """What people set for themselves. Raises Invalid."""
    from dinh.spine.parties import actions

    actions.set_preferences(username, name=name, language=language, theme=theme)


def note(kind: str, urn: str, *, by: str, **data: str) -> None:
    """A leaf `person.<kind>` about a change that the sign-in machinery made itself; never names or secrets."""
    from dinh.spine.parties import actions

    actions.note(kind, urn, by=by, **data)


def issue_key(
    *,
    label: str,
    owner: str,
    scopes: Iterable[str],
    sources: Iterable[str] = (),
    by: Actor,
    expires_at: datetime | None = None,
) -> tuple[ApiKeyRow, str]:
    """A new key and its secret, which is never shown again. Audited. Raises Invalid, NotFound, Refused."""
    from dinh.spine.parties import keys as room

    return room.issue(label=label, owner=owner, scopes=scopes, sources=sources, by=by, expires_at=expires_at)


def revoke_key(key_id: str, *, by: Actor) -> None:
    """Ends a key at once. Raises NotFound, Refused."""
    from dinh.spine.parties import keys as room

    room.revoke(key_id, by=by)


def keys(*, owner: str | None = None) -> Sequence[ApiKeyRow]:
    """Newest first, the revoked ones too."""
    from dinh.spine.parties import keys as room

    return room.listed(owner)


def key_of(secret: str) -> ApiKeyRow | None:
    """The key in force for a secret. Cached for seconds: the intake calls it at every request."""
    from dinh.spine.parties import keys as room

    return room.in_force(secret)


from dinh.spine.parties import security_api as security  # noqa: E402 - it needs the rows above

__all__ = ["security"]  # what is defined above needs no mention

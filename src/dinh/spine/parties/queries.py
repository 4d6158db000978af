"""Reads: rows of people and organisations, the actor behind an account, who may what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Q

from dinh.kernel.errors import NotFound, Refused
from dinh.kernel.masking import masked_email
from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties import domain, scope
from dinh.spine.parties.api import ANYONE, Actor, Addressee, Grant, PartyRow, PersonRow
from dinh.spine.parties.models import DELETED, ORGANISATION, PERSON, GrantRecord, Organisation, User
from dinh.spine.places import api as places

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


def grant_of(record: GrantRecord) -> Grant:
    return Grant(role=record.role, place=record.place or None, system=record.system)


def grants_of(users: Iterable[User]) -> dict[int, tuple[Grant, ...]]:
    """Grants by account; one query."""
    found: dict[int, list[Grant]] = {user.pk: [] for user in users}
    for record in GrantRecord.objects.filter(user__in=list(found)).order_by("role", "place", "system"):
        found[record.user_id].append(grant_of(record))
    return {pk: tuple(grants) for pk, grants in found.items()}


def person_row(user: User) -> PartyRow:
    parent = user.organisation.urn if user.organisation else None
    if user.erased_at is None:
        name = user.name or user.username
        return PartyRow(user.urn, "person", name, name, parent, user.email, user.place or None)
    names = [
        f"{gone} ({office})" if office else gone
        for gone, office in (
            (DELETED.vi, user.organisation.name_vi if user.organisation else ""),
            (DELETED.en, user.organisation.name_en if user.organisation else ""),
        )
    ]
    return PartyRow(user.urn, "person", names[0], names[1], parent)


def organisation_row(organisation: Organisation) -> PartyRow:
    parent = organisation.parent.urn if organisation.parent else None
    return PartyRow(
        organisation.urn,
        "organisation",
        organisation.name_vi,
        organisation.name_en,
        parent,
        place=organisation.place or None,
    )


def actor_of(user: AbstractBaseUser | AnonymousUser, *, second_factor: bool) -> Actor:
    if not isinstance(user, User) or not user.is_active:
        return ANYONE
    held = grants_of([user])[user.pk]
    staff = second_factor and any(domain.is_staff_role(grant.role) for grant in held)
    return Actor(
        urn=user.urn,
        name=user.name or user.username,
        grants=held if second_factor else domain.without_staff(held),
        organisation=user.organisation.urn if user.organisation else None,
        is_staff=staff,
    )


def actor_for_work(urn: str) -> Actor:
    user = User.objects.filter(username__iexact=urn.removeprefix(PERSON)).first() if urn.startswith(PERSON) else None
    if user is None:
        raise NotFound("parties.no_party", "there is no person or organisation '{urn}'", urn=urn[:160])
    if not user.is_active:
        raise Refused(
            "parties.account_closed", "the account of {name} is closed; nothing is done for it", name=user.name
        )
    return actor_of(user, second_factor=True)


def needs_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """True for whoever holds a staff role."""
    if not isinstance(user, User):
        return False
    return any(domain.is_staff_role(grant.role) for grant in grants_of([user])[user.pk])


def may(actor: Actor, permission: str, place: str | None, *, everywhere: bool = False) -> bool:
    return domain.permitted(actor, permission, place, places.contains, everywhere=everywhere)


def require(actor: Actor, permission: str, place: str | None, *, everywhere: bool = False) -> None:
    if may(actor, permission, place, everywhere=everywhere):
        return
    if everywhere and may(actor, permission, None):
        raise Refused(
            "parties.not_permitted",
            "this holds at every place, and your roles carry the permission '{permission}' at some only; ask an administrator",
            permission=permission,
        )
    if place is None:
        raise Refused(
            "parties.not_permitted",
            "this needs the permission '{permission}', which your roles do not carry; ask an administrator",
            permission=permission,
        )
    raise Refused(
        "parties.not_permitted",
        "this needs the permission '{permission}' at {place}, where your roles do not reach; ask an administrator",
        permission=permission,
        place=place,
    )


def parties(urns: Iterable[str]) -> Mapping[str, PartyRow]:
    people: list[str] = []
    organisations: list[str] = []
    for urn in set(urns):
        if urn.startswith(PERSON):
            people.append(urn.removeprefix(PERSON))
        elif urn.startswith(ORGANISATION):
            organisations.append(urn.removeprefix(ORGANISATION))
    found: dict[str, PartyRow] = {}
    if people:
        for user in User.objects.filter(username__in=people).select_related("organisation"):
            found[user.urn] = person_row(user)
    if organisations:
        for organisation in Organisation.objects.filter(slug__in=organisations).select_related("parent"):
            found[organisation.urn] = organisation_row(organisation)
    return found


def party(urn: str) -> PartyRow:
    row = parties([urn]).get(urn)
    if row is None:
        raise NotFound("parties.no_party", "there is no person or organisation '{urn}'", urn=urn[:200])
    return row


def _matching(text: str) -> Q:
    condition = Q()
    for word in fold(text).split():
        condition &= Q(folded__contains=word)
    return condition


def find_parties(text: str, kind: str | None, limit: int) -> Sequence[PartyRow]:
    """Names that begin with the text first; organisations before people."""
    found: list[PartyRow] = []
    if kind in (None, "organisation"):
        organisations = Organisation.objects.filter(_matching(text), active=True).select_related("parent")
        found += [organisation_row(organisation) for organisation in organisations[:limit]]
    if kind in (None, "person"):
        users = User.objects.filter(_matching(text), is_active=True).select_related("organisation")
        found += [person_row(user) for user in users[:limit]]
    start = fold(text)
    found.sort(key=lambda row: not fold(row.name_vi).startswith(start))
    return tuple(found[:limit])


def members(organisation: str) -> Sequence[PartyRow]:
    users = User.objects.filter(organisation__slug=organisation.removeprefix(ORGANISATION), is_active=True)
    return tuple(person_row(user) for user in users.select_related("organisation"))


def addressees(urns: Iterable[str]) -> Mapping[str, Addressee]:
    wanted = set(urns)
    people = [urn.removeprefix(PERSON) for urn in wanted if urn.startswith(PERSON)]
    offices = [urn.removeprefix(ORGANISATION) for urn in wanted if urn.startswith(ORGANISATION)]
    named = Q(username__in=people)
    if offices:
        named |= Q(organisation__slug__in=offices)
    if not people and not offices:
        return {}
    users = User.objects.filter(named, is_active=True).select_related("organisation").order_by("username")
    return {
        user.urn: Addressee(
            urn=user.urn,
            name=user.name or user.username,
            email=user.email,
            language="en" if user.language == "en" else "vi",
            organisation=user.organisation.urn if user.organisation else None,
        )
        for user in users
    }


def people_who_may(permission: str, place: str | None, limit: int) -> Sequence[PartyRow]:
    carrying = domain.roles_with(permission)
    records = (
        GrantRecord.objects.filter(role__in=carrying, user__is_active=True)
        .select_related("user", "user__organisation")
        .order_by("user__name", "user__username")
    )
    found: dict[str, PartyRow] = {}
    for record in records:
        user = record.user
        if user.urn in found or not domain.carries(grant_of(record), permission, carrying):
            continue
        if place is None or not record.place or places.contains(record.place, place):
            found[user.urn] = person_row(user)
            if len(found) == limit:
                break
    return tuple(found.values())


def people(
    text: str = "", *, organisation: str | None = None, after: str = "", limit: int = 50, actor: Actor | None = None
) -> Sequence[PersonRow]:
    """Accounts by user name for the administration, the closed ones too."""
    known = User.objects.filter(_matching(text), username__gt=after, erased_at__isnull=True)
    users = known.select_related("organisation").order_by("username")
    if actor is not None:
        users = users.filter(scope.administered_by(actor))
    if organisation is not None:
        users = users.filter(organisation__slug=organisation.removeprefix(ORGANISATION))
    page = list(users[:limit])
    held = grants_of(page)
    return tuple(_account_row(user, held[user.pk]) for user in page)


def person(username: str, actor: Actor | None = None) -> PersonRow:
    user = User.objects.filter(username=username).select_related("organisation").first()
    row = None if user is None else _account_row(user, grants_of([user])[user.pk])
    if row is None or (actor is not None and not scope.may_administer(actor, row)):
        raise NotFound("parties.no_person", "there is no account '{username}'", username=username[:100])
    return row


def _account_row(user: User, grants: tuple[Grant, ...]) -> PersonRow:
    return PersonRow(
        urn=user.urn,
        username=user.username,
        name=user.shown_name,
        email=masked_email(user.email),
        organisation=user.organisation.urn if user.organisation else None,
        organisation_name=user.organisation.name_vi if user.organisation else "",
        place=user.place or None,
        grants=grants,
        active=user.is_active,
        language=user.language,
        theme=user.theme,
        last_signed_in_at=user.last_login,
        erased=user.erased_at is not None,
    )


def organisations(text: str = "", *, limit: int = 1000) -> Sequence[PartyRow]:
    """For the administration: those that match, by name."""
    found = Organisation.objects.filter(_matching(text), active=True).select_related("parent")
    return tuple(organisation_row(organisation) for organisation in found[:limit])

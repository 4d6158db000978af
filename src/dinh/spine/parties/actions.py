"""Writes: accounts, organisations and grants; each leaves a leaf in the ledger that names URNs, never people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import domain, keys, queries
from dinh.spine.parties.api import Actor, Grant, PartyRow
from dinh.spine.parties.models import ORGANISATION, GrantRecord, Organisation, User

_ID = re.compile(r"[a-z0-9][a-z0-9._\-]{0,99}")


def _checked_id(value: str, field: str) -> str:
    if not _ID.fullmatch(value):
        raise Invalid(
            "parties.bad_id",
            "{field} '{value}': use small letters, digits, '.', '_' and '-', beginning with a letter or digit",
            field=field,
            value=value[:120],
        )
    return value


def _checked_name(value: str, field: str) -> str:
    name = nfc(value)
    if not name or len(name) > 200:
        raise Invalid("parties.bad_name", "{field}: give a name of 1 to 200 characters", field=field)
    return name


def _organisation(urn: str | None) -> Organisation | None:
    if urn is None:
        return None
    found = Organisation.objects.filter(slug=urn.removeprefix(ORGANISATION)).first()
    if found is None:
        raise NotFound(
            "parties.no_organisation", "there is no organisation '{urn}'; save it before its members", urn=urn[:200]
        )
    return found


def save_organisation(
    *, id: str, name_vi: str, name_en: str, parent: str | None, place: str | None, by: Actor
) -> PartyRow:
    slug = _checked_id(id.strip().lower(), "id")
    name_vi, name_en = _checked_name(name_vi, "name_vi"), _checked_name(name_en, "name_en")
    above = _organisation(parent)
    walk, seen = above, {slug}
    while walk is not None:
        if walk.slug in seen:
            raise Invalid(
                "parties.circle", "'{id}' cannot lie below '{parent}', which lies below it", id=slug, parent=parent
            )
        seen.add(walk.slug)
        walk = walk.parent
    with transaction.atomic():
        saved, created = Organisation.objects.update_or_create(
            slug=slug,
            defaults={
                "name_vi": name_vi,
                "name_en": name_en,
                "folded": fold(f"{name_vi} {name_en} {slug}")[:420],
                "parent": above,
                "place": place or "",
            },
        )
        data = {"by": by.urn, "parent": above.urn if above else None, "place": place, "created": created}
        ledger.append("organisation.saved", saved.urn, data)
    return queries.organisation_row(saved)


def _checked_grants(grants: Iterable[Grant]) -> set[Grant]:
    known = domain.roles()
    wanted = {Grant(role=grant.role, place=grant.place or None, system=grant.system) for grant in grants}
    for grant in wanted:
        if grant.role not in known:
            raise Invalid(
                "parties.no_role",
                "there is no role '{role}'; roles are {roles}",
                role=grant.role,
                roles=", ".join(sorted(known)),
            )
    return wanted


def _as_data(grants: Iterable[Grant]) -> list[list[str | None]]:
    return sorted(([g.role, g.place, g.system] for g in grants), key=lambda row: [part or "" for part in row])


def _write_grants(user: User, wanted: set[Grant], by: Actor) -> None:
    held = {queries.grant_of(record): record for record in GrantRecord.objects.filter(user=user)}
    added, removed = wanted - set(held), set(held) - wanted
    if not added and not removed:
        return
    GrantRecord.objects.filter(pk__in=[held[grant].pk for grant in removed]).delete()
    GrantRecord.objects.bulk_create(
        GrantRecord(user=user, role=g.role, place=g.place or "", system=g.system) for g in added
    )
    ledger.append("person.grants", user.urn, {"by": by.urn, "granted": _as_data(added), "withdrawn": _as_data(removed)})


def set_grants(username: str, grants: Iterable[Grant], *, by: Actor) -> None:
    """Replaces a person's grants. `by` may give or take only where `by` may manage: nobody lifts themselves.

    Raises Refused `parties.grant_beyond_reach` and `parties.own_grants`.
    """
    wanted = _checked_grants(grants)
    with transaction.atomic():
        user = _account(username)
        _replace_grants(user, _held_by(user), wanted, by)


def change_grants(username: str, *, give: Iterable[Grant], take: Iterable[Grant], by: Actor) -> None:
    """Like `set_grants`, of what is held once the account is locked: two changes at once both stay."""
    given = _checked_grants(give)
    with transaction.atomic():
        user = _account(username)
        held = _held_by(user)
        _replace_grants(user, held, (held - set(take)) | given, by)


def _held_by(user: User) -> set[Grant]:
    return {queries.grant_of(record) for record in GrantRecord.objects.filter(user=user)}


def _replace_grants(user: User, held: set[Grant], wanted: set[Grant], by: Actor) -> None:
    if user.urn == by.urn:
        raise Refused("parties.own_grants", "nobody changes their own roles; ask another administrator")
    for grant in wanted ^ held:
        if not queries.may(by, "parties.manage", grant.place, everywhere=True):
            raise Refused(
                "parties.grant_beyond_reach",
                "you cannot give or take the role '{role}' at {place}, beyond where you manage people",
                role=grant.role,
                place=grant.place or "every place",
            )
    _write_grants(user, wanted, by)
    keys.forget()


def _account(username: str) -> User:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise NotFound("parties.no_person", "there is no account '{username}'", username=username[:100])
    return user


def _refuse_erased(user: User) -> None:
    """Whoever came after would stand for all that the person before did."""
    if user.erased_at is not None:
        raise Refused(
            "parties.erased",
            "the data of '{username}' was erased at the person's own wish; choose another user name",
            username=user.username,
        )


def save_person(
    *,
    username: str,
    name: str,
    email: str | None,
    organisation: str | None,
    grants: Iterable[Grant] | None,
    password: str | None,
    place: str | None,
    by: Actor,
) -> PartyRow:
    username = _checked_id(username.strip().lower(), "username")
    name = _checked_name(name, "name")
    email = None if email is None else email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Invalid("parties.bad_email", "'{value}' is not an e-mail address", value=email[:200]) from error
    wanted = None if grants is None else _checked_grants(grants)
    with transaction.atomic():
        employer = _organisation(organisation)
        user, created = User.objects.get_or_create(username=username, defaults={"name": name, "folded": ""})
        _refuse_erased(user)
        changes: dict[str, Any] = {
            "name": name,
            "folded": fold(f"{name} {username}")[:320],
            "email": user.email if email is None else email,
            "organisation": employer,
            "place": place or "",
        }
        changed = sorted(field for field, value in changes.items() if getattr(user, field) != value)
        for field, value in changes.items():
            setattr(user, field, value)
        if password is not None:
            _check_password(password, user)
            user.set_password(password)
            changed.append("password")
        elif created:
            user.set_unusable_password()
        if created or changed:
            user.save()
            kind = "person.created" if created else "person.changed"
            ledger.append(kind, user.urn, {"by": by.urn, "fields": [field for field in changed if field != "folded"]})
        if wanted is not None:
            _write_grants(user, wanted, by)
        keys.forget()
    return queries.person_row(user)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("parties.weak_password", "{reasons}", reasons=" ".join(error.messages)) from error


def set_active(username: str, active: bool, *, by: Actor) -> None:
    """Closes or reopens an account. A closed one cannot sign in, its sessions and keys stop at once."""
    with transaction.atomic():
        user = _account(username)
        if user.urn == by.urn and not active:
            raise Refused("parties.own_account", "nobody closes their own account; ask another administrator")
        if user.is_active == active:
            return
        _refuse_erased(user)
        user.is_active = active
        user.save(update_fields=["is_active"])
        ledger.append("person.reopened" if active else "person.closed", user.urn, {"by": by.urn})
        keys.forget()


def set_preferences(username: str, *, name: str, language: str, theme: str) -> None:
    """What people set for themselves; appearance leaves no leaf, a new name does."""
    name = _checked_name(name, "name")
    if language not in ("", "vi", "en") or theme not in ("", "light", "dark"):
        raise Invalid("parties.bad_preference", "language is vi or en, theme light or dark")
    with transaction.atomic():
        user = _account(username)
        renamed = user.name != name
        user.name, user.language, user.theme = name, language, theme
        user.folded = fold(f"{name} {user.username}")[:320]
        user.save(update_fields=["name", "folded", "language", "theme"])
        if renamed:
            ledger.append("person.changed", user.urn, {"by": user.urn, "fields": ["name"]})


def note(kind: str, urn: str, *, by: str, **data: str) -> None:
    """A leaf about an account that the sign-in machinery changed itself (second factor, password, sessions)."""
    ledger.append(f"person.{kind}", urn, {"by": by, **data})

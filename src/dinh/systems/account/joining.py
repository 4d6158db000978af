"""How people come to an account of their own, and by what they get into it: contacts, VNeID; never a role."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, personal
from dinh.systems.account import codes
from dinh.systems.account.codes import Address
from dinh.systems.account.models import Contact

VNEID: Final = "vneid"
PREFIX: Final = "cd-"
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def require_open() -> None:
    if not settings.REGISTRATION:
        raise Refused(
            "account.registration_closed",
            "nobody makes an account for themselves here; ask the administrator of your organisation",
        )


def _new_username() -> str:
    """Of chance: it is part of the person's URN, stays in the ledger for ever, and must tell nothing."""
    return PREFIX + "".join(secrets.choice(LETTERS) for _ in range(10))


def _create(name: str, *, email: str, language: str, password: str | None) -> str:
    username = _new_username()
    parties.save_person(
        username=username, name=name, email=email, organisation=None, grants=None, password=password or None
    )
    parties.set_preferences(username, name=name, language=language, theme="")
    parties.note("joined", PERSON + username, by=PERSON + username)
    return username


# --- contacts ----------------------------------------------------------------------


def codes_offered() -> bool:
    """Where somebody may register or has done so: closing the registration shuts nobody out."""
    return bool(codes.kinds()) and (settings.REGISTRATION or Contact.objects.exists())


def username_by(address: Address) -> str | None:
    row = Contact.objects.select_related("user").filter(fingerprint=address.fingerprint).first()
    return row.user.get_username() if row else None


def join(address: Address, *, name: str, language: str, password: str = "") -> str:
    """A new account for whoever proved the address; its user name. Raises Refused, Conflict `account.address_taken`,
    Invalid `parties.weak_password`, `parties.bad_name`."""
    require_open()
    try:
        with transaction.atomic():
            email = address.value if address.kind == "email" else ""
            username = _create(name, email=email, language=language, password=password)
            _hold(username, address)
            return username
    except IntegrityError as error:
        raise _taken() from error


def add_contact(username: str, address: Address) -> None:
    """Raises Conflict `account.address_taken`: whoever asks has proved that the address is theirs."""
    try:
        with transaction.atomic():
            _hold(username, address)
    except IntegrityError as error:
        raise _taken() from error
    parties.note("contact_added", PERSON + username, by=PERSON + username, contact=address.kind)


def _hold(username: str, address: Address) -> None:
    user = get_user_model().objects.get(username=username)
    Contact.objects.create(
        user=user,
        kind=address.kind,
        fingerprint=address.fingerprint,
        shown=address.shown,
        added_at=clock.now(),
    )
    notices.take_address(PERSON + username, address.kind, address.value)


def _taken() -> Conflict:
    return Conflict("account.address_taken", "another account of yours signs in by this address; sign in to it instead")


def contacts(username: str) -> Sequence[tuple[int, str, str]]:
    """Number, kind and mask."""
    return list(Contact.objects.filter(user__username=username).values_list("pk", "kind", "shown"))


def remove_contact(username: str, number: int) -> None:
    """Raises NotFound `account.no_contact`, Refused `account.last_way_in`."""
    with transaction.atomic():
        _hold_ways_in(username)
        row = Contact.objects.filter(user__username=username, pk=number).first()
        if row is None:
            raise NotFound("account.no_contact", "you do not sign in by such an address")
        _require_another_way_in(username)
        row.delete()
        parties.note("contact_removed", PERSON + username, by=PERSON + username, contact=row.kind)


def ways_in(username: str) -> int:
    """How many things let the person in, each by itself."""
    user = get_user_model().objects.get(username=username)
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    ways: int = Contact.objects.filter(user=user).count() + SocialAccount.objects.filter(user=user).count()
    return ways + user.has_usable_password() + sum(1 for row in passkeys if row.wrap().is_passwordless is True)


def _hold_ways_in(username: str) -> None:
    """Until the transaction ends: two that go at one moment would each count the other."""
    get_user_model().objects.select_for_update().get(username=username)


def _require_another_way_in(username: str) -> None:
    if ways_in(username) < 2:
        raise Refused(
            "account.last_way_in",
            "this is the only way into your account; set a password or add another way first",
        )


def require_way_in_without(passkey: Authenticator) -> None:
    """What counts stays as it is until the transaction ends. Raises Refused `account.last_way_in`."""
    username = passkey.user.get_username()
    _hold_ways_in(username)
    if passkey.type == Authenticator.Type.WEBAUTHN and passkey.wrap().is_passwordless is True:
        _require_another_way_in(username)


def set_first_password(username: str, password: str) -> None:
    """Raises Refused where there is one already: that one is changed, not replaced unasked. Raises Invalid."""
    with transaction.atomic():
        user = get_user_model().objects.select_for_update().get(username=username)
        if user.has_usable_password():
            raise Refused("account.has_password", "your account has a password; change it instead")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Invalid("parties.weak_password", "{reasons}", reasons=" ".join(error.messages)) from error
        user.set_password(password)
        user.save(update_fields=["password"])
        parties.note("password_set", PERSON + username, by=PERSON + username)


# --- VNeID -------------------------------------------------------------------------


def join_by_vneid(uid: str, told: personal.IdentityRow, *, language: str) -> None:
    """A new account for whoever VNeID names, already proved by it. Raises Refused `account.registration_closed`."""
    require_open()
    try:
        with transaction.atomic():
            username = _create(told.name, email="", language=language, password=None)
            _link(username, uid, told)
    except IntegrityError:  # came back twice in one moment: the other one made the account
        return


def link(username: str, uid: str, told: personal.IdentityRow) -> None:
    """Raises Conflict `account.vneid_taken` where this VNeID leads to another account, or this account to another VNeID."""
    there = SocialAccount.objects.filter(provider=VNEID, uid=uid).select_related("user").first()
    own = SocialAccount.objects.filter(provider=VNEID, user__username=username).first()
    if (there is not None and there.user.get_username() != username) or (own is not None and own.uid != uid):
        raise _linked_elsewhere()
    if there is not None:
        personal.save_identity(PERSON + username, told)
        return
    try:
        with transaction.atomic():
            _link(username, uid, told)
    except IntegrityError as error:
        raise _linked_elsewhere() from error


def _linked_elsewhere() -> Conflict:
    return Conflict(
        "account.vneid_taken",
        "this VNeID or this account is linked otherwise already; unlink there first, or sign in by VNeID",
    )


def _link(username: str, uid: str, told: personal.IdentityRow) -> None:
    user = get_user_model().objects.get(username=username)
    SocialAccount.objects.create(user=user, provider=VNEID, uid=uid, extra_data={"acr": told.level})
    parties.note("vneid_linked", PERSON + username, by=PERSON + username, level=told.level)
    personal.save_identity(PERSON + username, told)


def linked_since(username: str) -> datetime | None:
    row = SocialAccount.objects.filter(provider=VNEID, user__username=username).first()
    return row.date_joined if row else None


def unlink(username: str) -> None:
    """What VNeID told stays until it is erased. Raises NotFound `account.no_vneid`, Refused `account.last_way_in`."""
    with transaction.atomic():
        _hold_ways_in(username)
        row = SocialAccount.objects.filter(provider=VNEID, user__username=username).first()
        if row is None:
            raise NotFound("account.no_vneid", "your account is not linked to VNeID")
        _require_another_way_in(username)
        row.delete()
        parties.note("vneid_unlinked", PERSON + username, by=PERSON + username)

"""Where people are reached: their own addresses, confirmed by a code before use, and their browsers."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.notices import choosing, drivers, kinds, models, telling
from dinh.spine.notices.drivers import Browser, NotSent, webpush
from dinh.spine.parties import api as parties

TRIES: Final = 5
ASKED_MOST: Final = 4
"""Codes an hour: each one costs a message, and guesses must not be had by asking again."""
BROWSERS_MOST: Final = 10
WORDS: Final = {"email": "mailto", "phone": "tel"}


def where(recipient: str, channel: str) -> tuple[str, Sequence[Browser]]:
    """The address a message goes to, or the browsers. Raises NotSent `no_person`, `no_address`."""
    scheme, _, rest = recipient.partition(":")
    if scheme in WORDS.values():
        return rest, ()
    person = parties.addressees([recipient]).get(recipient)
    if person is None:
        raise NotSent("no_person", "the account is closed", permanent=True)
    if channel == "push":
        rows = models.Browser.objects.filter(person=recipient)
        browsers = [Browser(row.pk, row.endpoint, row.p256dh, row.auth) for row in rows]
        if not browsers:
            raise NotSent("no_address", "no browser takes messages", permanent=True)
        return "", browsers
    kind = choosing.ADDRESS_OF[channel]
    own = models.Address.objects.filter(person=recipient, kind=kind).values_list("value", flat=True).first()
    to = own or (person.email if channel == "email" else "")
    if not to:
        raise NotSent("no_address", "there is no address", permanent=True)
    return to, ()


def people_at(address: str) -> frozenset[str]:
    scheme, _, value = address.partition(":")
    kind = next((kind for kind, name in WORDS.items() if name == scheme), "")
    rows = models.Address.objects.filter(kind=kind, value=value, verified_at__isnull=False)
    return frozenset(rows.values_list("person", flat=True)) if value else frozenset()


def ask_code(person: str, kind: str, value: str) -> None:
    """Sends a code to an address that the person says is theirs. Raises Invalid, Refused `notices.codes_asked`."""
    address = _checked(kind, value)
    now = clock.now()
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        models.Address.objects.bulk_create([models.Address(person=person, kind=kind)], ignore_conflicts=True)
        row = models.Address.objects.select_for_update().get(person=person, kind=kind)
        if row.asked_since is None or row.asked_since < now - timedelta(hours=1):
            row.asked, row.asked_since = 0, now
        if row.asked >= ASKED_MOST:
            raise Refused(
                "notices.codes_asked", "{count} codes were asked for within an hour; try again later", count=ASKED_MOST
            )
        row.asked += 1
        row.pending, row.code_salt, row.code_tries = address, secrets.token_hex(16), 0
        row.code_digest = _digest(row.code_salt, code)
        row.code_until = now + kinds.CODE_LASTS
        row.save()
        telling.notify(
            kinds.CODE,
            to=[f"{WORDS[kind]}:{address}"],
            key=f"code:{uuid.uuid4().hex}",
            about=None,
            params={"code": code},
            emergency=False,
        )


def _checked(kind: str, value: str) -> str:
    address = choosing.mail_address(value) if kind == "email" else choosing.phone_number(value)
    if kind not in WORDS or not address:
        raise Invalid(
            "notices.address",
            "'{value}' is no e-mail address or phone number; write name@example.vn or 0912 345 678",
            value=value[:100],
        )
    if not drivers.on("email" if kind == "email" else "sms"):
        raise Conflict("notices.channel_off", "this channel is not set up here, so no code can be sent")
    return address


def confirm_code(person: str, kind: str, code: str) -> str:
    """Takes the pending address into use and returns it. Raises Invalid `notices.code`, Conflict `notices.no_code`."""
    wrong = False
    with transaction.atomic():
        row = models.Address.objects.select_for_update().filter(person=person, kind=kind).first()
        if row is None or not row.pending or row.code_until is None or row.code_until < clock.now():
            raise Conflict("notices.no_code", "there is no code to confirm, or it has expired; ask for a new one")
        if row.code_tries >= TRIES:
            raise Conflict("notices.code_tries", "the code was entered wrongly too often; ask for a new one")
        if hmac.compare_digest(row.code_digest, _digest(row.code_salt, "".join(code.split()))):
            row.value, row.pending, row.code_digest, row.code_until = row.pending, "", "", None
            row.verified_at = clock.now()
        else:
            row.code_tries += 1
            wrong = True
        row.save()
    if wrong:
        raise Invalid("notices.code", "this is not the code that was sent; look again and repeat")
    return row.value


def _digest(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()


def send_sign_in_code(kind: str, value: str, code: str) -> str:
    address = _checked(kind, value)
    with transaction.atomic():
        telling.notify(
            kinds.SIGN_IN,
            to=[f"{WORDS[kind]}:{address}"],
            key=f"sign-in:{uuid.uuid4().hex}",
            about=None,
            params={"code": code},
            emergency=False,
        )
    return address


def take(person: str, kind: str, value: str) -> None:
    models.Address.objects.update_or_create(
        person=person,
        kind=kind,
        defaults={"value": value, "pending": "", "code_digest": "", "code_until": None, "verified_at": clock.now()},
    )


def remove_address(person: str, kind: str) -> None:
    models.Address.objects.filter(person=person, kind=kind).update(
        value="", pending="", code_digest="", code_until=None
    )


def add_browser(person: str, *, endpoint: str, p256dh: str, auth: str, label: str) -> int:
    """The browser's own subscription. Raises Invalid `notices.browser`, Conflict `notices.browsers`."""
    if not drivers.on("push"):
        raise Conflict("notices.push_off", "web push is not set up here")
    usable = len(endpoint) <= 1000 and 0 < len(p256dh) <= 200 and 0 < len(auth) <= 80 and webpush.permitted(endpoint)
    if not usable:
        raise Invalid(
            "notices.browser", "this is no subscription of a push service that Đình knows; try another browser"
        )
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    with transaction.atomic():
        if models.Browser.objects.filter(person=person).exclude(digest=digest).count() >= BROWSERS_MOST:
            raise Conflict(
                "notices.browsers", "{count} browsers take messages already; remove one first", count=BROWSERS_MOST
            )
        row, _new = models.Browser.objects.update_or_create(
            digest=digest,
            defaults={
                "person": person,
                "endpoint": endpoint,
                "p256dh": p256dh,
                "auth": auth,
                "label": nfc(label)[:120] or "–",
                "created_at": clock.now(),
            },
        )
    return row.pk


def remove_browser(person: str, number: int) -> None:
    """Raises NotFound `notices.no_browser`."""
    gone, _each = models.Browser.objects.filter(person=person, pk=number).delete()
    if not gone:
        raise NotFound("notices.no_browser", "this browser takes no messages for you")

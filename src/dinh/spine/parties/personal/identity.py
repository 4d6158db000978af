"""Who a person is, as an office that proves identities told: kept sealed, shown to the person, erased with a word."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Phrase
from dinh.kernel.masking import HIDDEN, masked_citizen_id, masked_phone
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import PERSON, Actor
from dinh.spine.parties.models import Identity
from dinh.spine.parties.personal import IDENTITY_FIELDS, IdentityRow, consents, register, sealing
from dinh.spine.parties.personal.reading import require_oneself

SEXES: Final = ("male", "female", "other", "")
LEVELS: Final = ("1", "2", "")
LONGEST: Final[Mapping[str, int]] = {"name": 200, "address": 300, "phone": 20}
OLDEST: Final = date(1890, 1, 1)


def masked(row: IdentityRow) -> IdentityRow:
    return replace(
        row,
        born_on=None,
        citizen_id=masked_citizen_id(row.citizen_id),
        address=HIDDEN if row.address else "",
        phone=masked_phone(row.phone),
    )


def only(row: IdentityRow, fields: frozenset[str]) -> IdentityRow:
    empty: dict[str, Any] = {name: None if name == "born_on" else "" for name in IDENTITY_FIELDS if name not in fields}
    return replace(row, **empty)


def present(row: IdentityRow) -> list[str]:
    return [name for name in IDENTITY_FIELDS if getattr(row, name)]


def _checked(told: IdentityRow) -> IdentityRow:
    row = replace(told, name=nfc(told.name), address=nfc(told.address), phone=told.phone.strip())

    def refuse(field: str, remedy: Phrase) -> Invalid:
        # The value stays out of the message: errors reach logs.
        return Invalid("parties.identity", "{field}: {remedy}", field=field, remedy=remedy)

    if not row.name:
        raise refuse("name", Phrase("give a name of 1 to 200 characters"))
    for field, longest in LONGEST.items():
        if len(getattr(row, field)) > longest:
            raise refuse(field, Phrase("it is too long"))
    if row.citizen_id and not re.fullmatch(r"[0-9]{12}", row.citizen_id):
        raise refuse("citizen_id", Phrase("a personal identification number has twelve digits"))
    if row.born_on is not None and not OLDEST <= row.born_on <= clock.today():
        raise refuse("born_on", Phrase("give a day of birth in the past"))
    if row.sex not in SEXES:
        raise refuse("sex", Phrase("give male, female, other or nothing"))
    if row.level not in LEVELS:
        raise refuse("level", Phrase("give 1, 2 or nothing"))
    if not row.source or len(row.source) > 40:
        raise refuse("source", Phrase("name the office in 1 to 40 characters"))
    return row


def save(person: str, told: IdentityRow) -> None:
    row = _checked(told)
    user = register.account_of(person)
    if user is None or user.erased_at is not None:
        raise NotFound(
            "parties.no_person", "there is no account '{username}'", username=person.removeprefix(PERSON)[:100]
        )
    plain = {name: value for name, value in asdict(row).items() if name in IDENTITY_FIELDS}
    sealed = sealing.seal(json.dumps(plain, ensure_ascii=False, default=str), about=_about(person))
    with transaction.atomic():
        Identity.objects.update_or_create(
            person=person,
            defaults={"sealed": sealed, "source": row.source, "level": row.level, "verified_at": row.verified_at},
        )
        ledger.append(
            "person.identity_received",
            person,
            {"by": person, "source": row.source, "level": row.level, "fields": present(row)},
        )


def own(actor: Actor) -> IdentityRow | None:
    return stored(require_oneself(actor))


def stored(person: str) -> IdentityRow | None:
    row = Identity.objects.filter(person=person).first()
    if row is None:
        return None
    plain = json.loads(sealing.opened(row.sealed, about=_about(person)))
    born_on = date.fromisoformat(plain["born_on"]) if plain["born_on"] else None
    return IdentityRow(**{**plain, "born_on": born_on}, level=row.level, source=row.source, verified_at=row.verified_at)


def forget(by: Actor) -> None:
    person = require_oneself(by)
    with transaction.atomic():
        consents.end_all(person, by=person)
        if Identity.objects.filter(person=person).delete()[0]:
            ledger.append("person.identity_erased", person, {"by": person})


def _about(person: str) -> str:
    return f"identity {person}"

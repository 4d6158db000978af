"""Consents: to whom a person lets their identity be told, for what and until when; each use is in the ledger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Phrase, Refused
from dinh.kernel.manifests import registry
from dinh.kernel.specs import Text
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import queries
from dinh.spine.parties.api import Actor
from dinh.spine.parties.models import ORGANISATION, Consent
from dinh.spine.parties.personal import IDENTITY_FIELDS, ConsentRow, IdentityRow, scope
from dinh.spine.parties.personal.reading import KIND, require_oneself

SYSTEM_URN: Final = "urn:dinh:system:"
LONGEST: Final = timedelta(days=366)
"""A consent is renewed once a year, or it ends: nobody remembers longer what they permitted."""


def _refuse(field: str, remedy: Phrase) -> Invalid:
    return Invalid("parties.consent", "{field}: {remedy}", field=field, remedy=remedy)


def give(*, by: Actor, to: str, purpose: str, words: Text, fields: Sequence[str], until: datetime) -> ConsentRow:
    person = require_oneself(by)
    if to not in recipients([to]):
        raise NotFound("parties.no_recipient", "there is no organisation or system '{urn}'", urn=to[:160])
    if not re.fullmatch(r"[a-z0-9_.\-]{1,80}", purpose):
        raise _refuse("purpose", Phrase("give a code of small letters, digits, '.', '_' and '-'"))
    said = Text(nfc(words.vi), nfc(words.en))
    if not 0 < len(said.vi) <= 300 or not 0 < len(said.en) <= 300:
        raise _refuse("words", Phrase("say the purpose in 1 to 300 characters in each language"))
    chosen = [name for name in IDENTITY_FIELDS if name in fields]
    if not chosen or set(fields) - set(chosen):
        raise _refuse("fields", Phrase("name at least one field of an identity, and nothing else"))
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise _refuse("until", Phrase("give a moment in the future, at most a year ahead"))
    with transaction.atomic():
        earlier = Consent.objects.select_for_update().filter(person=person, to=to, purpose=purpose)
        earlier.filter(withdrawn_at=None).update(withdrawn_at=now)
        row = Consent.objects.create(
            person=person,
            to=to,
            purpose=purpose,
            words_vi=said.vi,
            words_en=said.en,
            fields=chosen,
            given_at=now,
            until=until,
        )
        ledger.append(
            "person.consented",
            person,
            {
                "by": person,
                "consent": row.urn,
                "to": to,
                "purpose": purpose,
                "fields": chosen,
                "until": until.isoformat(),
            },
        )
    return _row(row, recipients([to]))


def recipients(urns: Sequence[str]) -> dict[str, Text]:
    """Those that exist, with their names."""
    found = {
        urn: Text(row.name_vi, row.name_en)
        for urn, row in queries.parties([urn for urn in urns if urn.startswith(ORGANISATION)]).items()
    }
    known = {SYSTEM_URN + system.slug: system.name for system in registry.systems()}
    return found | {urn: known[urn] for urn in urns if urn in known}


def of(actor: Actor) -> Sequence[ConsentRow]:
    return all_of(require_oneself(actor))


def all_of(person: str) -> Sequence[ConsentRow]:
    rows = list(Consent.objects.filter(person=person))
    names = recipients(sorted({row.to for row in rows}))
    return [_row(row, names) for row in rows]


def _row(row: Consent, names: dict[str, Text]) -> ConsentRow:
    state = "withdrawn" if row.withdrawn_at else "in_force" if row.until > clock.now() else "expired"
    return ConsentRow(
        number=row.pk,
        to=row.to,
        to_name=names.get(row.to, Text(row.to, row.to)),
        purpose=row.purpose,
        words=Text(row.words_vi, row.words_en),
        fields=tuple(row.fields),
        given_at=row.given_at,
        until=row.until,
        state=state,
        used=row.used,
        used_at=row.used_at,
    )


def withdraw(number: int, *, by: Actor) -> None:
    person = require_oneself(by)
    with transaction.atomic():
        row = Consent.objects.select_for_update().filter(pk=number, person=person, withdrawn_at=None).first()
        if row is None:
            raise NotFound("parties.no_consent", "there is no such consent of yours in force")
        _end(row, by=person)


def end_all(person: str, *, by: str) -> int:
    rows = list(Consent.objects.select_for_update().filter(person=person, withdrawn_at=None))
    for row in rows:
        _end(row, by=by)
    return len(rows)


def _end(row: Consent, *, by: str) -> None:
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    ledger.append("person.consent_withdrawn", row.person, {"by": by, "consent": row.urn, "to": row.to})


def used(person: str, *, to: str, purpose: str, by: Actor) -> IdentityRow:
    from dinh.spine.parties.personal import identity

    now = clock.now()
    with transaction.atomic():
        row = (
            Consent.objects.select_for_update()
            .filter(person=person, to=to, purpose=purpose, withdrawn_at=None, until__gt=now)
            .first()
        )
        told = identity.stored(person) if row is not None and scope.may_be_told(by, person=person, to=to) else None
        if row is None or told is None:
            raise Refused(
                "parties.no_consent",
                "there is no consent in force for this purpose; ask the person for one, or have the data typed in",
            )
        found = identity.only(told, frozenset(row.fields))
        Consent.objects.filter(pk=row.pk).update(used=F("used") + 1, used_at=now)
        # Written by hand, not by `record_reading`: also where the person's own click passes the data on, it leaves the house's hands.
        ledger.append(
            KIND,
            person,
            {"by": to, "whose": person, "about": row.urn, "for": by.urn or None, "fields": identity.present(found)},
        )
    return found

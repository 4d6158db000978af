"""What a person chose, as the page of settings shows and changes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.notices import api, choosing, drivers, kinds, models
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

WANTED: Final = ("now", "digest", "off")


def preferences_of(actor: Actor) -> api.Preferences:
    person = actor.urn
    wishes = choosing.wishes_of([person])
    times = wishes.times.get(person, choosing.Times())
    account = parties.addressees([person]).get(person)
    general = {channel: wishes.wanted.get((person, choosing.ANY_KIND, channel), "") for channel in kinds.CHANNELS}
    rows = []
    for spec in kinds.kinds().values():
        if spec.code in kinds.AT_ONCE:
            continue
        wanted = {channel: wishes.of(person, spec, channel) for channel in kinds.CHANNELS}
        rows.append(api.PreferenceRow(spec.code, spec.name, spec.emergency, wanted))
    addresses = {row.kind: row for row in models.Address.objects.filter(person=person)}
    now = clock.now()

    def own(kind: str) -> api.AddressRow:
        row = addresses.get(kind)
        if row is None:
            return api.AddressRow(kind, "", "")
        open_until = row.code_until is not None and row.code_until > now
        return api.AddressRow(kind, row.value, row.pending if open_until else "", row.verified_at)

    return api.Preferences(
        every=general,
        rows=tuple(rows),
        channels=tuple(channel for channel in kinds.CHANNELS if drivers.on(channel)),
        quiet_from=times.quiet_from,
        quiet_to=times.quiet_to,
        digest_at=times.digest_at,
        email=own("email"),
        phone=own("phone"),
        account_email=account.email if account else "",
        browsers=tuple(
            api.BrowserRow(row.pk, row.label, row.created_at, row.used_at, row.digest)
            for row in models.Browser.objects.filter(person=person).order_by("created_at")
        ),
    )


def save_wanted(actor: Actor, wanted: Mapping[tuple[str, str], str]) -> None:
    """By kind and channel. What would hold anyway is not stored, so that it follows the line for every kind ('*') and
    the kind itself; '' takes a line away."""
    known = kinds.kinds()
    for (code, channel), value in wanted.items():
        _check(code, channel, value, known=code == choosing.ANY_KIND or code in known)
    with transaction.atomic():
        stored = {
            (row.kind, row.channel): row
            for row in models.Preference.objects.select_for_update().filter(person=actor.urn)
        }
        general = {channel: row.wanted for (code, channel), row in stored.items() if code == choosing.ANY_KIND}
        general |= {channel: value for (code, channel), value in wanted.items() if code == choosing.ANY_KIND}
        fresh = []
        for (code, channel), value in wanted.items():
            otherwise = ""
            if code != choosing.ANY_KIND:
                otherwise = general.get(channel, "") or choosing.declared(known[code], channel)
            if value and value != otherwise:
                fresh.append(models.Preference(person=actor.urn, kind=code, channel=channel, wanted=value))
        touched = [row.pk for at, row in stored.items() if at in wanted]
        models.Preference.objects.filter(pk__in=touched).delete()
        models.Preference.objects.bulk_create(fresh)


def _check(code: str, channel: str, value: str, *, known: bool) -> None:
    fits = value in WANTED or value == ""
    if not known or channel not in kinds.CHANNELS or not fits or (channel, value) == ("inbox", "digest"):
        raise Invalid(
            "notices.preference",
            "'{kind}' by '{channel}' cannot be '{value}'; give now, digest or off (the inbox has no digest)",
            kind=code[:100],
            channel=channel[:20],
            value=value[:20],
        )


def save_times(actor: Actor, *, quiet_from: time, quiet_to: time, digest_at: time) -> None:
    models.PersonSetting.objects.update_or_create(
        person=actor.urn, defaults={"quiet_from": quiet_from, "quiet_to": quiet_to, "digest_at": digest_at}
    )

"""Who is told by which channel and when: recipients, what they chose, where they can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from dinh.kernel.specs import NoticeSpec
from dinh.spine.notices import drivers, kinds, models, timing
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, Addressee

ANY_KIND: Final = "*"
ORGANISATION: Final = "urn:dinh:organisation:"
ADDRESS_OF: Final = {"email": "email", "sms": "phone", "zalo": "phone"}
"""Which of a person's addresses a channel needs."""
_MAIL: Final = re.compile(r"[^@\s<>,;:\"\\]{1,64}@[^@\s<>,;:\"\\]{1,180}\.[^@\s<>,;:\"\\.]{2,60}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One message to be written; `skipped` says why it will not be sent."""

    recipient: str
    channel: str
    language: str
    how: str = "now"
    due_at: datetime | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    quiet_from: time = timing.QUIET_FROM
    quiet_to: time = timing.QUIET_TO
    digest_at: time = timing.DIGEST_AT


@dataclass(slots=True)
class Wishes:
    """What some people chose, and what they can be reached by; read at once for all of them."""

    wanted: dict[tuple[str, str, str], str] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)
    browsers: set[str] = field(default_factory=set)

    def of(self, person: str, spec: NoticeSpec, channel: str) -> str:
        own = self.wanted.get((person, spec.code, channel)) or self.wanted.get((person, ANY_KIND, channel))
        return own or declared(spec, channel)

    def reaches(self, person: Addressee, channel: str) -> bool:
        if channel == "inbox":
            return True
        if channel == "push":
            return person.urn in self.browsers
        own = bool(self.addresses.get((person.urn, ADDRESS_OF[channel])))
        return own or (channel == "email" and bool(person.email))


def declared(spec: NoticeSpec, channel: str) -> str:
    return "now" if channel in spec.channels else "off"


def wishes_of(people: Iterable[str], kind: str | None = None) -> Wishes:
    """Four queries."""
    listed = list(people)
    found = Wishes()
    chosen = models.Preference.objects.filter(person__in=listed)
    if kind is not None:
        chosen = chosen.filter(kind__in=(kind, ANY_KIND))
    for row in chosen:
        found.wanted[row.person, row.kind, row.channel] = row.wanted
    for setting in models.PersonSetting.objects.filter(person__in=listed):
        found.times[setting.person] = Times(setting.quiet_from, setting.quiet_to, setting.digest_at)
    for address in models.Address.objects.filter(person__in=listed).exclude(value=""):
        found.addresses[address.person, address.kind] = address.value
    found.browsers = set(models.Browser.objects.filter(person__in=listed).values_list("person", flat=True))
    return found


def chosen(
    spec: NoticeSpec, to: Iterable[str], *, urgent: bool, now: datetime, language: str = "vi"
) -> Sequence[Chosen]:
    """One of each recipient and channel. Whoever can be nobody is noted as not reached, so that no act fails for the
    address that somebody else once typed."""
    recipients: list[str] = []
    unusable: list[str] = []
    for given in dict.fromkeys(to):
        known = normal(given)
        (recipients if known else unusable).append(known or given.replace("\0", "")[: models.RECIPIENT])
    recipients = list(dict.fromkeys(recipients))
    named = [recipient for recipient in recipients if recipient.startswith((PERSON, ORGANISATION))]
    people = parties.addressees(named)
    wishes = wishes_of(people, spec.code)
    found: list[Chosen] = []
    for person in people.values():
        found += _for_person(spec, person, wishes, urgent=urgent, now=now)
    peopled = {person.organisation for person in people.values()}
    for recipient in recipients:
        empty = recipient.startswith(ORGANISATION) and recipient not in peopled
        if empty or (recipient.startswith(PERSON) and recipient not in people):
            found.append(Chosen(recipient, "inbox", "vi", skipped="no_person"))
        elif not recipient.startswith((PERSON, ORGANISATION)):
            found += _for_address(spec, recipient, language, urgent=urgent, now=now)
    found += [Chosen(given, "inbox", "vi", skipped="no_address") for given in dict.fromkeys(unusable)]
    return found


def _for_person(
    spec: NoticeSpec, person: Addressee, wishes: Wishes, *, urgent: bool, now: datetime
) -> Iterable[Chosen]:
    times = wishes.times.get(person.urn, Times())
    for channel in kinds.CHANNELS:
        wanted = wishes.of(person.urn, spec, channel)
        if channel == "inbox" and urgent:
            wanted = "now"  # an emergency can be read somewhere, whatever was switched off
        if wanted == "off" or not drivers.on(channel):
            continue
        if channel == "inbox":
            yield Chosen(person.urn, channel, person.language)
        elif not wishes.reaches(person, channel):
            yield Chosen(person.urn, channel, person.language, skipped="no_address")
        else:
            how = "now" if urgent or spec.code in kinds.AT_ONCE else wanted
            yield Chosen(person.urn, channel, person.language, how, due(spec, how, times, urgent=urgent, now=now))


def due(spec: NoticeSpec, how: str, times: Times, *, urgent: bool, now: datetime) -> datetime:
    if urgent or spec.code in kinds.AT_ONCE:
        return now
    at = timing.next_at(now, times.digest_at) if how == "digest" else now
    return timing.quiet_until(at, times.quiet_from, times.quiet_to) or at


def _for_address(spec: NoticeSpec, recipient: str, language: str, *, urgent: bool, now: datetime) -> Iterable[Chosen]:
    """People without an account: a letter goes at once, a phone rings at decent hours."""
    if recipient.startswith("mailto:"):
        skipped = "" if drivers.on("email") else "channel_off"
        yield Chosen(recipient, "email", language, due_at=now, skipped=skipped)
        return
    at = due(spec, "now", Times(), urgent=urgent, now=now)
    yield Chosen(recipient, "sms", language, due_at=at, skipped="" if drivers.on("sms") else "channel_off")
    if "zalo" in spec.channels and drivers.on("zalo"):
        yield Chosen(recipient, "zalo", language, due_at=at)


def normal(recipient: str) -> str:
    """A recipient as it is stored: a URN, mailto: or tel:; '' for what is none of them."""
    scheme, _, rest = recipient.partition(":")
    if recipient.startswith((PERSON, ORGANISATION)) and len(recipient) <= models.URN:
        return recipient
    if scheme == "mailto" and (address := mail_address(rest)):
        return f"mailto:{address}"
    if scheme == "tel" and (number := phone_number(rest)):
        return f"tel:{number}"
    return ""


def mail_address(text: str) -> str:
    """In small letters; '' for what is none."""
    address = text.strip().lower()
    return address if len(address) <= 254 and _MAIL.fullmatch(address) else ""


def phone_number(text: str) -> str:
    """As +84912345678; '' for what is none. A number that begins with 0 is Vietnamese."""
    digits = re.sub(r"[\s.()\-]", "", text)
    if not re.fullmatch(r"\+?[0-9]{8,15}", digits):
        return ""
    if digits.startswith("0") and not digits.startswith("00"):
        digits = "+84" + digits[1:]
    elif digits.startswith("00"):
        digits = "+" + digits[2:]
    elif not digits.startswith("+"):
        digits = "+" + digits
    if digits.startswith("+84") and not re.fullmatch(r"\+84[1-9][0-9]{7,9}", digits):
        return ""
    return digits if 9 <= len(digits) <= 16 else ""

"""Notices: one event, one message to each person by each channel that the person wants, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from dinh.kernel.specs import NoticeSpec, Text

if TYPE_CHECKING:
    from dinh.kernel.manifests import Finding
    from dinh.spine.parties.api import Actor

CHANNELS: Final = ("inbox", "email", "push", "sms", "zalo")
ERRORS: Final = (
    "timeout", "unreachable", "busy", "not_let_in", "rejected", "gone", "no_template", "no_address", "no_person",
    "channel_off", "undelivered", "crashed", "fault", "discarded",
)  # fmt: skip
"""Why a message was not sent."""


def notify(
    kind: str,
    *,
    to: Iterable[str],
    key: str,
    about: str | None = None,
    params: Mapping[str, Any] | None = None,
    emergency: bool | None = None,
    language: str = "vi",
) -> int:
    """Writes the notices of one event in the present transaction and returns how many; the worker sends them.

    `kind` is the code of a NoticeSpec; `to` are URNs of people and organisations (all members), or `mailto:` and
    `tel:` addresses of people without an account. `key` names the event: the same key again adds nothing for whoever
    was told. Whoever cannot be reached is noted as skipped and fails nothing. `params` fill the templates; values are text, numbers, or `{"vi": …, "en": …}`. `emergency` overrides
    the kind's own; whoever has no account is written to in `language`. Raises Conflict `notices.no_transaction`, Invalid `notices.no_kind`, `notices.params`, `notices.value`,
    `notices.key`.
    """
    from dinh.spine.notices import telling

    return telling.notify(
        kind, to=to, key=key, about=about, params=params or {}, emergency=emergency, language=language
    )


def address(text: str) -> str:
    """An e-mail address or a phone number as `mailto:` or `tel:`, as it is stored; '' for what is neither."""
    from dinh.spine.notices import choosing

    return choosing.normal(f"mailto:{text}") or choosing.normal(f"tel:{text}")


def people_at(address: str) -> frozenset[str]:
    """URNs of the people who have proven that `mailto:` or `tel:` address theirs."""
    from dinh.spine.notices import addresses

    return addresses.people_at(address)


def declare(specs: Iterable[NoticeSpec]) -> None:
    """Kinds of notices of a part of the spine, from its AppConfig.ready; systems and gateways declare theirs in the
    manifest. Raises Invalid `notices.kind_twice`, `notices.template`, `notices.languages`, `notices.channel`."""
    from dinh.spine.notices import kinds

    kinds.declare(specs)


def dispatch_due() -> int:
    """Sends everything that is due, here and now; returns how many messages were taken. The worker does it by itself."""
    from dinh.spine.notices import dispatching

    return dispatching.dispatch_due()


# --- one's own notices -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in its recipient's inbox, in the language it was written in."""

    id: int
    kind: str
    kind_name: Text
    title: str
    body: str
    about: str | None
    emergency: bool
    at: datetime
    read_at: datetime | None
    language: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    """`total` of what was asked for; `all` and `unread` of the same filter; `kinds` that the person has."""

    rows: tuple[NoticeRow, ...]
    total: int
    all: int
    unread: int
    kinds: tuple[tuple[str, Text], ...]


def inbox_of(
    actor: Actor, *, unread: bool = False, kind: str = "", text: str = "", offset: int = 0, limit: int = 50
) -> InboxPage:
    """Newest first; the actor's own alone. Raises Refused `notices.nobody`."""
    from dinh.spine.notices import inbox

    return inbox.page(actor, unread=unread, kind=kind, text=text, offset=offset, limit=limit)


def notice(actor: Actor, id: int) -> NoticeRow:
    """Raises NotFound `notices.no_notice`, also for somebody else's."""
    from dinh.spine.notices import inbox

    return inbox.notice(actor, id)


def unread_count(person: str) -> int:
    from dinh.spine.notices import inbox

    return inbox.unread_count(person)


def mark_read(actor: Actor, ids: Sequence[int] | None = None, *, read: bool = True) -> int:
    """Marks the actor's own notices (None: all); returns how many changed."""
    from dinh.spine.notices import inbox

    return inbox.mark_read(actor, ids, read=read)


# --- what a person wants ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """`wanted` by channel: now, digest or off."""

    kind: str
    name: Text
    emergency: bool
    wanted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddressRow:
    """`value` is in use, `pending` waits for its code."""

    kind: str
    value: str
    pending: str
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """`digest`: SHA-256 of the subscription's address in hex, by which a browser knows itself."""

    id: int
    label: str
    created_at: datetime
    used_at: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """Times are Vietnam's; equal ends of the quiet hours: none. `channels` are those that are set up.
    `every` is the line for every kind: by channel now, digest, off, or '' for as each kind says."""

    every: Mapping[str, str]
    rows: tuple[PreferenceRow, ...]
    channels: tuple[str, ...]
    quiet_from: time
    quiet_to: time
    digest_at: time
    email: AddressRow
    phone: AddressRow
    account_email: str
    browsers: tuple[BrowserRow, ...]


def preferences_of(actor: Actor) -> Preferences:
    from dinh.spine.notices import preferences

    return preferences.preferences_of(actor)


def save_wanted(actor: Actor, wanted: Mapping[tuple[str, str], str]) -> None:
    """By kind ('*' for every kind without an own line) and channel: now, digest, off, or '' for no own line. Raises Invalid `notices.preference`."""
    from dinh.spine.notices import preferences

    preferences.save_wanted(actor, wanted)


def save_times(actor: Actor, *, quiet_from: time, quiet_to: time, digest_at: time) -> None:
    from dinh.spine.notices import preferences

    preferences.save_times(actor, quiet_from=quiet_from, quiet_to=quiet_to, digest_at=digest_at)


def ask_code(actor: Actor, kind: str, value: str) -> None:
    """Sends a code to an `email` or `phone` that is to be used. Raises Invalid `notices.address`, Refused
    `notices.codes_asked`, Conflict `notices.channel_off`."""
    from dinh.spine.notices import addresses

    addresses.ask_code(actor.urn, kind, value)


def confirm_code(actor: Actor, kind: str, code: str) -> str:
    """Takes the address into use and returns it. Raises Invalid `notices.code`, Conflict `notices.no_code`,
    `notices.code_tries`."""
    from dinh.spine.notices import addresses

    return addresses.confirm_code(actor.urn, kind, code)


def send_sign_in_code(kind: str, value: str, code: str) -> str:
    """Writes a code to an `email` or `phone` that somebody says is theirs, whoever it belongs to; the address as it is stored.
    Raises Invalid `notices.address`, Conflict `notices.channel_off`."""
    from dinh.spine.notices import addresses

    return addresses.send_sign_in_code(kind, value, code)


def address_in(text: str) -> tuple[str, str]:
    """Kind (`email` or `phone`) and address as it is stored; ('', '') for what is neither."""
    from dinh.spine.notices import choosing

    if address := choosing.mail_address(text):
        return "email", address
    number = choosing.phone_number(text)
    return ("phone", number) if number else ("", "")


def channels_on() -> tuple[str, ...]:
    """By which messages leave the house here."""
    from dinh.spine.notices import drivers

    return tuple(channel for channel in CHANNELS if drivers.on(channel))


def take_address(person: str, kind: str, value: str) -> None:
    """Takes an address into use that the person has proved by a code of `send_sign_in_code`."""
    from dinh.spine.notices import addresses

    addresses.take(person, kind, value)


def remove_address(actor: Actor, kind: str) -> None:
    from dinh.spine.notices import addresses

    addresses.remove_address(actor.urn, kind)


def push_key() -> str:
    """The house's public key, with which browsers subscribe."""
    from dinh.spine.notices.drivers import webpush

    return webpush.public_key()


def add_browser(actor: Actor, *, endpoint: str, p256dh: str, auth: str, label: str) -> int:
    """Raises Invalid `notices.browser`, Conflict `notices.browsers`, `notices.channel_off`."""
    from dinh.spine.notices import addresses

    return addresses.add_browser(actor.urn, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label)


def remove_browser(actor: Actor, id: int) -> None:
    """Raises NotFound `notices.no_browser`."""
    from dinh.spine.notices import addresses

    addresses.remove_browser(actor.urn, id)


def send_test(actor: Actor) -> int:
    """A message to oneself by every channel that reaches; returns how many."""
    import uuid

    from dinh.spine.notices import kinds, telling

    return telling.tell_oneself(kinds.TEST, to=actor.urn, key=f"test:{uuid.uuid4().hex}", params={})


def forget(person: str) -> None:
    """Erases what a person chose, where they are reached and the words of their messages; what waited is not sent."""
    from dinh.spine.notices import keeping

    keeping.forget(person)


def forget_about(things: Sequence[str]) -> None:
    """Erases the words of every message about these things, to whomever it went; what waited is not sent."""
    from dinh.spine.notices import keeping

    keeping.forget_about(things)


# --- for whoever keeps the sending going --------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up; `recipient` is masked, but for an organisation's name. Its words are not shown."""

    id: int
    kind: str
    kind_name: Text
    channel: str
    recipient: str
    error_code: str
    error: str
    attempts: int
    at: datetime
    emergency: bool


@dataclass(frozen=True, slots=True)
class DeadLetterPage:
    """`channels`, `kinds` and `errors` are those that any dead letter has."""

    rows: tuple[DeadLetter, ...]
    total: int
    channels: tuple[str, ...]
    kinds: tuple[tuple[str, Text], ...]
    errors: tuple[str, ...]


def dead_letters(
    actor: Actor, *, channel: str = "", kind: str = "", error: str = "", offset: int = 0, limit: int = 50
) -> DeadLetterPage:
    """Newest first. Needs `notices.manage` everywhere, as all below do; raises Refused `notices.not_permitted`."""
    from dinh.spine.notices import deadletters

    return deadletters.dead_letters(actor, channel=channel, kind=kind, error=error, offset=offset, limit=limit)


def retry(actor: Actor, ids: Sequence[int]) -> int:
    """Sends them again from the first attempt on, with the same reference; recorded in the ledger."""
    from dinh.spine.notices import deadletters

    return deadletters.retry(actor, ids)


def discard(actor: Actor, ids: Sequence[int], *, reason: str) -> int:
    """They are not sent any more; recorded in the ledger. Raises Invalid `notices.reason`."""
    from dinh.spine.notices import deadletters

    return deadletters.discard(actor, ids, reason=reason)


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """Messages written within the window, by where they stand; `median_s` from due to taken, None without any."""

    channel: str
    on: bool
    sent: int
    delivered: int
    read: int
    waiting: int
    failed: int
    dead: int
    skipped: int
    median_s: float | None


def figures(actor: Actor, *, window: timedelta = timedelta(days=7)) -> Sequence[ChannelFigures]:
    from dinh.spine.notices import deadletters

    return deadletters.figures(actor, window=window)


def receive(channel: str, headers: Mapping[str, str], body: bytes) -> int:
    """A carrier's receipts; how many told something new. Raises Refused `notices.signature`, Invalid
    `notices.receipt`, NotFound `notices.no_receipts`."""
    from dinh.spine.notices import receipts

    return receipts.receive(channel, headers, body)


def findings() -> Iterable[Finding]:
    """What `dinh check` says of the channels."""
    from dinh.spine.notices import checks

    return checks.findings()

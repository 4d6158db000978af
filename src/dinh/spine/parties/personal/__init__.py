"""Personal data: who holds any, reading it on the record, a copy of it for its person, and erasing it.

Each part of the spine, system and gateway that keeps something about people registers a holder when it starts. A copy
and an erasure ask every holder, so that nobody must know them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from dinh.kernel.specs import Text

if TYPE_CHECKING:
    from django.db.models import Model

    from dinh.spine.files.api import FileRow
    from dinh.spine.parties.api import Actor


@dataclass(frozen=True, slots=True)
class HeldFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a copy: `columns` name the keys of the rows for people; values are JSON or times."""

    code: str
    title: Text
    columns: Mapping[str, Text]
    rows: Sequence[Mapping[str, Any]]
    files: Sequence[HeldFile] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something; `why` where they stay."""

    what: Text
    count: int
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an erasure takes away and what it leaves; counts of nothing are left out by whoever shows it."""

    gone: Sequence[Counted] = ()
    kept: Sequence[Counted] = ()


type Export = Callable[[str], Sequence[Section]]
type Outlook = Callable[[str], Outcome]
type Erase = Callable[[str, str], Outcome]
type Files = Callable[[str], Sequence[FileRow]]


@dataclass(frozen=True, slots=True)
class Holder:
    """What keeps personal data. `export` and `outlook` are given the URN of a person and change nothing; `erase` is given
    it and by whom, in a transaction of its own, and may be called again after a crash: it then finds less to erase.
    Whatever it needs to find the person's data by, such as the name, is still with the parties when it is called. On
    PostgreSQL whoever appends to the ledger makes others wait: lock every row first, append last.

    Files about things of the kind `files_about` (the word in their URN) are the person's where `files` says so; about
    anything else, those marked personal that the person gave. They are copied and erased by the parties."""

    code: str
    name: Text
    export: Export
    outlook: Outlook
    erase: Erase
    files_about: str = ""
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A table of records of work, and its columns with the URN and the name of whoever did them."""

    what: Text
    model: type[Model]
    person: str = "by"
    name: str = "by_name"


def signatures(code: str, name: Text, signed: Sequence[Signed]) -> Holder:
    """The holder of a part whose records stay, under the name of the office."""
    from dinh.spine.parties.personal import signed as room

    return room.holder(code, name, signed)


def hold(holder: Holder) -> None:
    """Registers a holder, from an AppConfig.ready; registered again under the same code, the newer one counts."""
    from dinh.spine.parties.personal import register

    register.hold(holder)


def holders() -> Sequence[Holder]:
    """In the order in which they are asked: the account itself comes last."""
    from dinh.spine.parties.personal import register

    return register.all_of_them()


def office_name(person: str) -> str:
    """Whose name stands for the person's in what stays: the organisation's, or that of a deleted person."""
    from dinh.spine.parties.personal import register

    return register.office_name(person)


# --- reading on the record ---------------------------------------------------------


def record_reading(*, by: Actor, whose: str | None, about: str, fields: Sequence[str]) -> int:
    """A leaf `personal.read`: who read which fields of whom, never the values; its number. The subject is the person where
    one is known, else what it is about. Whoever reads of themselves leaves none (-1). Call it before the values are shown."""
    from dinh.spine.parties.personal import reading

    return reading.record(by=by, whose=whose, about=about, fields=fields)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """Somebody read something of a person; `fields` are codes, of `about`. `by_name` is '' for an address of a file."""

    at: datetime
    by: str
    by_name: str
    about: str
    fields: Sequence[str]
    ledger_index: int


def readings_of(actor: Actor, *, limit: int = 200) -> Sequence[ReadingRow]:
    """Who read the actor's own data and when, newest first. Raises Refused `parties.nobody`."""
    from dinh.spine.parties.personal import reading

    return reading.of(actor, limit=limit)


def read_account(username: str, *, by: Actor) -> str:
    """The e-mail address of an account, on the record. Raises NotFound `parties.no_person`,
    also for an account out of reach."""
    from dinh.spine.parties.personal import reading

    return reading.account(username, by=by)


# --- a copy ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CopyRow:
    """`state` is making, ready, failed or gone; it can be opened until `expires_at`."""

    number: int
    asked_at: datetime
    asked_by: str
    state: str
    ready_at: datetime | None
    expires_at: datetime | None


def ask_copy(person: str, *, by: Actor) -> CopyRow:
    """Has a copy made, in the background; while one is being made, that one. By the person, or by whoever administers the
    account, for a request on paper. A copy that was ready before is erased. Raises NotFound `parties.no_person`."""
    from dinh.spine.parties.personal import copying

    return copying.ask(person, by=by)


def copies(actor: Actor) -> Sequence[CopyRow]:
    """The actor's own, newest first."""
    from dinh.spine.parties.personal import copying

    return copying.copies(actor)


def open_copy(number: int, *, by: Actor) -> tuple[FileRow, bytes]:
    """For its person alone, on the record. Raises NotFound `parties.no_copy`, Refused `parties.copy_expired`."""
    from dinh.spine.parties.personal import copying

    return copying.opened(number, by=by)


# --- erasing -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ErasureRow:
    asked_at: datetime
    due_at: datetime
    began: bool


def outlook(actor: Actor) -> Sequence[tuple[Text, Outcome]]:
    """What an erasure would take and leave of the actor's own data, by holder. Raises Refused `parties.nobody`."""
    from dinh.spine.parties.personal import erasing

    return erasing.outlook(actor)


def ask_erasure(*, by: Actor) -> ErasureRow:
    """Of one's own data, after a time of grace; asked again, the one that waits. Raises Refused `parties.nobody`,
    `parties.last_administrator`."""
    from dinh.spine.parties.personal import erasing

    return erasing.ask(by)


def withdraw_erasure(*, by: Actor) -> None:
    """Raises NotFound `parties.no_erasure`, Conflict `parties.erasure_began`."""
    from dinh.spine.parties.personal import erasing

    erasing.withdraw(by)


def erasure_of(person: str) -> ErasureRow | None:
    """The one that waits or goes on."""
    from dinh.spine.parties.personal import erasing

    return erasing.waiting(person)


# --- who a person is, and to whom that may be told ---------------------------------

IDENTITY_FIELDS: Final = ("name", "born_on", "sex", "citizen_id", "address", "phone")
"""What a consent can name."""


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """As `source` told at `verified_at`: `sex` is male, female, other or ''; `level` 1, 2 or '' where it is not known.
    What was not told, or is not part of a consent, is '' or None."""

    name: str
    born_on: date | None
    sex: str
    citizen_id: str
    address: str
    phone: str
    level: str
    source: str
    verified_at: datetime

    def masked(self) -> IdentityRow:
        """As a list or a page may show it: name and sex; numbers and address covered."""
        from dinh.spine.parties.personal import identity

        return identity.masked(self)


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """`to` is the URN of an organisation, or of a system (`urn:dinh:system:<slug>`); `state` is in_force, expired or withdrawn."""

    number: int
    to: str
    to_name: Text
    purpose: str
    words: Text
    fields: Sequence[str]
    given_at: datetime
    until: datetime
    state: str
    used: int
    used_at: datetime | None


def seal(text: str, *, about: str) -> str:
    """Personal data for a column of a table, to be opened as being about the same thing only."""
    from dinh.spine.parties.personal import sealing

    return sealing.seal(text, about=about)


def opened(sealed: str, *, about: str) -> str:
    """Raises SourceUnavailable `parties.sealed`."""
    from dinh.spine.parties.personal import sealing

    return sealing.opened(sealed, about=about)


def fingerprint(text: str, *, use: str) -> str:
    """By which personal data is found again without being kept readable; another `use` gives another one."""
    from dinh.spine.parties.personal import sealing

    return sealing.fingerprint(text, use=use)


def save_identity(person: str, told: IdentityRow) -> None:
    """Replaces what is known of who the person is. Raises Invalid `parties.identity`, NotFound `parties.no_person`."""
    from dinh.spine.parties.personal import identity

    identity.save(person, told)


def identity_of(actor: Actor) -> IdentityRow | None:
    """The actor's own. Raises Refused `parties.nobody`."""
    from dinh.spine.parties.personal import identity

    return identity.own(actor)


def forget_identity(*, by: Actor) -> None:
    """Erases one's own identity and ends every consent to it. Raises Refused `parties.nobody`."""
    from dinh.spine.parties.personal import identity

    identity.forget(by)


def consent(*, by: Actor, to: str, purpose: str, words: Text, fields: Sequence[str], until: datetime) -> ConsentRow:
    """The person permits that `to` gets these fields for this purpose (a code; `words` say it to people) until a moment.
    Given again for the same, the newer one counts. Raises Refused `parties.nobody`, NotFound `parties.no_recipient`,
    Invalid `parties.consent`."""
    from dinh.spine.parties.personal import consents

    return consents.give(by=by, to=to, purpose=purpose, words=words, fields=fields, until=until)


def consents_of(actor: Actor) -> Sequence[ConsentRow]:
    """The actor's own, newest first. Raises Refused `parties.nobody`."""
    from dinh.spine.parties.personal import consents

    return consents.of(actor)


def withdraw_consent(number: int, *, by: Actor) -> None:
    """From now on; what was told before stays with whoever was told. Raises NotFound `parties.no_consent`."""
    from dinh.spine.parties.personal import consents

    consents.withdraw(number, by=by)


def identity_by_consent(person: str, *, to: str, purpose: str, by: Actor) -> IdentityRow:
    """The fields that the person consented to, for `to`, which `by` acts for: the person, a member of that organisation's
    staff, or the house itself. Each call is a leaf and counts as a use. Raises Refused `parties.no_consent`, whatever the
    reason: whether there is an identity, a consent or a person is not told."""
    from dinh.spine.parties.personal import consents

    return consents.used(person, to=to, purpose=purpose, by=by)

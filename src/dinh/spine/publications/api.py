"""What is told: versions that a second person checks, published once, each with its leaf in the ledger.

A version goes draft → in review → checked → (scheduled →) published. What is published is never changed: a correction is
the next version, goes the same way, and the earlier one keeps its number and address. A withdrawn publication
leaves a page that says what, when and why. `docs` of the blocks of a body: `blocks.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dinh.spine.parties.api import Actor
from dinh.spine.publications.hearing import demand as demand
from dinh.spine.publications.hearing import on_withdrawn as on_withdrawn
from dinh.spine.publications.hearing import withdrawn_at as withdrawn_at

type Words = Mapping[str, str]
"""A text by language: vi and en."""


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """`state` is draft (nothing public yet), published, withdrawn or dropped; `current` the version in force."""

    urn: str
    slug: str
    kind: str
    organisation: str | None
    place: str | None
    licence: str
    state: str
    current: int | None
    title_vi: str
    title_en: str
    created_at: datetime
    published_at: datetime | None
    updated_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason_vi: str = ""
    withdrawn_reason_en: str = ""

    def name(self, language: str) -> str:
        return self.title_vi if language.startswith("vi") or not self.title_en else self.title_en

    def withdrawn_reason(self, language: str) -> str:
        return self.withdrawn_reason_vi if language.startswith("vi") else self.withdrawn_reason_en


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`state`: draft, in_review, checked, scheduled, published, corrected, withdrawn, dropped.

    `revision` grows with every save; pass it back so that a stale save is noticed. `note` says what a
    correction corrects. `body` is empty in lists.
    """

    slug: str
    number: int
    revision: int
    state: str
    title: Words
    summary: Words
    note: Words
    body: Sequence[Mapping[str, Any]]
    simulated: bool
    automatic: bool
    author: str
    author_name: str
    authors: Sequence[str]
    created_at: datetime
    saved_at: datetime
    submitted_at: datetime | None
    checked_by: str | None
    checked_name: str
    checked_at: datetime | None
    scheduled_at: datetime | None
    published_at: datetime | None
    sha256: str
    ledger_index: int | None

    def name(self, language: str) -> str:
        return self.title["vi"] if language.startswith("vi") or not self.title["en"] else self.title["en"]


@dataclass(frozen=True, slots=True)
class ActRow:
    """`what`: created, submitted, sent_back, approved, scheduled, unscheduled, published, correction_begun, withdrawn,
    dropped. `text` is the remark or reason."""

    version: int
    at: datetime
    by: str
    by_name: str
    what: str
    text: str
    ledger_index: int


@dataclass(frozen=True, slots=True)
class PublicQuery:
    """What is public: published and, with `withdrawn`, tombstones. Newest first.

    `places`: what is for any of them, '' among them being what has no place.
    """

    kind: str = ""
    place: str = ""
    places: Sequence[str] = ()
    organisation: str = ""
    text: str = ""
    withdrawn: bool = False
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class PublicPage:
    """`versions` holds the version in force by slug, without its body."""

    rows: Sequence[PublicationRow]
    total: int
    versions: Mapping[str, VersionRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A version that is not public yet, with its publication; what `actor` may do with it."""

    publication: PublicationRow
    version: VersionRow
    mine: bool
    may_check: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text: `what` is same, removed or added."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class BlockDifference:
    """`what` is same, changed, removed or added."""

    what: str
    type: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Comparison:
    older: VersionRow
    newer: VersionRow
    title: Sequence[Part]
    summary: Sequence[Part]
    blocks: Sequence[BlockDifference]

    @property
    def alike(self) -> bool:
        parts = [*self.title, *self.summary]
        return all(part.what == "same" for part in parts) and all(block.what == "same" for block in self.blocks)


# --- writing ---------------------------------------------------------------------


def create(
    *,
    slug: str,
    kind: str,
    title: Words,
    by: Actor,
    summary: Words | None = None,
    body: Sequence[Mapping[str, Any]] = (),
    licence: str = "CC-BY-4.0",
    organisation: str | None = None,
    place: str | None = None,
    simulated: bool = False,
    automatic: bool = False,
    key: str = "",
) -> VersionRow:
    """A new publication with its first version as a draft; with the same `key` again, returns the one that is there.

    Needs publications.write at the place. Raises Invalid, Refused, Conflict `publications.slug_taken`.
    """
    from dinh.spine.publications import writing

    return writing.create(
        slug=slug, kind=kind, title=title, by=by, summary=summary, body=body, licence=licence,
        organisation=organisation, place=place, simulated=simulated, automatic=automatic, key=key,
    )  # fmt: skip


def save(
    publication: str,
    *,
    revision: int,
    title: Words,
    summary: Words,
    body: Sequence[Mapping[str, Any]],
    by: Actor,
    note: Words | None = None,
    licence: str | None = None,
) -> VersionRow:
    """Saves the open draft. Raises Conflict `publications.stale` when somebody saved since `revision`."""
    from dinh.spine.publications import writing

    return writing.save(
        publication, revision=revision, title=title, summary=summary, body=body, by=by, note=note, licence=licence
    )


def submit(publication: str, *, by: Actor) -> VersionRow:
    """To the review. Raises Invalid `publications.incomplete`: both languages are needed."""
    from dinh.spine.publications import actions

    return actions.submit(publication, by=by)


def send_back(publication: str, *, remark: str, by: Actor) -> VersionRow:
    """From the review to its author, with a remark."""
    from dinh.spine.publications import actions

    return actions.send_back(publication, remark=remark, by=by)


def approve(publication: str, *, revision: int, by: Actor) -> VersionRow:
    """By a second person. Raises Refused `publications.second_person` for whoever wrote any of it."""
    from dinh.spine.publications import actions

    return actions.approve(publication, revision=revision, by=by)


def schedule(publication: str, *, at: datetime, by: Actor) -> VersionRow:
    """To be published by itself at a moment to come. Raises Invalid `publications.past`."""
    from dinh.spine.publications import actions

    return actions.schedule(publication, at=at, by=by)


def unschedule(publication: str, *, by: Actor) -> VersionRow:
    from dinh.spine.publications import actions

    return actions.unschedule(publication, by=by)


def publish(publication: str, *, by: Actor) -> VersionRow:
    """Makes the checked version public: one leaf `publication.published` with its hash; the one before is corrected."""
    from dinh.spine.publications import actions

    return actions.publish(publication, by=by)


def publish_due() -> int:
    """Publishes every scheduled version whose moment has come, each once; returns how many."""
    from dinh.spine.publications import actions

    return actions.publish_due()


def correct(publication: str, *, by: Actor) -> VersionRow:
    """A draft of the next version, begun from the one in force."""
    from dinh.spine.publications import writing

    return writing.correct(publication, by=by)


def drop(publication: str, *, by: Actor) -> VersionRow:
    """Gives up a draft; what was public stays."""
    from dinh.spine.publications import actions

    return actions.drop(publication, by=by)


def withdraw(publication: str, *, reason: Words, by: Actor) -> PublicationRow:
    """Takes all versions off the public pages; a page stays that says what, when and why."""
    from dinh.spine.publications import actions

    return actions.withdraw(publication, reason=reason, by=by)


# --- reading ---------------------------------------------------------------------


def publication(
    publication: str, *, actor: Actor | None = None, permissions: Sequence[str] = ("write", "check", "publish")
) -> PublicationRow:
    """By slug or URN. Raises NotFound `publications.none`. Whoever shows it asks `may` unless it is public.

    For an actor whom none of the permissions reaches: Refused where the publication is public, else as if there were none.
    """
    from dinh.spine.publications import queries

    return queries.publication(publication, actor, permissions)


def version(publication: str, number: int) -> VersionRow:
    """Raises NotFound `publications.no_version`."""
    from dinh.spine.publications import queries

    return queries.version(publication, number)


def public_version(publication: str, number: int | None = None) -> VersionRow:
    """The version in force, or an earlier one. Raises NotFound for what is not public or is withdrawn."""
    from dinh.spine.publications import queries

    return queries.public_version(publication, number)


def open_version(publication: str) -> VersionRow | None:
    """The one that is written, checked or scheduled now."""
    from dinh.spine.publications import queries

    return queries.open_version(publication)


def versions(publication: str, *, public: bool = True) -> Sequence[VersionRow]:
    """Newest first, without bodies."""
    from dinh.spine.publications import queries

    return queries.versions(publication, public=public)


def public(query: PublicQuery) -> PublicPage:
    """For anyone, in a fixed number of queries."""
    from dinh.spine.publications import queries

    return queries.public(query)


def public_kinds() -> Sequence[str]:
    """Kinds of which anything is public."""
    from dinh.spine.publications import queries

    return queries.public_kinds()


def work(*, actor: Actor, states: Sequence[str] = (), mine: bool = False, limit: int = 200) -> Sequence[WorkRow]:
    """Open versions where the actor may write or check, oldest first in a fixed number of queries."""
    from dinh.spine.publications import queries

    return queries.work(actor=actor, states=states, mine=mine, limit=limit)


def acts(publication: str) -> Sequence[ActRow]:
    """Oldest first; for staff."""
    from dinh.spine.publications import queries

    return queries.acts(publication)


def compare(publication: str, older: int, newer: int, *, language: str) -> Comparison:
    """Both versions must be there; block by block, word by word."""
    from dinh.spine.publications import queries

    return queries.compare(publication, older, newer, language=language)


def canonical(publication: str, number: int) -> str:
    """The text, made from what is stored now, whose SHA-256 over UTF-8 the ledger holds."""
    from dinh.spine.publications import queries

    return queries.canonical(publication, number)


def altered_versions(publication: str) -> Sequence[int]:
    """Numbers of published versions whose stored content no longer has the hash of their leaf."""
    from dinh.spine.publications import queries

    return queries.altered_versions(publication)


def may(row: PublicationRow, permission: str, *, actor: Actor) -> bool:
    """True if the permission reaches the publication: by its place, or by its organisation."""
    from dinh.spine.publications import scope

    return scope.may(row, permission, actor)


def require(row: PublicationRow, permission: str, *, actor: Actor) -> None:
    """Raises Refused `publications.not_permitted`."""
    from dinh.spine.publications import scope

    scope.require(row, permission, actor)


def licences() -> Sequence[str]:
    """SPDX identifiers, and all-rights-reserved."""
    from dinh.spine.publications import domain

    return domain.LICENCES

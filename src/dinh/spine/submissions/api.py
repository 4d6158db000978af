"""What people hand in: on the disk before it is answered, numbered, worked off once.

Handing in asks no database: a journal of this process is synced, many submissions in one sync, and only then is a number
given. The same UUID again is the same number. A thread files the journal into the register; the worker works each off by
the function that its kind declared. What cannot be worked off is kept with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from dinh.kernel.manifests import Text

if TYPE_CHECKING:
    from dinh.kernel.manifests import Finding

MOST_FILES: Final = 20
MOST_PAYLOAD: Final = 256 * 1024
"""Bytes of the payload as JSON."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it was handed in: nothing of it is believed yet. `field` is what it was handed in as."""

    field: str
    name: str
    size: int
    sha256: str
    blob: str

    def content(self) -> bytes:
        """Raises SourceUnavailable `submissions.blob` where it is missing or altered."""
        from dinh.spine.submissions import spool

        return spool.read(self.blob, self.sha256)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a kind's functions are given. `sender` says where it came from without naming anybody: for what comes in numbers."""

    id: UUID
    number: str
    kind: str
    at: datetime
    payload: Mapping[str, Any]
    files: Sequence[Attachment] = ()
    language: str = "vi"
    sender: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionKind:
    """`prefix` begins its numbers, `prefix_of` instead where it depends on the payload.

    `prepare` does what takes time and touches no register; `work` is given what it returned, runs in one transaction
    with the mark that this submission is done, and returns the URN of what became of it. Either raises a DinhError to
    refuse for good; SourceUnavailable and any other exception are tried again with growing pauses.
    """

    code: str
    name: Text
    prefix: str
    work: Callable[[Submission, Any], str]
    prepare: Callable[[Submission], Any] | None = None
    prefix_of: Callable[[Mapping[str, Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`again` is True where this UUID had been handed in before: number and time are those of then."""

    id: UUID
    number: str
    at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """`state` is waiting, done or refused; `became` the URN of what came of it; `fault` why not: code, message template, values."""

    id: UUID
    number: str
    kind: str
    at: datetime
    state: str
    became: str = ""
    fault: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Not filed yet (in the journal of this process), filed and waiting, refused; the oldest that waits."""

    unfiled: int
    waiting: int
    refused: int
    oldest_at: datetime | None


def declare(kind: SubmissionKind) -> None:
    """From AppConfig.ready; declared again, the newer counts."""
    from dinh.spine.submissions import kinds

    kinds.kinds[kind.code] = kind


def accept(
    kind: str,
    *,
    id: UUID,
    payload: Mapping[str, Any],
    files: Sequence[tuple[str, str, bytes]] = (),
    language: str = "vi",
    sender: str = "",
) -> Receipt:
    """Returns once it is on the disk. `files` are field, name, bytes; `payload` is JSON.

    Raises Invalid `submissions.no_kind`, `submissions.id_taken`, `submissions.payload`, `submissions.files`; SourceUnavailable `submissions.disk`: then
    nothing was taken, and handing in the same UUID again is right.
    """
    return accept_soon(kind, id=id, payload=payload, files=files, language=language, sender=sender).result()


def accept_soon(
    kind: str,
    *,
    id: UUID,
    payload: Mapping[str, Any],
    files: Sequence[tuple[str, str, bytes]] = (),
    language: str = "vi",
    sender: str = "",
) -> Future[Receipt]:
    """As `accept`, without waiting for the sync of the journal; the files are written by the time that it returns."""
    from dinh.spine.submissions import accepting

    return accepting.accept(kind, id=id, payload=payload, files=files, language=language, sender=sender)


def of(id: UUID) -> SubmissionRow | None:
    """None for what was never handed in here."""
    from dinh.spine.submissions import queries

    return queries.of(id)


def numbered(number: str) -> SubmissionRow | None:
    from dinh.spine.submissions import queries

    return queries.numbered(number)


def submissions(*, state: str = "", kind: str = "", offset: int = 0, limit: int = 100) -> Sequence[SubmissionRow]:
    """Newest first, of those that are filed."""
    from dinh.spine.submissions import queries

    return queries.submissions(state=state, kind=kind, offset=offset, limit=limit)


def standing() -> Standing:
    from dinh.spine.submissions import queries

    return queries.standing()


def work_off(*, limit: int = 200) -> int:
    """Works off what is due, here and now; returns how many ended. The worker does it by itself."""
    from dinh.spine.submissions import working

    return working.work_off(limit=limit)


def try_again(id: UUID) -> None:
    """A refused one waits again. Raises NotFound `submissions.none`, Conflict `submissions.not_refused`."""
    from dinh.spine.submissions import working

    working.try_again(id)


def start() -> None:
    """A serving process files its journal by a thread from now on; what an earlier process left is filed first."""
    from dinh.spine.submissions import accepting

    accepting.start()


def stop() -> None:
    """Files what it can and closes the journal."""
    from dinh.spine.submissions import accepting

    accepting.stop()


def checks() -> Sequence[Finding]:
    from dinh.spine.submissions import queries

    return queries.checks()

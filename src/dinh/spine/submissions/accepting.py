"""Taking in: shape, attachments, the journal; and the thread that files it while this process serves."""

from __future__ import annotations

import atexit
import json
import string
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.spine.submissions import filing, spool
from dinh.spine.submissions.api import MOST_FILES, MOST_PAYLOAD, Receipt
from dinh.spine.submissions.journal import Journal
from dinh.spine.submissions.kinds import kind_of
from dinh.spine.submissions.sealing import seal

log = structlog.get_logger("dinh.submissions")
PART: Final = 200
RETRY_S: Final = 1.0

_guard = threading.Lock()
_journal: Journal | None = None
_filer: Filer | None = None


def journal() -> Journal:
    """This process's own: the first that no other process has."""
    global _journal
    with _guard:
        if _journal is None:
            _journal = next(_free_journals(), None)
            if _journal is None:
                raise SourceUnavailable(
                    "submissions.no_journal", "all journals of submissions are taken by other processes"
                )
            atexit.register(stop)
        return _journal


def open_journal() -> Journal | None:
    """This process's own, where it has one: whoever only asks takes none."""
    return _journal


def _free_journals(*, only_there: bool = False) -> Iterator[Journal]:
    for letter in string.ascii_uppercase:
        folder = Path(settings.SUBMISSIONS_HOME) / f"journal-{letter.lower()}"
        if only_there and not folder.is_dir():
            continue
        # Numbers of a house with one machine and one process have no letters.
        letters = settings.NODE + (letter if letter != "A" or settings.NODE else "")
        with suppress(BlockingIOError):
            yield Journal(folder, letters, filed=_wake)


def accept(
    kind: str,
    *,
    id: UUID,
    payload: Mapping[str, Any],
    files: Sequence[tuple[str, str, bytes]],
    language: str,
    sender: str,
) -> Future[Receipt]:
    spec = kind_of(kind)
    mine = journal()
    known = mine.known(id) or _in_register(id)
    if known is not None and known.kind != kind:
        raise Invalid("submissions.id_taken", "something else was handed in as {id}; open the form anew", id=id)
    if known is not None:
        return _answered(Receipt(known.id, known.number, known.at, again=True))
    words = _payload(payload)
    if len(files) > MOST_FILES:
        raise Invalid(
            "submissions.files", "there are {count} files; send at most {most}", count=len(files), most=MOST_FILES
        )
    prefix = spec.prefix_of(payload) if spec.prefix_of else spec.prefix
    try:
        kept = [spool.keep(*file) for file in files]
        if kept:
            spool.synced(spool.folder())
    except OSError as error:
        raise SourceUnavailable("submissions.disk", "it could not be written to the disk ({says}); nothing was taken, send it again", says=error.strerror or str(error)) from error  # fmt: skip
    said = json.dumps({"files": [asdict(attachment) for attachment in kept]}, ensure_ascii=False)
    # The payload goes in as it was checked: read again only when it is worked off.
    sealed = seal(b'{"payload":' + words + b"," + said[1:].encode(), str(id).encode())
    blobs = tuple(attachment.blob for attachment in kept)
    answer = mine.put(
        id, kind=kind, prefix=prefix, language=language[:8], sender=sender[:64], sealed=sealed, blobs=blobs
    )
    if _filer is None:
        answer.result()
        file_all()
    return answer


def _payload(payload: Mapping[str, Any]) -> bytes:
    try:
        words = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, UnicodeEncodeError) as error:
        raise Invalid(
            "submissions.payload", "what was handed in is not JSON ({says})", says=str(error)[:200]
        ) from error
    if len(words) > MOST_PAYLOAD:
        raise Invalid(
            "submissions.payload_large",
            "the words take {size} bytes; shorten them to {most}",
            size=len(words),
            most=MOST_PAYLOAD,
        )
    return words


def _in_register(id: UUID) -> Any:
    """None also where the register cannot be asked now: filing notices what was there."""
    from dinh.spine.submissions import models

    try:
        return models.Submission.objects.filter(pk=id).only("id", "kind", "number", "at").first()
    except (DatabaseError, InterfaceError):
        log.exception("the register of submissions could not be asked; handed in all the same")
        return None


def _answered(receipt: Receipt) -> Future[Receipt]:
    answer: Future[Receipt] = Future()
    answer.set_result(receipt)
    return answer


def file_all(of: Journal | None = None) -> int:
    """Files what the journal holds, here and now; returns how many."""
    mine, count = of or journal(), 0
    while records := mine.unfiled(PART):
        filing.file(records)
        mine.forget([record.id for record in records])
        count += len(records)
    return count


def take_over() -> int:
    """Files what processes that are gone left in their journals."""
    count = 0
    for left in _free_journals(only_there=True):
        try:
            count += file_all(left)
        finally:
            left.close()
    return count


class Filer:
    """Files the journal as it fills, and goes on trying where the register does not answer."""

    def __init__(self) -> None:
        self.wake = threading.Event()
        self.over = False
        self._thread = threading.Thread(target=self._run, name="filing", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self.over = True
        self.wake.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        try:
            while True:
                pause = None
                try:
                    close_old_connections()
                    file_all()
                except Exception:
                    log.exception("the journal of submissions could not be filed; it is tried again")
                    pause = RETRY_S
                if self.over:
                    return
                self.wake.wait(pause)
                self.wake.clear()
        finally:
            connections.close_all()


def _wake() -> None:
    if _filer is not None:
        _filer.wake.set()


def start() -> None:
    global _filer
    journal()
    take_over()
    if _filer is None:
        _filer = Filer()


def stop() -> None:
    global _filer, _journal
    if _filer is not None:
        _filer.end()
        _filer = None
    if _journal is not None:
        _journal.close()
        _journal = None

"""The journal: appended by one thread, many submissions in one sync; numbered when they are written, in their order.

A folder holds segments `00000001.log`, … of lines `<crc32> <json>`; the first line of a segment holds the last number of each
day, so that numbers go on although older segments are gone. What is torn at the very end was never acknowledged.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import queue
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from string import ascii_letters
from typing import Any, Final
from uuid import UUID

import structlog

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import SourceUnavailable
from dinh.spine.submissions.api import Receipt
from dinh.spine.submissions.spool import synced

log = structlog.get_logger("dinh.submissions")
BATCH: Final = 500
SEGMENT_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One submission as the journal holds it; `sealed` is the encrypted payload with the list of its attachments."""

    id: UUID
    kind: str
    number: str
    at: datetime
    language: str
    sender: str
    sealed: bytes
    blobs: tuple[str, ...]
    segment: int = 0

    def line(self) -> bytes:
        told = {
            "id": str(self.id), "kind": self.kind, "number": self.number, "at": self.at.isoformat(), "language": self.language,
            "sender": self.sender, "sealed": base64.b64encode(self.sealed).decode(), "blobs": self.blobs,
        }  # fmt: skip
        return _line(told)

    @classmethod
    def read(cls, told: Mapping[str, Any], segment: int) -> Record:
        return cls(
            UUID(told["id"]), told["kind"], told["number"], datetime.fromisoformat(told["at"]), told["language"],
            told["sender"], base64.b64decode(told["sealed"]), tuple(told["blobs"]), segment,
        )  # fmt: skip


@dataclass(slots=True)
class _Waiting:
    id: UUID
    kind: str
    prefix: str
    language: str
    sender: str
    sealed: bytes
    blobs: tuple[str, ...]
    answer: Future[Receipt] = field(default_factory=Future)


def _line(told: Mapping[str, Any]) -> bytes:
    text = json.dumps(told, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _synced(file: FileIO, lines: bytes) -> None:
    left = memoryview(lines)
    while left:
        left = left[file.write(left) :]
    os.fsync(file.fileno())


class Journal:
    """Owned by one process through a lock on its folder. `letters` stand before its numbers."""

    def __init__(self, folder: Path, letters: str, *, filed: Callable[[], None] = lambda: None) -> None:
        """Raises BlockingIOError where another process has it."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.letters = letters
        self._filed = filed
        self._lock_file = (folder / "lock").open("w")
        fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._unfiled: dict[UUID, Record] = {}
        self._last: dict[str, int] = {}
        self._read_what_is_there()
        self._file: FileIO | None = None
        self._segment = max(self._segments(), default=0)
        self._open_next()
        self._thread: threading.Thread | None = threading.Thread(target=self._write, name="submissions", daemon=True)
        self._thread.start()

    # --- taking in -----------------------------------------------------------

    def put(
        self, id: UUID, *, kind: str, prefix: str, language: str, sender: str, sealed: bytes, blobs: tuple[str, ...]
    ) -> Future[Receipt]:
        waiting = _Waiting(id, kind, prefix, language, sender, sealed, blobs)
        self._queue.put(waiting)
        return waiting.answer

    def known(self, id: UUID) -> Record | None:
        """One that is on the disk and not filed yet."""
        with self._guard:
            return self._unfiled.get(id)

    def unfiled(self, limit: int | None = None) -> list[Record]:
        """Oldest first."""
        with self._guard:
            return list(self._unfiled.values())[:limit]

    def forget(self, ids: list[UUID]) -> None:
        """They are in the register; a segment of which nothing is left goes."""
        with self._guard:
            for id in ids:
                self._unfiled.pop(id, None)
            kept = {record.segment for record in self._unfiled.values()} | {self._segment}
        for number in self._segments():
            if number not in kept:
                self._path(number).unlink(missing_ok=True)

    def close(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=30)
            self._thread = None
        self._opened().close()
        self._lock_file.close()

    # --- the writing thread --------------------------------------------------

    def _write(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch, over = [first], False
            while len(batch) < BATCH:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    over = True
                    break
                batch.append(more)
            try:
                self._take(batch)
            except Exception as error:  # noqa: BLE001 - told to whoever waits; the next are taken all the same
                for waiting in batch:
                    if not waiting.answer.done():
                        waiting.answer.set_exception(error)
            if over:
                return

    def _take(self, batch: list[_Waiting]) -> None:
        now = clock.now()
        records: dict[UUID, Record] = {}
        last = dict(self._last)
        for waiting in batch:
            if waiting.id not in records and self.known(waiting.id) is None:
                number = self._number(waiting.prefix, now, last)
                records[waiting.id] = Record(
                    waiting.id, waiting.kind, number, now, waiting.language, waiting.sender, waiting.sealed, waiting.blobs,
                    self._segment,
                )  # fmt: skip
        try:
            self._append(b"".join(record.line() for record in records.values()))
        except OSError as error:
            refusal = SourceUnavailable("submissions.disk", "it could not be written to the disk ({says}); nothing was taken, send it again", says=error.strerror or str(error))  # fmt: skip
            for waiting in batch:
                waiting.answer.set_exception(refusal)
            log.exception("submissions could not be written")
            return
        self._last = last
        with self._guard:
            self._unfiled.update(records)
        given: set[UUID] = set()
        for waiting in batch:
            record = records.get(waiting.id) or self.known(waiting.id)
            assert record is not None
            again = waiting.id in given or waiting.id not in records
            given.add(waiting.id)
            waiting.answer.set_result(Receipt(record.id, record.number, record.at, again))
        self._filed()
        if self._opened().tell() > SEGMENT_BYTES:
            try:
                self._open_next()
            except OSError:
                log.exception("no new segment could be begun; the journal goes on in the one before")

    def _number(self, prefix: str, now: datetime, last: dict[str, int]) -> str:
        day = f"{prefix}-{now.astimezone(VIETNAM):%y%m%d}"
        last[day] = last.get(day, 0) + 1
        return f"{day}-{self.letters}{last[day]:04d}"

    def _append(self, lines: bytes) -> None:
        file = self._opened()
        start = file.tell()
        try:
            _synced(file, lines)
        except OSError:
            # What was not acknowledged must not be read as if it had been.
            try:
                file.truncate(start)
                file.seek(start)
            except OSError:
                self._open_next()
            raise

    # --- segments ------------------------------------------------------------

    def _segments(self) -> list[int]:
        return sorted(int(path.stem) for path in self.folder.glob("*.log") if path.stem.isdecimal())

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.log"

    def _open_next(self) -> None:
        """Numbers of days gone by are left out of the new segment's first line. Raises OSError; then the one before stays."""
        today = f"{clock.now().astimezone(VIETNAM):%y%m%d}"
        last = {day: count for day, count in self._last.items() if day.endswith(today)}
        number = self._segment + 1
        descriptor = os.open(self._path(number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = FileIO(descriptor, "w")
        try:
            _synced(file, _line({"last": last}))
            synced(self.folder)
        except OSError:
            file.close()
            raise
        if self._file is not None:
            self._file.close()
        self._file, self._segment, self._last = file, number, last

    def _opened(self) -> FileIO:
        assert self._file is not None
        return self._file

    def _read_what_is_there(self) -> None:
        for number in self._segments():
            for told in _lines(self._path(number)):
                if "last" in told:
                    for day, count in told["last"].items():
                        self._last[day] = max(count, self._last.get(day, 0))
                    continue
                record = Record.read(told, number)
                self._unfiled[record.id] = record
                day, _, count = record.number.rpartition("-")
                # Its letters may be those of an earlier setting.
                self._last[day] = max(int(count.lstrip(ascii_letters)), self._last.get(day, 0))


def blobs_in(home: Path) -> set[str]:
    """Attachments of which a journal of any process speaks, filed or not."""
    return {blob for path in home.glob("journal-*/*.log") for told in _lines(path) for blob in told.get("blobs", ())}


def damaged_in(home: Path) -> bool:
    return any(home.glob("journal-*/*.damaged"))


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Sound lines. A torn last line is nothing; damage before the end is told and the file kept beside."""
    whole = path.read_bytes()
    lines = whole.split(b"\n")
    for at, line in enumerate(lines):
        if not line:
            continue
        crc, _, text = line.partition(b" ")
        try:
            sound = int(crc, 16) == zlib.crc32(text)
            told = json.loads(text) if sound else None
        except ValueError:
            told = None
        if told is not None:
            yield told
        elif at < len(lines) - 1:
            beside = path.with_suffix(".damaged")
            beside.write_bytes(whole)
            log.error("a line of the journal of submissions is damaged", file=str(beside), line=at + 1)

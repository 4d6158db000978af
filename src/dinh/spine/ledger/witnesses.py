"""Where checkpoints go: the house's own file, and second places that a rewriter of the database does not hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx
import structlog
from django.conf import settings
from django.db import transaction

from dinh.engines import checkpoints as engine
from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.ledger import api, models

log = structlog.get_logger("dinh.ledger")
_TAIL: Final = 200_000
_AT_ONCE: Final = 500
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=6)
TIMEOUT_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class File:
    """Notes one after another, a blank line between; only ever added to."""

    path: Path

    def _notes(self) -> Sequence[str]:
        """The last notes of the file."""
        if not self.path.exists():
            return ()
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode("utf-8", errors="replace")
        return list(engine.split(text))

    def last(self) -> str | None:
        notes = self._notes()
        return notes[-1] if notes else None

    def size(self) -> int:
        """The size of the last checkpoint in it, 0 for none."""
        last = self.last()
        return engine.read_checkpoint(engine.read_note(last).text).size if last else 0

    def append(self, notes: Sequence[str]) -> None:
        """On the disk before it returns. What a crash left of a last note is dropped, and written whole."""
        if not notes:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists()
        with self.path.open("ab") as file:
            if not fresh:
                file.truncate(self._whole_end())
                file.write(b"\n" if self._whole_end() else b"")
            file.write("\n".join(notes).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _whole_end(self) -> int:
        """Where the last whole note ends."""
        last = (self.last() or "").encode("utf-8")
        return self.path.read_bytes().rfind(last) + len(last) if last else 0


@dataclass(frozen=True, slots=True)
class Place:
    """A second place: `label` is what may be shown, without the user and password of its address."""

    label: str
    scheme: str
    address: str

    def file(self) -> File:
        path = Path(unquote(urlsplit(self.address).path))
        return File(path / "checkpoints.txt" if self.address.endswith("/") or path.is_dir() else path)


@dataclass(slots=True)
class Postman:
    """Given by whoever stands above and knows the mail server: address, subject, text."""

    send: Callable[[str, str, str], None] | None = None


postman: Final = Postman()


def own_file() -> File:
    return File(Path(settings.CHECKPOINTS) / "log.txt")


def places() -> Sequence[Place]:
    """Those that DINH_CHECKPOINT_TO names. Raises Invalid `ledger.checkpoint_to`."""
    return [_place(address) for address in settings.CHECKPOINT_TO]


def _place(address: str) -> Place:
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return Place(address[:300], "file", address)
    if parts.scheme in {"https", "http"} and parts.hostname:
        port = f":{parts.port}" if parts.port else ""
        return Place(f"{parts.scheme}://{parts.hostname}{port}{parts.path}"[:300], "https", address)
    if parts.scheme == "mailto" and "@" in parts.path:
        return Place(f"mailto:{parts.path}"[:300], "mailto", address)
    raise Invalid(
        "ledger.checkpoint_to",
        "DINH_CHECKPOINT_TO names '{place}'; give file:/folder/on/another/disk/, https://witness.example/path or "
        "mailto:name@example.vn, several by commas",
        place=f"{parts.scheme}:…",
    )


def other_files() -> Iterator[File]:
    try:
        found = places()
    except DinhError:  # told by `dinh check` and at every attempt to send
        return
    for place in found:
        if place.scheme == "file":
            yield place.file()


def send(*, timeout_s: float, now: bool = False) -> int:
    """Sends each place what it lacks, oldest first, and returns how many checkpoints arrived. A place that does not
    answer is tried again later, ever more rarely; `now` tries at once. Raises Invalid `ledger.checkpoint_to`."""
    return sum(_send_to(place, timeout_s, now=now) for place in places())


def _send_to(place: Place, timeout_s: float, *, now: bool) -> int:
    witness, _ = models.Witness.objects.get_or_create(place=place.label)
    if not now and witness.retry_at is not None and witness.retry_at > clock.now():
        return 0
    sent = 0
    try:
        if place.scheme == "file":
            sent = _write(place.file(), witness)
        else:
            waiting = models.Checkpoint.objects.filter(size__gt=witness.sent_size).order_by("size")[:_AT_ONCE]
            for row in waiting:
                _post(place, row.note, timeout_s) if place.scheme == "https" else _mail(place, row)
                _sent(witness, row.size)
                sent += 1
    except (OSError, httpx.HTTPError, DinhError) as error:
        witness.attempts += 1
        witness.error = f"{type(error).__name__}: {error}"[:500]
        witness.retry_at = clock.now() + min(_FIRST_PAUSE * 2 ** min(witness.attempts - 1, 12), _LONGEST_PAUSE)
        witness.save(update_fields=["attempts", "error", "retry_at"])
        log.warning("a checkpoint was not sent", place=place.label, error=witness.error, attempts=witness.attempts)
    return sent


def _write(file: File, witness: models.Witness) -> int:
    """The file itself tells what it lacks: it may have been replaced by an empty disk."""
    rows = list(models.Checkpoint.objects.filter(size__gt=file.size()).order_by("size"))
    file.append([row.note for row in rows])
    newest = models.Checkpoint.objects.order_by("-size").first()
    if newest is not None:
        _sent(witness, newest.size, anew=bool(rows))
    return len(rows)


def _sent(witness: models.Witness, size: int, *, anew: bool = True) -> None:
    with transaction.atomic():
        witness.sent_size, witness.attempts, witness.error, witness.retry_at = size, 0, "", None
        if anew:
            witness.sent_at = clock.now()
        witness.save()


def _post(place: Place, note: str, timeout_s: float) -> None:
    answer = httpx.post(
        place.address,
        content=note.encode("utf-8"),
        headers={"Content-Type": "text/plain; charset=utf-8"},
        timeout=timeout_s,
        follow_redirects=False,
    )
    if not answer.is_success:
        raise OSError(f"the other side answered {answer.status_code}")


def _mail(place: Place, row: models.Checkpoint) -> None:
    if postman.send is None:
        raise OSError("nothing here sends e-mail")
    postman.send(unquote(urlsplit(place.address).path), f"Đình checkpoint {row.size}", row.note)


def rows() -> Sequence[api.WitnessRow]:
    """The places named now, in their order; faults of the setting are told by `dinh check`."""
    try:
        labels = [place.label for place in places()]
    except DinhError:
        return ()
    known = {row.place: row for row in models.Witness.objects.filter(place__in=labels)}
    newest = models.Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    found = []
    for label in labels:
        row = known.get(label, models.Witness(place=label))
        waiting = models.Checkpoint.objects.filter(size__gt=row.sent_size).count() if row.sent_size < newest else 0
        found.append(
            api.WitnessRow(
                place=label, sent_size=row.sent_size, sent_at=row.sent_at, waiting=waiting,
                attempts=row.attempts, error=row.error, retry_at=row.retry_at,
            )
        )  # fmt: skip
    return found

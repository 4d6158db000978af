"""Attachments beside the journal until they are worked off: encrypted, synced before the journal speaks of them."""

from __future__ import annotations

import hashlib
import os
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from dinh.kernel.errors import SourceUnavailable
from dinh.spine.submissions.api import Attachment
from dinh.spine.submissions.sealing import seal, unseal


def folder() -> Path:
    found = Path(settings.SUBMISSIONS_HOME) / "attachments"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def keep(field: str, name: str, content: bytes) -> Attachment:
    """On the disk when it returns; its name in the folder is by `synced`, once for all of a submission."""
    blob = uuid.uuid4().hex
    descriptor = os.open(folder() / blob, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal(content, blob.encode()))
        file.flush()
        os.fsync(file.fileno())
    return Attachment(field, name, len(content), hashlib.sha256(content).hexdigest(), blob)


def synced(where: Path) -> None:
    """The names in a folder reach the disk."""
    descriptor = os.open(where, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(blob: str, sha256: str) -> bytes:
    try:
        content = unseal((folder() / blob).read_bytes(), blob.encode())
    except OSError as error:
        raise SourceUnavailable(
            "submissions.blob",
            "the attachment {blob} is not there; restore DINH_HOME/submissions from the backup",
            blob=blob,
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SourceUnavailable(
            "submissions.blob_altered", "the attachment {blob} is not what was handed in", blob=blob
        )
    return content


def drop(blob: str) -> None:
    with suppress(FileNotFoundError):
        (folder() / blob).unlink()


def held(*, before: float | None = None) -> set[str]:
    """By name; with `before` (seconds since 1970) only those that have lain there since."""
    return {path.name for path in folder().iterdir() if before is None or path.stat().st_mtime < before}

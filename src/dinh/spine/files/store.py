"""The encrypted contents on the disk: `DINH_HOME/files/<aa>/<name>`, where the name is random and tells nothing.

A content is on the disk, synced with its folder, before the row that names it is committed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from dinh.kernel.errors import Refused, SourceUnavailable
from dinh.spine.files import domain, keys, models

_MARK: Final = b"DINH-FILE-1\n"


def write(content: bytes) -> tuple[str, keys.Opened]:
    """The name of the new blob and what opens it."""
    blob = secrets.token_hex(16)
    opened = keys.Opened(secrets.token_bytes(keys.LENGTH), hashlib.sha256(content).digest())
    nonce = secrets.token_bytes(keys.NONCE)
    sealed = _MARK + nonce + AESGCM(opened.key).encrypt(nonce, content, opened.sha256)
    path = path_of(blob)
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.rename(fresh, path)
    except OSError as error:
        Path(fresh).unlink(missing_ok=True)
        raise SourceUnavailable(
            "files.disk",
            "the file could not be written to the disk ({says}); nothing was kept, free some space and send it again",
            says=error.strerror or str(error),
        ) from error
    keys.synced(path.parent)
    if made:
        keys.synced(path.parent.parent)
        keys.synced(path.parent.parent.parent)
    return blob, opened


def path_of(blob: str) -> Path:
    return Path(settings.FILES_HOME) / blob[:2] / blob


def content_of(content: models.Content) -> bytes:
    """Raises SourceUnavailable `files.damaged`, `files.key_missing`."""
    opened = keys.unwrap(bytes(content.wrapped_key), content.blob, content.key_number)
    try:
        sealed = path_of(content.blob).read_bytes()
    except OSError as error:
        raise _damaged(content.blob) from error
    start = len(_MARK) + keys.NONCE
    try:
        if not sealed.startswith(_MARK):
            raise _damaged(content.blob)
        plain = AESGCM(opened.key).decrypt(sealed[len(_MARK) : start], sealed[start:], opened.sha256)
    except (InvalidTag, ValueError) as error:
        raise _damaged(content.blob) from error
    if not secrets.compare_digest(hashlib.sha256(plain).digest(), opened.sha256):
        raise _damaged(content.blob)
    return plain


def read(urn: str) -> bytes:
    from dinh.spine.files import queries

    return content_of_file(queries.stored(urn))


def content_of_file(stored: models.File) -> bytes:
    """Raises Refused `files.not_given_out` and as `content_of`."""
    if stored.state != domain.KEPT or stored.content is None:
        raise Refused(
            "files.not_given_out",
            "this file is not given out: it was erased or is held back after a find by the virus scanner; ask whoever sent it "
            "for another copy",
        )
    return content_of(stored.content)


def remove(blob: str) -> None:
    path_of(blob).unlink(missing_ok=True)


def blobs(*, before: datetime | None = None) -> Iterator[Path]:
    """Every file in the store, also what was left unfinished; with `before`, those last written before it."""
    for path in Path(settings.FILES_HOME).glob("??/*"):
        try:
            written = path.stat().st_mtime
        except FileNotFoundError:
            continue
        if before is None or written < before.timestamp():
            yield path


def _damaged(blob: str) -> SourceUnavailable:
    return SourceUnavailable(
        "files.damaged",
        "the stored content {blob} is missing or was altered; restore it from a backup of the folder files, then run "
        "dinh files verify",
        blob=blob,
    )

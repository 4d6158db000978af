"""The keys that open files. Each content has a data key of its own, wrapped by the house's newest master key.

Master keys are files `1`, `2`, … in a folder that only its owner reads; the highest number wraps. Beside them lies the key by
which equal contents are recognised, which is never changed: without it the disk does not tell who has a known file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from dinh.kernel.errors import SourceUnavailable

LENGTH: Final = 32
NONCE: Final = 12
_SAMENESS: Final = "sameness"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a wrapped key holds: the data key and the hash of the bytes that it opens to."""

    key: bytes
    sha256: bytes


def folder() -> Path:
    found = Path(settings.FILES_KEYS)
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def numbers() -> list[int]:
    return sorted(int(path.name) for path in folder().iterdir() if path.name.isdecimal())


def newest() -> int:
    """The number of the key that wraps; the first is made where there is none."""
    known = numbers()
    if known:
        return known[-1]
    _keep("1")
    return 1


def make_next() -> int:
    number = newest() + 1
    _keep(str(number))
    return number


def destroy(number: int) -> None:
    """Overwritten before it is removed; what a copy-on-write disk or a backup keeps of it is beyond reach."""
    path = folder() / str(number)
    with path.open("r+b") as file:
        file.write(secrets.token_hex(LENGTH).encode())
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    synced(folder())
    _read.cache_clear()


def wrap(opened: Opened, blob: str, number: int) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key(str(number))).encrypt(nonce, opened.key + opened.sha256, blob.encode())


def unwrap(wrapped: bytes, blob: str, number: int) -> Opened:
    """Raises SourceUnavailable `files.key_missing`, `files.damaged`."""
    try:
        plain = AESGCM(_key(str(number))).decrypt(wrapped[:NONCE], wrapped[NONCE:], blob.encode())
    except (InvalidTag, ValueError) as error:
        raise SourceUnavailable(
            "files.damaged",
            "the key of the content {blob} was altered or belongs to another master key; restore registers and keys from the same "
            "backup, then run dinh files verify",
            blob=blob,
        ) from error
    return Opened(plain[:LENGTH], plain[LENGTH:])


def sameness(sha256: bytes) -> str:
    """The same for the same bytes, in this house alone."""
    if not (folder() / _SAMENESS).exists():
        _keep(_SAMENESS)
    return hmac.new(_key(_SAMENESS), sha256, hashlib.sha256).hexdigest()


def _key(name: str) -> bytes:
    return _read(folder() / name)


@lru_cache(maxsize=16)
def _read(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SourceUnavailable(
            "files.key_missing",
            "the key {path} is missing or altered, so that no file which it opens can be read; restore it from the backup of "
            "the keys",
            path=path,
        ) from error


def _keep(name: str) -> None:
    """On the disk before anything is locked with it; whole also when two processes start together."""
    where = folder()
    descriptor, fresh = tempfile.mkstemp(dir=where)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(LENGTH))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(fresh, where / name)
    os.unlink(fresh)
    synced(where)


def synced(where: Path) -> None:
    """The names in a folder reach the disk."""
    descriptor = os.open(where, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

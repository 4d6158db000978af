"""Secrets are made on the machine, kept in files that only their owner reads, never in the repository."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def _token() -> str:
    return secrets.token_urlsafe(50)


def signing_key() -> str:
    """A fresh private key on the curve P-256, as web push wants it: 32 bytes in base64url."""
    from base64 import urlsafe_b64encode

    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).decode("ascii").rstrip("=")


def sealing_key() -> str:
    """A fresh key for AES-256, in hexadecimal."""
    return secrets.token_hex(32)


def keep(path: Path, make: Callable[[], str] = _token) -> str:
    """The secret in `path`, made at the first call; whole also when two processes start together."""
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        with suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    return path.read_text(encoding="ascii").strip()

"""Words of people do not lie open on the disk, not even for the seconds until they are worked off."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from dinh.kernel.errors import SourceUnavailable

NONCE: Final = 12


def seal(plain: bytes, about: bytes) -> bytes:
    """`about` is what it belongs to: sealed for one submission, it opens for no other."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(bytes.fromhex(settings.SUBMISSIONS_KEY)).encrypt(nonce, plain, about)


def unseal(sealed: bytes, about: bytes) -> bytes:
    """Raises SourceUnavailable `submissions.sealed`."""
    try:
        return AESGCM(bytes.fromhex(settings.SUBMISSIONS_KEY)).decrypt(sealed[:NONCE], sealed[NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise SourceUnavailable(
            "submissions.sealed",
            "what was handed in as {about} cannot be opened: it was altered, or submissions_key in DINH_HOME is another one; restore "
            "both from the same backup",
            about=about.decode(errors="replace"),
        ) from error

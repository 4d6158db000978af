"""Personal data at rest: sealed with a key that lies outside the registers, and found again by a keyed fingerprint.

A key of its own, not the one that signs sessions: that one may be replaced at any time, and then only sessions end.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from dinh.kernel.errors import SourceUnavailable

NONCE: Final = 12


@cache
def _derived(secret: str, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"dinh personal {use}".encode()).derive(secret.encode())


def seal(text: str, *, about: str) -> str:
    """Only to be opened as being about the same thing: a row copied onto another person's does not open."""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(_derived(settings.PERSONAL_KEY, "seal")).encrypt(nonce, text.encode(), about.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def opened(sealed: str, *, about: str) -> str:
    """Raises SourceUnavailable `parties.sealed`."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return (
            AESGCM(_derived(settings.PERSONAL_KEY, "seal")).decrypt(raw[:NONCE], raw[NONCE:], about.encode()).decode()
        )
    except (InvalidTag, ValueError) as error:
        raise SourceUnavailable(
            "parties.sealed",
            "what is kept about {about} was altered or sealed with another key; restore the registers and the file "
            "personal_key from the same backup",
            about=about,
        ) from error


def fingerprint(text: str, *, use: str) -> str:
    """The same for the same text and use, in this house alone: a list of all possible numbers tells nothing without the key."""
    return hmac.new(_derived(settings.PERSONAL_KEY, f"find {use}"), text.encode(), hashlib.sha256).hexdigest()

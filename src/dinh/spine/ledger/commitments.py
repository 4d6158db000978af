"""Salted commitments to words: the ledger holds the hash, its owner's table the salt and the words.

Without the salt a guess at the words cannot be checked, so that erasing both leaves a number that tells of nobody,
and every proof valid.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def commitment(salt: str, words: str) -> str:
    """SHA-256 over the salt's bytes and the words; `salt` is hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + words.encode("utf-8")).hexdigest()


def commit(words: str) -> tuple[str, str]:
    """A fresh salt of 128 bits and the commitment under it."""
    salt = secrets.token_hex(16)
    return salt, commitment(salt, words)


def commitment_holds(salt: str, words: str, committed: str) -> bool:
    """False also where the salt is erased or no salt."""
    try:
        found = commitment(salt, words) if salt else ""
    except ValueError:
        return False
    return bool(found) and hmac.compare_digest(found, committed)

"""Codes: what opens a draft and the dossier that it becomes.

A code is twenty letters of an alphabet without look-alikes: 97 bits, which nobody guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 20
GROUP: Final = 5
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def fresh_salt() -> str:
    return secrets.token_hex(16)


def code_of(secret: str, salt: str) -> str:
    """The code of a dossier, made of the house's secret and the dossier's salt: the register holds only its hash."""
    digest = hmac.new(secret.encode(), f"public_services.code:{salt}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def grouped(code: str) -> str:
    """As people read it: ABCDE-FGHJK-MNPQR-STVWX."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def plain(text: str) -> str:
    """What somebody typed as a code, without what separates; '' for what can be none."""
    letters = re.sub(r"[\s\-.]", "", text.upper()).translate(_READ_AS)
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""


def hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()

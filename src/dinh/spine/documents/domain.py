"""The code that stands on a paper, and how a number is written; no Django, no bytes.

The letters of a code are told apart on paper and can be typed on a Vietnamese keyboard: no letter is taken for a digit, and
without vowels, D and W neither Telex nor VNI makes another letter of two keys.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final

from dinh.kernel.errors import Invalid

DOCUMENT: Final = "urn:dinh:document:"
VALID: Final = "valid"
WITHDRAWN: Final = "withdrawn"
REPLACED: Final = "replaced"

ALPHABET: Final = "23456789CFHKMNPRTVX"
RANDOM: Final = 19
"""19 letters of 19: 80.7 bits."""
LENGTH: Final = RANDOM + 1
GROUP: Final = 4
_MISREAD: Final = str.maketrans({"B": "8", "G": "6", "S": "5", "Z": "2"})
"""Letters that no code holds, for the digits that they are taken for."""
_BETWEEN: Final = re.compile(r"[\s\-–—._]+")
_PLACES: Final = re.compile(r"\{(sequence|year)\}")
LONGEST_TYPED: Final = 80


def new_code() -> str:
    """Twenty letters, of which the last is the check digit."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return letters + check_digit(letters)


def check_digit(letters: str) -> str:
    """Weighted sum modulo 19, a prime: one wrong letter is always found, and so are two that changed places,
    unless they stand eighteen places apart."""
    total = sum(weight(place) * ALPHABET.index(letter) for place, letter in enumerate(letters))
    return ALPHABET[-total % len(ALPHABET)]


def weight(place: int) -> int:
    """Never 0 and never that of the neighbour; the check digit's own is 1."""
    return (RANDOM - place) % (len(ALPHABET) - 1) + 1


def read_code(typed: str) -> str | None:
    """The code that somebody typed, however it was grouped; None where it is none."""
    if len(typed) > LONGEST_TYPED:
        return None
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(_MISREAD)
    if len(plain) != LENGTH or any(letter not in ALPHABET for letter in plain):
        return None
    return plain if check_digit(plain[:-1]) == plain[-1] else None


def grouped(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def number_text(template: str, *, sequence: int, year: int) -> str:
    values = {"sequence": f"{sequence:02d}", "year": str(year)}
    return _PLACES.sub(lambda found: values[found[1]], template)


def check_template(template: str) -> None:
    """Raises Invalid `documents.number` where two papers of a year, or of two years, could have one number."""
    if not {"{sequence}", "{year}"} <= {found[0] for found in _PLACES.finditer(template)}:
        raise Invalid(
            "documents.number",
            "the numbers '{template}' do not tell papers apart; write {sequence} and {year} into them",
            template=template,
            sequence="{sequence}",
            year="{year}",
        )


def urn_of(public_id: str) -> str:
    return DOCUMENT + public_id

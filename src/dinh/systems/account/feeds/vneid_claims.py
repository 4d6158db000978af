"""Claims of VNeID as an identity. What real VNeID calls them is not public in full: the names of OpenID Connect are taken
where it has them, `citizen_id` for the number and `acr` for the level, and docs/operators/vneid.md says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.parties.api import personal

SOURCE: Final = "VNeID"
SIMULATED: Final = "VNeID mô phỏng"
SEXES: Final[Mapping[str, str]] = {"male": "male", "nam": "male", "female": "female", "nu": "female", "other": "other"}


def identity(claims: Mapping[str, Any], *, simulated: bool) -> personal.IdentityRow:
    """Raises Invalid `account.vneid_claims` with the name of the claim, never its value."""
    number = _text(claims, "citizen_id", 40)
    if number and not re.fullmatch(r"[0-9]{12}", number):
        raise _refuse("citizen_id")
    name = _text(claims, "name", 200)
    if not name:
        raise _refuse("name")
    return personal.IdentityRow(
        name=name,
        born_on=_day(_text(claims, "birthdate", 40)),
        sex=SEXES.get(fold(_text(claims, "gender", 20)), ""),
        citizen_id=number,
        address=_address(claims.get("address")),
        phone=_text(claims, "phone_number", 20),
        level=level(claims.get("acr")),
        source=SIMULATED if simulated else SOURCE,
        verified_at=clock.now(),
    )


def level(acr: object) -> str:
    """1 or 2 as Decree 69/2024/NĐ-CP has them; '' where it is not told. The digit may stand in a longer name."""
    digits = re.findall(r"[0-9]+", str(acr or ""))
    return digits[-1] if digits and digits[-1] in ("1", "2") else ""


def _refuse(claim: str) -> Invalid:
    return Invalid(
        "account.vneid_claims",
        "what VNeID sent as {claim} cannot be used; tell the operator of this centre, or use another way to sign in",
        claim=claim,
    )


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    if value is None:
        return ""
    text = nfc(value) if isinstance(value, str) else ""
    if not text or len(text) > longest:
        raise _refuse(name)
    return text


def _day(text: str) -> date | None:
    """None also for whoever's papers give no more than a year, as OpenID Connect Core 1.0, 5.1 writes it."""
    if not text or re.fullmatch(r"[0-9]{4}|0000-[0-9]{2}-[0-9]{2}", text):
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
    raise _refuse("birthdate")


def _address(value: object) -> str:
    """As words, or as the `formatted` one of the address claim (OpenID Connect Core 1.0, 5.1.1)."""
    text = value.get("formatted") if isinstance(value, Mapping) else value
    return nfc(text)[:300] if isinstance(text, str) else ""

"""A code to an e-mail address or phone number proves that somebody reads it: for signing in, registering and confirming.

What is asked for lies in the visitor's own session, so that a code is worth nothing in another browser. The same is done
and said whether the address has an account or not: only whoever reads the code learns that.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from dinh.kernel.errors import Conflict, Invalid, Refused
from dinh.kernel.masking import masked
from dinh.spine.notices import api as notices
from dinh.spine.parties.api import personal
from dinh.web.limits import Bucket

ASKED: Final = "dinh_code"
PROVEN: Final = "dinh_proven"
SEALED: Final = "an address of a session"
LASTS_S: Final = 600
DIGITS: Final = 8
CHANNELS: Final = {"email": "email", "sms": "phone"}

to_one_address: Final = Bucket(1 / 600, 5)
"""Codes to one address: nobody's telephone is rung all night, and guesses are not had by asking again."""
to_everybody: Final = Bucket(1.0, 120)
"""Each message costs money."""
tries: Final = Bucket(1 / 3600, 5)


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is stored."""

    kind: str
    value: str

    @property
    def shown(self) -> str:
        return masked(self.value)

    @property
    def fingerprint(self) -> str:
        return personal.fingerprint(f"{self.kind} {self.value}", use="contact")


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that waits to be typed; `purpose` is join, add or confirm."""

    address: Address
    purpose: str
    onward: str


def kinds() -> tuple[str, ...]:
    """The kinds of addresses to which codes can be sent here."""
    return tuple(CHANNELS[channel] for channel in notices.channels_on() if channel in CHANNELS)


def address_of(text: str) -> Address | None:
    kind, value = notices.address_in(text)
    return Address(kind, value) if kind else None


def ask(request: HttpRequest, text: str, *, purpose: str, onward: str = "") -> str:
    """Sends a code and returns it. Raises Invalid `account.address`, Refused `account.codes_asked`."""
    address = address_of(text)
    if address is None or address.kind not in kinds():
        raise Invalid(
            "account.address",
            "this is no e-mail address or phone number to which a code can be sent; write name@example.vn or 0912 345 678",
        )
    if to_one_address.wait_s(address.fingerprint) or to_everybody.wait_s("codes"):
        raise Refused("account.codes_asked", "too many codes were asked for; wait ten minutes, then ask again")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    notices.send_sign_in_code(address.kind, address.value, f"{code[:4]} {code[4:]}")
    salt = secrets.token_hex(16)
    request.session[ASKED] = {
        "purpose": purpose,
        "onward": onward,
        "kind": address.kind,
        "sealed": personal.seal(address.value, about=SEALED),
        "salt": salt,
        "digest": _digest(salt, code),
        "until": time.time() + LASTS_S,
    }
    return code


def waiting(request: HttpRequest) -> Asked | None:
    there = _in_time(request, ASKED)
    return Asked(_address(there), str(there["purpose"]), str(there["onward"])) if there else None


def prove(request: HttpRequest, typed: str, *, purpose: str) -> Asked:
    """The code is right: the address is the visitor's, once. Raises Invalid `account.code`, Conflict `account.no_code`."""
    there = _in_time(request, ASKED)
    if there is None or there["purpose"] != purpose:
        raise Conflict("account.no_code", "there is no code to enter, or it has expired; ask for a new one")
    if tries.wait_s(str(there["digest"])):
        request.session.pop(ASKED)
        raise Conflict("account.no_code", "the code was entered wrongly too often; ask for a new one")
    digits = "".join(sign for sign in typed if sign.isdigit())
    if not hmac.compare_digest(str(there["digest"]), _digest(str(there["salt"]), digits)):
        raise Invalid("account.code", "this is not the code that was sent; look again and repeat")
    request.session.pop(ASKED)
    return Asked(_address(there), str(there["purpose"]), str(there["onward"]))


def keep_proven(request: HttpRequest, asked: Asked) -> None:
    """Until the visitor has given a name."""
    request.session[PROVEN] = {
        "onward": asked.onward,
        "kind": asked.address.kind,
        "sealed": personal.seal(asked.address.value, about=SEALED),
        "until": time.time() + LASTS_S * 3,
    }


def proven(request: HttpRequest) -> Asked | None:
    there = _in_time(request, PROVEN)
    return Asked(_address(there), "join", str(there["onward"])) if there else None


def forget_proven(request: HttpRequest) -> None:
    request.session.pop(PROVEN, None)


def _in_time(request: HttpRequest, name: str) -> Mapping[str, Any] | None:
    there = request.session.get(name)
    return there if isinstance(there, dict) and float(there["until"]) > time.time() else None


def _address(there: Mapping[str, Any]) -> Address:
    return Address(str(there["kind"]), personal.opened(str(there["sealed"]), about=SEALED))


def _digest(salt: str, code: str) -> str:
    return personal.fingerprint(f"{salt} {code}", use="code")

"""Whether a receipt is from whom it says: an HMAC over its time and its body, with a key that only we and they have."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from dinh.kernel import clock
from dinh.kernel.errors import Refused

OLDEST: Final = timedelta(minutes=5)


def signature(key: str, moment: str, body: bytes) -> str:
    return hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def require(key: str, headers: Mapping[str, str], body: bytes) -> None:
    """`X-Dinh-Timestamp`: seconds since 1970; `X-Dinh-Signature`: hex of HMAC-SHA256 over `<timestamp>.<body>`.

    Raises Refused `notices.signature`.
    """
    moment = headers.get("x-dinh-timestamp", "")
    given = headers.get("x-dinh-signature", "").removeprefix("sha256=")
    if not (given.isascii() and hmac.compare_digest(signature(key, moment, body), given) and fresh(moment)):
        raise forged()


def fresh(moment: str) -> bool:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        return False
    return abs(clock.now() - datetime.fromtimestamp(int(moment), UTC)) <= OLDEST


def forged() -> Refused:
    return Refused(
        "notices.signature",
        "this receipt is not signed with our key, or is older than five minutes; see the operators' page on notices",
    )

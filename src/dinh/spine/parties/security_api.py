"""Security events: what happens at the doors of the house, kept for ninety days and counted; part of `api`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dinh.kernel.manifests import Text
from dinh.spine.parties.api import Actor

KINDS: Final[Mapping[str, Text]] = {
    "sign_in_failed": Text("Đăng nhập không thành công", "Failed sign-ins"),
    "locked_out": Text("Tạm khoá đăng nhập do sai nhiều lần", "Lock-outs after many failures"),
    "factor_refused": Text("Từ chối xác thực bước hai", "Refused second factors"),
    "permission_refused": Text("Từ chối quyền truy cập", "Refused permissions"),
    "key_refused": Text("Từ chối khoá API", "Refused keys"),
    "rate_limited": Text("Yêu cầu vượt tần suất cho phép", "Rate-limited requests"),
    "forged": Text("Yêu cầu thiếu mã chống giả mạo", "Requests without a CSRF token"),
    "session_begun": Text("Phiên đăng nhập mới", "New sessions"),
    "personal_read": Text("Đọc dữ liệu cá nhân", "Reads of personal data"),
}
KEPT_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SecurityRow:
    """`account` is a URN, '' where it is not known; `network` is the address cut to its network."""

    at: datetime
    kind: str
    account: str
    network: str
    times: int


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """`total` rows in all; `counts` of events by kind, of all kinds."""

    rows: Sequence[SecurityRow]
    total: int
    counts: Mapping[str, int]


def note(kind: str, *, account: str = "", username: str = "", address: str = "") -> None:
    """Remembers an event; it is written with the next ones at `flush`, so that a flood costs one row a second.

    `username` is what somebody typed: it is kept only where an account has that name. `address` is cut to its network.
    """
    from dinh.spine.parties import security

    security.note(kind, account=account, username=username, address=address)


def flush(*, now: bool = True) -> int:
    """Writes what was noted, in a transaction of its own; with `now` False at most twice a second. How many rows."""
    from dinh.spine.parties import security

    return security.flush(now=now)


def events(
    *, actor: Actor, since: datetime, until: datetime, kind: str = "", offset: int = 0, limit: int = 100
) -> SecurityPage:
    """Newest first, `until` not included; for whoever manages people everywhere. Raises Refused."""
    from dinh.spine.parties import security

    return security.events(actor=actor, since=since, until=until, kind=kind, offset=offset, limit=limit)


def counts(since: datetime, until: datetime) -> Mapping[str, int]:
    """Events of every kind in the span, `until` not included; 0 where there was none."""
    from dinh.spine.parties import security

    return security.counts(since, until)


def forget_old() -> int:
    """Removes what is older than ninety days; how many rows."""
    from dinh.spine.parties import security

    return security.forget_old()

"""Security events, from the moment that one is noted until it is forgotten."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Sum

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.parties import api
from dinh.spine.parties.models import PERSON, SecurityEvent, User
from dinh.spine.parties.security_api import KEPT_FOR, KINDS, SecurityPage, SecurityRow

type Noted = tuple[str, datetime, str, str, str]
"""Kind, second, account, typed name, network."""

MOST_WAITING: Final = 2_000
"""Different events that wait to be written; what comes above is counted with the last of its kind."""
PAUSE_S: Final = 0.5

log = structlog.get_logger("dinh.security")
_waiting: dict[Noted, int] = {}
_lock = threading.Lock()
_flushed_at = 0.0


def network_of(address: str) -> str:
    """IPv4 by its /24, IPv6 by its /48: enough to see where a burst comes from, not who it is."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, bits), strict=False))


def note(kind: str, *, account: str, username: str, address: str) -> None:
    assert kind in KINDS, kind
    second = clock.now().replace(microsecond=0)
    noted = (kind, second, account[:140], username[:100].lower(), network_of(address))
    with _lock:
        if noted not in _waiting and len(_waiting) >= MOST_WAITING:
            noted = next((one for one in reversed(_waiting) if one[0] == kind), (kind, second, "", "", ""))
        _waiting[noted] = _waiting.get(noted, 0) + 1


def flush(*, now: bool) -> int:
    global _flushed_at
    with _lock:
        if not _waiting or (not now and time.monotonic() - _flushed_at < PAUSE_S):
            return 0
        taken = dict(_waiting)
        _waiting.clear()
        _flushed_at = time.monotonic()
    names = {username for _kind, _at, _account, username, _network in taken if username}
    try:
        with transaction.atomic():
            known = set(User.objects.filter(username__in=names).values_list("username", flat=True)) if names else set()
            rows = [
                SecurityEvent(
                    at=at,
                    kind=kind,
                    account=account or (PERSON + username if username in known else ""),
                    network=network,
                    times=times,
                )
                for (kind, at, account, username, network), times in taken.items()
            ]
            SecurityEvent.objects.bulk_create(rows)
    except DatabaseError as error:
        log.warning("security events wait", error=str(error), rows=len(taken))
        with _lock:
            for noted, times in taken.items():
                _waiting[noted] = _waiting.get(noted, 0) + times
        return 0
    return len(rows)


def events(*, actor: api.Actor, since: datetime, until: datetime, kind: str, offset: int, limit: int) -> SecurityPage:
    api.require_everywhere(actor, "parties.manage")
    if kind and kind not in KINDS:
        raise Invalid(
            "parties.no_security_kind",
            "'{kind}' is no kind of event; kinds are {known}",
            kind=kind[:60],
            known=", ".join(KINDS),
        )
    flush(now=True)
    span = SecurityEvent.objects.filter(at__gte=since, at__lt=until)
    chosen = span.filter(kind=kind) if kind else span
    rows = [
        SecurityRow(row.at, row.kind, row.account, row.network, row.times) for row in chosen[offset : offset + limit]
    ]
    return SecurityPage(rows, chosen.count(), _summed(since, until))


def counts(since: datetime, until: datetime) -> Mapping[str, int]:
    flush(now=True)
    return _summed(since, until)


def _summed(since: datetime, until: datetime) -> Mapping[str, int]:
    span = SecurityEvent.objects.filter(at__gte=since, at__lt=until).order_by()
    found = dict(span.values_list("kind").annotate(Sum("times")))
    return {kind: found.get(kind, 0) for kind in KINDS}


def forget_old() -> int:
    return SecurityEvent.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()[0]

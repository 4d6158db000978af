"""API keys: issued once, stored as a hash, found by it, and gone at once when revoked."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dinh.kernel.clock import now
from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import domain, queries
from dinh.spine.parties.api import Actor, ApiKeyRow, Grant
from dinh.spine.parties.models import PERSON, ApiKey, User

PREFIX: Final = "dinh_"
CACHE_S: Final = 5.0
"""How long another process may go on honouring a key that this one revoked."""
CACHE_SIZE: Final = 10_000
USE_GRAIN: Final = timedelta(hours=1)
"""`last_used_at` is written no more often than this: reads stay reads."""

_cache: dict[str, tuple[float, ApiKeyRow]] = {}
_lock = threading.Lock()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(key: ApiKey, grants: tuple[Grant, ...] = ()) -> ApiKeyRow:
    return ApiKeyRow(
        id=key.public_id,
        label=key.label,
        scopes=frozenset(key.scopes),
        sources=frozenset(key.sources),
        owner=key.owner,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        grants=grants,
    )


def issue(
    *,
    label: str,
    owner: str,
    scopes: Iterable[str],
    sources: Iterable[str],
    by: Actor,
    expires_at: datetime | None,
) -> tuple[ApiKeyRow, str]:
    """`by` needs parties.manage, or is the owner and holds each scope themselves."""
    label = nfc(label)
    if not label or len(label) > 120:
        raise Invalid("parties.key_label", "give the key a name of 1 to 120 characters that says what it is for")
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in domain.permissions()]
    if unknown or not wanted:
        raise Invalid(
            "parties.key_scopes",
            "a key needs at least one scope among {known}; not '{unknown}'",
            known=", ".join(sorted(domain.permissions())),
            unknown=", ".join(unknown),
        )
    if expires_at is not None and expires_at <= now():
        raise Invalid("parties.key_expired", "the key would have expired at {at} already", at=expires_at.isoformat())
    queries.party(owner)
    if by.urn == owner and by.permissions is None:
        for scope in wanted:
            queries.require(by, scope, None)
    else:
        queries.require(by, "parties.manage", None, everywhere=True)
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            public_id=f"key-{secrets.token_hex(6)}",
            digest=_digest(secret),
            label=label,
            scopes=wanted,
            sources=sorted(set(sources)),
            owner=owner,
            created_at=now(),
            expires_at=expires_at,
        )
        ledger.append(
            "key.issued",
            owner,
            {
                "by": by.urn,
                "key": key.public_id,
                "scopes": key.scopes,
                "sources": key.sources,
                "expires_at": expires_at.isoformat() if expires_at else None,
            },
        )
    return _row(key), secret


def revoke(key_id: str, *, by: Actor) -> None:
    """For the owner and for whoever manages people; for anybody else there is no such key. A second revocation changes
    nothing."""
    key = ApiKey.objects.filter(public_id=key_id).first()
    if key is None or (by.urn != key.owner and not queries.may(by, "parties.manage", None, everywhere=True)):
        raise NotFound("parties.no_key", "there is no key '{id}'", id=key_id[:40])
    if by.permissions is not None:
        queries.require(by, "parties.manage", None, everywhere=True)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now()):
            ledger.append("key.revoked", key.owner, {"by": by.urn, "key": key.public_id})
        forget()


def listed(owner: str | None) -> Sequence[ApiKeyRow]:
    found = ApiKey.objects.all() if owner is None else ApiKey.objects.filter(owner=owner)
    return tuple(_row(key) for key in found)


def forget() -> None:
    """Empties the cache now and again once the present transaction is on the disk."""
    _clear()
    transaction.on_commit(_clear)


def _clear() -> None:
    with _lock:
        _cache.clear()


def in_force(secret: str) -> ApiKeyRow | None:
    """Found by the hash of the whole secret: no comparison whose time tells how much of a guess was right."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    digest = _digest(secret)
    with _lock:
        cached = _cache.get(digest)
    if cached is not None and cached[0] > time.monotonic():
        row = cached[1]
    else:
        found = _load(digest)
        if found is None:
            return None
        row = found
        with _lock:
            if len(_cache) >= CACHE_SIZE:
                _cache.clear()
            _cache[digest] = (time.monotonic() + CACHE_S, row)
    if row.expires_at is not None and row.expires_at <= now():
        return None
    return row


def _load(digest: str) -> ApiKeyRow | None:
    key = ApiKey.objects.filter(digest=digest, revoked_at=None).first()
    if key is None:
        return None
    grants: tuple[Grant, ...] = ()
    if key.owner.startswith(PERSON):
        user = User.objects.filter(username=key.owner.removeprefix(PERSON), is_active=True).first()
        if user is None:
            return None
        grants = queries.grants_of([user])[user.pk]
    moment = now()
    if key.last_used_at is None or moment - key.last_used_at > USE_GRAIN:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=moment)
    return _row(key, grants)

"""Leaves as bytes: canonical JSON, the same on every machine and in every language that can hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from dinh.engines.merkle import hash_leaf
from dinh.kernel.errors import Invalid

# Made once: json.dumps makes one at each call, which took half of the time of a leaf.
_JSON: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and every letter as itself (UTF-8).

    Raises Invalid `ledger.not_json` for what JSON cannot say: NaN, infinities,
    keys that are not text, halves of surrogate pairs, objects.
    """
    try:
        _check_keys(value)
        text = _JSON.encode(value)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid(
            "ledger.not_json",
            "{value} cannot be written into the ledger: {reason}; give text, whole numbers, finite numbers, "
            "true, false, null, lists and objects with text keys",
            value=repr(value)[:200],
            reason=str(error),
        ) from error
    return text


def _check_keys(value: Any) -> None:
    if value is None or isinstance(value, (str, int, float)):
        return
    if isinstance(value, Mapping):
        for key, below in value.items():
            if not isinstance(key, str):
                raise TypeError(f"key {key!r} is not text")
            _check_keys(below)
    elif isinstance(value, list | tuple):
        for below in value:
            _check_keys(below)


def moment_text(at: datetime) -> str:
    """UTC with six decimals, always of the same length: 2026-11-22T04:42:00.000000Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def leaf_text(*, index: int, kind: str, subject: str, at: datetime, data: str) -> str:
    """The leaf, whose `data` is canonical JSON already; keys are in sorted order."""
    return (
        f'{{"at":"{moment_text(at)}","data":{data},"index":{index},'
        f'"kind":{canonical(kind)},"subject":{canonical(subject)}}}'
    )


def leaf_hash(*, index: int, kind: str, subject: str, at: datetime, data: str) -> bytes:
    text = leaf_text(index=index, kind=kind, subject=subject, at=at, data=data)
    return hash_leaf(text.encode("utf-8"))

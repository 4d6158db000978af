"""Erasing words that the ledger commits to: the words and salts go, and a leaf says so; every proof stays valid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dinh.kernel.errors import Invalid
from dinh.spine.ledger import actions, api, models, queries
from dinh.spine.ledger.rows import row_of

KIND: Final = "words.erased"


def record(subject: str, *, entries: Sequence[int], by: str) -> api.Entry:
    erased = sorted(set(entries))
    if not erased:
        raise Invalid("ledger.nothing_erased", "no entry is named whose words were erased; give the numbers of entries")
    for index in erased:
        queries.entry(index)
    return actions.append_many(KIND, [(subject, {"entries": erased, "by": by})])[0]


def of(entry: api.Entry) -> api.Entry | None:
    for found in models.Entry.objects.filter(subject=entry.subject, kind=KIND, index__gt=entry.index).order_by("index"):
        told = row_of(found)
        if entry.index in told.data.get("entries", ()):
            return told
    return None

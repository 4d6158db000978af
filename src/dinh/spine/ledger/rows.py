"""From stored rows to the frozen rows of the api."""

from __future__ import annotations

import json
from typing import Final

from dinh.spine.ledger import api, models

WIDTH: Final = 32
"""Bytes of a hash."""


def row_of(entry: models.Entry) -> api.Entry:
    return api.Entry(
        index=entry.index,
        kind=entry.kind,
        subject=entry.subject,
        at=entry.at,
        data=json.loads(entry.data),
        leaf_hash=bytes(entry.leaf_hash),
    )

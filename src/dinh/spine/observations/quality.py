"""«Đúng, đủ, sạch, sống»: the four measures of each source, from the intake's counts and the history.

The writer appends one row a batch and source to `intake_count`, in the transaction of the
batch (a batch of which nothing was taken: a transaction of its own); rows are summed when read.
`hour` is the start of the hour, UTC, in which the batch was received.
"""

from __future__ import annotations

from typing import Final

INTAKE_COUNT: Final = """
CREATE TABLE IF NOT EXISTS intake_count (
    hour TIMESTAMP NOT NULL, source USMALLINT NOT NULL,
    accepted UBIGINT NOT NULL, duplicates UBIGINT NOT NULL, corrections UBIGINT NOT NULL, refused UBIGINT NOT NULL
)
"""

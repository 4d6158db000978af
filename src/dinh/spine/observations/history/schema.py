"""Tables of the history file.

`observation` holds the version in force of every reading; a correction moves the replaced
version to `superseded` in the same transaction. No table has a key: a primary key makes DuckDB's
appends ten times slower, so the intake keeps readings unique by itself (see `intake.writer`).
`recorded_at` of a reading is that of its batch.
"""

from __future__ import annotations

from typing import Final

OBSERVATION: Final = """
CREATE TABLE IF NOT EXISTS observation (
    series UINTEGER NOT NULL, source USMALLINT NOT NULL,
    observed_at TIMESTAMP NOT NULL,  -- UTC
    value DOUBLE,                    -- in the indicator's unit; NULL has a reason in `missing`
    missing UTINYINT NOT NULL,       -- 0, or the number of a reason in MISSING
    batch UBIGINT NOT NULL
)
"""
SUPERSEDED: Final = """
CREATE TABLE IF NOT EXISTS superseded (
    series UINTEGER NOT NULL, source USMALLINT NOT NULL,
    observed_at TIMESTAMP NOT NULL, value DOUBLE, missing UTINYINT NOT NULL,
    batch UBIGINT NOT NULL, superseded_by UBIGINT NOT NULL
)
"""
BATCH: Final = """
CREATE TABLE IF NOT EXISTS batch (
    id UBIGINT NOT NULL, recorded_at TIMESTAMP NOT NULL, rows UBIGINT NOT NULL,
    digest BLOB NOT NULL             -- SHA-256 of the batch's canonical bytes
)
"""
# One row a batch and source, in the batch's transaction; `hour` begins the hour (UTC) of receipt. Summed when read.
INTAKE_COUNT: Final = """
CREATE TABLE IF NOT EXISTS intake_count (
    hour TIMESTAMP NOT NULL, source USMALLINT NOT NULL,
    accepted UBIGINT NOT NULL, duplicates UBIGINT NOT NULL, corrections UBIGINT NOT NULL, refused UBIGINT NOT NULL
)
"""
TABLES: Final = (OBSERVATION, SUPERSEDED, BATCH, INTAKE_COUNT)

# Why a value is absent. Numbers are stored, so they never change; 0 means that the value is there.
MISSING: Final = {
    1: "not_measured",
    2: "out_of_service",
    3: "below_detection",
    4: "above_range",
    5: "failed_check",
    6: "not_reported",
    7: "withheld",
}
MISSING_CODES: Final = {reason: number for number, reason in MISSING.items()}

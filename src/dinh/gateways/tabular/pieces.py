"""Columns of readings, and what the cells of a column tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.engines.tables import periods
from dinh.engines.tables.reading import Column
from dinh.kernel import clock

_TEXTS: Final = pa.dictionary(pa.int32(), pa.string())
EMPTY_READINGS: Final = pa.schema(
    [
        ("indicator", _TEXTS), ("subject", _TEXTS), ("observed_at", pa.timestamp("us", "UTC")), ("value", pa.float64()),
        ("unit", _TEXTS), ("source", _TEXTS), ("dimensions", _TEXTS), ("missing", _TEXTS),
    ]
).empty_table()  # fmt: skip


def words_column(codes: NDArray[np.int64], words: Sequence[str]) -> pa.DictionaryArray:
    """-1 is no word."""
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32), mask=codes < 0), pa.array(words, pa.string())
    )


def distinct(column: Column, most: int) -> list[str]:
    """Texts of a column, each once; those that a spreadsheet stores as numbers decide nothing."""
    text = column.text
    if column.typed is not None:
        text = text.filter(column.typed.is_null())
    words = text.slice(0, 200_000).unique()
    return [word for word in words.slice(0, most).to_pylist() if word]


def stamped(period: periods.Period, stamp: str) -> datetime:
    """When a period's value is recorded at: its beginning, or midnight of its last day."""
    if stamp != "end" or period.length in ("moment", "day"):
        return period.start
    day = period.on
    months = {"year": 12, "half": 6, "quarter": 3, "month": 1}.get(period.length, 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return clock.start_of_day(day.replace(year=year, month=month + 1, day=1) - timedelta(days=1))

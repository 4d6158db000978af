"""Readings of many series, page by page, with the words of the catalogue."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.observations import attachment, catalogue
from dinh.spine.observations.history import owner, schema
from dinh.spine.observations.models import Series
from dinh.spine.observations.steps import chosen_series
from dinh.spine.parties.api import PERSON

MOST: Final = 100_000
_AFTER: Final = re.compile(r"(-?\d{1,18})\.(\d{1,10})\.(\d{1,5})")
UTC_STAMP: Final = pa.timestamp("us", "UTC")


def readings(
    *,
    indicator: str | None,
    subject: str | None,
    series_id: int | None,
    within: str | None,
    start: datetime,
    end: datetime,
    after: str,
    limit: int,
    persons: bool,
) -> tuple[pa.Table, str]:
    """See `api.readings`. Raises NotFound for an unknown indicator or series, Invalid for a broken `after`."""
    limit = max(1, min(limit, MOST))
    condition, tables = chosen_series(_chosen(indicator, subject, series_id, within, persons=persons))
    beyond = _beyond(after)
    table = owner.query(
        f"""
        SELECT o.series, o.source, o.observed_at, epoch_us(o.observed_at) AS at_us, o.value, o.missing, b.recorded_at
        FROM (
            SELECT series, source, observed_at, value, missing, batch FROM observation
            WHERE observed_at >= ? AND observed_at < ? AND {condition} AND {beyond}
            ORDER BY observed_at, series, source LIMIT {limit + 1}
        ) o JOIN batch b ON b.id = o.batch ORDER BY o.observed_at, o.series, o.source
        """,  # noqa: S608 - built of our own words and numbers
        [start, end],
        tables=tables,
    )
    more = table.num_rows > limit
    table = table.slice(0, limit)
    following = ""
    if more:
        last = [int(table[name][limit - 1].as_py()) for name in ("at_us", "series", "source")]
        following = ".".join(str(part) for part in last)
    return _worded(table), following


def _chosen(
    indicator: str | None, subject: str | None, series_id: int | None, within: str | None, *, persons: bool
) -> NDArray[np.uint32]:
    known, index = catalogue.current(), attachment.index()
    chosen = np.ones(len(index.series), np.bool_)
    if indicator is not None:
        known.indicator(indicator)
        chosen &= index.indicator == known.indicator_ids[indicator]
    if subject is not None:
        chosen &= index.subject == index.numbers.get(subject, -1)
    if within is not None:
        chosen &= index.inside(within)[index.subject]
    if not persons:
        chosen &= ~np.array([name.startswith(PERSON) for name in index.subjects], np.bool_)[index.subject]
    if series_id is not None:
        chosen &= index.series == series_id
        if not (index.series == series_id).any():
            raise NotFound("observations.no_series", "there is no series {number}", number=series_id)
    return index.series[chosen]


def _beyond(after: str) -> str:
    if not after:
        return "true"
    match = _AFTER.fullmatch(after)
    if match is None:
        raise Invalid(
            "observations.bad_cursor",
            "'{value}' is no place to go on from; pass the one that was given",
            value=after[:60],
        )
    at, series, source = (int(part) for part in match.groups())
    moment = f"make_timestamp({at})"
    return (
        f"observed_at >= {moment} AND (observed_at > {moment} OR series > {series} "
        f"OR (series = {series} AND source > {source}))"
    )


def _worded(table: pa.Table) -> pa.Table:
    known, index = catalogue.current(), attachment.index()
    numbers = table["series"].to_numpy()
    unique, place = np.unique(numbers, return_inverse=True)
    positions = index.position(unique)
    codes = {number: code for code, number in known.indicator_ids.items()}
    indicators = [codes.get(int(index.indicator[p]), "") for p in positions]
    dimensions: dict[int, str] = {}
    ids = unique.tolist()
    for first in range(0, len(ids), 500):
        dimensions.update(Series.objects.filter(pk__in=ids[first : first + 500]).values_list("pk", "dimensions"))
    sources = {number: code for code, number in known.source_ids.items()}
    source = [sources.get(number, "") for number in table["source"].to_pylist()]
    simulated = {code: row.simulated for code, row in known.sources.items()}
    units = [known.indicators[code].unit if code in known.indicators else "" for code in indicators]

    def by_series(words: list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(
            pa.array(place.astype(np.int32)), pa.array(words, pa.string())
        ).dictionary_decode()

    return pa.table(
        {
            "series": table["series"],
            "indicator": by_series(indicators),
            "subject": by_series([index.subjects[index.subject[p]] for p in positions]),
            "dimensions": by_series([dimensions.get(number, "") or "{}" for number in ids]),
            "observed_at": table["observed_at"].cast(UTC_STAMP),
            "value": table["value"],
            "missing": pa.array([schema.MISSING.get(number) for number in table["missing"].to_pylist()], pa.string()),
            "unit": by_series(units),
            "source": pa.array(source, pa.string()),
            "simulated": pa.array([simulated.get(code, False) for code in source], pa.bool_()),
            "recorded_at": table["recorded_at"].cast(UTC_STAMP),
        }
    )

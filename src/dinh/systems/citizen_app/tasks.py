"""Once a day the figures of public reports are recorded as readings, so that the operations centre shows them like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from statistics import median
from typing import Any, Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import FEWEST, RequestQuery, RequestRow
from dinh.systems.citizen_app.indicators import DAY, HOURS_TO_FIX, RECEIVED, REOPENED_SHARE, SOURCE, UNFIXED_SHARE

BACK_DAYS: Final = 30
"""How far days are counted that were missed, and how long the window of the medians and shares is."""
PART: Final = 1000


def record_figures() -> None:
    """Each day that is over and was not recorded yet; the medians and shares only as they stand now."""
    last = clock.today() - timedelta(days=1)
    days = list(_days(last))
    if not days:
        return
    me = parties.save_organisation(id="dinh", name_vi="Nền tảng Đình", name_en="Đình platform").urn
    observations.save_source(
        code=SOURCE, name_vi="Phản ánh của người dân", name_en="Reports of the public", owner=me, licence="CC-BY-4.0",
        simulated=bool(settings.DEMO), period=DAY,
    )  # fmt: skip
    rows = [_row(RECEIVED, day, float(_received(day))) for day in days]
    rows += [_row(code, last, value) for code, value in _window(last)]
    observations.record(rows, by=parties.SYSTEM, channel="reports")


def _days(last: date) -> Iterator[date]:
    known = max((row.observed_at for row in observations.latest(indicator=RECEIVED, limit=5)), default=None)
    first = last - timedelta(days=BACK_DAYS - 1)
    if known is not None:
        first = max(first, known.astimezone(VIETNAM).date() + DAY)
    while first <= last:
        yield first
        first += DAY


def _row(code: str, day: date, value: float) -> Mapping[str, Any]:
    at = clock.start_of_day(day).isoformat()
    return {"indicator": code, "subject": settings.AREA, "observed_at": at, "value": value, "source": SOURCE}


def _received(day: date) -> int:
    since = clock.start_of_day(day)
    return requests.requests(RequestQuery(since=since, until=clock.start_of_day(day + DAY), limit=0)).total


def _window(last: date) -> Iterator[tuple[str, float]]:
    """Nothing behind which fewer than five stand."""
    rows = list(_reported(last))
    fixes = [
        (row.closed_at - row.at).total_seconds() / 3600
        for row in rows
        if row.counts_as == "done" and row.closed_at is not None
    ]
    ended = [row for row in rows if row.counts_as in ("done", "unfixed")]
    if len(fixes) >= FEWEST:
        yield HOURS_TO_FIX, median(fixes)
    if len(ended) >= FEWEST:
        yield UNFIXED_SHARE, 100 * sum(row.counts_as == "unfixed" for row in ended) / len(ended)
        yield REOPENED_SHARE, 100 * sum(row.reopened > 0 for row in ended) / len(ended)


def _reported(last: date) -> Iterator[RequestRow]:
    since, until = clock.start_of_day(last - timedelta(days=BACK_DAYS - 1)), clock.start_of_day(last + DAY)
    offset = 0
    while True:
        page = requests.requests(RequestQuery(since=since, until=until, order="at", offset=offset, limit=PART))
        yield from page.rows
        offset += PART
        if offset >= page.total:
            return

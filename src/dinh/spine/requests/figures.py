"""Figures of offices in public.

What has to be kept from being worked out is that there are private, held or hidden reports, how many, where and when. It is not
done by withholding small numbers, which anybody could make up for by subtracting: every figure, count, feed and hour of a public
answer is made of the public list alone (`shown`), so that all of them are the same, to the letter, as if the others did not exist.
`citizen_app/tests/test_figures.py` adds others at random and compares.

Each of the public reports can be read and counted one by one, so that a figure of fewer than five of them hides nobody. It is
withheld because chance would weigh too much in it: one late repair of two is no share of fifty percent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from statistics import fmean, median

from dinh.kernel import clock
from dinh.spine.requests import models
from dinh.spine.requests.api import FEWEST, DepartmentFigures


def figures(*, units: Sequence[str], since: datetime, until: datetime) -> Sequence[DepartmentFigures]:
    """Of what was reported in [since, until), by the office that has it now."""
    found = models.Request.objects.filter(shown=True, at__gte=since, at__lt=until, joined_to="").exclude(
        organisation=""
    )
    if units:
        found = found.filter(unit__in=units)
    of: dict[str, list[models.Request]] = defaultdict(list)
    fields = (
        "organisation",
        "at",
        "counts_as",
        "due_at",
        "paused",
        "closed_at",
        "first_answer_at",
        "reopened",
        "stars",
    )
    for row in found.only("id", *fields).iterator(chunk_size=5000):
        of[row.organisation].append(row)
    now = clock.now()
    return sorted(
        (_of(office, rows, now) for office, rows in of.items() if len(rows) >= FEWEST),
        key=lambda row: -(row.received or 0),
    )


def _of(office: str, rows: list[models.Request], now: datetime) -> DepartmentFigures:
    def counted(chosen: list[models.Request]) -> int | None:
        """None also where the others would be few enough to be told apart."""
        return len(chosen) if len(chosen) >= FEWEST or not chosen else None

    still = [row for row in rows if row.counts_as in ("open", "waiting")]
    late = [row for row in still if not row.paused and row.due_at is not None and row.due_at < now]
    ended = [row for row in rows if row.counts_as in ("done", "unfixed")]
    fixed = [row for row in rows if row.counts_as == "done"]
    answers = [_hours(row.at, row.first_answer_at) for row in rows if row.first_answer_at is not None]
    fixes = [_hours(row.at, row.closed_at) for row in fixed if row.closed_at is not None]
    stars = [row.stars for row in rows if row.stars is not None]
    many = len(ended) >= FEWEST
    punctual = [
        row for row in ended if row.closed_at is not None and row.due_at is not None and row.closed_at <= row.due_at
    ]
    return DepartmentFigures(
        organisation=office,
        received=len(rows),
        open=counted(still),
        late=counted(late),
        fixed=counted(fixed),
        unfixed=counted([row for row in ended if row.counts_as == "unfixed"]),
        reopened_share=sum(row.reopened > 0 for row in ended) / len(ended) if many else None,
        hours_to_answer=median(answers) if len(answers) >= FEWEST else None,
        hours_to_fix=median(fixes) if len(fixes) >= FEWEST else None,
        on_time=len(punctual) / len(ended) if many else None,
        stars=fmean(stars) if len(stars) >= FEWEST else None,
    )


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600

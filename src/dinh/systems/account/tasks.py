"""Every five minutes Đình counts what happened at its doors, as readings of a source of its own; old events go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dinh.kernel.clock import EPOCH, now
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import security
from dinh.systems.account.domain import SLOT, SOURCE, code_of

MOST_SLOTS = 12
"""What was missed for longer than an hour is left out: the events themselves are kept."""


def report() -> None:
    """One reading of each kind for each span of five minutes that is over and was not counted yet."""
    me = parties.save_organisation(id="dinh", name_vi="Nền tảng Đình", name_en="Đình platform").urn
    observations.save_source(
        code=SOURCE,
        name_vi="Sự kiện an ninh của Đình",
        name_en="Security events of Đình",
        owner=me,
        licence="all-rights-reserved",
        simulated=False,
        period=SLOT,
    )
    rows = [
        {
            "indicator": code_of(kind),
            "subject": me,
            "observed_at": end.isoformat(),
            "source": SOURCE,
            "value": float(count),
        }
        for end in _slots()
        for kind, count in security.counts(end - SLOT, end).items()
    ]
    if rows:
        observations.record(rows, by=parties.SYSTEM, channel="security")


def _slots() -> Iterator[datetime]:
    """Ends of the spans to count, oldest first."""
    last = EPOCH + (now() - EPOCH) // SLOT * SLOT
    counted = max((row.observed_at for row in observations.latest(indicator=code_of("forged"), limit=5)), default=None)
    first = last if counted is None else max(counted + SLOT, last - (MOST_SLOTS - 1) * SLOT)
    while first <= last:
        yield first
        first += SLOT


def forget() -> None:
    security.forget_old()

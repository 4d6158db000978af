"""Periodic: the brief of yesterday, once after 06:00 in Vietnam."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dinh.kernel import clock
from dinh.spine.observations import api as observations
from dinh.systems.publishing import actions

HOUR: Final = 6


def daily_brief() -> None:
    """Does nothing before six, without headline indicators, or when yesterday's is there already."""
    local = clock.now().astimezone(clock.VIETNAM)
    yesterday = local.date() - timedelta(days=1)
    if local.hour < HOUR or actions.is_made(yesterday):
        return
    if any(spec.headline is not None for spec in observations.indicators()):
        actions.make_brief_by_itself(yesterday)

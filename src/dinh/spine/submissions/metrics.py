"""What Prometheus may ask: how much was handed in and is not worked off."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.db import DatabaseError, InterfaceError
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

log = structlog.get_logger("dinh.submissions")


class Submissions(Collector):
    """`dinh_submissions{state}`: in the journal of this process, waiting, refused."""

    def describe(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("dinh_submissions", "What was handed in and is not worked off", labels=["state"])

    def collect(self) -> Iterable[Metric]:
        from dinh.spine.submissions import queries

        try:
            now = queries.standing()
        except (DatabaseError, InterfaceError):
            log.exception("submissions could not be counted")
            return
        family = GaugeMetricFamily("dinh_submissions", "What was handed in and is not worked off", labels=["state"])
        for state, count in (("unfiled", now.unfiled), ("waiting", now.waiting), ("refused", now.refused)):
            family.add_metric([state], count)
        yield family


def register() -> None:
    REGISTRY.register(Submissions())

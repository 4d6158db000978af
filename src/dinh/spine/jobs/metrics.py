"""What Prometheus may ask of long work: counted in the registers when it asks, whichever process runs it."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.db import DatabaseError, InterfaceError
from prometheus_client import REGISTRY, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dinh.spine.jobs import models, tasks

log = structlog.get_logger("dinh.jobs")

attempts = Counter(
    "dinh_task_attempts", "Attempts at long work in this process, by the state they left it in", ["kind", "state"]
)


class Tasks(Collector):
    """`dinh_tasks{state}`: those kept, by state."""

    def describe(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("dinh_tasks", "Long work that is kept, by state", labels=["state"])

    def collect(self) -> Iterable[Metric]:
        try:
            counted = tasks.count(states=(), kind="", by="")
        except (DatabaseError, InterfaceError):
            log.exception("tasks could not be counted")
            return
        family = GaugeMetricFamily("dinh_tasks", "Long work that is kept, by state", labels=["state"])
        for state in models.STATES:
            family.add_metric([state], counted.get(state, 0))
        yield family


def register() -> None:
    REGISTRY.register(Tasks())

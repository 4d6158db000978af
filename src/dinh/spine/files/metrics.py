"""What Prometheus may ask of the files: counted in the registers when it asks."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector


class Counted(Collector):
    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("dinh_files", "Files by state", labels=["state"])
        yield GaugeMetricFamily("dinh_files_bytes", "Bytes of the stored contents, each counted once")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from dinh.spine.files import queries

        files, stored = self.describe()
        try:
            for state, number in queries.by_state().items():
                files.add_metric([state], number)
            stored.add_metric([], queries.stored_bytes())
        except DatabaseError:
            return  # /readyz tells of it; the other figures are still to be had
        yield files
        yield stored


def register() -> None:
    REGISTRY.register(Counted())

"""What Prometheus may ask of the intake."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

accepted: Final = Counter("dinh_readings_accepted", "Readings written for the first time", ["channel"])
duplicates: Final = Counter("dinh_readings_duplicate", "Readings that were there already", ["channel"])
corrections: Final = Counter("dinh_readings_corrected", "Readings that replaced another value", ["channel"])
rejected: Final = Counter("dinh_readings_rejected", "Readings that were refused", ["channel", "code"])
commit_seconds: Final = Histogram(
    "dinh_history_commit_seconds",
    "Time to write one transaction of readings durably",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
queue_rows: Final = Gauge("dinh_intake_queue_rows", "Readings that wait for the writer")

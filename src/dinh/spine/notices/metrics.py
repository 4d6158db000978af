"""What Prometheus may ask of the sending."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram

sent: Final = Counter("dinh_notices_sent", "Messages that a driver took", ["channel"])
failed: Final = Counter("dinh_notices_failed", "Attempts that failed and are made again", ["channel", "code"])
dead: Final = Counter("dinh_notices_dead", "Messages that were given up", ["channel", "code"])
seconds: Final = Histogram(
    "dinh_notices_send_seconds",
    "Time a driver took",
    ["channel"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15),
)

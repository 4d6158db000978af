"""The watchdog: once a minute Đình reports on itself and on the quality of every source, as readings."""

from __future__ import annotations

import resource
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings

from dinh.kernel.clock import now
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties

SOURCE = "dinh"
MEASURES = {
    "valid": "data.valid",
    "complete": "data.complete",
    "unrepeated": "data.unrepeated",
    "on_time": "data.on_time",
}


def report() -> None:
    """Records one reading of each own figure and of each measure of each source."""
    me = parties.save_organisation(id="dinh", name_vi="Nền tảng Đình", name_en="Đình platform").urn
    observations.save_source(
        code=SOURCE,
        name_vi="Đình tự báo cáo",
        name_en="Đình on itself",
        owner=me,
        licence="CC-BY-4.0",
        simulated=False,
        period=timedelta(minutes=1),
    )
    readings = [*_own_figures(), *_measures()]
    at = now().replace(microsecond=0).isoformat()
    rows = [{"subject": me, "observed_at": at, "source": SOURCE, **reading} for reading in readings]
    observations.record(rows, by=parties.SYSTEM, channel="watchdog")


def _own_figures() -> Iterator[Mapping[str, Any]]:
    backlog = jobs.backlog()
    waits_s = (now() - backlog.oldest_at).total_seconds() if backlog.oldest_at else 0.0
    # ru_maxrss is in KiB on Linux and in bytes on macOS (getrusage(2))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1000 if sys.platform != "darwin" else 1e6)
    yield {"indicator": "dinh.event_age", "value": max(waits_s, 0.0)}
    yield {"indicator": "dinh.failed_jobs", "value": float(backlog.failed)}
    yield {"indicator": "dinh.disk_free", "value": shutil.disk_usage(settings.HOME).free / 1e9}
    yield {"indicator": "dinh.memory", "value": memory_mb}
    yield {"indicator": "dinh.ledger_size", "value": float(ledger.head().size)}


def _measures() -> Iterator[Mapping[str, Any]]:
    for quality in observations.quality():
        if quality.source == SOURCE:
            continue
        for field, indicator in MEASURES.items():
            share = getattr(quality, field)
            if share is not None:
                yield {
                    "indicator": indicator,
                    "value": share * 100,
                    "dimensions": {"source": quality.source} if quality.source else {"source": "all"},
                }

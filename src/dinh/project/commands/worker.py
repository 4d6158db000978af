"""`dinh worker`: delivers events and does scheduled work, beside `dinh serve --no-worker`."""

from __future__ import annotations

import signal
import threading

from dinh.project import checkpointing
from dinh.spine.jobs import api as jobs

HELP = "deliver events and do scheduled work"


def run(arguments: list[str]) -> int:
    ending = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: ending.set())
    jobs.work_until(ending.is_set)
    checkpointing.at_stop()
    return 0

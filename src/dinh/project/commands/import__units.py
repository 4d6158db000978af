"""`dinh import units`: loads the administrative units of both periods."""

from __future__ import annotations

import time

from dinh.spine.places import api as places

HELP = "load Vietnam's administrative units of before and after 2025-07-01"


def run(arguments: list[str]) -> int:
    if arguments:
        print("usage: dinh import units")
        return 2
    started = time.monotonic()
    report = places.load_units()
    seconds = time.monotonic() - started
    print(f"units: {report.taken} taken, {report.changed} changed, {report.unchanged} unchanged ({seconds:.1f} s)")
    return 1 if report.refused else 0

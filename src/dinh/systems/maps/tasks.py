"""Work in the background: the network of the demonstration, and clearing away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dinh.spine.jobs import api as jobs
from dinh.systems.maps.routing import graph as graphs

EXAMPLE: Final = "maps.example"


def declare() -> None:
    jobs.task_kind(EXAMPLE, example, attempts=2)


def example(running: jobs.Running) -> Mapping[str, Any]:
    from dinh.systems.maps import examples  # late: its reader of extracts is needed for this alone

    taken = examples.make(
        area=str(running.task.params["area"]),
        seed=int(running.task.params["seed"]),
        hear=lambda words: running.report(0, None, words),
    )
    if taken is None:
        return {"left": "another map was imported"}
    return {
        "ways": taken.graph.ways,
        "places": taken.taken + taken.changed + taken.unchanged,
        "digest": taken.graph.digest,
    }


def tidy() -> None:
    graphs.tidy()

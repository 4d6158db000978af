"""A road network with places, generated and imported by the worker once the server runs: the start does not wait for it."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import registry
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import SYSTEM

KIND: Final = "maps.example"
TITLE: Final = "Generate the roads of the demonstration"


def plan(seed: int) -> None:
    """Nothing where the map is left out. What was generated at an earlier start stays as it is."""
    if all(manifest.slug != KIND.partition(".")[0] for manifest in registry.manifests()):
        return
    params = {"area": settings.AREA, "seed": seed}
    task = jobs.start(KIND, params, title=TITLE, by=SYSTEM.urn, key=f"demonstration-roads-{seed}")
    if task.state in ("failed", "cancelled"):
        try:
            jobs.retry(task.id, by=SYSTEM.urn)
        except Conflict:
            return

from __future__ import annotations

import pytest
from django.conf import settings

from dinh.kernel.manifests import registry
from dinh.project.demo import ways
from dinh.spine.jobs import api as jobs

pytestmark = pytest.mark.django_db


def test_the_roads_are_left_to_the_worker_once_and_tried_again_when_they_had_failed() -> None:
    ways.plan(94)
    ways.plan(94)
    (task,) = jobs.tasks(kind=ways.KIND)
    assert (task.state, task.params) == ("waiting", {"area": settings.AREA, "seed": 94})
    jobs.cancel(task.id, by=task.by)
    ways.plan(94)
    assert jobs.task(task.id).state == "waiting"


def test_without_the_map_there_is_nothing_to_prepare(monkeypatch: pytest.MonkeyPatch) -> None:
    left = tuple(one for one in registry.manifests() if one.slug != "maps")
    monkeypatch.setattr(registry, "manifests", lambda: left)
    ways.plan(94)
    assert not jobs.tasks(kind=ways.KIND)

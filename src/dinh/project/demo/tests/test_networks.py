from __future__ import annotations

import pytest
from django.conf import settings

from dinh.kernel.manifests import registry
from dinh.project.demo import networks, scattering
from dinh.spine.jobs import api as jobs
from dinh.spine.places import api as places
from dinh.systems.network_5g import examples

pytestmark = pytest.mark.django_db


def test_three_areas_are_left_to_the_worker_once(monkeypatch: pytest.MonkeyPatch) -> None:
    places.load_units()
    communes = scattering.communes(places.area(settings.AREA))
    networks.plan(communes)
    networks.plan(communes)
    tasks = jobs.tasks(kind=networks.KIND)
    assert len(tasks) == 3
    assert {task.state for task in tasks} == {"waiting"}
    made = {example.name: example for example in (examples.example_of(task.params) for task in tasks)}
    assert all("mô phỏng" in name for name in made)
    soc_trang = made["Sóc Trăng (mô phỏng)"]
    assert soc_trang.people == {commune.row.code: commune.people for commune in communes}
    assert "50.000 người mỗi phường, 30.000 người mỗi xã" in soc_trang.people_source
    jobs.cancel(tasks[0].id, by=tasks[0].by)
    networks.plan(communes)
    assert jobs.task(tasks[0].id).state == "waiting", "the next start tries again what had failed"


def test_without_5g_planning_there_is_nothing_to_prepare(monkeypatch: pytest.MonkeyPatch) -> None:
    left = tuple(one for one in registry.manifests() if one.slug != "network_5g")
    monkeypatch.setattr(registry, "manifests", lambda: left)
    networks.plan([])
    assert not jobs.tasks(kind=networks.KIND)

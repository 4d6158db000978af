"""What is kept on the disk goes when nobody needs it, and not before."""

from __future__ import annotations

import os
import time

import pytest

from dinh.systems.network_5g import queries, tasks
from dinh.systems.network_5g.tests import planning

pytestmark = pytest.mark.django_db


def test_what_no_area_has_goes_after_a_while_and_what_is_used_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    area = planning.area()
    old = time.time() - 3 * 24 * 3600
    for kind in ("grounds", "rasters", "lists", "results"):
        queries.folder(kind).mkdir(parents=True, exist_ok=True)
    area.rasters.create(kind="people", name="a.tif", sha256="a" * 64, size=1, by="x", created_at=area.created_at)
    files = {
        name: queries.folder("rasters") / f"{name * 64}.tif" for name in "ab"
    } | {"list": queries.folder("lists") / "l.json", "fresh": queries.folder("lists") / "f.json"}  # fmt: skip
    for path in files.values():
        path.write_bytes(b"x")
        if path.name != "f.json":
            os.utime(path, (old, old))
    orphan = queries.folder("grounds") / ("0" * 40)
    orphan.mkdir(exist_ok=True)
    for folder in (orphan, queries.ground_of(area)):
        os.utime(folder, (old, old))
    tasks.tidy()
    assert [name for name, path in files.items() if path.exists()] == ["a", "fresh"]
    assert not orphan.exists()
    assert queries.ground_of(area).exists()


def test_the_answers_used_least_recently_go_when_they_take_too_much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    results = queries.folder("results")
    for age, name in ((300, "old"), (200, "middle"), (100, "new")):
        folder = results / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "x.npy").write_bytes(b"x" * 1000)
        os.utime(folder, (time.time() - age * 1000, time.time() - age * 1000))
    held = sum(file.stat().st_size for file in results.rglob("*.*"))
    monkeypatch.setattr(tasks, "ROOM_BYTES", held - 1500)
    tasks.tidy()
    assert not (results / "old").exists()
    assert not (results / "middle").exists()
    assert (results / "new").exists()

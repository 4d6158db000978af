from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from dinh.kernel import clock
from dinh.spine.jobs import api, models, periodic, worker
from dinh.spine.jobs.registrations import Work
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db(transaction=True)


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.005)


@contextmanager
def working() -> Iterator[None]:
    ending = threading.Event()
    thread = threading.Thread(target=api.work_until, args=(ending.is_set,))
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(10)
    assert not thread.is_alive()


def test_an_event_reaches_its_handler_soon_after_the_commit() -> None:
    arrived: dict[int, float] = {}
    api.listen("ping", "clock", lambda event: arrived.__setitem__(event.payload["n"], time.perf_counter()))
    took = []
    with working():
        until(lambda: models.Lease.objects.exists())
        for number in range(20):
            with transaction.atomic():
                api.publish("ping", {"n": number})
            committed = time.perf_counter()
            until(lambda n=number: n in arrived)  # type: ignore[misc]
            took.append(arrived[number] - committed)
    assert sorted(took)[10] < 0.3, took  # well below the interval at which other processes are asked


def test_a_failed_event_is_tried_again_by_itself() -> None:
    tried: list[float] = []

    def failing_once(event: api.Event) -> None:
        tried.append(time.monotonic())
        if len(tried) == 1:
            raise ValueError("once")

    api.listen("ping", "failing", failing_once)
    with working():
        with transaction.atomic():
            api.publish("ping", {})
        until(lambda: len(tried) == 2)
    assert tried[1] - tried[0] >= 0.4


def test_one_worker_at_a_time_and_a_dead_ones_lease_expires() -> None:
    first, second = worker.Lease(), worker.Lease()
    assert first.hold()
    assert not second.hold()
    assert first.hold()
    models.Lease.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert second.hold()
    first._renew_at = clock.EPOCH
    assert not first.hold(), "whoever was too slow finds out and stops"
    second.release()
    assert first.hold()


def test_periodic_work_is_done_once_per_interval_whoever_asks() -> None:
    work = Work(timedelta(minutes=5), "sweep", lambda: None)
    assert periodic.claim(work) is None
    due_at = periodic.claim(work)
    assert due_at is not None
    assert due_at > clock.now()
    models.Periodic.objects.update(due_at=clock.now() - timedelta(seconds=1))
    assert periodic.claim(work) is None
    assert periodic.claim(work) is not None


def test_the_worker_does_periodic_work_and_survives_its_failures() -> None:
    done: list[int] = []

    def failing() -> None:
        done.append(0)
        raise ValueError("the disk is full")

    api.every(timedelta(milliseconds=100), "failing", failing)
    api.every(timedelta(milliseconds=100), "sound", lambda: done.append(1))
    with working():
        until(lambda: done.count(0) >= 2 and done.count(1) >= 2)
    assert models.Periodic.objects.get(pk="failing").error == "ValueError: the disk is full"
    assert models.Periodic.objects.get(pk="sound").error == ""


def foreign(number: int) -> bool:
    """An event as another process writes it, without a word to this one."""
    models.Event.objects.create(name="ping", payload={"n": number}, at=clock.now())
    time.sleep(0.05)
    return False


def test_observers_hear_what_another_process_publishes_without_being_told_and_their_own_once() -> None:
    heard: list[int] = []
    api.on_delivered(lambda event: heard.append(event.payload["n"]))
    with working():
        until(lambda: 0 in heard or foreign(0))  # what was written before it listened is nobody's news
        foreign(7)
        until(lambda: 7 in heard)
        with transaction.atomic():
            api.publish("ping", {"n": 8})
        until(lambda: 8 in heard)
        time.sleep(0.5)
    assert [heard.count(n) for n in (7, 8)] == [1, 1]


CHILD = """
    import os, signal, sys, time
    import django
    django.setup()
    from django.conf import settings
    from django.db import connection
    from dinh.spine.jobs import api, registrations
    from dinh.spine.ledger import api as ledger
    registrations.listeners.clear(); registrations.works.clear()
    connection.settings_dict["NAME"] = sys.argv[1]

    def handle(event):
        ledger.append("act", "urn:dinh:case:1", {"n": event.payload["n"]})
        if event.payload["n"] == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

    api.listen("ping", "counting", handle)
    api.deliver_pending()
"""


@pytest.mark.crash
def test_killed_between_handler_and_mark_nothing_is_done_twice_and_nothing_is_lost(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD))
    for number in range(6):
        with transaction.atomic():
            api.publish("ping", {"n": number})
    name = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dinh.project.settings"}
    for dies_at in (0, 3, 5, -1):
        done = subprocess.run([sys.executable, script, name, str(dies_at)], env=environment, check=False)
        assert done.returncode == (0 if dies_at < 0 else -signal.SIGKILL)
    assert [entry.data["n"] for entry in ledger.entries()] == list(range(6))
    assert ledger.verify().ok

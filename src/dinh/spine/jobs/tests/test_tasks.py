from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.jobs import api, models, pool, registrations, running, tasks
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db
ME = "urn:dinh:person:an"


def begin(kind: str = "count", params: Mapping[str, Any] | None = None, **more: Any) -> api.TaskRow:
    return api.start(kind, params or {}, title="Đếm của An", by=ME, **more)


def now_due() -> None:
    models.Task.objects.filter(state="waiting").update(due_at=clock.now())


def cut_off() -> None:
    """As if the process that runs a task had been killed a lease ago."""
    models.Task.objects.filter(state="running").update(lease_until=clock.now() - timedelta(seconds=1))


def held() -> running.Held:
    taken = running.claim()
    assert taken is not None
    return taken


def ended() -> list[Mapping[str, Any]]:
    return [event.payload for event in models.Event.objects.filter(name="task.ended").order_by("number")]


def part(work: api.Running, number: int) -> None:
    with transaction.atomic():
        ledger.append("part", "urn:dinh:case:1", {"n": number})
        work.save({"next": number + 1})


def parts_done() -> list[int]:
    return [entry.data["n"] for entry in ledger.entries(kind="part")]


def test_a_task_runs_once_and_its_answer_is_kept_and_told() -> None:
    api.task_kind("count", lambda work: {"rows": work.task.params["rows"] * 2})
    begun = begin(params={"rows": 4})
    assert (begun.state, begun.attempts, begun.started_at) == ("waiting", 0, None)
    assert api.run_due_tasks() == 1
    assert api.run_due_tasks() == 0
    done = api.task(begun.id)
    assert (done.state, done.result, done.attempts, done.error) == ("done", {"rows": 8}, 1, "")
    assert done.started_at is not None
    assert done.ended_at is not None
    urn = f"urn:dinh:task:{begun.id}"
    assert ended() == [{"id": begun.id, "urn": urn, "kind": "count", "state": "done", "by": ME}]
    leaves = ledger.entries(subject=urn)
    assert [leaf.kind for leaf in leaves] == ["task.started", "task.ended"]
    assert "An" not in str([leaf.data for leaf in leaves])
    assert "rows" not in str([leaf.data for leaf in leaves])


def test_a_kind_that_nobody_registered_is_refused_at_the_start_and_waits_afterwards() -> None:
    with pytest.raises(Invalid, match="no kind"):
        begin()
    api.task_kind("count", lambda work: None)
    begun = begin()
    taken = held()
    registrations.kinds.clear()
    models.Task.objects.update(lease_until=clock.now() - timedelta(hours=1))
    assert api.run_due_tasks() == 0
    running.set_back()
    assert api.task(begun.id).state == "waiting"
    with pytest.raises(Conflict, match="another process"), transaction.atomic():
        taken.save({})


def test_the_same_key_again_is_the_same_task() -> None:
    api.task_kind("count", lambda work: None)
    api.task_kind("other", lambda work: None)
    first = begin(key="2026-11")
    assert begin(key="2026-11").id == first.id
    assert begin("other", key="2026-11").id != first.id
    assert begin().id != begin().id
    api.run_due_tasks()
    assert begin(key="2026-11").state == "done"


def test_what_is_scheduled_runs_when_it_is_due_and_not_before() -> None:
    api.task_kind("count", lambda work: None)
    begun = begin(at=clock.now() + timedelta(hours=1))
    assert api.run_due_tasks() == 0
    now_due()
    assert api.run_due_tasks() == 1
    assert api.task(begun.id).state == "done"


def test_a_failure_is_tried_again_after_growing_pauses_and_then_told() -> None:
    def failing(work: api.Running) -> None:
        raise ValueError("cột 3 không có")

    api.task_kind("count", failing, attempts=3)
    begun = begin()
    for attempt, pause_s in ((1, 10), (2, 40)):
        assert api.run_due_tasks() == 1
        row = api.task(begun.id)
        assert (row.state, row.attempts, row.error) == ("waiting", attempt, "ValueError: cột 3 không có")
        assert pause_s - 5 < (row.due_at - clock.now()).total_seconds() <= pause_s
        assert api.run_due_tasks() == 0
        now_due()
    assert api.run_due_tasks() == 1
    assert api.task(begun.id).state == "failed"
    assert [told["state"] for told in ended()] == ["failed"]
    now_due()
    assert api.run_due_tasks() == 0
    assert api.backlog().failed_tasks == 1

    api.task_kind("count", lambda work: None)
    assert api.retry(begun.id, by=ME).attempts == 0
    assert api.run_due_tasks() == 1
    row = api.task(begun.id)
    assert (row.state, row.error) == ("done", "")
    with pytest.raises(Conflict, match="neither failed"):
        api.retry(begun.id, by=ME)


def test_a_crash_is_an_attempt_and_the_next_goes_on_from_the_checkpoint() -> None:
    seen: list[Mapping[str, Any]] = []

    def counting(work: api.Running) -> Mapping[str, Any]:
        seen.append(work.checkpoint)
        for number in range(work.checkpoint.get("next", 0), 4):
            part(work, number)
        return {"parts": 4}

    api.task_kind("count", counting, attempts=2)
    begun = begin()
    dying = held()
    part(dying, 0)
    part(dying, 1)
    with transaction.atomic():  # the part that was under way is not there
        part(dying, 2)
        transaction.set_rollback(True)
    assert api.run_due_tasks() == 0
    cut_off()
    assert api.run_due_tasks() == 1
    assert seen == [{"next": 2}]
    assert parts_done() == [0, 1, 2, 3]
    assert api.task(begun.id).attempts == 1, "a crash of an attempt that came further does not count"


def test_a_failure_of_an_attempt_that_came_further_does_not_count() -> None:
    def counting(work: api.Running) -> None:
        for number in range(work.checkpoint.get("next", 0), 5):
            part(work, number)
            raise ConnectionRefusedError("the web is started anew")

    api.task_kind("count", counting, attempts=2)
    begun = begin()
    for _restart in range(5):
        assert api.run_due_tasks() == 1
        assert api.task(begun.id).state == "waiting"
        now_due()
    assert api.run_due_tasks() == 1
    assert (api.task(begun.id).state, parts_done()) == ("done", [0, 1, 2, 3, 4])


def test_a_task_that_kills_its_process_again_and_again_fails_in_the_end() -> None:
    api.task_kind("count", lambda work: None, attempts=2)
    begun = begin()
    for _ in range(2):
        part(held(), 0)  # the same checkpoint each time: the first moves, the second does not
        cut_off()
    held()
    cut_off()
    assert api.run_due_tasks() == 0
    row = api.task(begun.id)
    assert (row.state, row.error) == ("failed", running.CUT_OFF)


def test_of_two_holders_only_one_commits() -> None:
    api.task_kind("count", lambda work: None)
    begun = begin()
    slow = held()
    part(slow, 0)
    cut_off()
    quick = held()
    part(quick, 1)
    with pytest.raises(Conflict, match="another process"):
        part(slow, 99)
    slow._written_at = 0.0
    with pytest.raises(Conflict, match="another process"):
        slow.report(99)
    slow.run()
    assert api.task(begun.id).state == "running", "what the slow one answers counts for nothing"
    quick.run()
    assert api.task(begun.id).state == "done"
    assert parts_done() == [0, 1]
    assert len(ended()) == 1


def test_whoever_lost_a_task_reports_no_failure_of_it() -> None:
    def losing(work: api.Running) -> None:
        models.Task.objects.update(holder="somebody else")
        part(work, 0)

    api.task_kind("count", losing)
    begun = begin()
    api.run_due_tasks()
    row = api.task(begun.id)
    assert (row.state, row.error) == ("running", "")
    assert parts_done() == []


def test_cancelling_ends_what_waits_and_stops_what_runs() -> None:
    api.task_kind("count", lambda work: None)
    waiting = begin()
    assert api.cancel(waiting.id, by=ME).state == "cancelled"
    assert api.run_due_tasks() == 0
    with pytest.raises(Conflict, match="has ended"):
        api.cancel(waiting.id, by=ME)

    def cancelled_halfway(work: api.Running) -> None:
        part(work, 0)
        row = api.cancel(work.task.id, by=ME)
        assert (row.state, row.cancelling) == ("running", True)
        api.cancel(work.task.id, by=ME)
        part(work, 1)

    api.task_kind("count", cancelled_halfway)
    begun = begin()
    api.run_due_tasks()
    row = api.task(begun.id)
    assert (row.state, row.cancelling) == ("cancelled", False)
    assert parts_done() == [0]
    kinds = [leaf.kind for leaf in ledger.entries(subject=f"urn:dinh:task:{begun.id}")]
    assert kinds == ["task.started", "task.cancelled", "task.ended"]

    def going_on(work: api.Running) -> None:
        assert work.checkpoint == {"next": 1}
        part(work, 1)

    api.task_kind("count", going_on)
    api.retry(begun.id, by=ME)
    api.run_due_tasks()
    assert parts_done() == [0, 1]


def test_cancelling_what_was_cut_off_ends_it_at_the_next_taking() -> None:
    api.task_kind("count", lambda work: None)
    begun = begin()
    held()
    api.cancel(begun.id, by=ME)
    cut_off()
    assert api.run_due_tasks() == 0
    assert api.task(begun.id).state == "cancelled"


def test_a_worker_that_ends_puts_its_task_back_uncounted() -> None:
    ending = threading.Event()

    def stopped_halfway(work: api.Running) -> None:
        part(work, 0)
        ending.set()
        work.report(1)
        raise AssertionError

    api.task_kind("count", stopped_halfway)
    begun = begin()
    taken = running.claim(stop=ending.is_set)
    assert taken is not None
    taken.run()
    row = api.task(begun.id)
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "")
    assert row.due_at <= clock.now()
    assert held().checkpoint == {"next": 1}


def test_progress_is_written_at_most_twice_a_second_and_kept_at_the_end(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    def reporting(work: api.Running) -> None:
        work.report(0, 1000, "đọc")
        with django_assert_num_queries(0):
            for done in range(1, 1000):
                work.report(done, note="ghi")
        row = api.task(work.task.id)
        assert (row.done, row.total, row.note) == (0, 1000, "đọc")

    api.task_kind("count", reporting)
    begun = begin()
    api.run_due_tasks()
    row = api.task(begun.id)
    assert (row.state, row.done, row.total, row.note) == ("done", 999, 1000, "ghi")


def test_what_is_no_json_is_told_where_it_was_given() -> None:
    api.task_kind("count", lambda work: None)
    with pytest.raises(Invalid, match="JSON"):
        begin(params={"at": clock.now()})
    api.task_kind("count", lambda work: {"share": float("nan")}, attempts=1)
    begun = begin()
    api.run_due_tasks()
    assert api.task(begun.id).state == "failed"


def test_tasks_are_listed_newest_first_by_state_kind_and_person() -> None:
    api.task_kind("count", lambda work: None)
    api.task_kind("other", lambda work: None)
    first, second = begin(), begin("other")
    api.start("count", {}, title="x", by="urn:dinh:person:binh", at=clock.now() + timedelta(days=1))
    api.run_due_tasks()
    assert [row.id for row in api.tasks(by=ME)] == [second.id, first.id]
    assert [row.id for row in api.tasks(kind="count", states=["done"])] == [first.id]
    assert len(api.tasks(offset=1, limit=1)) == 1
    assert api.task_counts() == {"done": 2, "waiting": 1}
    assert api.task_counts(by=ME) == {"done": 2}
    for id in ("nonsense", "7d3f3c1e-0000-4000-8000-000000000000"):
        with pytest.raises(NotFound):
            api.task(id)


def test_what_ended_a_month_ago_is_removed_and_its_leaves_stay() -> None:
    api.task_kind("count", lambda work: None)
    old, new = begin(key="monthly"), begin()
    api.run_due_tasks()
    models.Task.objects.filter(pk=old.id).update(ended_at=clock.now() - timedelta(days=31))
    tasks.purge()
    assert [row.id for row in api.tasks()] == [new.id]
    assert len(ledger.entries(subject=f"urn:dinh:task:{old.id}")) == 2
    assert begin(key="monthly").state == "waiting"


def test_a_checkpoint_outside_of_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    api.task_kind("count", lambda work: None)
    begin()
    taken = held()
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(Conflict, match="outside of a transaction"):
        taken.save({})


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_tasks_renews_its_lease_and_stops_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "RENEWED_EVERY_S", 0.05)
    monkeypatch.setattr(running, "LEASE", timedelta(seconds=0.4))
    ending, leaving = threading.Event(), threading.Event()

    def long(work: api.Running) -> None:
        for _ in range(2000):
            work.report(1)
            time.sleep(0.005)

    def silent(work: api.Running) -> Mapping[str, Any]:
        time.sleep(0.7)  # longer than its lease
        return {"attempt": work.task.attempts}

    api.task_kind("long", long)
    api.task_kind("silent", silent)
    first, second = begin("long"), begin("silent")
    worker = threading.Thread(target=api.work_until, args=(ending.is_set,))
    worker.start()
    try:
        ends = time.monotonic() + 10
        while api.task(second.id).state != "done":
            assert time.monotonic() < ends
            time.sleep(0.01)
        assert api.task(second.id).result == {"attempt": 1}
        assert api.task(first.id).state == "running"
        api.cancel(first.id, by=ME)
        while api.task(first.id).state != "cancelled":
            assert time.monotonic() < ends
            time.sleep(0.01)
        third = begin("long")
        while api.task(third.id).state != "running":
            assert time.monotonic() < ends
            time.sleep(0.01)
    finally:
        ending.set()
        leaving.set()
        worker.join(10)
    assert not worker.is_alive()
    assert (api.task(third.id).state, api.task(third.id).attempts) == ("waiting", 0)
    assert pool.THREADS == 2

"""Whatever people, workers and crashes do to a task, in whatever order: each part is done once, each end told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.spine.jobs import api, models, running
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db
PARTS = 3
ATTEMPTS = 2
BY = "urn:dinh:person:an"
ACTS = (
    "run",
    "next part",
    "next part",
    "lost part",
    "lost part",
    "take over",
    "take over",
    "crash",
    "fail",
    "finish",
    "cancel",
    "retry",
    "stop",
    "wait",
)


class House:
    """A task, and those that hold it or believe that they do."""

    def __init__(self) -> None:
        self.breaks = self.stops = False
        api.task_kind("count", self.count, attempts=ATTEMPTS)
        self.id = api.start("count", {}, title="Đếm", by=BY).id
        self.holders: list[running.Held] = []

    def count(self, work: api.Running) -> None:
        if self.breaks:
            raise ValueError("broken")
        for number in range(self.row().checkpoint.get("next", 0), PARTS):  # a part may have been done by hand
            self.part(work, number)

    def part(self, work: api.Running, number: int) -> None:
        with transaction.atomic():
            ledger.append("part", "urn:dinh:case:1", {"n": number})
            work.save({"next": number + 1})

    def row(self) -> models.Task:
        return models.Task.objects.get(pk=self.id)

    def act(self, name: str) -> None:
        getattr(self, name.replace(" ", "_"))()

    def run(self) -> None:
        taken = running.claim(stop=lambda: self.stops)
        if taken is not None:
            self.holders.append(taken)

    def one_part(self, holder: running.Held) -> None:
        """The next part, by somebody who may have lost the task long ago."""
        number = self.row().checkpoint.get("next", 0)
        if number == PARTS:
            return
        is_held = self.row().state == "running" and self.row().holder == holder.holder
        asked = self.row().cancelling
        try:
            self.part(holder, number)
        except api.Cancelled:
            assert asked
        except Conflict:
            assert not is_held
        else:
            assert is_held
            assert not asked

    def next_part(self) -> None:
        if self.holders:
            self.one_part(self.holders[-1])

    def lost_part(self) -> None:
        if self.holders:
            self.one_part(self.holders[0])

    def crash(self) -> None:
        models.Task.objects.filter(state="running").update(lease_until=clock.now() - timedelta(seconds=1))

    def take_over(self) -> None:
        self.crash()
        self.run()

    def end(self) -> None:
        """Runs the function of whoever held it last to its end."""
        if self.holders:
            self.holders.pop().run()

    def finish(self) -> None:
        self.end()

    def fail(self) -> None:
        self.breaks = True
        self.end()
        self.breaks = False

    def stop(self) -> None:
        self.stops = True
        self.end()
        self.stops = False

    def cancel(self) -> None:
        before = self.row().state
        try:
            after = api.cancel(self.id, by=BY)
        except Conflict:
            assert before in models.ENDED
        else:
            assert (after.state, after.cancelling) in {("cancelled", False), ("running", True)}

    def retry(self) -> None:
        before = self.row()
        try:
            api.retry(self.id, by=BY)
        except Conflict:
            assert before.state in {"running", "done"} or (before.state == "waiting" and not before.attempts)
        else:
            assert before.state in {"waiting", "failed", "cancelled"}

    def wait(self) -> None:
        models.Task.objects.filter(state="waiting").update(due_at=clock.now())

    def check(self) -> None:
        row = self.row()
        done = [leaf.data["n"] for leaf in ledger.entries(kind="part")]
        assert done == list(range(row.checkpoint.get("next", 0))), (
            "what is done and what is saved agree, each part once"
        )
        assert row.attempts <= ATTEMPTS
        assert (row.state == "running") == (row.holder != "")
        if row.state == "done":
            assert len(done) == PARTS
        told = models.Event.objects.filter(name="task.ended").count()
        retried = len(ledger.entries(kind="task.retried"))
        assert told <= retried + 1
        assert (row.state in models.ENDED) <= (told > 0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=18))
def test_in_any_order_of_acts_nothing_is_done_twice_and_nothing_is_lost(acts: list[str]) -> None:
    with transaction.atomic():
        house = House()
        house.run()
        for name in acts:
            house.act(name)
            house.check()
        for _ in range(ATTEMPTS + 3):  # left to itself and tried again, it comes to its end
            house.crash()
            house.wait()
            if house.row().state in {"failed", "cancelled"}:
                house.retry()
            api.run_due_tasks()
            house.check()
        assert house.row().state == "done"
        transaction.set_rollback(True)

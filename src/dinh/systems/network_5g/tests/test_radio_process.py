"""The real child process: answers, errors, progress, its end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from dinh.kernel.errors import NotFound, SourceUnavailable
from dinh.systems.network_5g import queries, radio_process
from dinh.systems.network_5g.radio_process import RadioProcess
from dinh.systems.network_5g.tests import planning

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def process() -> Iterator[RadioProcess]:
    one = RadioProcess()
    yield one
    one.end()


def test_it_calculates_tells_how_far_it_is_and_raises_what_was_raised_there(process: RadioProcess) -> None:
    row = planning.scenario(masts=2)
    heard: list[tuple[int, int]] = []
    summary = process.ask("calculate", queries.question(row), hear=lambda done, of: heard.append((done, of)))
    assert summary["people"] == pytest.approx(10_000)
    assert heard[-1] == (4, 4)
    with pytest.raises(NotFound, match="the ground of this area is not there"):
        process.ask("height_at", queries.folder("grounds") / "none", [(105.9, 9.5)])
    assert process.ask("height_at", queries.ground_of(row.area), [(105.97, 9.52)]) == [2.0]


def test_whoever_stops_listening_ends_the_calculation_and_the_next_question_starts_anew(process: RadioProcess) -> None:
    row = planning.scenario(masts=4)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.ask("calculate", queries.question(row), hear=stop)
    assert process.ask("height_at", queries.ground_of(row.area), [(105.97, 9.52)]) == [2.0]


def test_a_killed_process_is_told_and_replaced(process: RadioProcess) -> None:
    row = planning.scenario()
    process.ask("height_at", queries.ground_of(row.area), [(105.97, 9.52)])
    child = process._child
    assert child is not None
    os.kill(child.pid, 9)
    child.wait()
    time.sleep(0.05)
    assert process.ask("height_at", queries.ground_of(row.area), [(105.97, 9.52)]) == [2.0]


def test_one_that_ends_in_the_middle_of_a_question_is_told(process: RadioProcess) -> None:
    def kill(done: int, of: int) -> None:
        assert process._child is not None
        os.kill(process._child.pid, 9)

    with pytest.raises(SourceUnavailable, match="ended while it calculated"):
        process.ask("calculate", queries.question(planning.scenario(masts=5)), hear=kill)


def test_a_listener_that_refuses_leaves_no_half_answer_for_the_next_question(process: RadioProcess) -> None:
    row = planning.scenario(masts=6)

    def refuse(done: int, of: int) -> None:
        raise NotFound("test.gone", "gone")

    with pytest.raises(NotFound, match="gone"):
        process.ask("calculate", queries.question(row), hear=refuse)
    assert process.ask("height_at", queries.ground_of(row.area), [(105.97, 9.52)]) == [2.0]


def test_one_that_nobody_asks_is_ended(process: RadioProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio_process, "IDLE_S", 0.1)
    process.ask("height_at", queries.ground_of(planning.scenario().area), [(105.97, 9.52)])
    child = process._child
    assert child is not None
    assert child.wait(timeout=5) is not None


def test_one_that_was_woken_answers_the_first_question_itself(process: RadioProcess) -> None:
    process.wake()
    woken = process._child
    assert woken is not None
    process.wake()
    assert process.ask("height_at", queries.ground_of(planning.scenario().area), [(105.97, 9.52)]) == [2.0]
    assert process._child is woken

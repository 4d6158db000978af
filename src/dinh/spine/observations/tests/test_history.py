"""The history file: what is remembered of it in memory, and who may ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.errors import SourceUnavailable
from dinh.spine.observations import api as observations
from dinh.spine.observations.history import newest, owner, recent
from dinh.spine.observations.history.newest import NEVER
from dinh.spine.observations.history.recent import Recent
from dinh.spine.observations.intake import service
from dinh.spine.observations.tests.factories import AT, WARD_2, declare, reading
from dinh.spine.parties.api import SYSTEM

MINUTE = timedelta(minutes=1)


@pytest.fixture
def started(transactional_db: None) -> Iterator[None]:
    declare()
    observations.start()
    yield
    observations.stop()


def record(*rows: Any) -> observations.Receipt:
    return observations.record(rows, by=SYSTEM, channel="test")


def test_newest_readings_survive_a_restart(started: None) -> None:
    record(reading(1.0), reading(2.0, AT + MINUTE), reading(None, AT + 2 * MINUTE, missing="not_measured"))
    record(reading(9.0, subject=WARD_2), reading(8.0, subject=WARD_2, source="hydro", at=AT + MINUTE))
    before = observations.latest()
    observations.stop()
    observations.start()
    assert observations.latest() == before
    assert [(row.value, row.missing, row.series.source, row.simulated) for row in before] == [
        (None, "not_measured", "met", False),
        (8.0, None, "hydro", True),
    ]


def test_a_correction_of_the_newest_reading_is_the_newest_reading_an_older_one_is_not(started: None) -> None:
    record(reading(1.0), reading(2.0, AT + MINUTE))
    record(reading(5.0))
    assert observations.latest()[0].value == 2.0
    record(reading(6.0, AT + MINUTE))
    assert observations.latest()[0].value == 6.0


def test_a_reading_is_stale_after_three_periods(started: None) -> None:
    from dinh.kernel import clock

    now = clock.now()
    record(reading(1.0, now - timedelta(minutes=29)), reading(1.0, now - timedelta(minutes=31), subject=WARD_2))
    assert [row.stale for row in observations.latest()] == [False, True]


def test_listeners_hear_batches_in_order_and_observers_hear_the_newest(
    started: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dinh.spine.observations.intake import telling

    heard: list[owner.CommittedBatch] = []
    changes: list[observations.Change] = []

    def failing(batch: owner.CommittedBatch) -> None:
        raise RuntimeError("a listener that fails")

    monkeypatch.setattr(owner, "listeners", [failing, heard.append])
    monkeypatch.setattr(telling, "observers", [changes.append])
    for minute in range(5):
        record(reading(float(minute), AT + minute * MINUTE))
    observations.stop()
    assert [batch.batch_id for batch in heard] == [1, 2, 3, 4, 5]
    assert [batch.value.tolist() for batch in heard] == [[0.0], [1.0], [2.0], [3.0], [4.0]]
    assert changes[-1].value.tolist() == [4.0]
    assert changes[-1].observed_at_us.tolist() == [clock.to_microseconds(AT + 4 * MINUTE)]


def test_a_query_takes_moments_with_a_zone_and_tables_by_name(started: None) -> None:
    record(reading(1.0), reading(2.0, AT + MINUTE))
    found = owner.query(
        "SELECT sum(o.value * weight.of) AS total FROM observation o JOIN weight USING (series) WHERE observed_at > $since",
        {"since": AT},
        tables={"weight": pa.table({"series": pa.array([row.id for row in observations.series_of()]), "of": [10]})},
    )
    assert found["total"].to_pylist() == [20.0]


def test_while_no_process_owns_the_history_each_call_takes_it_for_itself(db: None) -> None:
    declare()
    record(reading())
    assert owner.owned() is None
    assert observations.latest()[0].value == 20.0
    assert owner.owned() is None
    assert service.running() is None


ROW = st.tuples(st.integers(1, 3), st.integers(0, 60))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(ROW, max_size=12), max_size=12))
def test_what_is_called_certainly_new_was_never_written(
    batches: list[list[tuple[int, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "ROWS", 15)
    monkeypatch.setattr(recent, "WORD_BITS", 6)
    memory = Recent()
    memory.since_us = int(NEVER)
    written: set[tuple[int, int]] = set()
    for batch in batches:
        key, at = np.array(batch, np.int64).reshape(-1, 2).T
        new = memory.certainly_new(key, at)
        assert not any(row in written for row, fresh in zip(batch, new, strict=True) if fresh)
        written.update(batch)
        memory.add(key, at)


def test_the_memory_of_recent_rows_seldom_takes_a_stranger_for_known() -> None:
    memory = Recent()
    memory.since_us = int(NEVER)
    for minute in range(100):
        memory.add(np.arange(10_000) << 16 | 1, np.full(10_000, minute * 60_000_000))
    strangers = memory.certainly_new(np.arange(10_000) << 16 | 1, np.full(10_000, 30_000_000))
    assert strangers.mean() > 0.999


def test_a_restart_remembers_recent_rows_or_looks_them_up(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [reading(minute / 10, AT + minute * MINUTE) for minute in range(0, 100, 2)]
    record(*rows)
    for most in (4_000_000, 20, 0):
        observations.stop()
        monkeypatch.setattr(recent, "ROWS", most)
        observations.start()
        receipt = record(*rows)
        assert (receipt.accepted, receipt.duplicates) == (0, 50), most


def test_a_fault_that_nobody_foresaw_is_answered_and_the_writer_goes_on(
    started: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = service.running()
    assert intake is not None
    with monkeypatch.context() as broken:
        broken.setattr(intake.writer, "_insert", lambda *_: 1 / 0)
        with pytest.raises(SourceUnavailable):
            record(reading(1.0))
    assert record(reading(1.0)).accepted == 1
    intake.writer.flush_counts()
    counted = owner.query("SELECT sum(accepted)::BIGINT AS n FROM intake_count").to_pylist()
    assert counted == [{"n": 1}]


def test_a_batch_that_was_written_though_its_commit_failed_shares_its_number_with_none(
    started: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = service.running()
    assert intake is not None
    with monkeypatch.context() as broken:
        broken.setattr(intake.lanes, "committed", lambda *_: 1 / 0)  # after COMMIT
        with pytest.raises(SourceUnavailable):
            record(reading(1.0))
    intake.writer.last_batch = 0  # as after a COMMIT that reached the disk and then told of a failure
    intake.writer._recover()
    assert record(reading(1.0)).duplicates == 1
    assert record(reading(2.0, AT + MINUTE)).accepted == 1
    numbers = owner.query("SELECT id FROM batch ORDER BY id")["id"].to_pylist()
    assert len(numbers) == len(set(numbers)) == 2


def test_a_lane_is_told_only_once_it_can_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers are looked up without the lock: whoever finds one must find its key and its place too."""
    lanes = newest.Lanes()
    seen: list[bool] = []

    class Watched(dict[int, int]):
        def __setitem__(self, key: int, number: int) -> None:
            seen.append(number < len(lanes.key) and int(lanes.key[number]) == key)
            super().__setitem__(key, number)

    monkeypatch.setattr(lanes, "_numbers", Watched())
    for series in range(1, 1500):
        lanes.number(series, 3)
    assert len(seen) == 1499
    assert all(seen)
    assert lanes.number(7, 3) == 6

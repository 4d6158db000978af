"""Each kind of rule on small crafted histories; and a trial finds what live judging found, however readings came."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, OutOfRange
from dinh.kernel.manifests import Kind, RuleSpec, Severity, Text
from dinh.kernel.specs import RuleKind
from dinh.spine.observations import api as observations
from dinh.spine.observations import catalogue, judge, trial
from dinh.spine.observations.history import owner
from dinh.spine.observations.judging import combination, measures
from dinh.spine.observations.judging.stream import accepted
from dinh.spine.observations.models import Alert, JudgedCursor
from dinh.spine.observations.rules import NEVER_US
from dinh.spine.observations.tests.province import HOUR, MINUTE, declare, record, source
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db
STATION = "urn:dinh:organisation:station"
OTHER = "urn:dinh:organisation:other"
START = clock.now().replace(second=0, microsecond=0) - 5 * HOUR


@pytest.fixture(autouse=True)
def _declared() -> None:
    for name in ("station", "other"):
        parties.save_organisation(id=name, name_vi=name, name_en=name)
    for code in ("a.rain", "a.water"):
        declare(code, period=10 * MINUTE)
    declare("a.count", Kind.COUNTER)
    source("met")


def rule(kind: RuleKind, code: str = "a.rule", indicator: str = "a.water", **more: Any) -> RuleSpec:
    return RuleSpec(code, indicator, Text("Luật", "Rule"), Severity.MAJOR, kind=kind, **more)


RATE = rule(RuleKind.RATE, above=3.0, clear_at=1.0, window=30 * MINUTE, per=HOUR)
MISSING = rule(RuleKind.MISSING, silent_for=30 * MINUTE)
BOTH = rule(
    RuleKind.COMBINATION,
    window=30 * MINUTE,
    conditions={"all": [{"indicator": "a.rain", "above": 50}, {"indicator": "a.water", "above": 1.8}]},
)


def watch(*rules: RuleSpec) -> None:
    observations.declare_rules(rules, by=SYSTEM)


def readings(code: str, values: list[float | None], start: datetime = START, subject: str = STATION) -> None:
    record(code, subject, values, start=start, every=10 * MINUTE)


def spans(rows: list[Any] | None = None) -> list[tuple[str, int, int, int | None]]:
    """Subject, and minutes after START of: since, fired, cleared."""
    found = observations.alerts(states=("open", "acknowledged", "cleared"), grouped=False)
    numbers = {row.urn: row for row in found}
    fired = {f"urn:dinh:alert:{row.pk}": row.fired_at for row in Alert.objects.all()}
    return sorted(
        (row.subject, _minutes(row.since), _minutes(fired[urn]), _minutes(row.cleared_at))
        for urn, row in numbers.items()
    )


def _minutes(moment: datetime | None) -> Any:
    return None if moment is None else (moment - START) // MINUTE


def tried(spec: RuleSpec, until: datetime | None = None) -> list[tuple[str, int, int, int | None]]:
    found = observations.try_rule(spec, since=START - HOUR, until=until or START + 6 * HOUR)
    return sorted(
        (row.subject, _minutes(row.since), _minutes(row.fired_at), _minutes(row.until)) for row in found.firings
    )


def test_a_rise_of_more_than_the_limit_an_hour_fires_and_a_slower_one_ends_it() -> None:
    watch(RATE)
    readings("a.water", [1.0, 1.1, 1.2, 1.3, 2.3, 3.3, 4.3, 4.4, 4.4, 4.4, 4.4])
    ((_, since, fired, cleared),) = spans()
    # At 50 minutes the oldest reading of the half hour is that of 20 minutes: 3.3 - 1.2 in half an hour is 4.2 an hour.
    assert (since, fired, cleared) == (50, 50, 90)
    (alert,) = observations.alerts(states=("cleared",))
    assert (alert.kind, round(alert.value, 3), alert.reading, alert.threshold) == ("rate", 4.2, 3.3, 3.0)
    assert tried(RATE) == spans()


def test_a_counter_that_begins_anew_has_not_fallen() -> None:
    fall = replace(RATE, indicator="a.count", above=None, below=-5.0, clear_at=None)
    watch(fall)
    readings("a.count", [100.0, 110.0, 120.0, 2.0, 12.0, 22.0])
    assert spans() == []


def test_a_rate_knows_the_readings_before_a_restart() -> None:
    watch(RATE)
    readings("a.water", [1.0, 1.1, 1.2, 1.3])
    judge._judge.save_cursor()
    judge._judge.forget()
    readings("a.water", [2.3, 3.3], START + 40 * MINUTE)
    assert spans() == [(STATION, 50, 50, None)]


def test_silence_fires_when_its_time_is_up_and_ends_with_the_next_reading() -> None:
    watch(MISSING)
    readings("a.water", [1.0, 1.0, None])
    with owner.taken():
        judge._present().tick(START + 39 * MINUTE)
        assert spans() == []
        judge._present().tick(START + 70 * MINUTE)
        judge._present().tick(START + 80 * MINUTE)
        # A missing value is no data; the time is that of the rule, not of the look at the clock.
        assert spans() == [(STATION, 10, 40, None)]
        readings("a.water", [1.0], START + 90 * MINUTE)
        assert spans() == [(STATION, 10, 40, 90)]
    assert [(row.kind, row.value, row.worst_value) for row in observations.alerts(states=("cleared",))] == [
        ("missing", 30.0, 80.0)
    ]
    assert tried(MISSING, START + 90 * MINUTE + MINUTE) == spans()


def test_a_gap_that_nobody_saw_is_found_when_the_readings_come() -> None:
    watch(MISSING)
    readings("a.water", [1.0])
    judge._judge.save_cursor()
    readings("a.water", [1.0], START + 90 * MINUTE)
    assert spans() == [(STATION, 0, 30, 90)]


def test_silence_counts_in_periods_of_the_indicator() -> None:
    watch(replace(MISSING, silent_for=None, periods=5))
    readings("a.water", [1.0])
    with owner.taken():
        judge._present().tick(START + 2 * HOUR)
    assert spans() == [(STATION, 0, 50, None)]


def test_conditions_hold_together_only_within_their_time() -> None:
    watch(BOTH)
    water = [1.0, 1.0, 1.9, 1.9, 1.9, 1.0]
    for step, (rain, level) in enumerate(zip([60.0, *[10.0] * 5], water, strict=True)):
        for code, value in (("a.rain", rain), ("a.water", level)):
            readings(code, [value], START + 10 * step * MINUTE)
    # Rain at 0 and water at 20 lie within half an hour; from 40 on the rain is too long ago.
    assert spans() == [(STATION, 20, 20, 40)]
    assert tried(BOTH) == spans()


def test_each_place_has_its_own_conditions() -> None:
    watch(BOTH)
    readings("a.rain", [60.0])
    readings("a.water", [2.0], subject=OTHER)
    assert spans() == []
    readings("a.rain", [60.0], START + 10 * MINUTE, OTHER)
    assert spans() == [(OTHER, 10, 10, None)] if observations.series_of(subject=OTHER, indicator="a.water") else []


def test_not_needs_a_reading_that_says_so() -> None:
    dry = {"all": [{"indicator": "a.rain", "above": 50}, {"not": {"indicator": "a.water", "above": 1.0}}]}
    watch(replace(BOTH, conditions=dry))
    readings("a.rain", [60.0])
    assert spans() == []
    readings("a.water", [0.2], START + 10 * MINUTE)
    assert spans() == [(STATION, 10, 10, None)]


@pytest.mark.parametrize(
    "conditions",
    [
        None,
        {"all": []},
        {"not": {"indicator": "a.rain", "above": 1}},
        {"indicator": "a.rain"},
        {"indicator": "a.rain", "above": 1, "below": 2},
        {"some": [{"indicator": "a.rain", "above": 1}]},
        {"all": [{"indicator": "a.rain", "above": True}]},
        {"all": [{"all": [{"all": [{"all": [{"indicator": "a.rain", "above": 1}]}]}]}]},
        {"any": [{"indicator": "a.rain", "above": number} for number in range(9)]},
    ],
)
def test_conditions_that_cannot_be_meant_are_refused(conditions: Any) -> None:
    with pytest.raises(Invalid, match="conditions cannot be read"):
        combination.read(conditions)


# --- the stream -----------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(0, 4)), max_size=60))
def test_late_readings_are_left_out_as_they_came(rows: list[tuple[int, int, int]]) -> None:
    """Against the definition: one after another by batch and time, whatever is not newer than all before is late."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    stream = accepted(
        columns[0].astype(np.uint32), np.zeros(len(rows), np.uint16), columns[1], np.ones(len(rows)), columns[2],
        np.array([NEVER_US, 5, NEVER_US, NEVER_US]),
    )  # fmt: skip
    newest = {0: NEVER_US, 1: 5, 2: NEVER_US, 3: NEVER_US}
    wanted = []
    for series, at, _ in sorted(rows, key=lambda row: (row[0], row[2], row[1])):
        if at > newest[series]:
            newest[series] = at
            wanted.append((series, at))
    assert list(zip(stream.series.tolist(), stream.at_us.tolist(), strict=True)) == wanted


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 60), st.floats(-5, 5)), max_size=50, unique_by=lambda r: r[:2]
    ),
    st.lists(st.integers(0, 60), max_size=5),
)
def test_a_rate_is_the_same_however_readings_are_batched(rows: list[tuple[int, int, float]], cuts: list[int]) -> None:
    def stream(some: list[tuple[int, int, float]]) -> Any:
        some = sorted(some)
        return accepted(
            np.array([row[0] for row in some], np.uint32), np.zeros(len(some), np.uint16),
            np.array([row[1] for row in some], np.int64), np.array([row[2] for row in some], np.float64),
            np.zeros(len(some), np.int64), np.full(3, NEVER_US),
        )  # fmt: skip

    edges = [0, *sorted(set(cuts)), 61]
    whole, parts = measures.Rate(10, 60, False), measures.Rate(10, 60, False)
    found: dict[tuple[int, int], float] = {}
    for first, last in itertools.pairwise(edges):
        some = stream([row for row in rows if first <= row[1] < last])
        if len(some):
            measured, _ = parts(some)
            found |= zip(zip(some.series.tolist(), some.at_us.tolist(), strict=True), measured.tolist(), strict=True)
    every = stream(rows)
    if not len(every):
        return
    measured, _ = whole(every)
    for series, at, value in zip(every.series.tolist(), every.at_us.tolist(), measured.tolist(), strict=True):
        earlier = [row for row in rows if row[0] == series and at - 10 <= row[1] < at]
        reference = min(earlier, key=lambda row: row[1], default=None)
        wanted = float("nan")
        if reference is not None and 2 * (at - reference[1]) >= 10:
            mine = next(row[2] for row in rows if row[:2] == (series, at))
            wanted = (mine - reference[2]) / (at - reference[1]) * 60
        assert value == pytest.approx(wanted, nan_ok=True)
        assert found[series, at] == pytest.approx(wanted, nan_ok=True)


# --- live, replayed and tried: the same ------------------------------------------------


@pytest.fixture
def fresh() -> Any:
    """Clears what an example left: alerts, cursor, history."""

    def clear() -> None:
        Alert.objects.all().delete()
        JudgedCursor.objects.all().delete()
        owner.discard()
        judge._judge.forget()

    return clear


ALL_KINDS = (
    rule(RuleKind.THRESHOLD, "k.threshold", above=4.0, clear_at=3.0, lasting=20 * MINUTE),
    replace(RATE, code="k.rate"),
    replace(MISSING, code="k.missing"),
    replace(
        BOTH,
        code="k.both",
        lasting=10 * MINUTE,
        conditions={
            "any": [
                {"all": [{"indicator": "a.rain", "above": 4}, {"not": {"indicator": "a.water", "above": 3}}]},
                {"indicator": "a.water", "above": 5},
            ]
        },
    ),
)
rows_of_batches = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["a.rain", "a.water"]),
            st.sampled_from([STATION, OTHER]),
            st.integers(0, 24),
            st.sampled_from([1.0, 2.5, 3.5, 4.5, 6.0]),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda row: row[:3],
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows_of_batches, st.integers(0, 5))
def test_live_replayed_and_tried_firings_are_the_same(fresh: Any, batches: list[list[Any]], crash: int) -> None:
    """Batches of any size, out of order and late; live with a restart somewhere, replayed at once, and as a trial."""
    fresh()
    with transaction.atomic(), owner.taken():
        watch(*ALL_KINDS)
        for number, batch in enumerate(batches):
            record_rows(batch)
            if number == crash:
                judge._judge.save_cursor()
                judge._judge.forget()
        live = firings()
        Alert.objects.all().delete()
        JudgedCursor.objects.all().delete()
        judge._judge.forget()
        judge._present().catch_up()
        assert firings() == live
        for spec in ALL_KINDS:
            found = observations.try_rule(spec, since=START, until=START + 4 * HOUR + 5 * MINUTE)
            mine = [row for row in live if row[0] == spec.code]
            if spec.kind is RuleKind.MISSING:  # live, the clock has not been looked at: only gaps that ended are known
                assert sorted(row_of(spec, row) for row in found.firings if row.until) == mine
            else:
                assert sorted(row_of(spec, row) for row in found.firings) == mine
        transaction.set_rollback(True)
    catalogue.forget()


def record_rows(batch: list[Any]) -> None:
    rows = [
        {"indicator": code, "subject": subject, "observed_at": (START + 10 * step * MINUTE).isoformat(), "value": value, "source": "met"}
        for code, subject, step, value in batch
    ]  # fmt: skip
    observations.record(rows, by=SYSTEM, channel="test")


def row_of(spec: RuleSpec, row: observations.Firing) -> tuple[Any, ...]:
    return spec.code, row.series, row.since, row.fired_at, row.until or clock.EPOCH, row.peak


def firings() -> list[tuple[Any, ...]]:
    judge._judge.save_cursor()
    return sorted(
        (row.rule, row.series, row.since, row.fired_at, row.cleared_at or clock.EPOCH, row.worst_value)
        for row in Alert.objects.filter(is_group=False)
    )


# --- the trial -------------------------------------------------------------------------


def test_a_trial_says_how_often_where_and_how_long() -> None:
    readings("a.water", [1.0, 5.0, 5.0, 1.0, 5.0, 1.0])
    readings("a.water", [1.0, 5.0], subject=OTHER)
    found = observations.try_rule(rule(RuleKind.THRESHOLD, above=4.0), since=START, until=START + HOUR)
    assert (len(found.firings), found.subjects, found.series, found.readings) == (3, 2, 2, 8)
    assert sum(found.per_day.values()) == 3
    assert found.longest == 50 * MINUTE, "what has not ended counts until the end of the span"
    assert found.coverage == pytest.approx(8 / 12)
    assert all(isinstance(day, date) for day in found.per_day)


def test_a_trial_that_is_too_large_is_refused_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MOST_READINGS", 3)
    readings("a.water", [1.0] * 6)
    spec = rule(RuleKind.THRESHOLD, above=4.0)
    with pytest.raises(OutOfRange, match="6 readings would have to be judged"):
        observations.try_rule(spec, since=START, until=START + HOUR)
    with pytest.raises(Invalid, match="no span for a trial"):
        observations.try_rule(spec, since=START, until=START)


def test_a_trial_in_portions_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    readings("a.rain", [60.0, 10.0, 60.0])
    readings("a.water", [2.0, 2.0, 5.0])
    readings("a.rain", [60.0], subject=OTHER)
    readings("a.water", [2.0, 2.0, 2.0, 2.0, 2.0], subject=OTHER)
    whole = [tried(spec) for spec in (RATE, MISSING, BOTH)]
    monkeypatch.setattr(trial, "AT_ONCE", 1)
    assert [tried(spec) for spec in (RATE, MISSING, BOTH)] == whole
    assert whole[2]

"""The state of a rule, against a reference that looks at the whole past anew for every reading."""

from __future__ import annotations

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.manifests import RuleSpec, Severity, Text
from dinh.spine.observations.rules import State, Threshold, Transition, What

type Readings = list[tuple[int, float]]


def rule(*, lasting_us: int = 0, high: bool = True, clear_at: float | None = None) -> Threshold:
    return Threshold.of(
        RuleSpec(
            code="r",
            indicator="i",
            name=Text("r", "r"),
            severity=Severity.MAJOR,
            above=10.0 if high else None,
            below=None if high else 10.0,
            clear_at=clear_at,
            lasting=timedelta(microseconds=lasting_us),
        )
    )


def fed(threshold: Threshold, *batches: Readings) -> list[tuple[What, int, int]]:
    state, found = State(), list[Transition]()
    for batch in batches:
        found += state.feed(threshold, sorted(batch))
    return [(t.what, t.at_us, t.since_us) for t in found if t.what is not What.WORSENED]


def reference(threshold: Threshold, readings: Readings) -> list[tuple[What, int, int]]:
    """Written from the definition: an alert fires at a reading if all readings since some reading at least `lasting`
    ago, and since the last end of an alert, passed; it ends at the first reading that clears."""
    found: list[tuple[What, int, int]] = []
    since: int | None = None
    free_from = 0
    for place, (at, value) in enumerate(readings):
        if since is not None:
            if threshold.clears(value):
                found.append((What.CLEARED, at, since))
                since, free_from = None, place + 1
            continue
        run = place + 1
        while run > free_from and threshold.passes(readings[run - 1][1]):
            run -= 1
        if run <= place and at - readings[run][0] >= threshold.lasting_us:
            since = readings[run][0]
            found.append((What.FIRED, at, since))
    return found


readings = st.lists(
    st.tuples(st.integers(1, 10**6), st.sampled_from([4.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 16.0])),
    unique_by=lambda reading: reading[0],
    max_size=40,
).map(sorted)


@given(
    readings,
    st.sampled_from([0, 1, 1000, 200_000]),
    st.booleans(),
    st.sampled_from([None, 8.0, 12.0]),
    st.lists(st.integers(0, 40)),
)
def test_transitions_are_those_of_the_definition_however_readings_are_batched(
    given_readings: Readings, lasting_us: int, high: bool, clear_at: float | None, cuts: list[int]
) -> None:
    if clear_at is not None and (clear_at > 10) is high:
        clear_at = None
    threshold = rule(lasting_us=lasting_us, high=high, clear_at=clear_at)
    edges = sorted({0, len(given_readings), *(cut for cut in cuts if cut < len(given_readings))})
    batches = [given_readings[a:b] for a, b in itertools.pairwise(edges)]
    assert fed(threshold, *batches) == reference(threshold, given_readings)


@given(readings, readings)
def test_late_readings_move_no_state(first: Readings, late: Readings) -> None:
    if not first:
        return
    newest = first[-1][0]
    threshold = rule(lasting_us=1000)
    assert fed(threshold, first, [(at, value) for at, value in late if at <= newest]) == fed(threshold, first)


def test_a_value_upon_the_threshold_does_not_fire_and_one_upon_clear_at_clears() -> None:
    threshold = rule(clear_at=8.0)
    assert fed(threshold, [(1, 10.0)]) == []
    assert fed(threshold, [(1, 10.5), (2, 9.0), (3, 8.0)]) == [(What.FIRED, 1, 1), (What.CLEARED, 3, 1)]


def test_the_worst_value_follows_the_direction_of_the_rule() -> None:
    for high, values, worst in ((True, [11.0, 15.0, 12.0], 15.0), (False, [9.0, 3.0, 5.0], 3.0)):
        state = State()
        for at, value in enumerate(values):
            list(state.feed(rule(high=high), [(at, value)]))
        assert state.worst == worst

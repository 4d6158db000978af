"""What is unlike the usual day, and the hours in which a rule may fire."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.manifests import Kind, RuleSpec, Severity, Text
from dinh.kernel.specs import RuleKind
from dinh.spine.observations import api as observations
from dinh.spine.observations import specs
from dinh.spine.observations.judging.hours import Hours
from dinh.spine.observations.models import Alert
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


# --- the usual day -------------------------------------------------------------------

DAY = timedelta(days=1)


def a_month(subject: str = STATION, days: int = 20, end: datetime | None = None) -> datetime:
    """Hourly readings that are 1 by night and 5 by day, a little apart from day to day; recorded as an archive."""
    midnight = clock.start_of_day((end or clock.now()).astimezone(clock.VIETNAM).date())
    for number in range(days, 2, -1):
        values = [(5.0 if 6 <= hour < 18 else 1.0) + 0.1 * (number % 3 - 1) for hour in range(24)]
        record("a.water", subject, values, start=midnight - number * DAY, every=HOUR)
    return midnight


UNUSUAL = rule(RuleKind.UNUSUAL, above=4.0, clear_at=2.0, weeks=4, least_days=7)


def test_a_value_that_is_usual_by_day_is_unusual_by_night() -> None:
    midnight = a_month()
    watch(UNUSUAL)
    start = clock.now().replace(minute=0, second=0, microsecond=0) - 3 * HOUR
    hours = [(start + step * HOUR).astimezone(clock.VIETNAM).hour for step in range(3)]
    usual = [5.0 if 6 <= hour < 18 else 1.0 for hour in hours]
    record("a.water", STATION, [usual[0], usual[1] + 2.0, usual[2]], start=start, every=HOUR)
    (alert,) = observations.alerts(states=("open", "cleared"))
    assert (alert.since, alert.cleared_at) == (start + HOUR, start + 2 * HOUR)
    assert (alert.kind, alert.reading) == ("unusual", usual[1] + 2.0)
    assert alert.expected == pytest.approx(usual[1], abs=0.11)
    assert alert.value > 10
    found = observations.try_rule(UNUSUAL, since=midnight - 10 * DAY, until=clock.now())
    assert [(row.since, row.until) for row in found.firings] == [(alert.since, alert.cleared_at)]


def test_the_usual_day_is_told_by_the_hour_with_the_room_in_which_nothing_fires() -> None:
    midnight = a_month()
    (series,) = observations.series_of(indicator="a.water")
    span = {"since": midnight - DAY, "until": midnight}
    told = observations.usual_day(UNUSUAL, series.id, **span)
    assert [point.at for point in told] == [midnight - DAY + hour * HOUR for hour in range(24)]
    night, noon = told[2], told[12]
    assert (night.value, noon.value) == pytest.approx((1.0, 5.0), abs=0.11)
    assert night.low is not None
    assert night.high is not None
    assert night.low < 1.0 < night.high < 3.0
    low_only = observations.usual_day(replace(UNUSUAL, side="low"), series.id, **span)
    assert {point.high for point in low_only} == {None}
    assert observations.usual_day(RATE, series.id, **span) == ()
    early = observations.usual_day(UNUSUAL, series.id, since=midnight - 20 * DAY, until=midnight - 19 * DAY)
    assert early == [], "too few days are known"


def test_without_enough_days_nothing_is_called_unusual() -> None:
    a_month(days=8)  # six days, because the archive ends two days ago
    watch(UNUSUAL)
    record("a.water", STATION, [99.0], start=clock.now() - HOUR)
    assert observations.alerts() == ()


def test_the_side_decides_which_way_counts() -> None:
    a_month()
    watch(replace(UNUSUAL, side="low"))
    record("a.water", STATION, [99.0], start=clock.now() - HOUR)
    assert observations.alerts() == ()
    record("a.water", STATION, [-99.0], start=clock.now() - HOUR / 2)
    assert len(observations.alerts()) == 1


def test_hours_of_the_profile_are_those_of_vietnam() -> None:
    midnight = a_month()
    found = observations.try_rule(UNUSUAL, since=midnight - 12 * DAY, until=midnight - 2 * DAY)
    assert (found.firings, found.series, found.readings) == ([], 1, 10 * 24)


# --- when it may fire ------------------------------------------------------------------


def test_hours_are_those_of_the_vietnamese_day_also_over_midnight() -> None:
    night = Hours(22 * 60, 5 * 60, frozenset(range(7)))
    moments = [f"2026-11-23T{time}+07:00" for time in ("21:59", "22:00", "23:59", "00:00", "04:59", "05:00")]
    held = night.hold(np.array([clock.to_microseconds(clock.parse_moment(text)) for text in moments], np.int64))
    assert held.tolist() == [False, True, True, True, True, False]
    monday = Hours(0, 1440, frozenset({0}))
    edges = ["2026-11-22T23:59+07:00", "2026-11-23T00:00+07:00", "2026-11-23T23:59+07:00", "2026-11-24T00:00+07:00"]
    held = monday.hold(np.array([clock.to_microseconds(clock.parse_moment(text)) for text in edges], np.int64))
    assert held.tolist() == [False, True, True, False]
    noon = clock.to_microseconds(clock.parse_moment("2026-11-23T12:00:30+07:00"))
    assert clock.from_microseconds(night.next_us(noon)) == clock.parse_moment("2026-11-23T22:00+07:00")


def test_outside_its_hours_a_rule_does_not_fire_and_what_fires_may_clear() -> None:
    local = START.astimezone(clock.VIETNAM)
    minute = local.hour * 60 + local.minute
    spec = rule(RuleKind.THRESHOLD, above=4.0, hours=(minute, (minute + 25) % 1440))
    watch(spec)
    readings("a.water", [5.0, 5.0, 5.0, 5.0, 1.0, 5.0, 5.0])
    assert spans() == [(STATION, 0, 0, 40)]
    assert tried(spec) == spans()


# --- written down ---


@given(st.data())
def test_a_rule_survives_its_way_through_json(data: st.DataObject) -> None:
    spec = data.draw(
        st.sampled_from(
            [
                RATE,
                MISSING,
                BOTH,
                UNUSUAL,
                replace(RATE, hours=(60, 30), weekdays=(0, 6), within=None, subjects=("a", "b")),
            ]
        )
    )
    assert specs.rule_of_json(specs.rule_json(spec)) == spec

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.clock import now
from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.operations_centre.domain import drawing, tables
from dinh.systems.operations_centre.domain.attention import Item, counts, in_order, in_queue
from dinh.systems.operations_centre.domain.view import View, parse_view

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def item(key: str, **more: object) -> Item:
    fields: dict[str, object] = {
        "key": key, "alert": f"urn:dinh:alert:{key}", "case": None, "case_number": None, "case_version": None,
        "severity": "major", "title": key, "indicator": "", "domain": "", "subject": None, "subject_name": "",
        "place": None, "place_name": "", "since": NOW, "state": "open", "state_name": "", "organisation_name": "",
        "owner_name": "", "mine": False, "owned": False, "needs_owner": True, "due_at": None, "href": "",
        "simulated": False,
    }  # fmt: skip
    return Item(**(fields | more))  # type: ignore[arg-type]


views = st.builds(
    View,
    at=st.none() | st.integers(1_000_000_000, 1_767_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    indicator=st.sampled_from(["", "env.salinity", "5g.coverage"]),
    place=st.sampled_from(["", "urn:dinh:asset:tram-1", "urn:dinh:unit:2025:31673"]),
    alert=st.sampled_from(["", "urn:dinh:alert:7"]),
    within=st.sampled_from(["", "urn:dinh:unit:2025:31673"]),
    severities=st.lists(st.sampled_from(["critical", "major", "minor", "information"]), unique=True).map(tuple),
    domain=st.sampled_from(["", "Môi trường", "a&b=c"]),
    state=st.sampled_from(["", "open", "acknowledged"]),
    queue=st.sampled_from(["all", "mine", "unowned", "due_soon"]),
    tab=st.sampled_from(["list", "map", "figures"]),
)


@given(views)
def test_a_link_reproduces_the_view(view: View) -> None:
    assert parse_view(QueryDict(view.query().removeprefix("?"))) == view


@pytest.mark.parametrize(
    "query",
    [
        "severity=terrible",
        "queue=x",
        "state=x",
        "tab=x",
        "place=urn:dinh:person:a",
        "within=nonsense",
        "at=yesterday",
        "at=1999-01-01T00:00:00Z",
    ],
)
def test_a_view_that_cannot_be_is_refused_with_what_is_permitted(query: str) -> None:
    with pytest.raises(Invalid):
        parse_view(QueryDict(query))


def test_the_future_is_the_present() -> None:
    later = (now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert parse_view(QueryDict(f"at={later}")).at is None


def test_worst_first_then_what_nobody_has_then_the_nearest_deadline() -> None:
    held = item("held", owned=True, due_at=NOW + timedelta(minutes=1))
    nobodys = item("nobodys", due_at=NOW + timedelta(hours=3))
    worst = item("worst", severity="critical", owned=True)
    quiet = item("quiet", severity="information", needs_owner=False)
    assert [i.key for i in in_order([quiet, held, nobodys, worst])] == ["worst", "nobodys", "held", "quiet"]


def test_information_needs_no_owner_and_the_late_are_among_the_nearly_late() -> None:
    late = item("late", owned=True, due_at=NOW - timedelta(minutes=1))
    far = item("far", due_at=NOW + timedelta(hours=5), mine=True, owned=True)
    told = item("told", severity="information", needs_owner=False)
    items = [late, far, told]
    assert counts(items, NOW) == {"all": 3, "mine": 1, "unowned": 0, "due_soon": 1}
    assert in_queue(items, "due_soon", NOW) == [late]
    assert late.overdue(NOW)


@given(st.lists(st.none() | st.floats(-1e6, 1e6).map(lambda value: round(value, 4)), min_size=1))
def test_the_steps_of_the_map_hold_every_value_and_are_equal(values: list[float | None]) -> None:
    steps = drawing.nice_steps(values)
    known = [value for value in values if value is not None]
    if not known:
        assert steps == ()
        return
    width = steps[1] - steps[0]
    assert len(steps) == 6
    assert width > 0
    assert steps[0] <= min(known) + width * 1e-6
    assert steps[-1] >= max(known) - width * 1e-6


def test_a_target_far_from_the_trend_would_press_it_flat_and_is_left_out() -> None:
    assert drawing.near(4.0, [3.0, 3.5, None]) == 4.0
    assert drawing.near(90.0, [3.0, 3.5]) is None
    assert drawing.near(None, [1.0]) is None
    assert drawing.near(1.0, [None]) is None


def test_alerts_of_one_slot_are_one_tick_in_the_colour_of_the_worst() -> None:
    end = NOW + timedelta(days=1)
    times = [
        (NOW + timedelta(minutes=1), "minor"),
        (NOW + timedelta(minutes=2), "critical"),
        (NOW + timedelta(hours=12), "major"),
        (end, "critical"),
    ]
    first, second = drawing.ticks(times, start=NOW, end=end)
    assert (first.severity, first.count, second.severity) == ("critical", 2, "major")
    assert float(first.x) < float(second.x)


def test_a_cell_that_a_spreadsheet_would_run_is_made_text() -> None:
    table = tables.Table("x", ["a"], ["A"], [["=HYPERLINK(1)"], [-3.5], [None]])
    assert tables.written(table, "csv").decode("utf-8-sig").splitlines() == ["a", "'=HYPERLINK(1)", "-3.5", '""']


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="csv, xlsx, json"):
        tables.written(tables.Table("x", [], [], []), "pdf")

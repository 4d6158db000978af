from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, Refused
from dinh.kernel.manifests import Aggregation, Kind
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.observations.intake import service
from dinh.spine.observations.tests import offices, province
from dinh.spine.observations.tests.province import AREA, HOUR, MIDNIGHT, declare, record
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db
NOW = clock.parse_moment("2026-11-20T01:00:00+07:00")
LEADER = offices.person("minh", "leader")


def target(
    value: float | None, *, year: int = 2026, kind: str = "target", place: str = AREA, **more: Any
) -> reported.TargetRow:
    return reported.save_target(
        indicator="test.level", place=place, year=year, kind=kind, value=value, document="QĐ 12", by=LEADER, **more
    )


def figure(at: datetime = NOW, within: str = AREA) -> observations.Figure:
    (found,) = observations.figures(["test.level"], within=within, at=at)
    return found


def test_the_target_of_place_and_year_wins_over_the_declared_one(ground: tuple[list[str], list[str]]) -> None:
    stations, communes = ground
    province.source()
    declare("test.level", target=5.0)
    record("test.level", stations[0], [8.0] * 60)
    assert figure().indicator.target == 5.0
    target(10.0)
    target(99.0, year=2027)
    target(16.0, kind="plan")
    now = figure()
    assert (now.indicator.target, now.plan, now.of_plan) == (10.0, 16.0, 0.5)
    assert figure(within=communes[0]).indicator.target == 5.0
    assert figure(at=clock.parse_moment("2027-02-01T00:00:00+07:00")).indicator.target == 99.0
    target(None)
    assert figure().indicator.target == 5.0


def test_amounts_are_held_against_the_plan_since_the_year_began(ground: tuple[list[str], list[str]]) -> None:
    province.source()
    declare("test.level", over_time=Aggregation.SUM, over_place=Aggregation.SUM, period=timedelta(days=30))
    for month, values in ((1, [100.0]), (2, [20.0])):
        start = clock.parse_moment(f"2026-{month:02}-01T00:00:00+07:00")
        record("test.level", ground[0][0], values, start=start)
        record("test.level", ground[0][2], values, start=start)
    record("test.level", ground[0][0], [999.0], start=clock.parse_moment("2025-12-01T00:00:00+07:00"))
    target(480.0, kind="plan")
    february = figure(at=clock.parse_moment("2026-02-20T00:00:00+07:00"))
    assert (february.value, february.reached, february.of_plan) == (40.0, 240.0, 0.5)
    january = figure(at=clock.parse_moment("2026-01-20T00:00:00+07:00"))
    assert january.of_plan == pytest.approx(200 / 480)


def test_a_changed_target_keeps_its_versions_and_the_same_again_changes_nothing(
    ground: tuple[list[str], list[str]],
) -> None:
    declare("test.level")
    first = target(10.0)
    assert target(10.0).version == first.version == 1
    assert target(12.0, version=1).version == 2
    with pytest.raises(Conflict):
        target(13.0, version=1)
    assert [row.value for row in reported.targets(indicator="test.level", in_force=False)] == [12.0, 10.0]
    assert [row.value for row in reported.targets(indicator="test.level")] == [12.0]
    with pytest.raises(Refused):
        reported.save_target(
            indicator="test.level", place=AREA, year=2026, kind="plan", value=1.0, document="", by=offices.LAN
        )
    with pytest.raises(Invalid):
        target(1.0, kind="wish")


def test_figures_with_targets_take_no_more_queries(
    ground: tuple[list[str], list[str]], django_assert_max_num_queries: Any
) -> None:
    province.source()
    declare("test.level")
    record("test.level", ground[0][0], [8.0] * 60)
    figure()
    target(10.0)
    figure()
    with django_assert_max_num_queries(6):
        figure()


def formula(expression: str, unit: str = "1", code: str = "test.made", **more: Any) -> reported.FormulaRow:
    return reported.save_formula(
        code=code, name_vi=code, name_en=code, unit=unit, expression=expression, by=SYSTEM, **more
    )


@pytest.fixture
def counts(ground: tuple[list[str], list[str]]) -> tuple[list[str], list[str]]:
    """Of two stations in one commune: 1 of 10 and 30 of 90; of one in another: 5 of 50."""
    province.source()
    for code in ("test.part", "test.whole"):
        declare(code, Kind.GAUGE, over_time=Aggregation.LAST, over_place=Aggregation.SUM, period=HOUR)
    for station, part, whole in zip(ground[0], (1.0, 30.0, 5.0), (10.0, 90.0, 50.0), strict=True):
        record("test.part", station, [part])
        record("test.whole", station, [whole])
    return ground


def made(row: reported.FormulaRow, by: str = "commune", within: str = AREA) -> dict[str, reported.FormulaValue]:
    found = reported.formula_values(row, within=within, start=MIDNIGHT, end=MIDNIGHT + HOUR, every=HOUR, by=by)
    return {value.place: value for value in found}


def test_a_quotient_over_an_area_is_the_quotient_of_the_sums(counts: tuple[list[str], list[str]]) -> None:
    row = formula("test.part / test.whole", "%")
    communes = counts[1]
    found = made(row)
    assert found[communes[0]].value == pytest.approx(31.0)
    assert found[communes[1]].value == pytest.approx(10.0)
    (whole,) = made(row, by="province").values()
    assert whole.value == pytest.approx(24.0)


def test_a_missing_part_is_named_through_formulas_of_formulas(counts: tuple[list[str], list[str]]) -> None:
    declare("test.absent", over_place=Aggregation.SUM)
    formula("test.part + test.absent", code="test.inner")
    outer = formula("test.inner * 2")
    value = made(outer)[counts[1][0]]
    assert (value.value, value.missing, value.part) == (None, "part_missing", "test.absent")


def test_formulas_that_cannot_be_are_refused_when_saved(counts: tuple[list[str], list[str]]) -> None:
    declare("test.length", unit="m")
    formula("test.part", code="test.one")
    formula("test.one + 1", code="test.two")
    for expression, unit, code, why in (
        ("test.two", "1", "test.one", "formula.cycle"),
        ("test.length + test.part", "m", "test.x", "formula.units"),
        ("test.nowhere", "1", "test.x", "formula.unknown_name"),
        ("test.part", "1", "test.whole", "formula.code_taken"),
    ):
        with pytest.raises(Invalid) as refused:
            formula(expression, unit, code)
        assert refused.value.code == why
    formula("test.one + test.part", code="test.three")
    with pytest.raises(Invalid) as unfit:  # test.three could not be worked out any more
        formula("test.length", "m", "test.one")
    assert unfit.value.code == "formula.units"
    with pytest.raises(Refused):
        reported.save_formula(code="test.x", name_vi="x", name_en="x", unit="1", expression="test.part", by=offices.LAN)
    with pytest.raises(Conflict):
        formula("test.part * 2", code="test.one", version=7)


def test_the_lineage_leads_to_readings_from_which_the_number_is_worked_out_again(
    counts: tuple[list[str], list[str]],
) -> None:
    formula("test.part / test.whole", "%")
    node = reported.lineage("test.made", place=counts[1][0], at=MIDNIGHT + timedelta(minutes=20), every=HOUR)
    assert (node.kind, node.at) == ("formula", MIDNIGHT)
    assert node.value == pytest.approx(31.0)
    part, whole = node.inputs
    sums = [sum(reading.value or 0.0 for reading in each.readings) for each in (part, whole)]
    assert [part.value, whole.value] == sums
    assert node.value == pytest.approx(100 * sums[0] / sums[1])
    assert {reading.subject for reading in part.readings} == set(counts[0][:2])
    assert {reading.source for reading in part.readings} == {"met"}
    assert all(len(reading.sha256) == 64 for reading in part.readings)


def test_a_ratio_leads_to_the_readings_of_its_parts(counts: tuple[list[str], list[str]]) -> None:
    declare("test.share", Kind.RATIO, unit="%", numerator="test.part", denominator="test.whole")
    node = reported.lineage("test.share", place=counts[1][0], at=MIDNIGHT, every=HOUR)
    assert node.value == pytest.approx(31.0)
    assert [len(part.readings) for part in node.inputs] == [2, 2]
    assert not node.readings


@pytest.mark.django_db(transaction=True)
def test_each_reading_names_the_leaf_that_commits_to_its_batch() -> None:
    from dinh.spine.ledger import api as ledger
    from dinh.spine.observations.lineage import leaves_of

    assert leaves_of({1}) == {}
    for first, last in ((1, 1), (2, 7), (8, 8), (9, 30)):
        batches = [{"batch": number, "rows": 1, "sha256": "00"} for number in range(first, last + 1)]
        subject = f"observations:batch:{first}" if first == last else f"observations:batch:{first}-{last}"
        ledger.append("observations.batch", subject, {"batches": batches})
        ledger.append("case.note", "x", {})
    found = leaves_of(set(range(1, 32)))
    assert 31 not in found
    for batch in range(1, 31):
        assert batch in [part["batch"] for part in ledger.entry(found[batch]).data["batches"]]
    assert service.running() is None

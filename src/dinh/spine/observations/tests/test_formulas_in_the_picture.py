"""A formula is an indicator like any other: a tile, a shaded map, a chart, a rule that watches it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, RuleSpec, Severity, Text
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.observations.tests import province
from dinh.spine.observations.tests.province import AREA, HOUR, MIDNIGHT, declare, record
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db
NOW = MIDNIGHT + timedelta(hours=2, minutes=10)
type Ground = tuple[list[str], list[str]]


@pytest.fixture
def counts(ground: Ground) -> Iterator[Ground]:
    """Of two stations in one commune 1 of 10 and 30 of 90; of one in another 5 of 50; in the last two hours."""
    clock.move_to(NOW)
    province.source(simulated=True)
    for code in ("test.part", "test.whole"):
        declare(code, Kind.GAUGE, over_time=Aggregation.LAST, over_place=Aggregation.SUM, period=HOUR)
    for station, part, whole in zip(ground[0], (1.0, 30.0, 5.0), (10.0, 90.0, 50.0), strict=True):
        record("test.part", station, [part, part], every=HOUR)
        record("test.whole", station, [whole, whole], every=HOUR)
    yield ground
    clock.move_to(None)


def share(
    expression: str = "test.part / test.whole",
    unit: str = "%",
    code: str = "test.share",
    direction: str = "neither",
    headline: int | None = None,
) -> None:
    reported.save_formula(
        code=code, name_vi="Tỷ lệ", name_en="Share", unit=unit, expression=expression, by=SYSTEM, direction=direction,
        headline=headline,
    )  # fmt: skip


def test_a_formula_is_listed_with_the_domain_of_its_parts_and_its_rank_among_the_tiles(counts: Ground) -> None:
    share(headline=4, direction="higher")
    spec = observations.indicator("test.share")
    assert (spec.domain.en, spec.headline, spec.period, spec.unit) == ("Water", 4, HOUR, "%")


def test_its_tile_is_the_quotient_of_the_sums_and_its_map_that_of_each_commune(counts: Ground) -> None:
    share()
    tile, part = observations.figures(["test.share", "test.part"], within=AREA, at=NOW)
    assert tile.value == pytest.approx(24.0)
    assert (tile.simulated, tile.missing, part.value) == (True, None, 36.0)
    assert [point.value for point in tile.trend if point.value is not None] == pytest.approx([24.0, 24.0])
    shaded = observations.values_by_place("test.share", within=AREA, at=NOW)
    assert [shaded[urn] for urn in counts[1]] == pytest.approx([31.0, 10.0])
    rolled = province.rolled("test.share", by="province")
    assert [row["value"] for row in rolled] == pytest.approx([24.0])


def test_a_formula_of_a_formula_names_what_is_missing(counts: Ground) -> None:
    declare("test.absent", over_place=Aggregation.SUM)
    share("test.part + test.absent", "1", "test.inner")
    share("test.inner * 2", "1")
    (tile,) = observations.figures(["test.share"], within=AREA, at=NOW)
    assert (tile.value, tile.missing) == (None, "no_readings")


def test_a_changed_expression_changes_the_tile_at_once(counts: Ground) -> None:
    share()
    observations.figures(["test.share"], within=AREA, at=NOW)
    share("test.whole / test.part", "1")
    (tile,) = observations.figures(["test.share"], within=AREA, at=NOW)
    assert tile.value == pytest.approx(150 / 36)


def test_its_values_become_series_that_lead_back_to_the_readings(counts: Ground) -> None:
    share()
    assert reported.work_out_formulas() == 4  # two communes, two hours that are over
    assert reported.work_out_formulas() == 0
    newest = {row.series.subject: row for row in observations.latest(indicator="test.share")}
    row = newest[counts[1][0]]
    assert row.value == pytest.approx(31.0)
    assert (row.observed_at, row.simulated) == (MIDNIGHT + HOUR, True)
    node = reported.lineage("test.share", place=row.series.subject, at=row.observed_at, every=HOUR)
    assert node.kind == "formula"
    assert node.value == pytest.approx(31.0)
    record("test.part", counts[0][0], [11.0], start=MIDNIGHT + HOUR)  # corrected
    assert reported.work_out_formulas() == 1
    assert observations.latest(indicator="test.share", subject=counts[1][0])[0].value == pytest.approx(41.0)


def test_a_rule_on_a_formula_raises_an_alert_in_the_commune(counts: Ground) -> None:
    share()
    rule = RuleSpec("test.high", "test.share", Text("Cao", "High"), Severity.MAJOR, above=20.0)
    observations.declare_rules([rule], by=SYSTEM)
    reported.work_out_formulas()
    (alert,) = observations.alerts()
    assert (alert.subject, alert.indicator) == (counts[1][0], "test.share")


def test_nobody_sends_readings_of_a_formula_or_declares_it_over(counts: Ground) -> None:
    share()
    row = {
        "indicator": "test.share", "subject": counts[1][0], "observed_at": NOW.isoformat(), "value": 1.0,
        "source": "met",
    }  # fmt: skip
    receipt = observations.record([row], by=SYSTEM, channel="test")
    assert [one.code for one in receipt.rejected] == ["indicator.worked_out"]
    spec = IndicatorSpec("test.share", Text("x", "x"), Text("x", "x"), "1", Kind.GAUGE)
    with pytest.raises(Conflict):
        observations.declare_indicators([spec], by=SYSTEM)

"""What becomes of a reading: taken once, refused with a reason, kept for another try."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.observations.history import owner
from dinh.spine.observations.tests.factories import AT, WARD, WARD_2, declare, reading
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, SYSTEM

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _declared() -> None:
    declare()


def record(*rows: Mapping[str, Any], **more: Any) -> observations.Receipt:
    return observations.record(rows, by=SYSTEM, channel="test", **more)


def counts(receipt: observations.Receipt) -> tuple[int, int, int, int]:
    return receipt.accepted, receipt.duplicates, receipt.corrections, len(receipt.rejected)


def codes(receipt: observations.Receipt) -> list[str]:
    return [rejection.code for rejection in receipt.rejected]


def held() -> list[dict[str, Any]]:
    table = owner.query("SELECT series, source, observed_at, value, missing FROM observation ORDER BY ALL")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_a_reading_is_taken_once_and_then_known() -> None:
    assert counts(record(reading())) == (1, 0, 0, 0)
    assert counts(record(reading())) == (0, 1, 0, 0)
    assert len(held()) == 1


def test_another_value_is_a_correction_and_both_versions_are_kept() -> None:
    record(reading(20.0))
    assert counts(record(reading(21.5))) == (0, 0, 1, 0)
    assert [row["value"] for row in held()] == [21.5]
    series = observations.series_of(subject=WARD)[0]
    versions = observations.raw_history(series.id, start=AT, end=AT + MINUTE).to_pylist()
    assert [(row["version"], row["value"], row["source"]) for row in versions] == [(1, 20.0, "met"), (2, 21.5, "met")]


def test_the_same_row_several_times_in_one_batch_is_settled_in_the_order_of_arrival() -> None:
    receipt = record(reading(1.0), reading(1.0), reading(2.0), reading(2.0), reading(1.0))
    assert counts(receipt) == (1, 2, 2, 0)
    assert [row["value"] for row in held()] == [1.0]
    assert counts(record(reading(1.0), reading(3.0))) == (0, 1, 1, 0)
    assert [row["value"] for row in held()] == [3.0]


def test_two_sources_may_say_different_things_of_the_same_moment() -> None:
    assert counts(record(reading(20.0), reading(20.5, source="hydro"))) == (2, 0, 0, 0)


def test_late_readings_are_taken_between_the_others() -> None:
    record(*[reading(float(i), AT + i * 2 * MINUTE) for i in range(10)])
    late = [reading(float(i), AT + i * MINUTE) for i in range(19)]
    receipt = record(*late)
    assert (receipt.accepted, receipt.duplicates, receipt.corrections) == (9, 1, 9)
    assert len(held()) == 19


def test_a_value_in_another_unit_is_converted() -> None:
    record(reading(300.15, unit="K"), reading(2500, indicator="test.salinity", unit="mg/L"))
    assert sorted(round(row["value"], 6) for row in held()) == [2.5, 27.0]


def test_the_same_quantity_in_another_unit_is_a_duplicate() -> None:
    record(*[reading(i / 1000, AT + i * MINUTE, indicator="test.salinity") for i in range(1, 200)])
    again = [reading(i, AT + i * MINUTE, indicator="test.salinity", unit="mg/L") for i in range(1, 200)]
    assert counts(record(*again)) == (0, 199, 0, 0)


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (reading(20.0, unit="ug/m3"), "unit.incompatible", "ug/m3"),
        (reading(20.0, unit="wonders"), "unit.unknown", "wonders"),
        (reading(61.0), "value.impossible", "61"),
        (reading(20.0, indicator="test.temprature"), "indicator.unknown", "test.temperature"),
        (reading(20.0, subject="urn:dinh:organisation:ward-9"), "subject.unknown", "ward-9"),
        (reading(20.0, subject="Phường 1"), "urn.malformed", "Phường 1"),
        (reading(20.0, source="mett"), "source.unknown", "met"),
        (reading(None), "value.missing", "not_measured"),
        (reading(None, missing="dog ate it"), "missing.unknown", "dog ate it"),
        (reading(20.0, missing="not_measured"), "missing.contradiction", "one of them"),
        (reading(float("nan")), "value.not_finite", "value"),
        (reading(float("inf")), "value.not_finite", "value"),
        (reading(True), "value.not_number", "true or false"),
        (reading("20"), "value.not_number", "'20'"),
        (reading(20.0, "2026-11-20T08:00:00"), "time.no_zone", "+07:00"),
        (reading(20.0, "yesterday"), "time.not_iso", "yesterday"),
        (reading(20.0, clock.now() + timedelta(days=1)), "time.in_future", "five minutes"),
        (reading(20.0, "1899-12-31T00:00:00Z"), "time.too_old", "1900"),
        (reading(20.0, indicator=""), "field.missing", "indicator"),
        (reading(20.0, unitt="Cel"), "field.unknown", "unitt"),
        (reading(20.0, source=7), "field.type", "source"),
        (reading(20.0, source="\ud800"), "json.malformed", "Unicode"),
        (reading({"\ud800": 1}), "value.not_number", "object"),
        (reading(20.0, source="\x00"), "source.unknown", "source"),
        (reading(20.0, dimensions={"a": 1}), "dimensions.malformed", "texts"),
        (reading(20.0, dimensions={"a": "x" * 500}), "dimensions.too_long", "400"),
        ({"indicator": "test.temperature"}, "field.missing", "subject"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_its_value(row: Mapping[str, Any], code: str, words: str) -> None:
    receipt = record(reading(), row, reading(at=AT + MINUTE))
    assert counts(receipt) == (2, 0, 0, 1)
    rejection = receipt.rejected[0]
    assert (rejection.line, rejection.code) == (2, code)
    assert words in rejection.message


def test_a_missing_value_with_its_reason_is_kept_as_missing() -> None:
    record(reading(None, missing="out_of_service"))
    assert [(row["value"], row["missing"]) for row in held()] == [(None, 2)]
    (newest,) = observations.latest(subject=WARD)
    assert (newest.value, newest.missing) == (None, "out_of_service")
    assert counts(record(reading(None, missing="out_of_service"))) == (0, 1, 0, 0)
    assert counts(record(reading(4.0))) == (0, 0, 1, 0)


def test_dimensions_part_series_and_their_order_does_not_matter() -> None:
    record(
        reading(1.0, indicator="test.visits", dimensions={"sex": "nữ", "age": "18-30"}),
        reading(1.0, indicator="test.visits", dimensions={"age": "18-30", "sex": "nữ"}),
        reading(2.0, indicator="test.visits", dimensions={"sex": "nam", "age": "18-30"}),
        reading(3.0, indicator="test.visits"),
    )
    found = {tuple(sorted(row.dimensions.values())) for row in observations.series_of(subject=WARD)}
    assert found == {("18-30", "nữ"), ("18-30", "nam"), ()}


def test_text_in_decomposed_form_is_the_same_text() -> None:
    import unicodedata

    decomposed = unicodedata.normalize("NFD", "nữ")
    receipt = record(
        reading(1.0, indicator="test.visits", dimensions={"sex": "nữ"}),
        reading(1.0, indicator="test.visits", dimensions={"sex": decomposed}),
    )
    assert counts(receipt) == (1, 1, 0, 0)


def test_a_key_limited_to_sources_may_not_write_for_others() -> None:
    receipt = record(reading(), reading(source="hydro"), sources=frozenset({"met"}))
    assert counts(receipt) == (1, 0, 0, 1)
    assert codes(receipt) == ["source.not_permitted"]


def test_who_may_not_record_is_refused() -> None:
    with pytest.raises(Refused):
        observations.record([reading()], by=ANYONE, channel="test")


def test_refused_rows_are_kept_as_they_came_and_taken_after_a_fix() -> None:
    record(reading(), reading(21.0, subject="urn:dinh:organisation:ward-3", at=AT + MINUTE))
    (kept,) = observations.rejected()
    assert (kept.rows, dict(kept.codes), kept.channel, kept.source) == (1, {"subject.unknown": 1}, "test", "met")
    ((row, rejection),) = observations.rejected_rows(kept.id)
    assert row["subject"] == "urn:dinh:organisation:ward-3"
    assert rejection.line == 2

    parties.save_organisation(id="ward-3", name_vi="Phường 3", name_en="Ward 3")
    assert counts(observations.replay(kept.id, by=SYSTEM)) == (1, 0, 0, 0)
    assert observations.rejected()[0].replayed_at is not None


def test_trying_again_does_not_lift_the_limit_of_the_key_that_sent_the_rows() -> None:
    late = reading(21.0, subject="urn:dinh:organisation:ward-3", at=AT + MINUTE)
    record(reading(source="hydro"), late, sources=frozenset({"met"}))
    number = observations.rejected()[0].id
    parties.save_organisation(id="ward-3", name_vi="Phường 3", name_en="Ward 3")
    receipt = observations.replay(number, by=SYSTEM)
    assert counts(receipt) == (1, 0, 0, 1)
    assert codes(receipt) == ["source.not_permitted"]

    (left, before) = observations.rejected()
    assert (before.id, before.replayed_at is None, left.replayed_at) == (number, False, None)
    ((row, reason),) = observations.rejected_rows(left.id)
    assert (row["source"], reason) == ("hydro", receipt.rejected[0])
    assert counts(observations.replay(left.id, by=SYSTEM)) == (0, 0, 0, 1)
    assert observations.rejected() == (left, before)


def test_one_refused_batch_is_found_by_its_number() -> None:
    record(reading(source="nobody"))
    (batch,) = observations.rejected()
    assert observations.rejected_batch(batch.id) == batch
    with pytest.raises(NotFound):
        observations.rejected_batch(batch.id + 1)


def test_a_batch_of_which_nothing_can_be_taken_is_refused_row_by_row() -> None:
    receipt = record(reading(source="nobody"), reading(source="somebody"))
    assert codes(receipt) == ["source.unknown", "source.unknown"]


def test_nothing_is_made_for_a_refused_row() -> None:
    record(reading(indicator="no.such"), reading(subject="urn:dinh:asset:nowhere"), reading(source="nobody"))
    assert observations.series_of() == ()


def arrow(**columns: Any) -> pa.Table:
    rows = 3
    given = {
        "indicator": pa.array(["test.temperature"] * rows).dictionary_encode(),
        "subject": pa.array([WARD, WARD_2, WARD]).dictionary_encode(),
        "observed_at": pa.array([AT, AT, AT + MINUTE], pa.timestamp("ms", "UTC")),
        "value": pa.array([1.0, 2.0, 3.0]),
        "source": pa.array(["met"] * rows),
    }
    return pa.table(given | columns)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"observed_at": pa.array([AT, AT, AT + MINUTE], pa.timestamp("ns", "Asia/Ho_Chi_Minh"))},
        {"observed_at": pa.array([AT, AT, AT + MINUTE], pa.timestamp("s", "+07:00"))},
        {"observed_at": pa.array([AT.isoformat(), AT.isoformat(), (AT + MINUTE).isoformat()])},
        {"observed_at": pa.array(["2026-11-20T08:00+07:00", "2026-11-20T01:00:00Z", "2026-11-20T080100+0700"])},
        {"value": pa.array([1, 2, 3], pa.int32())},
        {"value": pa.array([1, 2, 3], pa.float32())},
        {"dimensions": pa.array([None, None, None], pa.map_(pa.string(), pa.string()))},
        {"dimensions": pa.array([[], [], []], pa.map_(pa.string(), pa.string()))},
        {"dimensions": pa.array([{"a": None}] * 3, pa.struct({"a": pa.string()}))},
        {"dimensions": pa.array(["{}", None, ""])},
        {"unit": pa.array([None] * 3), "missing": pa.array([None] * 3)},
        {"unit": pa.array(["Cel", None, ""])},
        {"indicator": pa.array(["test.temperature"] * 3, pa.large_string())},
    ],
)
def test_arrow_tables_in_any_spelling_say_the_same(columns: dict[str, Any]) -> None:
    assert counts(record(*arrow().to_pylist())) == (3, 0, 0, 0)
    assert counts(observations.record(arrow(**columns), by=SYSTEM, channel="test")) == (0, 3, 0, 0)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"observed_at": pa.array([AT.replace(tzinfo=None)] * 3, pa.timestamp("us"))}, "time.no_zone"),
        ({"observed_at": pa.array([1, 2, 3])}, "field.type"),
        ({"observed_at": pa.array([None] * 3, pa.timestamp("us", "UTC"))}, "field.missing"),
        (
            {"observed_at": pa.array([2**62] * 3, pa.int64()).cast(pa.timestamp("s")).cast(pa.timestamp("s", "UTC"))},
            "time.in_future",
        ),
        (
            {
                "observed_at": pa.array([-(2**62)] * 3, pa.int64())
                .cast(pa.timestamp("s"))
                .cast(pa.timestamp("s", "UTC"))
            },
            "time.too_old",
        ),
        ({"value": pa.array([True, False, True])}, "value.not_number"),
        ({"value": pa.array(["1", "2", "3"])}, "value.not_number"),
        ({"value": pa.array([float("nan")] * 3)}, "value.not_finite"),
        ({"value": pa.array([None] * 3, pa.float64())}, "value.missing"),
        ({"subject": pa.array([None] * 3, pa.string())}, "field.missing"),
        ({"subject": pa.array([1, 2, 3])}, "field.type"),
        ({"dimensions": pa.array([1, 2, 3])}, "field.type"),
        ({"dimensions": pa.array(["[1]"] * 3)}, "dimensions.malformed"),
    ],
)
def test_arrow_columns_of_the_wrong_kind_are_refused_row_by_row(columns: dict[str, Any], code: str) -> None:
    receipt = observations.record(arrow(**columns), by=SYSTEM, channel="test")
    assert codes(receipt) == [code] * 3
    assert [rejection.line for rejection in receipt.rejected] == [1, 2, 3]


def test_a_table_without_the_columns_of_readings_is_refused_as_a_whole() -> None:
    with pytest.raises(Invalid, match="colour"):
        observations.record(arrow(colour=pa.array(["red"] * 3)), by=SYSTEM, channel="test")


def test_each_transaction_has_its_leaf_with_the_hash_of_its_readings() -> None:
    from dinh.spine.observations.intake.writer import digest_of

    record(reading(), reading(at=AT + MINUTE))
    record(reading(30.0), reading(None, at=AT + 2 * MINUTE, missing="not_measured"))
    leaves = [leaf.data["batches"] for leaf in ledger.entries(kind="observations.batch")]
    batches = [batch for leaf in leaves for batch in leaf]
    assert [(batch["batch"], batch["rows"]) for batch in batches] == [(1, 2), (2, 2)]
    with owner.taken() as history:
        for batch in batches:
            assert digest_of(history, batch["batch"]).hex() == batch["sha256"]


def test_ndjson_names_the_line_that_is_wrong_and_takes_the_rest() -> None:
    import json

    lines = [json.dumps(reading(float(i), AT + i * MINUTE)) for i in range(5)]
    lines[1] = lines[1].replace('"value"', '"valve"')
    lines[2] = "{not json"
    lines.insert(3, "")
    body = "\n".join(lines).encode() + b"\n"
    receipt = observations.record_body(body, form="application/x-ndjson", by=SYSTEM, channel="test")
    assert receipt.accepted == 3
    assert [(r.line, r.code) for r in receipt.rejected] == [(2, "field.missing"), (3, "json.malformed")]
    assert [row for row, _ in observations.rejected_rows(observations.rejected()[0].id)][1] == {"text": "{not json"}


versions = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(versions, min_size=1, max_size=3))
def test_the_history_always_holds_what_a_dictionary_would(batches: list[list[tuple[int, int]]]) -> None:
    owner.discard()
    told: dict[int, float] = {}
    for batch in batches:
        expected = [0, 0, 0]
        for minute, value in batch:
            if minute not in told:
                expected[0] += 1
            elif told[minute] == value:
                expected[1] += 1
            else:
                expected[2] += 1
            told[minute] = value
        receipt = record(*[reading(value, AT + minute * MINUTE) for minute, value in batch])
        assert [receipt.accepted, receipt.duplicates, receipt.corrections] == expected
    rows = owner.query("SELECT observed_at AT TIME ZONE 'UTC' AS at, value FROM observation").to_pylist()
    assert {round((row["at"] - AT) / MINUTE): row["value"] for row in rows} == told
    assert len(rows) == len(told)


def test_a_gzip_body_of_several_members_is_taken_whole() -> None:
    """`cat a.gz b.gz` is a gzip file; what stood in the second must not be lost behind an answer of 200."""
    members = [gzip.compress(b"one\n"), gzip.compress(b"two\n"), b"\0\0"]
    assert observations.unzip(b"".join(members), most_bytes=8) == b"one\ntwo\n"
    with pytest.raises(Invalid) as told:
        observations.unzip(b"".join(members), most_bytes=7)
    assert told.value.code == "batch.too_large"
    for broken in (b"", members[0] + b"two", members[0] + members[1][:-4], b"one"):
        with pytest.raises(Invalid) as told:
            observations.unzip(broken, most_bytes=100)
        assert told.value.code == "gzip.malformed"


def test_of_very_long_rows_only_some_are_kept_and_all_are_counted() -> None:
    rows = [reading(subject=f"urn:dinh:asset:{number}-{'x' * 100_000}") for number in range(200)]
    assert len(record(*rows).rejected) == 200
    (batch,) = observations.rejected(limit=5)
    assert batch.rows == 200
    assert 50 < len(observations.rejected_rows(batch.id)) < 100

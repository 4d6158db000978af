"""SenML packs resolve as RFC 8428 says; the examples are those of its section 5.1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.gateways.mqtt.senml import RELATIVE_BELOW, resolve
from dinh.kernel.errors import Invalid

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
DEVICE = "urn:dev:ow:10e2073a0108006:"


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_single_datapoint_as_in_5_1_1() -> None:
    good, bad = resolve([{"n": "urn:dev:ow:10e2073a01080063", "u": "Cel", "v": 23.1}], received_at=NOW)
    assert not bad
    assert [(r.name, r.unit, r.value, r.at) for r in good] == [("urn:dev:ow:10e2073a01080063", "Cel", 23.1, NOW)]


def test_several_datapoints_share_base_fields_as_in_5_1_2() -> None:
    pack = [
        {"bn": DEVICE, "bt": 1.276020076001e9, "bu": "A", "bver": 5, "n": "voltage", "u": "V", "v": 120.1},
        {"n": "current", "t": -5, "v": 1.2},
        {"n": "current", "t": -4, "v": 1.3},
        {"n": "current", "v": 1.7},
    ]
    good, bad = resolve(pack, received_at=NOW)
    assert not bad
    assert [(r.name, r.unit, r.value) for r in good] == [
        (DEVICE + "voltage", "V", 120.1),
        (DEVICE + "current", "A", 1.2),
        (DEVICE + "current", "A", 1.3),
        (DEVICE + "current", "A", 1.7),
    ]
    assert [r.at for r in good] == [at(1276020076.001), at(1276020071.001), at(1276020072.001), at(1276020076.001)]


def test_a_base_name_may_change_within_a_pack_as_in_5_1_3() -> None:
    pack = [
        {"bn": DEVICE, "bt": 1.320067464e9, "bu": "%RH", "v": 20},
        {"u": "lon", "v": 24.30621},
        {"u": "lat", "v": 60.07965},
        {"t": 60, "v": 20.3},
    ]
    good, bad = resolve(pack, received_at=NOW)
    assert not bad
    assert [(r.name, r.unit, r.value) for r in good] == [
        (DEVICE, "%", 20), (DEVICE, "deg", 24.30621), (DEVICE, "deg", 60.07965), (DEVICE, "%", 20.3),
    ]  # fmt: skip
    assert good[3].at == at(1320067524)


def test_the_resolved_pack_of_5_1_4_resolves_to_itself() -> None:
    pack = [
        {"n": DEVICE + "voltage", "u": "V", "t": 1.276020076e9, "v": 120.1},
        {"n": DEVICE + "current", "u": "A", "t": 1.276020071e9, "v": 1.2},
    ]
    good, _ = resolve(pack, received_at=NOW)
    assert [(r.name, r.at, r.value) for r in good] == [(p["n"], at(float(str(p["t"]))), p["v"]) for p in pack]


def test_text_is_refused_and_true_is_one_as_data_of_5_1_5_mixes_them() -> None:
    pack = [
        {"bn": "urn:dev:ow:10e2073a01080063:", "n": "temp", "u": "Cel", "v": 23.1},
        {"n": "label", "vs": "Machine Room"},
        {"n": "open", "vb": False},
        {"n": "nfc-reader", "vd": "aGkgCg"},
    ]
    good, bad = resolve(pack, received_at=NOW)
    assert [r.value for r in good] == [23.1, 0.0]
    assert [(b.position, b.error.code) for b in bad] == [(2, "senml.not_a_number"), (4, "senml.not_a_number")]


@pytest.mark.parametrize(
    ("pack", "code"),
    [
        ({"n": "a", "v": 1}, "senml.not_a_pack"),
        ([], "senml.not_a_pack"),
        ([{"bver": 11, "n": "a", "v": 1}], "senml.version"),
        ([{"bver": 5, "n": "a", "v": 1}, {"bver": 6, "n": "a", "v": 1}], "senml.version"),
    ],
)
def test_a_pack_that_cannot_be_trusted_is_refused_whole(pack: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        resolve(pack, received_at=NOW)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "record",
    [
        {"n": "a", "v": 1, "must_": 1},
        {"n": "!a", "v": 1},
        {"v": 1},
        {"n": "a", "v": "1"},
        {"n": "a", "v": True},
        {"n": "a", "v": 1, "vb": True},
        {"n": "a", "t": "yesterday", "v": 1},
        {"n": "a", "t": 1e300, "v": 1},
        {"n": "a", "u": 3, "v": 1},
        "no object",
    ],
)
def test_a_bad_record_is_refused_and_the_next_is_read(record: object) -> None:
    good, bad = resolve([record, {"n": "b", "v": 2}], received_at=NOW)
    assert [r.name for r in good] == ["b"]
    assert [b.position for b in bad] == [1]


def test_a_base_value_is_added_and_stands_alone_where_the_value_is_absent() -> None:
    good, _ = resolve([{"bn": "x:", "bv": 20, "n": "a", "v": 0.5}, {"n": "b"}], received_at=NOW)
    assert [r.value for r in good] == [20.5, 20.0]


numbers = st.floats(-1e6, 1e6)


@given(base=numbers, values=st.lists(numbers, min_size=1, max_size=20), ago=st.integers(0, RELATIVE_BELOW - 1))
def test_base_fields_mean_the_same_as_writing_them_out(base: float, values: list[float], ago: int) -> None:
    with_base = [{"n": "a", "v": v} for v in values]
    with_base[0] = {"bn": "d:", "bv": base, "bt": float(-ago), **with_base[0]}
    written_out = [{"n": "d:a", "v": base + v, "t": float(-ago)} for v in values]
    assert [(r.name, r.at, r.value) for r in resolve(with_base, received_at=NOW)[0]] == [
        (r.name, r.at, r.value) for r in resolve(written_out, received_at=NOW)[0]
    ]


@given(seconds=st.floats(-RELATIVE_BELOW, RELATIVE_BELOW * 10))
def test_small_times_count_from_receipt_and_large_ones_from_1970(seconds: float) -> None:
    good, _ = resolve([{"n": "a", "t": seconds, "v": 1}], received_at=NOW)
    expected = NOW + timedelta(seconds=seconds) if seconds < RELATIVE_BELOW else at(seconds)
    assert abs(good[0].at - expected) < timedelta(microseconds=5)


@given(pack=st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["n", "bn", "v", "bv", "t", "bt", "u", "bu", "bver", "vb", "x_", "s"]), inner, max_size=5
    ),
))  # fmt: skip
def test_no_pack_breaks_the_reader(pack: object) -> None:
    try:
        good, bad = resolve(pack, received_at=NOW)
    except Invalid:
        return
    assert isinstance(pack, list)
    assert len(good) + len(bad) <= len(pack)

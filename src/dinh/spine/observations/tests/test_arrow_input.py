"""A small Arrow body must not become a large one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.spine.observations.intake import arrow_input


def stream(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


READINGS = pa.table(
    {
        "indicator": pa.array(["water.salinity"] * 300).dictionary_encode(),
        "subject": pa.array([f"urn:dinh:asset:{n}" for n in range(300)]).cast(pa.string_view()),
        "value": np.arange(300.0),
    }
)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_a_table_comes_through_compressed_or_not(compression: str | None) -> None:
    assert arrow_input.parse(stream(READINGS, compression=compression)).equals(READINGS)


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_a_body_that_unpacks_to_more_than_it_may_is_refused_before_it_is_unpacked(compression: str) -> None:
    bomb = stream(pa.table({"value": np.zeros(20_000_000)}), compression=compression)
    before = pa.total_allocated_bytes()
    with pytest.raises(Invalid, match="unpacks to more than") as told:
        arrow_input.parse(bomb)
    assert told.value.code == "batch.too_large"
    assert len(bomb) < 1_000_000
    assert pa.total_allocated_bytes() - before < 1_000_000


def test_a_compressed_dictionary_is_weighed_too() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), pa.array(["x" * 100_000_000]))
    with pytest.raises(Invalid, match="unpacks to more than"):
        arrow_input.parse(stream(pa.table({"subject": words}), compression="zstd"))


def test_one_long_word_that_every_row_names_is_refused() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(200_000, np.int32)), pa.array(["x" * 10_000]))
    with pytest.raises(Invalid) as told:
        arrow_input.parse(stream(pa.table({"subject": words})))
    assert told.value.code == "batch.too_large"


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 1, 1]).dictionary_encode(),
        pa.RunEndEncodedArray.from_arrays(pa.array([3], pa.int32()), pa.array([1.0])),
    ],
)
def test_odd_columns_are_refused_in_words(column: pa.Array) -> None:
    with pytest.raises(Invalid) as told:
        arrow_input.parse(stream(pa.table({"value": column})))
    assert told.value.code == "arrow.malformed"


@given(st.data())
def test_whatever_comes_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(stream(READINGS, compression="lz4"))
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Invalid):
        arrow_input.parse(bytes(body[: data.draw(st.integers(0, len(body)))]))

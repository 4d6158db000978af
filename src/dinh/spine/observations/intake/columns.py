"""From an Arrow table as it was sent to clean columns: types are strict, and each refused row has its reason.

Work in Python is per distinct text, never per row.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.observations.history.schema import MISSING_CODES

FIELDS: Final = ("indicator", "subject", "observed_at", "value", "unit", "source", "dimensions", "missing")
REQUIRED: Final = ("indicator", "subject", "observed_at", "value", "source")
EARLIEST_US: Final = clock.to_microseconds(clock.parse_moment("1900-01-01T00:00:00Z"))
AHEAD_US: Final = 5 * 60 * 1_000_000
_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
LONGEST_DIMENSIONS: Final = 400


@dataclass(slots=True)
class Reasons:
    """Why rows are refused, the first reason of a row stays. Arrays of shape (n,)."""

    number: NDArray[np.int32]
    """0, or 1 + the place of the reason in `told`."""
    told: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def none(cls, rows: int) -> Reasons:
        return cls(np.zeros(rows, np.int32))

    def refuse(self, rows: NDArray[np.bool_], code: str, message: str) -> None:
        chosen = rows & (self.number == 0)
        if chosen.any():
            self.told.append((code, message))
            self.number[chosen] = len(self.told)

    def refuse_each(self, rows: NDArray[np.bool_], tell: Callable[[int], tuple[str, str]]) -> None:
        """Reasons that differ from row to row; equal ones are kept once."""
        places: dict[tuple[str, str], int] = {}
        for row in np.flatnonzero(rows & (self.number == 0)).tolist():
            reason = tell(row)
            place = places.get(reason)
            if place is None:
                self.told.append(reason)
                place = places[reason] = len(self.told)
            self.number[row] = place

    @property
    def good(self) -> NDArray[np.bool_]:
        good: NDArray[np.bool_] = self.number == 0
        return good


@dataclass(frozen=True, slots=True)
class Words:
    """A column of texts: `codes` index into `words`; -1 is absent."""

    codes: NDArray[np.int64]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Clean columns of shape (n,); what is refused is in `reasons`."""

    indicator: Words
    subject: Words
    source: Words
    unit: Words
    dimensions: Words
    """Canonical JSON text; '' where there are none."""
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    missing: NDArray[np.uint8]
    reasons: Reasons


def clean(table: pa.Table) -> Columns:
    """Raises Invalid `batch.columns` when a column is unknown or a required one is not there."""
    given = table.column_names
    unknown = [name for name in given if name not in FIELDS]
    absent = [name for name in REQUIRED if name not in given]
    if unknown or absent or len(set(given)) != len(given):
        raise Invalid(
            "batch.columns",
            "columns are {given}; send each of {required} once, and at will unit, dimensions, missing",
            given=", ".join(given)[:300] or "none",
            required=", ".join(REQUIRED),
        )
    reasons = Reasons.none(table.num_rows)
    columns = {name: _one_array(table.column(name)) for name in given}
    words = {name: _words(columns[name], name, reasons) for name in ("indicator", "subject", "source")}
    rows = table.num_rows
    unit = _words(columns["unit"], "unit", reasons, needed=False) if "unit" in columns else _no_words(rows)
    at_us = _moments(columns["observed_at"], reasons)
    value, missing = _values(columns["value"], columns.get("missing"), reasons)
    dimensions = _dimensions(columns["dimensions"], reasons) if "dimensions" in columns else _no_words(rows)
    return Columns(
        words["indicator"], words["subject"], words["source"], unit, dimensions, at_us, value, missing, reasons
    )


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _no_words(rows: int) -> Words:
    return Words(np.full(rows, -1, np.int64), ())


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _words(array: pa.Array, name: str, reasons: Reasons, *, needed: bool = True) -> Words:
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    rows = len(array)
    if pa.types.is_null(kind) and not needed:
        return _no_words(rows)
    if not _is_text(kind):
        reasons.refuse(np.ones(rows, np.bool_), "field.type", f"{name} is {kind}; send text")
        return _no_words(rows)
    if not pa.types.is_dictionary(array.type):
        if pa.types.is_string_view(kind):
            array = array.cast(pa.string())
        array = array.dictionary_encode()
    words = array.dictionary.to_pylist()
    if array.dictionary.null_count or not pc.all(pc.string_is_ascii(array.dictionary), min_count=0).as_py():
        words = [_nfc(word) for word in words]
    codes = array.indices
    if codes.null_count:
        codes = codes.cast(pa.int64()).fill_null(-1)
    numbers = codes.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    if codes.null_count or array.null_count or "" in words:
        empty = np.array([word == "" for word in words] + [True], np.bool_)
        void = empty[numbers]
        if needed:
            reasons.refuse(void, "field.missing", f"{name} is empty; every reading names its {name}")
        numbers = np.where(void, -1, numbers)
    return Words(numbers, words)


def _nfc(word: str | None) -> str:
    if word is None or word.isascii():
        return word or ""
    return unicodedata.normalize("NFC", word)


# --- times ---------------------------------------------------------------------


def _moments(array: pa.Array, reasons: Reasons) -> NDArray[np.int64]:
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    rows = len(array)
    everything = np.ones(rows, np.bool_)
    if _is_text(kind):
        at = _moments_of_texts(array, reasons)
    elif pa.types.is_timestamp(kind) and not pa.types.is_dictionary(array.type):
        if kind.tz is None:
            told = "observed_at is a timestamp without a time zone; declare it with one, like timestamp[us, UTC]"
            reasons.refuse(everything, "time.no_zone", told)
            return np.zeros(rows, np.int64)
        at = _moments_of_stamps(array, kind, reasons)
    else:
        told = f"observed_at is {kind}; send a timestamp with a time zone or ISO 8601 text"
        reasons.refuse(everything, "field.type", told)
        return np.zeros(rows, np.int64)
    told = "observed_at lies before 1900; check the year of the clock that wrote it"
    reasons.refuse(at < EARLIEST_US, "time.too_old", told)
    limit = clock.to_microseconds(clock.now()) + AHEAD_US
    ahead = at > limit
    if ahead.any():
        reasons.refuse_each(ahead, lambda row: _in_future(int(at[row])))
    return at


def _in_future(at_us: int) -> tuple[str, str]:
    try:
        said = clock.from_microseconds(at_us).isoformat()
    except OverflowError:
        said = "beyond the year 9999"
    return (
        "time.in_future",
        f"observed_at is {said}, more than five minutes ahead; set the clock or the time zone right",
    )


def _moments_of_stamps(array: pa.Array, kind: pa.TimestampType, reasons: Reasons) -> NDArray[np.int64]:
    if array.null_count:
        told = "observed_at is empty; every reading has its time"
        reasons.refuse(array.is_null().to_numpy(zero_copy_only=False), "field.missing", told)
        array = array.view(pa.int64()).fill_null(0)
    else:
        array = array.view(pa.int64())
    ticks: NDArray[np.int64] = array.to_numpy()
    per_second = _PER_SECOND[kind.unit]
    if per_second == 1_000_000:
        return ticks
    if per_second > 1_000_000:
        return ticks // (per_second // 1_000_000)
    factor = 1_000_000 // per_second
    most = np.iinfo(np.int64).max // factor
    return np.clip(ticks, -most, most) * factor


def _moments_of_texts(array: pa.Array, reasons: Reasons) -> NDArray[np.int64]:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array.null_count == 0:
        try:
            stamps = array.cast(pa.timestamp("us", "UTC"))
            at: NDArray[np.int64] = stamps.view(pa.int64()).to_numpy()
            return at
        except pa.ArrowInvalid:
            pass  # some text is unusual or wrong: each distinct one is looked at below
    coded = array.dictionary_encode()
    parsed = [_moment(text) for text in coded.dictionary.to_pylist()]
    told = ("field.missing", "observed_at is empty; every reading has its time")
    numbers = coded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    bad = np.array([isinstance(item, tuple) for item in parsed] + [True], np.bool_)[numbers]
    if bad.any():
        reasons.refuse_each(bad, lambda row: told if numbers[row] < 0 else _reason(parsed[numbers[row]]))
    times = np.array([0 if isinstance(item, tuple) else item for item in parsed] + [0], np.int64)
    moments: NDArray[np.int64] = times[numbers]
    return moments


def _moment(text: str) -> int | tuple[str, str]:
    try:
        return clock.to_microseconds(clock.parse_moment(text[:64].strip()))
    except Invalid as error:
        return error.code, f"observed_at: {error.message}"
    except OverflowError:
        return "time.not_iso", f"observed_at: '{text[:64]}' lies outside the calendar"


def _reason(item: int | tuple[str, str]) -> tuple[str, str]:
    assert isinstance(item, tuple)
    return item


# --- values --------------------------------------------------------------------


def _values(
    array: pa.Array, reason: pa.Array | None, reasons: Reasons
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    rows = len(array)
    everything = np.ones(rows, np.bool_)
    kind = array.type
    absent = np.zeros(rows, np.bool_)
    if pa.types.is_null(kind):
        absent, value = everything, np.full(rows, np.nan)
    elif pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        if array.null_count:
            absent = array.is_null().to_numpy(zero_copy_only=False)
        numbers = array if kind == pa.float64() else pc.cast(array, pa.float64(), safe=False)
        value = numbers.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
        infinite = ~np.isfinite(value) & ~absent
        if infinite.any():
            told = "value is not a finite number; send null with `missing` saying why"
            reasons.refuse(infinite, "value.not_finite", told)
    else:
        reasons.refuse(everything, "value.not_number", f"value is {kind}; send numbers")
        return np.full(rows, np.nan), np.zeros(rows, np.uint8)
    missing = _missing(reason, rows, reasons)
    why = ", ".join(MISSING_CODES)
    unexplained = absent & (missing == 0)
    if unexplained.any():
        reasons.refuse(unexplained, "value.missing", f"value is null without a reason; set missing to one of {why}")
    both = ~absent & (missing > 0)
    if both.any():
        reasons.refuse(
            both, "missing.contradiction", "there is a value and a reason why it is missing; send one of them"
        )
    return value, missing


def _missing(array: pa.Array | None, rows: int, reasons: Reasons) -> NDArray[np.uint8]:
    if array is None or pa.types.is_null(array.type):
        return np.zeros(rows, np.uint8)
    words = _words(array, "missing", reasons, needed=False)
    numbers = np.array([MISSING_CODES.get(word, 0) for word in words.words] + [0], np.uint8)
    missing: NDArray[np.uint8] = numbers[words.codes]
    unknown = (words.codes >= 0) & (missing == 0)
    if unknown.any():
        why = ", ".join(MISSING_CODES)
        reasons.refuse_each(
            unknown,
            lambda row: ("missing.unknown", f"missing is '{words.words[words.codes[row]][:60]}'; use one of {why}"),
        )
    return missing


# --- dimensions ----------------------------------------------------------------


def _dimensions(array: pa.Array, reasons: Reasons) -> Words:
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    rows = len(array)
    if array.null_count == rows:
        return _no_words(rows)
    if _is_text(kind):
        given = _words(array, "dimensions", reasons, needed=False)
        items: Sequence[Any] = given.words
        codes = given.codes
    elif pa.types.is_map(kind) or pa.types.is_struct(kind):
        coded = [json.dumps(_pairs(item), sort_keys=True, default=repr) for item in array.to_pylist()]
        return _dimensions(pa.array(coded), reasons)
    else:
        told = f"dimensions is {kind}; send a map of texts, a struct of texts or the text of a JSON object"
        reasons.refuse(np.ones(rows, np.bool_), "field.type", told)
        return _no_words(rows)
    canonical = [_canonical(item) if item else "" for item in items]
    wrong = np.array([isinstance(item, tuple) for item in canonical] + [False], np.bool_)[codes]
    if wrong.any():
        reasons.refuse_each(wrong, lambda row: _reason_of(canonical[codes[row]]))
    return Words(codes, [item if isinstance(item, str) else "" for item in canonical])


def _pairs(item: Any) -> Mapping[str, Any]:
    pairs = item.items() if isinstance(item, Mapping) else (item or ())
    return {key: value for key, value in pairs if value is not None}


def _reason_of(item: str | tuple[str, str]) -> tuple[str, str]:
    assert isinstance(item, tuple)
    return item


def _canonical(text: str) -> str | tuple[str, str]:
    """The JSON object with sorted keys and no spaces, or why it is refused."""
    try:
        item = json.loads(text)
    except (ValueError, RecursionError):
        return "dimensions.malformed", f"dimensions is '{text[:60]}', which is not a JSON object of texts"
    if not isinstance(item, dict) or not all(isinstance(value, str) for value in item.values()):
        return "dimensions.malformed", f"dimensions is '{text[:60]}'; send an object whose values are texts"
    if not item:
        return ""
    whole = json.dumps(
        {_nfc(key): _nfc(value) for key, value in item.items()},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    if len(whole) > LONGEST_DIMENSIONS:
        return "dimensions.too_long", f"dimensions have {len(whole)} characters; at most {LONGEST_DIMENSIONS} are kept"
    return whole

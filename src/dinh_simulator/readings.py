"""Readings as arrays, with the faults that real instruments have, and the forms in which they travel."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh_simulator.measures import Measure, Rows
from dinh_simulator.noise import Keys, Moments, key_of, mix, uniform

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DROPPED: Final = 0.002
NOT_MEASURED: Final = 0.001
WRONG_UNIT: Final = 0.0002
WRONG: Final = "Cel"
"""Now and then an instrument says this unit, whatever it measures."""
REPEATED: Final = 0.004
LATE: Final = 0.006


@dataclass(frozen=True)
class Readings:
    """Arrays of shape (n,). `measure` and `subject` index into the sampler's lists; NaN in `value` is missing."""

    measure: NDArray[np.int32]
    subject: NDArray[np.int32]
    at: Moments
    value: NDArray[np.float64]
    not_measured: NDArray[np.bool_]
    wrong_unit: NDArray[np.bool_]
    chance: NDArray[np.float64]
    """A number in [0, 1) that belongs to the reading: decides what happens on its way."""

    def __len__(self) -> int:
        return len(self.at)

    def where(self, chosen: NDArray[Any]) -> Readings:
        return Readings(
            self.measure[chosen],
            self.subject[chosen],
            self.at[chosen],
            self.value[chosen],
            self.not_measured[chosen],
            self.wrong_unit[chosen],
            self.chance[chosen],
        )

    @property
    def repeated(self) -> NDArray[np.bool_]:
        return np.asarray(self.chance < REPEATED, np.bool_)

    @property
    def late(self) -> NDArray[np.bool_]:
        return np.asarray(self.chance > 1 - LATE, np.bool_)


def joined(parts: Sequence[Readings]) -> Readings:
    return Readings(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Readings.__dataclass_fields__)
    )


class Sampler:
    """Reads the measures off the instruments, good and bad."""

    def __init__(self, measures: Sequence[Measure], seed: int) -> None:
        self.measures = [measure for measure in measures if len(measure.group)]
        subjects: dict[str, int] = {}
        for measure in self.measures:
            for subject in measure.group.subjects:
                subjects.setdefault(subject.urn, len(subjects))
        self.subjects = list(subjects)
        self._numbers = [
            np.array([subjects[subject.urn] for subject in measure.group.subjects], np.int32)
            for measure in self.measures
        ]
        self._keys: list[Keys] = [
            mix(measure.group.key[:, 0] ^ np.uint64(key_of(seed, measure.indicator))) for measure in self.measures
        ]
        self.sources = sorted({source for measure in self.measures for source in measure.sources})
        places = {source: number for number, source in enumerate(self.sources)}
        self._sources = [np.array([places[name] for name in measure.sources], np.int32) for measure in self.measures]
        self._source_by_row = [
            dict(zip(n.tolist(), s.tolist(), strict=True)) for n, s in zip(self._numbers, self._sources, strict=True)
        ]

    def per_second(self) -> float:
        """Readings a second if each instrument reports just as often as it promises."""
        return sum(len(measure.group) * 1000.0 / measure.period_ms for measure in self.measures)

    def sample(self, number: int, rows: Rows, at: Moments) -> Readings:
        """What subjects `rows` of measure `number` report at moments of shape (n, m), in the order of time."""
        measure = self.measures[number]
        value = measure.values(rows, at).ravel()
        key = np.broadcast_to(self._keys[number][rows][:, None], at.shape).ravel()
        flat = at.ravel()
        luck = uniform(key, flat, 81)
        kept = luck >= DROPPED
        not_measured = luck < DROPPED + NOT_MEASURED
        wrong = (luck > 1 - WRONG_UNIT) & (not measure.counter) & (measure.unit != WRONG)
        subject = np.broadcast_to(self._numbers[number][rows][:, None], at.shape).ravel()
        readings = Readings(
            np.full(len(flat), number, np.int32),
            subject,
            flat,
            np.where(not_measured, np.nan, value),
            not_measured,
            wrong & ~np.isnan(value),
            uniform(key, flat, 82),
        )
        return readings.where(kept)

    # --- forms ---------------------------------------------------------------

    def arrow(self, readings: Readings, *, source: str | None = None) -> bytes:
        """An Arrow IPC stream as Đình's HTTP gateway takes it; `source` replaces the readings' own."""
        missing = np.isnan(readings.value)
        reasons = np.where(readings.not_measured, 0, 1).astype(np.int8)
        units = [measure.unit for measure in self.measures] + [WRONG]
        unit = np.where(readings.wrong_unit, len(self.measures), readings.measure).astype(np.int32)
        sources, own = ([source], np.zeros(len(readings), np.int32)) if source else (self.sources, self._own(readings))
        columns = {
            "indicator": _words(readings.measure, [measure.indicator for measure in self.measures]),
            "subject": _words(readings.subject, self.subjects),
            "observed_at": pa.array(readings.at * 1000, pa.int64()).view(pa.timestamp("us", "UTC")),
            "value": pa.array(readings.value, pa.float64(), mask=missing),
            "missing": pa.DictionaryArray.from_arrays(
                pa.array(reasons, pa.int8(), mask=~missing), pa.array(["not_measured", "out_of_service"])
            ),
            "unit": _words(unit, units),
            "source": _words(own, sources),
        }
        table = pa.table(columns)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())

    def _own(self, readings: Readings) -> NDArray[np.int32]:
        own = np.zeros(len(readings), np.int32)
        for number in np.unique(readings.measure).tolist():
            here = readings.measure == number
            lookup = np.zeros(len(self.subjects), np.int32)
            lookup[self._numbers[number]] = self._sources[number]
            own[here] = lookup[readings.subject[here]]
        return own

    def rows(self, readings: Readings) -> Iterator[dict[str, Any]]:
        """Each reading as a JSON object."""
        for number, subject, at, value, unmeasured, wrong in zip(
            readings.measure.tolist(),
            readings.subject.tolist(),
            readings.at.tolist(),
            readings.value.tolist(),
            readings.not_measured.tolist(),
            readings.wrong_unit.tolist(),
            strict=True,
        ):
            measure = self.measures[number]
            row: dict[str, Any] = {
                "indicator": measure.indicator,
                "subject": self.subjects[subject],
                "observed_at": moment(at),
                "value": value,
                "unit": WRONG if wrong else measure.unit,
                "source": self.sources[self._source_by_row[number][subject]],
            }
            if value != value:
                row["value"] = None
                row["missing"] = "not_measured" if unmeasured else "out_of_service"
            yield row

    def lines(self, readings: Readings) -> bytes:
        """NDJSON."""
        return b"".join(json.dumps(row).encode() + b"\n" for row in self.rows(readings))


def _words(codes: NDArray[np.int32], words: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(words, pa.string()))


def moment(at_ms: int) -> str:
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")

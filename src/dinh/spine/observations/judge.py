"""Judges committed readings by the rules in force and writes what follows: alerts, their events, the cursor.

The cursor (the last judged batch) moves in the transaction of the alerts, so that a crash loses no alert and
repeats none: at start the batches after it are judged from the history. Batches without consequences move it
only now and then; judging them twice changes nothing.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import structlog
from django.db import DatabaseError, connection, transaction
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.manifests import RuleSpec
from dinh.spine.observations import alerts, attachment, catalogue
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.owner import CommittedBatch, History
from dinh.spine.observations.models import Alert, JudgedCursor
from dinh.spine.observations.rules import NEVER_US, State, Threshold, Transition, What
from dinh.spine.observations.steps import chosen_series

log = structlog.get_logger("dinh.judge")
NEWS_FOR: Final = timedelta(hours=48)
"""A reading that was older when it was recorded is history: it is kept and fires nothing."""
CURSOR_EVERY_S: Final = 10.0
ROWS_AT_ONCE: Final = 500_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One transition of one rule on one series, with the source of the reading that made it."""

    rule: RuleSpec
    series: int
    source: int
    transition: Transition


@dataclass(slots=True)
class _Watch:
    """The rules in force, by the stamps of what they were read from."""

    stamp: tuple[object, ...]
    index: attachment.Index
    rules: list[tuple[RuleSpec, Threshold, int]]
    """With the id of the indicator."""
    indicator: NDArray[np.int32]
    """By series id: the id of its indicator where a rule watches it, else 0."""


class Judge:
    """Used by one thread at a time."""

    def __init__(self) -> None:
        self._watch: _Watch | None = None
        self._judged_us: NDArray[np.int64] = np.zeros(0, np.int64)
        self._active: dict[str, dict[int, State]] = {}
        self._worse: dict[tuple[str, int], float] = {}
        self._cursor = -1
        self._saved_cursor = -1
        self._saved_at = 0.0

    # --- state ---------------------------------------------------------------

    def forget(self) -> None:
        """Drops all state; the next call reads it anew. For when a transaction failed."""
        self.__init__()  # type: ignore[misc]

    def _ready(self) -> _Watch:
        known, index = catalogue.current(), attachment.index()
        stamp = (known.stamp, index.stamp)
        watch = self._watch
        if watch is not None and watch.stamp == stamp:
            return watch
        ids = known.indicator_ids
        rules = [(spec, Threshold.of(spec), ids[spec.indicator]) for spec in known.rules.values()]
        size = int(index.series[-1]) + 1 if len(index.series) else 0
        indicator = np.zeros(size, np.int32)
        watched = np.isin(index.indicator, [number for _, _, number in rules])
        indicator[index.series[watched]] = index.indicator[watched]
        fresh = _Watch(stamp, index, rules, indicator)
        if watch is None:
            self._cursor = JudgedCursor.objects.values_list("batch", flat=True).first() or 0
            self._saved_cursor, self._saved_at = self._cursor, time.monotonic()
        if watch is None or watch.stamp[0] != stamp[0]:
            self._recall(fresh)
        elif size > len(self._judged_us):
            grown = np.full(size, NEVER_US)
            grown[: len(self._judged_us)] = self._judged_us
            self._judged_us = grown
        self._watch = fresh
        if watch is None or watch.stamp[0] != stamp[0]:
            self._end_dropped()
        return fresh

    def _recall(self, watch: _Watch) -> None:
        """Where each rule stands after the batches up to the cursor: firing from the alerts, pending from the history."""
        self._active = {spec.code: {} for spec, _, _ in watch.rules}
        self._judged_us = np.full(len(watch.indicator), NEVER_US)
        watched = np.flatnonzero(watch.indicator).astype(np.uint32)
        if len(watched):
            condition, tables = chosen_series(watched)
            table = owner.query(
                f"SELECT series, epoch_us(max(observed_at)) AS at FROM observation "  # noqa: S608 - our own words
                f"WHERE batch <= ? AND value IS NOT NULL AND {condition} GROUP BY series",
                [self._cursor],
                tables=tables,
            )
            self._judged_us[table["series"].to_numpy()] = table["at"].to_numpy()
        for alert in Alert.objects.filter(cleared_at=None, rule__in=self._active):
            if alert.series < len(self._judged_us):
                self._active[alert.rule][alert.series] = State(
                    judged_us=int(self._judged_us[alert.series]),
                    firing=True,
                    since_us=clock.to_microseconds(alert.since),
                    worst=alert.worst_value,
                )
        for spec, threshold, number in watch.rules:
            if threshold.lasting_us and len(watched):
                self._recall_pending(spec, threshold, np.flatnonzero(watch.indicator == number).astype(np.uint32))

    def _recall_pending(self, spec: RuleSpec, rule: Threshold, series: NDArray[np.uint32]) -> None:
        """Only readings within the rule's duration before the last one matter: an older run would have fired."""
        judged = self._judged_us[series]
        series = series[judged > NEVER_US]
        if not len(series):
            return
        table = _as_committed(
            series, after=0, upto=self._cursor, since_us=int(self._judged_us[series].min()) - rule.lasting_us
        )
        states: dict[int, State] = {}
        for number, at_us, value in zip(table.series.tolist(), table.at_us.tolist(), table.value.tolist(), strict=True):
            if number in self._active[spec.code] or value != value:
                continue
            last = int(self._judged_us[number])
            if last - rule.lasting_us <= at_us <= last:
                for _ in states.setdefault(number, State()).feed(rule, [(at_us, value)]):
                    states[number] = State(judged_us=at_us)
        self._active[spec.code].update({n: s for n, s in states.items() if s.pending_us is not None})

    # --- judging ---------------------------------------------------------------

    def catch_up(self) -> int:
        """Judges every batch of the history after the cursor; returns how many transitions followed."""
        self._ready()
        done = 0
        for batches in self._waiting_batches():
            done += self.judge(batches)
        self.save_cursor()
        return done

    def _waiting_batches(self) -> Iterator[_Rows]:
        table = owner.query("SELECT id, rows, recorded_at FROM batch WHERE id > ? ORDER BY id", [self._cursor])
        ids, rows = table["id"].to_pylist(), table["rows"].to_pylist()
        watch = self._ready()
        watched = np.flatnonzero(watch.indicator).astype(np.uint32)
        after, count = self._cursor, 0
        for place, number in enumerate(ids):
            count += rows[place]
            if count >= ROWS_AT_ONCE or place == len(ids) - 1:
                yield _as_committed(watched, after=after, upto=number, since_us=NEVER_US)
                after, count = number, 0

    def committed(self, batch: CommittedBatch) -> int:
        """Judges a batch as it is committed. A batch that does not follow the last one is judged from the history,
        together with those between."""
        self._ready()
        if batch.batch_id <= self._cursor:
            return 0
        if batch.batch_id != self._cursor + 1:
            return self.catch_up()
        news = batch.observed_at_us > clock.to_microseconds(clock.now() - NEWS_FOR)
        order = np.lexsort((batch.observed_at_us[news], batch.series[news]))
        rows = _Rows(
            batch.batch_id,
            batch.series[news][order],
            batch.source[news][order],
            batch.observed_at_us[news][order],
            np.where(batch.missing[news][order] > 0, np.nan, batch.value[news][order]),
            np.zeros(len(order), np.int64),
        )
        return self.judge(rows)

    def judge(self, rows: _Rows) -> int:
        """Rows in the order of batch, series and time. Writes the consequences and moves the cursor."""
        watch = self._ready()
        transitions = self._transitions(watch, rows)
        self._cursor = rows.upto
        self._write(watch, transitions)
        if time.monotonic() - self._saved_at > CURSOR_EVERY_S:
            self.save_cursor()
        return len(transitions)

    def _transitions(self, watch: _Watch, rows: _Rows) -> list[Judged]:
        inside = rows.series < len(watch.indicator)
        chosen = np.flatnonzero(inside & ~np.isnan(rows.value))
        chosen = chosen[watch.indicator[rows.series[chosen]] > 0]
        if not len(chosen):
            return []
        series, at_us, value = rows.series[chosen], rows.at_us[chosen], rows.value[chosen]
        indicator = watch.indicator[series]
        found: list[tuple[int, int, Judged]] = []
        for spec, rule, number in watch.rules:
            mine = indicator == number
            if not mine.any():
                continue
            active = self._active[spec.code]
            beyond = mine & (rule.sign * value > rule.sign * rule.threshold)
            wanted = set(np.unique(series[beyond]).tolist())
            wanted.update(active.keys() & set(np.unique(series[mine]).tolist()) if active else ())
            if not wanted:
                continue
            here = np.flatnonzero(mine & np.isin(series, np.array(sorted(wanted), np.uint32)))
            for one in wanted - active.keys():
                active[one] = State(judged_us=int(self._judged_us[one]))
            for place in here.tolist():
                one = int(series[place])
                for step in active[one].feed(rule, [(int(at_us[place]), float(value[place]))]):
                    at = int(chosen[place])
                    found.append((at, len(found), Judged(spec, one, int(rows.source[at]), step)))
            for one in wanted:
                if not active[one].firing and active[one].pending_us is None:
                    del active[one]
        np.maximum.at(self._judged_us, series, at_us)
        return [judged for _, _, judged in sorted(found, key=lambda item: item[:2])]

    # --- consequences ------------------------------------------------------------

    def _write(self, watch: _Watch, transitions: Sequence[Judged]) -> None:
        for judged in transitions:
            if judged.transition.what is What.WORSENED:
                self._worse[judged.rule.code, judged.series] = judged.transition.worst
        told = [judged for judged in transitions if judged.transition.what is not What.WORSENED]
        if not told:
            return
        simulated = _simulated_sources()
        with transaction.atomic():
            for judged in told:
                if judged.transition.what is What.FIRED:
                    alerts.open_alert(judged, watch.index, simulated=judged.source in simulated)
                else:
                    alerts.clear_alert(judged)
            self._write_worse()
            self._store_cursor()
        self._worse.clear()
        self._saved_cursor, self._saved_at = self._cursor, time.monotonic()

    def _write_worse(self) -> None:
        by_rule: dict[str, dict[int, float]] = defaultdict(dict)
        for (rule, series), worst in self._worse.items():
            by_rule[rule][series] = worst
        for rule, worsts in by_rule.items():
            rows = list(Alert.objects.filter(rule=rule, series__in=worsts, cleared_at=None))
            for row in rows:
                row.worst_value = worsts[row.series]
            Alert.objects.bulk_update(rows, ["worst_value"], batch_size=500)

    def _store_cursor(self) -> None:
        JudgedCursor.objects.update_or_create(id=1, defaults={"batch": self._cursor})

    def save_cursor(self) -> None:
        """Writes cursor and worst values down, where they have moved."""
        if self._cursor != self._saved_cursor or self._worse:
            with transaction.atomic():
                self._write_worse()
                self._store_cursor()
            self._worse.clear()
        self._saved_cursor, self._saved_at = self._cursor, time.monotonic()

    def _end_dropped(self) -> None:
        """Ends alerts whose rule is no longer in force; no reading would ever clear them."""
        dropped = list(Alert.objects.filter(cleared_at=None).exclude(rule__in=self._active))
        if dropped:
            with transaction.atomic():
                for alert in dropped:
                    alerts.end(alert, at=max(clock.now(), alert.fired_at), value=None)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Parallel arrays of shape (n,); `upto` is the last batch they are from."""

    upto: int
    series: NDArray[np.uint32]
    source: NDArray[np.uint16]
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    """NaN where missing."""
    batch: NDArray[np.int64]


def _as_committed(series: NDArray[np.uint32], *, after: int, upto: int, since_us: int) -> _Rows:
    """Readings of batches (after, upto] as they were when committed, corrected since or not; news only."""
    condition, tables = chosen_series(series)
    limit = "" if since_us == NEVER_US else f"AND observed_at >= make_timestamp({since_us})"
    table = owner.query(
        f"""
        WITH written AS (
            SELECT series, source, observed_at, value, batch FROM observation
            WHERE batch > $after AND batch <= $upto AND {condition} {limit}
            UNION ALL
            SELECT series, source, observed_at, value, batch FROM superseded
            WHERE batch > $after AND batch <= $upto AND superseded_by > batch AND {condition} {limit}
        )
        SELECT series, source, epoch_us(observed_at) AS at, value, batch
        FROM written JOIN batch ON batch.id = written.batch
        WHERE observed_at > recorded_at - INTERVAL {int(NEWS_FOR.total_seconds())} SECOND
        ORDER BY batch, series, observed_at
        """,  # noqa: S608 - built of our own words and numbers
        {"after": after, "upto": upto},
        tables=tables,
    )
    return _Rows(
        upto,
        table["series"].to_numpy(),
        table["source"].to_numpy(),
        table["at"].to_numpy(),
        table["value"].to_numpy().astype(np.float64),
        table["batch"].to_numpy().astype(np.int64),
    )


# --- the judge of this process ---------------------------------------------------

_judge: Final = Judge()
_history: History | None = None
TRIES: Final = 3


def _present() -> Judge:
    """Its state belongs to one opening of the history: between two, others may have written."""
    global _history
    if owner.owned() is not _history:
        _history = owner.owned()
        _judge.forget()
    return _judge


def catch_up() -> None:
    """Judges what the history holds beyond the cursor; done when the owner starts."""
    found = _present().catch_up()
    if found:
        log.info("caught_up", transitions=found)


def committed(batch: CommittedBatch) -> None:
    """Hears of every batch. Where the registers fail, the batch is judged again from the history: now, or when
    the next one comes."""
    judge = _present()
    for left in reversed(range(TRIES)):
        try:
            judge.committed(batch)
        except DatabaseError as error:
            judge.forget()
            log.warning("judging_failed", batch=batch.batch_id, error=repr(error), tries_left=left)
            if not left or connection.in_atomic_block:
                raise
            time.sleep(0.2)
        except BaseException:
            judge.forget()  # it may be half done in memory: the next batch has this one judged again
            raise
        else:
            return


def _simulated_sources() -> set[int]:
    known = catalogue.current()
    return {number for code, number in known.source_ids.items() if known.sources[code].simulated}

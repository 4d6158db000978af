"""Judges committed readings by the rules in force and writes what follows: alerts, their events, the cursor.

The cursor (the last judged batch) moves in the transaction of the alerts, so that a crash loses no alert and
repeats none: at start the batches after it are judged from the history. Batches without consequences move it
only now and then; judging them twice changes nothing.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import structlog
from django.db import DatabaseError, connection, transaction
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.manifests import RuleSpec
from dinh.spine.observations import alerts, attachment, catalogue
from dinh.spine.observations.catalogue import Catalogue
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.owner import CommittedBatch, History
from dinh.spine.observations.intake import service
from dinh.spine.observations.judging import building
from dinh.spine.observations.judging.committed import NEWS_FOR, Rows, as_committed
from dinh.spine.observations.judging.stream import Found
from dinh.spine.observations.judging.watching import Watch
from dinh.spine.observations.models import Alert, JudgedCursor
from dinh.spine.observations.rules import NEVER_US, Transition, What
from dinh.spine.observations.steps import chosen_series

log = structlog.get_logger("dinh.judge")
CURSOR_EVERY_S: Final = 10.0
ROWS_AT_ONCE: Final = 500_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One transition of one rule on one series, with the source of the reading that made it (-1 where none did)."""

    rule: RuleSpec
    found: Found

    @property
    def series(self) -> int:
        return self.found.series

    @property
    def source(self) -> int:
        return self.found.source

    @property
    def transition(self) -> Transition:
        return self.found.transition


@dataclass(slots=True)
class _Rules:
    """The rules at work, by the stamps of what they were built from."""

    stamp: tuple[object, ...]
    index: attachment.Index
    watches: dict[str, Watch]
    watched: NDArray[np.bool_]
    """By series id: whether any rule looks at it."""


class Judge:
    """Readings and the passing of time may come by different threads; they are judged one after another."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._rules: _Rules | None = None
        self._judged_us: NDArray[np.int64] = np.zeros(0, np.int64)
        self._worse: dict[tuple[str, int], float] = {}
        self._cursor = -1
        self._saved_cursor = -1
        self._saved_at = 0.0

    # --- state ---------------------------------------------------------------

    def forget(self) -> None:
        """Drops all state; the next call reads it anew. For when a transaction failed."""
        with self.lock:
            self._rules = None
            self._judged_us = np.zeros(0, np.int64)
            self._worse = {}
            self._cursor = self._saved_cursor = -1
            self._saved_at = 0.0

    def _ready(self) -> _Rules:
        known, index = catalogue.current(), attachment.index()
        stamp = (known.stamp, index.stamp)
        held = self._rules
        if held is not None and held.stamp == stamp:
            return held
        if held is None:
            self._cursor = JudgedCursor.objects.values_list("batch", flat=True).first() or 0
            self._saved_cursor, self._saved_at = self._cursor, time.monotonic()
        moved = held is None or held.stamp[0] != known.stamp or held.index.stamp[1] != index.stamp[1]
        if not moved and held is not None:
            fresh = self._grown(held, stamp, known, index)
        else:
            fresh = _Rules(stamp, index, {}, np.zeros(0, np.bool_))
            fresh.watches = {code: building.watch(spec, known, index) for code, spec in known.rules.items()}
            fresh.watched = _any_of(fresh.watches, index)
            self._recall_judged(fresh)
            for watch in fresh.watches.values():
                self._recall(watch)
        self._rules = fresh
        if moved:
            self._end_dropped(fresh)
        return fresh

    def _grown(self, held: _Rules, stamp: tuple[object, ...], known: Catalogue, index: attachment.Index) -> _Rules:
        """New series came: most rules only take them in."""
        fresh = _Rules(stamp, index, dict(held.watches), np.zeros(0, np.bool_))
        anew: list[Watch] = []
        for code, watch in held.watches.items():
            mask = building.series_mask(watch.spec, index, known.indicator_ids)
            if int(mask.sum()) == int(watch.mask.sum()) or building.can_grow(watch):
                if building.can_grow(watch):
                    watch.grow(mask)
            else:
                fresh.watches[code] = building.watch(watch.spec, known, index)
                anew.append(fresh.watches[code])
        fresh.watched = _any_of(fresh.watches, index)
        if len(fresh.watched) > len(self._judged_us):
            grown = np.full(len(fresh.watched), NEVER_US)
            grown[: len(self._judged_us)] = self._judged_us
            self._judged_us = grown
        for watch in anew:
            self._recall(watch)
        return fresh

    def _recall_judged(self, rules: _Rules) -> None:
        self._judged_us = np.full(len(rules.watched), NEVER_US)
        watched = np.flatnonzero(rules.watched).astype(np.uint32)
        if len(watched):
            condition, tables = chosen_series(watched)
            table = owner.query(
                # A reading that was corrected meanwhile was judged with its old value, which is in `superseded`.
                f"SELECT series, epoch_us(max(observed_at)) AS at FROM ("  # noqa: S608 - our own words
                f"SELECT series, observed_at FROM observation WHERE batch <= $cursor AND value IS NOT NULL AND {condition} "
                f"UNION ALL "
                f"SELECT series, observed_at FROM superseded WHERE batch <= $cursor AND value IS NOT NULL AND {condition}"
                f") GROUP BY series",
                {"cursor": self._cursor},
                tables=tables,
            )
            self._judged_us[table["series"].to_numpy()] = table["at"].to_numpy()

    def _recall(self, watch: Watch) -> None:
        """Where a rule stands after the batches up to the cursor: firing from the alerts, the rest from the history.

        Only readings within the rule's reach before the last ones matter: an older run would have fired."""
        series = np.flatnonzero(watch.mask[: len(self._judged_us)]).astype(np.uint32)
        last = self._judged_us[series]
        series, last = series[last > NEVER_US], last[last > NEVER_US]
        if watch.lookback_us and len(series):
            rows = as_committed(series, after=0, upto=self._cursor, since_us=int(last.min()) - watch.lookback_us)
            near = rows.at_us >= self._judged_us[rows.series] - watch.lookback_us
            watch.feed(rows.where(near).accepted(np.full(len(self._judged_us), NEVER_US)), self._judged_us)
        watch.quieten()
        for alert in Alert.objects.filter(cleared_at=None, rule=watch.spec.code, is_group=False):
            if alert.series < len(watch.mask):
                judged_us = int(self._judged_us[alert.series])
                watch.restore(alert.series, clock.to_microseconds(alert.since), alert.worst_value, judged_us)

    # --- judging ---------------------------------------------------------------

    def catch_up(self) -> int:
        """Judges every batch of the history after the cursor; returns how many transitions followed."""
        with self.lock:
            self._ready()
            done = 0
            for rows in self._waiting_batches():
                done += self.judge(rows)
            self.save_cursor()
            return done

    def _waiting_batches(self) -> Iterator[Rows]:
        table = owner.query("SELECT id, rows, recorded_at FROM batch WHERE id > ? ORDER BY id", [self._cursor])
        ids, rows = table["id"].to_pylist(), table["rows"].to_pylist()
        watched = np.flatnonzero(self._ready().watched).astype(np.uint32)
        after, count = self._cursor, 0
        for place, number in enumerate(ids):
            count += rows[place]
            if count >= ROWS_AT_ONCE or place == len(ids) - 1:
                yield as_committed(watched, after=after, upto=number, since_us=NEVER_US)
                after, count = number, 0

    def committed(self, batch: CommittedBatch) -> int:
        """Judges a batch as it is committed. A batch that does not follow the last one is judged from the history,
        together with those between."""
        with self.lock:
            rules = self._ready()
            if batch.batch_id <= self._cursor:
                return 0
            if batch.batch_id != self._cursor + 1:
                return self.catch_up()
            news = batch.observed_at_us > clock.to_microseconds(clock.now() - NEWS_FOR)
            news &= batch.missing == 0
            news[news] = batch.series[news] < len(rules.watched)
            news[news] = rules.watched[batch.series[news]]
            order = np.flatnonzero(news)
            order = order[np.lexsort((batch.observed_at_us[order], batch.series[order]))]
            rows = Rows(
                batch.batch_id,
                batch.series[order],
                batch.source[order],
                batch.observed_at_us[order],
                batch.value[order],
                np.full(len(order), batch.batch_id, np.int64),
            )
            return self.judge(rows)

    def judge(self, rows: Rows) -> int:
        """Rows in the order of batch, series and time. Writes the consequences and moves the cursor."""
        rules = self._ready()
        inside = rows.series < len(rules.watched)
        inside[inside] = rules.watched[rows.series[inside]]
        stream = rows.where(inside).accepted(self._judged_us)
        found: list[Judged] = []
        if len(stream):
            for watch in rules.watches.values():
                found += [Judged(watch.spec, one) for one in watch.feed(stream, self._judged_us)]
            np.maximum.at(self._judged_us, stream.series, stream.at_us)
            found.sort(key=lambda judged: (judged.found.turn, judged.transition.at_us))
        self._cursor = rows.upto
        self._write(rules, found)
        if time.monotonic() - self._saved_at > CURSOR_EVERY_S:
            self.save_cursor()
        return len(found)

    def tick(self, now: datetime) -> int:
        """What the passing of time brings: silence, and the end of maintenance."""
        with self.lock:
            if self._rules is None:
                self.catch_up()  # what is written and not judged yet is not silence
            rules = self._ready()
            now_us, seen_us = clock.to_microseconds(now), self._seen_us()
            found = [Judged(watch.spec, one) for watch in rules.watches.values() for one in watch.tick(now_us, seen_us)]
            found.sort(key=lambda judged: (judged.transition.at_us, judged.rule.code, judged.series))
            self._write(rules, found)
            alerts.end_suppression(now)
            return len(found)

    def _seen_us(self) -> NDArray[np.int64]:
        """By series id its newest reading: the judged one, or one that is written and waits for the judge."""
        intake = service.running()
        if intake is None:
            return self._judged_us
        newest = intake.lanes.read(np.arange(len(self._judged_us), dtype=np.int64))
        seen_us = self._judged_us.copy()
        there = newest.missing == 0
        np.maximum.at(seen_us, newest.series[there], newest.observed_at_us[there])
        return seen_us

    # --- consequences ------------------------------------------------------------

    def _write(self, rules: _Rules, transitions: Sequence[Judged]) -> None:
        for judged in transitions:
            if judged.transition.what is What.WORSENED:
                self._worse[judged.rule.code, judged.series] = judged.transition.worst
        told = [judged for judged in transitions if judged.transition.what is not What.WORSENED]
        if not told:
            return
        with transaction.atomic():
            alerts.write(told, rules.index, simulated=_simulated_sources())
            self._write_worse()
            self._store_cursor()
        self._worse.clear()
        self._saved_cursor, self._saved_at = self._cursor, time.monotonic()

    def _write_worse(self) -> None:
        by_rule: dict[str, dict[int, float]] = defaultdict(dict)
        for (rule, series), worst in self._worse.items():
            by_rule[rule][series] = worst
        for rule, worsts in by_rule.items():
            rows = list(Alert.objects.filter(rule=rule, series__in=worsts, cleared_at=None, is_group=False))
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

    def _end_dropped(self, rules: _Rules) -> None:
        """Ends alerts whose rule is no longer in force, or looks at their series no more; no reading would ever clear
        them."""
        standing = Alert.objects.filter(cleared_at=None, is_group=False).only("id", "rule", "series")
        dropped = [alert.pk for alert in standing if not _looks_at(rules, alert.rule, alert.series)]
        if dropped:
            with transaction.atomic():
                for alert in Alert.objects.filter(pk__in=dropped):
                    alerts.end(alert, at=max(clock.now(), alert.fired_at), value=None)


def _looks_at(rules: _Rules, rule: str, series: int) -> bool:
    watch = rules.watches.get(rule)
    return watch is not None and series < len(watch.mask) and bool(watch.mask[series])


def _any_of(watches: Mapping[str, Watch], index: attachment.Index) -> NDArray[np.bool_]:
    watched = np.zeros(int(index.series[-1]) + 1 if len(index.series) else 1, np.bool_)
    for watch in watches.values():
        watched[: len(watch.mask)] |= watch.mask
    return watched


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


def tick() -> int:
    """Judges what the passing of time alone brings, now."""
    return _present().tick(clock.now())


def forget() -> None:
    """Has everything read anew, after a failure."""
    _judge.forget()


def _simulated_sources() -> set[int]:
    known = catalogue.current()
    return {number for code, number in known.source_ids.items() if known.sources[code].simulated}

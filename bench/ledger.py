"""Proofs from a ledger of ten million leaves; the peer of a proof is SQLite's lookup of as many rows by primary key.

The leaves are real: hashed by the ledger's own functions and kept in its own tables, with every node. Only the door is
another: rows go in many at once, and the two indexes that no proof asks are made at the end.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import Result, at_least, at_most
from bench.house import data_folder

if TYPE_CHECKING:
    from datetime import datetime

    from dinh.spine.ledger.api import Proof

LEAVES = 10_000_000
CHUNK = 1 << 16
ROUNDS = 2_000
APPENDED = 20_000
AT_ONCE = 500
ALONE = 300
LIMIT_MS = 5
ACTS = ("opened", "assigned", "commented", "resolved", "closed")


def run() -> list[Result]:
    with data_folder() as home:
        from dinh.spine.ledger import api as ledger

        started = time.perf_counter()
        fill(home, LEAVES)
        filled_s = time.perf_counter() - started
        given = (
            f"{LEAVES:,} leaves, filled in {filled_s:.0f} s with rows and nodes of the ledger's own functions, many at "
            f"once past its door; {(home / 'registers.sqlite3').stat().st_size / 1e9:.1f} GB"
        )
        pick = random.Random(1)
        indexes = [pick.randrange(LEAVES) for _ in range(ROUNDS)]
        proofs: list[Proof] = []
        inclusion = _times(lambda n: proofs.append(ledger.inclusion_proof(indexes[n])))
        steps = len(proofs[0].path)
        looked_up = _lookups(home, steps, pick)
        checked = _times(lambda n: _must(ledger.check_proof(proofs[n])))
        head = ledger.head()
        heads = [ledger.head_at(index + 1) for index in indexes]
        paths: list[Sequence[bytes]] = []
        consistency = _times(lambda n: paths.append(ledger.consistency_proof(heads[n].size)))
        grown = _times(lambda n: _must(ledger.check_consistency(heads[n], head, paths[n])))
        together, alone = _appends()
        peer_together, peer_alone = _bare_inserts(home)
    told = f"{steps} lookups of a node by primary key in the same file, bare SQLite"
    asked = f"{ROUNDS:,} random leaves of {given}"
    return [
        at_most(
            "ledger inclusion proof, 99th percentile", inclusion.p99, "ms", LIMIT_MS,
            input=f"{asked}; {_left_out(inclusion)}", peer=f"{told}, 99th percentile", peer_value=looked_up.p99,
        ),
        at_most(
            "ledger inclusion proof, median", inclusion.median, "ms", LIMIT_MS,
            input=asked, peer=f"{told}, median", peer_value=looked_up.median,
        ),
        at_most(
            "ledger consistency proof, 99th percentile", consistency.p99, "ms", LIMIT_MS,
            input=f"from random sizes to the whole of {given}; median {consistency.median:.3f} ms; {_left_out(consistency)}",
            peer=f"{told}, 99th percentile", peer_value=looked_up.p99,
        ),
        at_most(
            "ledger check of a proof, 99th percentile", max(checked.p99, grown.p99), "ms", LIMIT_MS,
            input=f"{asked}; inclusion {checked.median:.3f} ms and consistency {grown.median:.3f} ms in the median",
        ),
        at_least(
            "ledger append, many at once", together, "leaves/s", 5_000,
            input=f"{APPENDED:,} leaves, {AT_ONCE} a transaction, behind {given}",
            peer="bare SQLite: the same rows and indexes, as many a transaction, nothing hashed", peer_value=peer_together,
        ),
        at_least(
            "ledger append, one at a time", alone, "leaves/s", 100,
            input=f"{ALONE} leaves, each in a synced transaction of its own, behind {given}",
            peer="bare SQLite: the same rows and indexes, a synced transaction each, nothing hashed", peer_value=peer_alone,
        ),
    ]  # fmt: skip


def _left_out(times: Times) -> str:
    return (
        f"{times.disturbed} rounds are left out in which the system gave the processor to another process, "
        f"{times.p99_of_all:.2f} ms with them"
    )


def fill(home: Path, leaves: int) -> None:
    """The same rows as `append_many` leaves behind, many at once; every index is there at the end."""
    from django.db import connection, connections

    from dinh.engines import merkle
    from dinh.kernel import clock
    from dinh.spine.ledger import models

    connections.close_all()
    first = clock.now()
    kept: dict[int, list[bytes]] = {}
    with connection.schema_editor() as editor:
        for index in models.Entry._meta.indexes:
            editor.remove_index(models.Entry, index)
    with closing(sqlite3.connect(home / "registers.sqlite3", isolation_level=None)) as bare:
        bare.execute("PRAGMA synchronous=OFF")
        bare.execute("PRAGMA cache_size=-1000000")
        for start in range(0, leaves, CHUNK):
            end = min(start + CHUNK, leaves)
            bare.execute("BEGIN")
            rows = list(_rows(start, end, first))
            bare.executemany("INSERT INTO ledger_entry VALUES (?,?,?,?,?,?)", rows)
            hashes, level, number = [row[5] for row in rows], 0, start
            while len(hashes) > 1:
                hashes = [merkle.hash_nodes(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=False)]
                level, number = level + 1, number >> 1
                _keep(bare, level, number, hashes)
            if end - start == CHUNK:
                kept.setdefault(level, []).extend(hashes)
                while len(kept[level]) % 2 == 0:  # the last two close a larger subtree
                    above = kept.setdefault(level + 1, [])
                    above.append(merkle.hash_nodes(*kept[level][-2:]))
                    level += 1
                    _keep(bare, level, len(above) - 1, above[-1:])
            bare.execute("COMMIT")
        peaks = b"".join(_hash(bare, node) for node in merkle.peaks_of(leaves))
        bare.execute("INSERT INTO ledger_head VALUES (1, ?, ?)", (leaves, peaks))
        bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with connection.schema_editor() as editor:
        for index in models.Entry._meta.indexes:
            editor.add_index(models.Entry, index)
    connections.close_all()


def _rows(start: int, end: int, first: datetime) -> Iterator[tuple[Any, ...]]:
    from dinh.spine.ledger import domain

    for index in range(start, end):
        subject, kind = f"urn:dinh:case:2026-{index * 7919 % 1_000_003:06}", f"case.{ACTS[index % 5]}"
        at = first + timedelta(microseconds=index)
        data = f'{{"by":"urn:dinh:person:{index % 911}","from":"open","note":"","to":"{ACTS[index % 5]}","version":{index % 9}}}'
        hashed = domain.leaf_hash(index=index, kind=kind, subject=subject, at=at, data=data)
        yield index, kind, subject, str(at.replace(tzinfo=None)), data, hashed


def _keep(bare: sqlite3.Connection, level: int, first: int, hashes: Sequence[bytes]) -> None:
    bare.executemany(
        "INSERT INTO ledger_node (level, number, hash) VALUES (?,?,?)",
        ((level, number, value) for number, value in enumerate(hashes, first)),
    )


def _hash(bare: sqlite3.Connection, node: tuple[int, int]) -> bytes:
    if node[0] == 0:
        found = bare.execute('SELECT leaf_hash FROM ledger_entry WHERE "index"=?', (node[1],)).fetchone()
    else:
        found = bare.execute("SELECT hash FROM ledger_node WHERE level=? AND number=?", node).fetchone()
    return bytes(found[0])


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of the rounds in which the system did not give the processor to another process."""

    median: float
    p99: float
    disturbed: int
    p99_of_all: float


def _times(act: Callable[[int], object], rounds: int = ROUNDS) -> Times:
    taken, alone = [], []
    for n in range(rounds):
        taken_away = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
        started = time.perf_counter()
        act(n)
        taken.append((time.perf_counter() - started) * 1000)
        if resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw == taken_away:
            alone.append(taken[-1])
    taken.sort()
    alone.sort()
    count = len(alone)
    return Times(alone[count // 2], alone[count * 99 // 100], rounds - count, taken[rounds * 99 // 100])


def _must(holds: bool) -> None:
    if not holds:
        raise SystemExit("a proof from the filled ledger does not hold")


def _lookups(home: Path, steps: int, pick: random.Random) -> Times:
    levels = [1 + step % (LEAVES.bit_length() - 1) for step in range(steps)]
    wanted = [[(level, pick.randrange(LEAVES >> level)) for level in levels] for _ in range(ROUNDS)]
    with closing(sqlite3.connect(home / "registers.sqlite3")) as bare:
        bare.execute("PRAGMA cache_size=-64000")
        return _times(lambda n: [_hash(bare, node) for node in wanted[n]])


def _appends() -> tuple[float, float]:
    """Leaves a second through the ledger's own door: many at once, and one at a time."""
    from dinh.spine.ledger import api as ledger

    rows = [(f"urn:dinh:case:2026-{n:06}", {"by": "urn:dinh:person:1", "n": n}) for n in range(APPENDED)]
    started = time.perf_counter()
    for n in range(0, APPENDED, AT_ONCE):
        ledger.append_many("case.commented", rows[n : n + AT_ONCE])
    together = APPENDED / (time.perf_counter() - started)
    started = time.perf_counter()
    for row in rows[:ALONE]:
        ledger.append("case.commented", *row)
    return together, ALONE / (time.perf_counter() - started)


def _bare_inserts(home: Path) -> tuple[float, float]:
    """The rows that the ledger wrote last, again into a file that holds as many."""
    with closing(sqlite3.connect(home / "registers.sqlite3", isolation_level=None)) as bare:
        bare.execute("PRAGMA synchronous=FULL")
        bare.execute("PRAGMA cache_size=-64000")
        size = LEAVES + APPENDED + ALONE
        entries = bare.execute('SELECT * FROM ledger_entry WHERE "index">=?', (size - APPENDED,)).fetchall()

        def insert(part: Sequence[tuple[Any, ...]], start: int) -> None:
            bare.execute("BEGIN IMMEDIATE")
            numbered = [(start + n, *row[1:]) for n, row in enumerate(part)]
            bare.executemany("INSERT INTO ledger_entry VALUES (?,?,?,?,?,?)", numbered)
            _keep(bare, 1, start, [row[5] for row in part])
            bare.execute("UPDATE ledger_head SET size=?", (start + len(part),))
            bare.execute("COMMIT")

        started = time.perf_counter()
        for n in range(0, APPENDED, AT_ONCE):
            insert(entries[n : n + AT_ONCE], size + n)
        together = APPENDED / (time.perf_counter() - started)
        started = time.perf_counter()
        for n in range(ALONE):
            insert(entries[n : n + 1], size + APPENDED + n)
        return together, ALONE / (time.perf_counter() - started)

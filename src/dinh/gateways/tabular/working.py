"""The long work of an import: part after part, from its checkpoint after a crash, stopped when somebody cancels."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping as AnyMapping
from typing import Any

from django.db import transaction
from django.utils import translation

from dinh.engines.tables.reading import Table
from dinh.gateways.tabular import importing, placing, taking
from dinh.gateways.tabular.judging import Judge
from dinh.gateways.tabular.mapping import Mapping
from dinh.gateways.tabular.problems import Problem
from dinh.gateways.tabular.words import told
from dinh.kernel.errors import NotFound
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, SYSTEM, Actor


def run(running: jobs.Running) -> AnyMapping[str, Any]:
    key = str(running.task.params["import"])
    by = actor_behind(running.task.by)
    row = importing.one(key, by=by)
    if row.state == "done":
        return dict(row.result)
    if row.mapping is None:
        raise NotFound(
            "tabular.no_mapping", "no mapping is kept under the name '{name}'; save one from a preview first", name=""
        )
    table = importing.table_of(key, row.mapping)
    with translation.override("vi"):
        if row.mapping.target == "places":
            result = _places(key, table, row.mapping, by)
        else:
            result = _readings(running, key, row.name, table, row.mapping, by)
    with transaction.atomic():
        running.save({**running.checkpoint, "ended": True})
        importing.done(key, result)
    return result


def actor_behind(urn: str) -> Actor:
    """Who started the work, with what that person may do now. Raises NotFound `parties.no_person`."""
    if urn == SYSTEM.urn:
        return SYSTEM
    person = parties.person(urn.removeprefix(PERSON))
    grants = person.grants if person.active else ()
    return Actor(person.urn, person.name, tuple(grants), person.organisation, is_staff=True)


def _readings(
    running: jobs.Running, key: str, name: str, table: Table, mapping: Mapping, by: Actor
) -> AnyMapping[str, Any]:
    catalogue = {spec.code: spec for spec in observations.indicators()}
    judge = Judge(table, mapping, catalogue, by=by)
    tally = taking.Tally()
    held = running.checkpoint
    begun = int(held.get("rows", 0))
    if held:
        tally.go_on_from(dict(held["counts"]))
    else:
        tally.told.extend(taking.odd_problems(table))
        tally.refused_rows += len(table.odd)
    total = len(table.rows)
    with _refused_file(key, int(held.get("bytes", 0))) as file:
        refused = taking.RefusedRows(file, table, told, begun=bool(held))
        for start, part in taking.parts(table, len(judge.values)):
            if start < begun:
                continue
            running.report(start, total)
            by_row = taking.take(part, judge, tally, by=by, channel=f"table {name}")
            refused.add(part, by_row)
            if start + len(part.rows) >= total:
                refused.add_odd(list(table.odd))
            file.flush()
            os.fsync(file.fileno())
            with transaction.atomic():
                running.save({"rows": start + len(part.rows), "counts": tally.counts(), "bytes": _size(file)})
    running.report(total, total)
    return {**tally.counts(), "problems": _examples(tally.told.kept)}


def _refused_file(key: str, size: int) -> io.TextIOWrapper:
    """The file of refused rows as far as the checkpoint knows it; what a crash left behind that is cut off."""
    path = importing.refused(key)
    raw = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(raw, size)
    file = os.fdopen(raw, "r+", encoding="utf-8", newline="")
    file.seek(0, os.SEEK_END)
    return file


def _size(file: io.TextIOWrapper) -> int:
    return os.fstat(file.fileno()).st_size


def _examples(problems: list[Problem]) -> list[dict[str, Any]]:
    """A few of each cause, for the page of the outcome."""
    shown: dict[str, int] = {}
    kept = []
    for problem in problems:
        shown[problem.code] = shown.get(problem.code, 0) + 1
        if shown[problem.code] <= 20:
            kept.append({
                "code": problem.code, "row": problem.row, "column": problem.column, "value": problem.value,
                "detail": problem.detail[:300],
            })  # fmt: skip
    return kept


def _places(key: str, table: Table, mapping: Mapping, by: Actor) -> AnyMapping[str, Any]:
    outcome = placing.take(table, mapping, by=by, record=True)
    with _refused_file(key, 0) as file:
        refused = taking.RefusedRows(file, table, told)
        refused.add(table, outcome.by_row)
        refused.add_odd(list(table.odd))
    return {
        "rows": len(table.rows), "accepted": outcome.taken, "corrections": outcome.changed, "duplicates": outcome.unchanged,
        "refused_rows": len(outcome.by_row), "refused": dict(outcome.told.counts), "swapped": outcome.swapped,
        "problems": _examples(outcome.told.kept),
    }  # fmt: skip

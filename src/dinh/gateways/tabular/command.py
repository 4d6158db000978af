"""`dinh import table`: a table from the command line, by the same steps as through the pages."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from dinh.engines.tables import reading
from dinh.engines.tables.reading import Table, Wishes
from dinh.gateways.tabular import keeping, mapping, placing, suggesting, taking
from dinh.gateways.tabular.judging import Judge
from dinh.gateways.tabular.mapping import Mapping
from dinh.gateways.tabular.problems import REMEDIES, Problem
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM


def run(arguments: list[str]) -> int:
    """Exit status 0 when every row was taken or told of with its reason."""
    options = _options(arguments)
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise Invalid(
            "tables.unreadable", "the file cannot be read as a table ({says}); save it again as CSV", says=error
        ) from error
    wishes = Wishes(options.encoding, options.delimiter, options.header_row, options.sheet or "")
    table = reading.read(data, wishes)
    with _history():
        catalogue = {spec.code: spec for spec in observations.indicators()}
        chosen, name, declare = _mapping(table, options, catalogue)
        if chosen.sheet and not options.sheet and chosen.sheet != table.sniffed.sheet:
            table = reading.read(data, wishes_of(chosen))
        if options.declare and declare:
            observations.declare_indicators(declare, by=SYSTEM)
            catalogue = {spec.code: spec for spec in observations.indicators()}
        if options.save_mapping:
            kept = keeping.save(options.save_mapping, chosen, table.headers, by=SYSTEM)
            name = f"{kept.name} (version {kept.version})"
        if chosen.target == "places":
            return _places(table, chosen, options)
        judge = Judge(table, chosen, catalogue, by=SYSTEM)
        tally = taking.Tally()
        if options.preview:
            taking.look(table, judge, tally)
        else:
            with _refused(options.out_refused) as file:
                _take(table, judge, tally, options, file)
    _tell(table, chosen, name, tally, options, declare)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dinh import table", description="record the figures of a table")
    parser.add_argument("file", type=Path, help="CSV or Excel")
    parser.add_argument("--sheet", help="of a workbook; the first that holds anything")
    parser.add_argument("--mapping", help="name of a saved mapping, or a JSON file")
    parser.add_argument("--save-mapping", metavar="NAME", help="keep the mapping under this name")
    parser.add_argument("--write-mapping", type=Path, metavar="FILE", help="write the mapping as JSON, to correct it")
    parser.add_argument("--preview", action="store_true", help="tell what would be taken and refused; record nothing")
    parser.add_argument(
        "--declare", action="store_true", help="declare indicators that the mapping names and nobody has"
    )
    parser.add_argument("--source", default="", help="code of the registered source")
    parser.add_argument("--prefix", default="", help="stands before the codes of new indicators")
    parser.add_argument("--encoding", default="", help="where it was not found right")
    parser.add_argument("--delimiter", default="", help="where it was not found right")
    parser.add_argument("--header-row", type=int, help="row of the header in the file, from 1")
    parser.add_argument("--out-refused", type=Path, help="write the refused rows here, as CSV with their reasons")
    parser.add_argument("--json", action="store_true", help="tell the outcome as JSON")
    return parser.parse_args(arguments)


def wishes_of(chosen: Mapping) -> Wishes:
    """How a mapping wants its file to be read."""
    return Wishes(chosen.encoding, chosen.delimiter, chosen.header_row or None, chosen.sheet, chosen.font)


def _mapping(table: Table, options: argparse.Namespace, catalogue: Any) -> tuple[Mapping, str, Any]:
    suggested = suggesting.suggest(
        table, catalogue, source=options.source, prefix=options.prefix, title=options.file.stem
    )
    chosen, name, declare = suggested.mapping, "", suggested.declare
    if options.mapping:
        path = Path(options.mapping)
        chosen = (
            mapping.read(path.read_bytes()) if path.is_file() else keeping.saved(options.mapping, by=SYSTEM).mapping
        )
        name, declare = options.mapping, ()
    elif (kept := keeping.of_headers(table.headers, by=SYSTEM)) is not None:
        chosen, name, declare = kept.mapping, f"{kept.name} (version {kept.version})", ()
    if options.source:
        chosen = msgspec.structs.replace(chosen, source=options.source)
    if options.write_mapping:
        options.write_mapping.write_text(mapping.write(chosen) + "\n", encoding="utf-8")
    return chosen, name, declare


@contextmanager
def _history() -> Iterator[None]:
    """The history open in this process for the whole import, or with its owner where one runs."""
    mine = True
    try:
        observations.start()
    except Conflict:
        mine = False
    try:
        yield
    finally:
        if mine:
            observations.stop()


@contextmanager
def _refused(path: Path | None) -> Iterator[Any]:
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


def say(problem: Problem) -> str:
    """One problem in a line, in English."""
    where = f"«{problem.column}» " if problem.column else ""
    remedy = problem.detail or REMEDIES.get(problem.code, problem.code)
    near = "; ".join(name for _, name in problem.candidates[:3])
    return f"row {problem.row} {where}'{problem.value}': {remedy}" + (f" ({near}?)" if near else "")


def _take(table: Table, judge: Judge, tally: taking.Tally, options: argparse.Namespace, file: Any) -> None:
    refused = taking.RefusedRows(file, table, say) if file else None
    tally.told.extend(taking.odd_problems(table))
    tally.refused_rows += len(table.odd)
    for _, part in taking.parts(table, len(judge.values)):
        by_row = taking.take(part, judge, tally, by=SYSTEM, channel=f"table {options.file.name}")
        if refused:
            refused.add(part, by_row)
        if sys.stderr.isatty():
            print(f"\r{tally.rows:,} of {len(table.rows):,} rows", end="", file=sys.stderr, flush=True)
    if refused:
        refused.add_odd(list(table.odd))
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _places(table: Table, chosen: Mapping, options: argparse.Namespace) -> int:
    outcome = placing.take(table, chosen, by=SYSTEM, record=not options.preview)
    print(
        f"places: {outcome.taken} new, {outcome.changed} changed, {outcome.unchanged} unchanged, {outcome.told.total} refused"
    )
    for problem in outcome.told.kept[:20]:
        print(f"  {say(problem)}")
    return 0


def _tell(
    table: Table, chosen: Mapping, name: str, tally: taking.Tally, options: argparse.Namespace, declare: Any
) -> None:
    sniffed = table.sniffed
    counts = tally.counts()
    if options.json:
        told = {
            "file": options.file.name, "encoding": sniffed.encoding, "confidence": sniffed.confidence,
            "delimiter": sniffed.delimiter, "sheet": sniffed.sheet, "header_row": sniffed.header_row,
            "title": list(table.title), "notes": list(table.notes), "mapping": name, "preview": options.preview,
            "undeclared": [] if options.declare else [spec.code for spec in declare], **counts,
            "problems": [
                {"code": p.code, "row": p.row, "column": p.column, "value": p.value, "says": say(p)} for p in tally.told.kept
            ],
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    found = f"{sniffed.encoding}" + (
        f", delimiter {sniffed.delimiter!r}" if sniffed.delimiter else f", sheet {sniffed.sheet}"
    )
    print(
        f"file:        {found}, header in row {sniffed.header_row}; mapping: {name or 'suggested by the table itself'}"
    )
    for use in mapping.uses_of(chosen, table.headers)[:12] if options.preview else ():
        print(f"  {use.header[:50]}: {use.role} {use.indicator} {use.unit} {use.period}".rstrip())
    if declare and not options.declare:
        print(f"undeclared:  {len(declare)} indicators ({', '.join(s.code for s in declare[:3])} …); add --declare")
    verb = "would take" if options.preview else "accepted"
    print(f"rows:        {tally.rows:>10,}")
    print(f"{verb + ':':<12} {tally.accepted:>10,}")
    for label in ("duplicates", "corrections", "missing", "empty", "totals", "left_out", "preliminary"):
        print(f"{label.replace('_', ' ') + ':':<12} {counts[label]:>10,}")
    print(f"refused:     {tally.told.total:>10,} cells in {tally.refused_rows:,} rows")
    for code, count, values in tally.told.by_cause():
        print(f"  {code}: {count:,}")
        for _, times, problems in values[:5]:
            print(f"    {say(problems[0])}" + (f" — {times} times" if times > 1 else ""))

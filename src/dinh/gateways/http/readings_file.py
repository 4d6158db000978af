"""Files of readings as parts of a table: Parquet, CSV, NDJSON, Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from dinh.kernel.errors import Invalid

ROWS: Final = 50_000
KINDS: Final = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
}


@dataclass(frozen=True, slots=True)
class ReadingsFile:
    """`rows` is None where the file does not say how many it has before it is read."""

    path: Path
    kind: str
    rows: int | None

    def parts(self) -> Iterator[pa.Table]:
        """Tables of up to ROWS rows. Raises Invalid `import.unreadable` where the file breaks off or is damaged."""
        try:
            for batch in _batches(self.path, self.kind):
                table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
                for start in range(0, table.num_rows, ROWS):
                    yield table.slice(start, ROWS)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.path, error) from error


def _unreadable(path: Path, error: Exception) -> Invalid:
    return Invalid(
        "import.unreadable", "{path} cannot be read: {says}", path=path, says=str(error).splitlines()[0][:300]
    )


def find(path: Path) -> ReadingsFile:
    """Raises Invalid `import.kind` for an unknown ending and `import.unreadable` for a file that is not what it says."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise Invalid("import.kind", "{path} ends in none of {known}", path=path, known=", ".join(sorted(KINDS)))
    try:
        with path.open("rb"):
            return ReadingsFile(path, kind, pq.read_metadata(path).num_rows if kind == "parquet" else None)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def whole(path: Path) -> pa.Table:
    """A small file in one table."""
    parts = list(find(path).parts())
    return pa.concat_tables(parts) if parts else pa.table({})


def _batches(path: Path, kind: str) -> Iterator[pa.RecordBatch | pa.Table]:
    if kind == "parquet":
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(ROWS)
    elif kind == "csv":
        yield from _csv(path)
    elif kind == "ndjson":
        yield from _ndjson(path)
    else:
        with pa.memory_map(str(path)) as source:
            opened = pa.ipc.open_file(source) if source.read(6) == b"ARROW1" else None
            if opened is not None:
                for number in range(opened.num_record_batches):
                    yield opened.get_batch(number)
                return
        with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as reader:
            yield from reader


def _ndjson(path: Path) -> Iterator[pa.Table]:
    """Objects of any fields; where a field is now a number, now a text, it is a text throughout its part."""
    with path.open("rb") as file:
        for part in batched(enumerate(file, 1), ROWS):
            rows = [row for number, line in part if line.strip() for row in (_object(path, number, line),)]
            names = sorted({name for row in rows for name in row})
            columns = {}
            for name in names:
                cells = [row.get(name) for row in rows]
                try:
                    columns[name] = pa.array(cells)
                except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                    columns[name] = pa.array([None if cell is None else str(cell) for cell in cells])
            yield pa.table(columns)


def _object(path: Path, number: int, line: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(line, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid(
            "import.unreadable", "{path} line {number} is no JSON object: {says}", path=path, number=number, says=error
        ) from error


def _csv(path: Path) -> Iterator[pa.RecordBatch]:
    """Every cell as text, so that one odd cell spoils its row and not its column; empty cells are null."""
    parse = pacsv.ParseOptions(delimiter="\t" if path.suffix.lower() == ".tsv" else ",", newlines_in_values=True)
    with pacsv.open_csv(path, parse_options=parse) as reader:
        names = reader.schema.names
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    with pacsv.open_csv(path, parse_options=parse, convert_options=convert) as reader:
        yield from reader


def with_numbers(table: pa.Table) -> tuple[pa.Table, list[tuple[int, str]]]:
    """`value` as numbers where it is text; rows whose text is no number are taken out: their place and text."""
    column = table.column("value")
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return table, []
    place = table.column_names.index("value")
    try:
        return table.set_column(place, "value", column.cast(pa.float64())), []
    except pa.ArrowInvalid:
        numbers = [_number(text) for text in column.to_pylist()]
    odd = [(row, str(column[row].as_py())) for row, number in enumerate(numbers) if isinstance(number, str)]
    cleaned = pa.array([None if isinstance(number, str) else number for number in numbers], pa.float64())
    keep = pa.array([not isinstance(number, str) for number in numbers])
    return table.set_column(place, "value", cleaned).filter(keep), odd


def _number(text: str | None) -> float | str | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text

"""From the bytes of an Arrow IPC stream to a table, without letting a small body become a large one.

Buffers may be compressed, texts may be words of a dictionary that each row names again: both are weighed before
anything is unpacked.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dinh.kernel.errors import Invalid

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one body's compressed buffers, unpacked."""
MOST_BYTES_OF_TEXTS: Final = 256 * 1024 * 1024
"""Of one column's texts, written out a row."""
# Format of the messages: Arrow's Message.fbs; places of fields in their tables.
_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_DATA, _BUFFERS, _COMPRESSION = 1, 2, 3
_BUFFER: Final = struct.Struct("<qq")


def parse(body: bytes) -> pa.Table:
    """Raises Invalid `arrow.malformed` and `batch.too_large`."""
    try:
        _weigh(body)
        with pa.ipc.open_stream(body) as reader:
            table = reader.read_all()
        table.validate(full=True)
        for column in table.columns:
            _weigh_texts(column)
    except (pa.ArrowException, OSError, ValueError, IndexError, struct.error, EOFError) as error:
        said = (str(error).splitlines() or ["it ends early"])[0][:200]
        raise Invalid("arrow.malformed", "the body is not an Arrow IPC stream ({says})", says=said) from error
    return table


def _weigh(body: bytes) -> None:
    """Adds up what the compressed buffers say that they unpack to; each begins with that number."""
    total = 0
    for message in pa.ipc.MessageReader.open_stream(body):
        if message.body is None:
            continue
        held = memoryview(message.body)
        for start, length in _compressed(message.metadata.to_pybytes()):
            if length >= 8:
                total += max(struct.unpack_from("<q", held, start)[0], 0)
        if total > MOST_BYTES:
            raise _too_large(MOST_BYTES)


def _compressed(metadata: bytes) -> list[tuple[int, int]]:
    """Start and length in the body of every buffer of a message whose buffers are compressed."""
    message = struct.unpack_from("<I", metadata)[0]
    kind = _field(metadata, message, _HEADER_TYPE)
    header = _field(metadata, message, _HEADER)
    if kind is None or header is None or metadata[kind] not in {_DICTIONARY_BATCH, _RECORD_BATCH}:
        return []
    batch = _followed(metadata, header)
    if metadata[kind] == _DICTIONARY_BATCH:
        data = _field(metadata, batch, _DATA)
        if data is None:
            return []
        batch = _followed(metadata, data)
    buffers = _field(metadata, batch, _BUFFERS)
    if buffers is None or _field(metadata, batch, _COMPRESSION) is None:
        return []
    vector = _followed(metadata, buffers)
    count = struct.unpack_from("<I", metadata, vector)[0]
    return list(_BUFFER.iter_unpack(metadata[vector + 4 : vector + 4 + count * _BUFFER.size]))


def _field(metadata: bytes, table: int, number: int) -> int | None:
    """Where a field of a flatbuffers table stands; None where it is absent."""
    lookup = table - struct.unpack_from("<i", metadata, table)[0]
    place = 4 + 2 * number
    if place >= struct.unpack_from("<H", metadata, lookup)[0]:
        return None
    offset = struct.unpack_from("<H", metadata, lookup + place)[0]
    return table + offset if offset else None


def _followed(metadata: bytes, place: int) -> int:
    return place + int(struct.unpack_from("<I", metadata, place)[0])


def _weigh_texts(column: pa.ChunkedArray) -> None:
    """Texts that many rows share weigh as often as they are named: rows that are refused are written out."""
    kind = column.type
    if pa.types.is_run_end_encoded(kind) or pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        raise ValueError(f"a column is {kind}; send plain columns")
    shared = pa.types.is_dictionary(kind)
    if shared and not (pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)):
        raise ValueError(f"a column is {kind}; dictionaries hold texts")
    if not shared and not pa.types.is_string_view(kind):
        return
    total = sum(_written_out(chunk) if shared else _viewed(chunk) for chunk in column.chunks)
    if total > MOST_BYTES_OF_TEXTS:
        raise _too_large(MOST_BYTES_OF_TEXTS)


def _written_out(chunk: pa.DictionaryArray) -> int:
    lengths = pc.cast(pc.binary_length(chunk.dictionary), pa.int64())
    if (pc.max(lengths).as_py() or 0) * len(chunk) <= MOST_BYTES_OF_TEXTS:
        return 0  # light, however often each word is named
    return int(pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0)


def _viewed(chunk: pa.Array) -> int:
    """A view is 16 bytes, of which the first four are its length."""
    views = chunk.buffers()[1]
    if views is None:
        return 0
    lengths = np.frombuffer(views, np.int32)[::4][chunk.offset : chunk.offset + len(chunk)]
    return int(lengths.astype(np.int64).sum())


def _too_large(most: int) -> Invalid:
    return Invalid("batch.too_large", "the body unpacks to more than {most} bytes; send smaller batches", most=most)

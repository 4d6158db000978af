"""Where readings come in, in whichever process: this one where it owns the history, else the owner's socket."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.kernel.urns import parse_urn
from dinh.spine.observations.api import Receipt
from dinh.spine.observations.history import local_socket, owner
from dinh.spine.observations.intake import arrow_input, rejects, service
from dinh.spine.observations.intake.json_input import Parsed, parse_array, parse_lines, parse_mappings
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

PERMISSION: Final = "observations.record"
NDJSON: Final = "application/x-ndjson"
JSON: Final = "application/json"
ARROW: Final = "application/vnd.apache.arrow.stream"
FORMS: Final = (NDJSON, JSON, ARROW)


def record(
    readings: pa.Table | pa.RecordBatch | Sequence[Mapping[str, Any]],
    *,
    by: Actor,
    channel: str,
    sources: frozenset[str],
) -> Receipt:
    parties.require(by, PERMISSION)
    parsed = _parsed(readings)
    _require_places(parsed, by)
    return _take(parsed, by=by, channel=channel, sources=sources)


def record_body(
    body: bytes, *, form: str, by: Actor, channel: str, sources: frozenset[str], most_rows: int | None
) -> Receipt:
    parties.require(by, PERMISSION)
    parsed = parse_body(body, form)
    if most_rows is not None and parsed.table.num_rows > most_rows:
        raise Invalid(
            "batch.too_large",
            "{rows} readings in one batch; send at most {most} at a time",
            rows=parsed.table.num_rows,
            most=most_rows,
        )
    _require_places(parsed, by)
    return _take(parsed, by=by, channel=channel, sources=sources)


def parse_body(body: bytes, form: str) -> Parsed:
    """Raises Invalid `arrow.malformed`, `batch.too_large` or `batch.form`."""
    if form == NDJSON:
        return parse_lines(body)
    if form == JSON:
        return parse_array(body)
    if form != ARROW:
        raise Invalid(
            "batch.form", "'{form}' is not a form of readings; send {forms}", form=form[:100], forms=", ".join(FORMS)
        )
    return _parsed(arrow_input.parse(body))


def _parsed(readings: pa.Table | pa.RecordBatch | Sequence[Mapping[str, Any]]) -> Parsed:
    if isinstance(readings, pa.RecordBatch):
        readings = pa.Table.from_batches([readings])
    if isinstance(readings, pa.Table):
        return Parsed(readings, np.arange(1, readings.num_rows + 1))
    return parse_mappings(readings)


def _require_places(parsed: Parsed, by: Actor) -> None:
    """Whoever may record at some places only names nothing elsewhere; what is no name is judged with its row."""
    if parties.may_everywhere(by, PERMISSION) or "subject" not in parsed.table.column_names:
        return
    for text in pc.unique(parsed.table["subject"]).to_pylist():
        try:
            subject = str(parse_urn(str(text or "")))
        except Invalid:
            continue
        party = parties.parties([subject]).get(subject)
        parties.require(by, PERMISSION, place=(party.place if party else None) or subject)


def _take(parsed: Parsed, *, by: Actor, channel: str, sources: frozenset[str]) -> Receipt:
    intake = service.running()
    if intake is not None:
        return intake.record(parsed, sources=sources, channel=channel, by=by.urn)

    def here() -> Receipt:
        with service.for_one_call() as own:
            return own.record(parsed, sources=sources, channel=channel, by=by.urn)

    if owner.owned() is not None:
        return here()
    return owner.elsewhere(lambda: _ask(parsed, by=by.urn, channel=channel, sources=sources), here)


def _ask(parsed: Parsed, *, by: str, channel: str, sources: frozenset[str]) -> Receipt:
    answer = local_socket.ask(
        "record",
        {
            "table": local_socket.to_stream(parsed.table),
            "line": parsed.line.tolist(),
            "malformed": msgspec.json.encode(parsed.malformed, enc_hook=str),
            "by": by,
            "channel": channel,
            "sources": sorted(sources),
        },
    )
    return msgspec.msgpack.decode(answer, type=Receipt)


@local_socket.answers("record")
def _answer(message: Mapping[str, Any]) -> bytes:
    intake = service.running()
    if intake is None:
        raise SourceUnavailable("observations.not_open", "the history is not open in this process; try again")
    malformed = [tuple(row) for row in msgspec.json.decode(message["malformed"])]
    parsed = Parsed(local_socket.from_stream(message["table"]), np.array(message["line"], np.int64), malformed)
    receipt = intake.record(parsed, sources=frozenset(message["sources"]), channel=message["channel"], by=message["by"])
    return msgspec.msgpack.encode(receipt)


def replay(number: int, *, by: Actor) -> Receipt:
    """Tries the kept rows again; what is still refused is kept as a new batch.

    Rows of a source that the sender's key may not write for stay refused: who presses the button is not who sent them.
    """
    parties.require(by, PERMISSION)
    batch = rejects.batch(number, by)
    channel = f"replay of {number}"
    withheld = rejects.withheld(number)
    reasons = tuple(reason for _, reason in withheld)
    again = rejects.to_try_again(number)
    if withheld and not again:
        return Receipt(0, 0, 0, reasons)  # the batch as it is says all that a new one would
    parsed = parse_mappings(again)
    _require_places(parsed, by)
    receipt = _take(parsed, by=by, channel=channel, sources=frozenset())
    if withheld:
        rejects.keep(reasons, [row for row, _ in withheld], channel=channel, source=batch.source, by=batch.by)
    rejects.mark_replayed(batch.pk)
    return replace(receipt, rejected=(*receipt.rejected, *reasons))


def unzip(body: bytes, most_bytes: int) -> bytes:
    """The gzip body in full, all of its members. Raises Invalid `gzip.malformed`, or `batch.too_large` before it
    grows over the limit."""
    parts: list[bytes] = []
    left, rest = most_bytes, body
    while rest or not parts:
        stream = zlib.decompressobj(wbits=31)
        try:
            plain = stream.decompress(rest, left + 1)
        except zlib.error as error:
            raise Invalid("gzip.malformed", "the body is not gzip ({says})", says=str(error)) from error
        if len(plain) > left:
            raise Invalid(
                "batch.too_large", "the body unpacks to more than {most} bytes; send smaller batches", most=most_bytes
            )
        if not stream.eof:
            raise Invalid("gzip.malformed", "the gzip body ends early; send it whole")
        parts.append(plain)
        left -= len(plain)
        rest = stream.unused_data.lstrip(b"\0")  # padding between members is allowed
    return b"".join(parts)

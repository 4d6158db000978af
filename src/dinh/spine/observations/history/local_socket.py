"""The owner's local socket: how commands and workers ask the process that owns the history.

Requests are HTTP over a Unix socket that only the owner's account may open; bodies are MessagePack, tables
inside them Arrow IPC streams.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
from django.conf import settings

from dinh.kernel import errors
from dinh.kernel.errors import DinhError, Invalid, SourceUnavailable
from dinh.spine.observations.history import owner

ANSWER_WITHIN_S: Final = 120
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


# --- the asking side -----------------------------------------------------------


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_WITHIN_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(what: str, message: Mapping[str, Any]) -> bytes:
    """The owner's answer. Raises FileNotFoundError or ConnectionRefusedError where no owner listens, and the
    owner's DinhError as it was."""
    connection = _Connection(str(settings.LOCAL_SOCKET))
    try:
        connection.connect()
        connection.request("POST", f"/{what}", body=msgspec.msgpack.encode(message))
        response = connection.getresponse()
        body = response.read()
    except (http.client.HTTPException, ConnectionResetError, BrokenPipeError, TimeoutError) as error:
        raise SourceUnavailable(
            "observations.owner_silent",
            "the process that owns the history ended before it answered; try again",
        ) from error
    finally:
        connection.close()
    if response.status == 200:
        return body
    told = msgspec.msgpack.decode(body)
    family = next((f for f in DinhError.__subclasses__() if f.family == told["family"]), DinhError)
    raise family(told["code"], told["template"], **told["params"])


def ask_query(sql: str, params: owner.Parameters, tables: Mapping[str, pa.Table] | None) -> pa.Table:
    body = ask(
        "query",
        {
            "sql": sql,
            "params": _packed(params),
            "tables": {name: to_stream(table) for name, table in (tables or {}).items()},
        },
    )
    return from_stream(body)


def _packed(params: owner.Parameters) -> Any:
    if isinstance(params, Mapping):
        return {name: _one(value) for name, value in params.items()}
    return [_one(value) for value in params]


def _one(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)  # a moment without a zone is UTC here, and travels with it
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value


def to_stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def from_stream(body: bytes) -> pa.Table:
    with pa.ipc.open_stream(body) as reader:
        return reader.read_all()


# --- the owning side -----------------------------------------------------------

type Answer = Callable[[Mapping[str, Any]], bytes]
_answers: dict[str, Answer] = {}


def answers(what: str) -> Callable[[Answer], Answer]:
    """Declares what the owner does for `ask(what, …)`; runs in a worker thread."""

    def declare(answer: Answer) -> Answer:
        _answers[what] = answer
        return answer

    return declare


def answered_by(*rooms: ModuleType) -> None:
    """Names the modules whose import declared the answers."""


@answers("query")
def _query(message: Mapping[str, Any]) -> bytes:
    history = owner.owned()
    if history is None:
        raise SourceUnavailable("observations.not_open", "the history is not open in this process; try again")
    statements = duckdb.extract_statements(message["sql"])
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Invalid("observations.not_a_question", "only one SELECT may be asked over the socket")
    tables = {name: from_stream(stream) for name, stream in message["tables"].items()}
    return to_stream(history.query(message["sql"], message["params"], tables))


async def application(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Answers 200 with the answer's bytes, or the family's error as MessagePack."""
    if scope["type"] != "http":
        return
    parts = []
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        parts.append(event.get("body", b""))
        if not event.get("more_body"):
            break
    answer = _answers.get(scope["path"].strip("/"))
    status = 200
    try:
        if answer is None:
            raise errors.NotFound(
                "observations.no_such_question", "the owner does not know '{path}'", path=scope["path"]
            )
        message = msgspec.msgpack.decode(b"".join(parts))
        body = await asyncio.to_thread(answer, message)
    except DinhError as error:
        status, body = 409, _told(error)
    except duckdb.Error as error:
        status, body = 409, _told(Invalid("observations.query_failed", "{says}", says=str(error)))
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _told(error: DinhError) -> bytes:
    params = {name: str(value) for name, value in error.params.items()}
    return msgspec.msgpack.encode(
        {"family": error.family, "code": error.code, "template": error.template, "params": params}
    )

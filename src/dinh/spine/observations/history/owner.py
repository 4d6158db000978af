"""Opens the history file and answers queries on it, wherever they are asked.

One process owns the file (`open_history` … `close_history`). Any other process asks the owner over
`settings.LOCAL_SOCKET`; where no owner is alive it takes the file for the length of one call.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from django.conf import settings
from numpy.typing import NDArray

from dinh.kernel.errors import Conflict
from dinh.spine.observations.history import schema

WAIT_FOR_FILE_S: Final = 10.0
type Parameters = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class CommittedBatch:
    """The readings of one committed transaction, new ones and corrections, as arrays of shape (n,)."""

    batch_id: int
    series: NDArray[np.uint32]
    source: NDArray[np.uint16]
    observed_at_us: NDArray[np.int64]
    """Microseconds since 1970-01-01T00:00Z."""
    value: NDArray[np.float64]
    """In the indicator's unit; NaN where missing."""
    missing: NDArray[np.uint8]
    """0, or the number of the reason in `schema.MISSING`."""


class History:
    """The open file. Cursors are made per thread; DuckDB isolates readers from the one writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = _connect(path)
        self._cursors = threading.local()
        for table in schema.TABLES:
            self.connection.execute(table)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own connection to the file."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._cursors, "cursor", None)
        if cursor is None:
            cursor = self._cursors.cursor = self.connection.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    def query(self, sql: str, params: Parameters = (), tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
        cursor = self.cursor()
        named = tables or {}
        for name, table in named.items():
            cursor.register(name, table)
        try:
            bound = _bound(params)
            relation = cursor.sql(sql, params=bound) if bound else cursor.sql(sql)
            return relation.to_arrow_table()
        finally:
            for name in named:
                cursor.unregister(name)

    def reopen(self) -> None:
        """Lets go of a file that failed and opens it again; cursors are made anew."""
        self.connection.close()
        self._cursors = threading.local()
        self.connection = _connect(self.path)

    def close(self) -> None:
        self.connection.close()


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), config={"threads": settings.DUCKDB_THREADS})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def _bound(params: Parameters) -> Any:
    if isinstance(params, Mapping):
        return {name: _plain(value) for name, value in params.items()}
    return [_plain(value) for value in params]


def _plain(value: Any) -> Any:
    """A parameter as DuckDB compares it with a TIMESTAMP in UTC: moments lose their zone after conversion."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value


_guard: Final = threading.RLock()
_open: History | None = None
_passing = False
"""The file was taken for the length of one block; other threads wait for its end."""


def owned() -> History | None:
    """The history, if this process has it open."""
    return _open


def open_history(*, wait_s: float = 0.0) -> History:
    """Takes the file for this process. Raises Conflict `observations.history_in_use` when another has it; with
    `wait_s` once it was not given back so long, or at once where its owner is alive and answers."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return _opened()
        except Conflict:
            if time.monotonic() > deadline or _owner_answers():
                raise
        time.sleep(0.05)


def _owner_answers() -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(settings.LOCAL_SOCKET))
        except OSError:
            return False
    return True


def _opened() -> History:
    global _open
    with _guard:
        if _open is None:
            path = Path(settings.HISTORY_FILE)
            try:
                _open = History(path)
            except duckdb.IOException as error:
                if "lock" not in str(error):
                    raise
                raise Conflict(
                    "observations.history_in_use",
                    "{path} is held by another process; stop it, or let it do the work over {socket}",
                    path=path,
                    socket=settings.LOCAL_SOCKET,
                ) from error
        return _open


def close_history() -> None:
    """Gives the file back."""
    global _open
    with _guard:
        if _open is not None:
            _open.close()
            _open = None


def discard() -> None:
    """Deletes the history; for tests, where each begins without readings, and in their data folders only."""
    close_history()
    path = Path(settings.HISTORY_FILE)
    if not path.parent.name.startswith("dinh-test-"):
        raise Conflict("observations.not_a_test", "{path} is no history of a test; it is not deleted", path=path)
    for file in (path, path.with_name(path.name + ".wal")):
        file.unlink(missing_ok=True)


@contextmanager
def taken() -> Iterator[History]:
    """The history of this process, opened for the length of the block where it is not open yet."""
    global _passing
    with _guard:
        if _open is not None:
            yield _open
            return
        history = open_history()
        _passing = True
        try:
            yield history
        finally:
            _passing = False
            close_history()


def query(sql: str, params: Parameters = (), *, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
    """The answer to one SELECT. `tables` are joined by their names. Times are UTC; moments may carry any zone.

    Raises Conflict `observations.history_in_use` when neither the owner answers nor the file is free.
    """
    history = _open
    if history is not None:
        return _taken_query(sql, params, tables) if _passing else history.query(sql, params, tables)
    return elsewhere(lambda: _remote_query(sql, params, tables), lambda: _taken_query(sql, params, tables))


def _taken_query(sql: str, params: Parameters, tables: Mapping[str, pa.Table] | None) -> pa.Table:
    with taken() as history:
        return history.query(sql, params, tables)


def _remote_query(sql: str, params: Parameters, tables: Mapping[str, pa.Table] | None) -> pa.Table:
    from dinh.spine.observations.history import local_socket

    return local_socket.ask_query(sql, params, tables)


def elsewhere[T](remote: Callable[[], T], here: Callable[[], T]) -> T:
    """Asks the owner; where none is alive does it here, with the file taken; waits out an owner that is starting."""
    deadline = time.monotonic() + WAIT_FOR_FILE_S
    while True:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return remote()
        try:
            return here()
        except Conflict as error:
            if error.code != "observations.history_in_use" or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


type Listener = Callable[[CommittedBatch], None]
listeners: Final[list[Listener]] = []


def on_committed(callback: Listener) -> None:
    """Registers a listener of every committed transaction, in commit order.

    In the owner it is called on one background thread; where the file was taken for one call, in the
    calling thread before that call returns. A listener that fails is logged and does not hold up others.
    """
    if callback not in listeners:
        listeners.append(callback)

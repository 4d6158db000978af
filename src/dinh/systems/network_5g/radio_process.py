"""The one child process that calculates: started when it is first asked, ended by its pipe when its parent goes.

Messages are pickles between two processes of the same program; nothing from outside gets there.
"""

from __future__ import annotations

import atexit
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from dinh.kernel import errors
from dinh.kernel.errors import SourceUnavailable

type Hear = Callable[..., None]
"""Takes what is done, of how much, and perhaps a note, as `jobs.Running.report` does."""

PATIENCE_S: Final = 60.0
"""How long a question waits for the one before it."""
IDLE_S: Final = 900.0
CHILD: Final = "dinh.systems.network_5g.calculation.child"


class RadioProcess:
    """`ask` calls a function of `calculation.desk` there. One question at a time; others wait for it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None

    def ask(self, name: str, /, *arguments: Any, hear: Hear | None = None, patience_s: float = PATIENCE_S) -> Any:
        """Raises what the function raised, SourceUnavailable `radio.busy` and `radio.ended`. What `hear` raises ends the
        child and is raised here: a cancelled question is not worth waiting for."""
        if not self._turn.acquire(timeout=patience_s):
            raise SourceUnavailable("radio.busy", "the radio process is still at another map; try again in a moment")
        try:
            self._rest()
            try:
                kind, value = self._answered(name, arguments, hear)
            except BaseException:
                # Half an answer in the pipe would be taken for the next one.
                self.end()
                raise
            self._rest(IDLE_S)
        finally:
            self._turn.release()
        if kind == "refused":
            family, code, template, params = value
            raise getattr(errors, family)(code, template, **params)
        if kind == "broke":
            raise RuntimeError(value)
        return value

    def wake(self) -> None:
        """Starts the child, so that it has its code compiled by the time that it is asked; returns at once."""
        if self._turn.acquire(blocking=False):
            try:
                self._running()
                self._rest(IDLE_S)
            finally:
                self._turn.release()

    def _answered(self, name: str, arguments: tuple[Any, ...], hear: Hear | None) -> tuple[str, Any]:
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            pickle.dump((name, arguments), child.stdin)
            child.stdin.flush()
            while True:
                kind, value = pickle.load(child.stdout)  # noqa: S301 - our own child
                if kind != "progress":
                    return kind, value
                if hear is not None:
                    hear(*value)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            raise SourceUnavailable("radio.ended", "the radio process ended while it calculated; try again, with a coarser grid if memory was short") from error  # fmt: skip

    def _rest(self, idle_s: float | None = None) -> None:
        """Sets when a child that nobody asks is ended, with the memory that it holds; None: not while it is asked."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if idle_s is not None:
            self._timer = threading.Timer(idle_s, self._end_if_idle)
            self._timer.daemon = True
            self._timer.start()

    def _end_if_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self.end()
            finally:
                self._turn.release()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen([sys.executable, "-m", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own program
        return self._child

    def end(self) -> None:
        """The next question starts a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()


_desk: Final = RadioProcess()
atexit.register(_desk.end)


def desk() -> RadioProcess:
    """The one that answers screens."""
    return _desk

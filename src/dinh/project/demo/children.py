"""Child processes: started with a log of their own, watched, and ended by their id when the demonstration ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def _end_with_parent() -> None:
    """Asks Linux to end this child when the demonstration is killed; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process. `secret_lines` are written to its standard input, so that no list of processes shows them."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_lines: Sequence[str] = ()
    hear: Callable[[str], None] | None = None
    """Gets each line of its output."""
    process: subprocess.Popen[str] | None = None
    starts: int = 0

    def start(self) -> None:
        self.starts += 1
        log = self.log.open("a", encoding="utf-8", buffering=1)
        # Its own session: Ctrl-C in the terminal comes to us alone, and we end the children in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            list(self.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        assert self.process.stdin is not None
        for line in self.secret_lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.close()
        threading.Thread(target=self._copy, args=(self.process, log), daemon=True).start()

    def _copy(self, process: subprocess.Popen[str], log: object) -> None:
        assert process.stdout is not None
        with log as file:  # type: ignore[attr-defined]
            for line in process.stdout:
                file.write(line)
                if self.hear is not None:
                    self.hear(line.rstrip("\n"))

    @property
    def ended(self) -> int | None:
        """Its exit status, once it has one."""
        return None if self.process is None else self.process.poll()

    def last_words(self, lines: int = 12) -> str:
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def stop(*groups: Sequence[Child], within_s: float) -> None:
    """Ends one group after the other, politely first; whoever is still there at the end is killed."""
    deadline = time.monotonic() + within_s
    for group in groups:
        running = [child.process for child in group if child.process is not None and child.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.3))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

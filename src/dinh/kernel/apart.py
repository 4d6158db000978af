"""A program of ours in a process of its own, which may take so long and so much memory and no more.

For readers of other people's files that nobody can bound from outside: one that runs away ends alone, and the house goes on.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from typing import Final

AT_ONCE: Final = 2
_rooms: Final[dict[str, threading.BoundedSemaphore]] = {}


class Ended(Exception):
    """The process gave no answer: it took too long or too much, or it broke."""


def answer_of(module: str, given: bytes, *, longest_s: int, memory_bytes: int) -> bytes:
    """What `python -m module` writes when it is given these bytes. Raises Ended. Two of a program run at a time, the next wait."""
    with _rooms.setdefault(module, threading.BoundedSemaphore(AT_ONCE)):
        child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            resource.prlimit(child.pid, resource.RLIMIT_AS, (memory_bytes, memory_bytes))
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (longest_s, longest_s))
            resource.prlimit(child.pid, resource.RLIMIT_CORE, (0, 0))
            os.setpriority(os.PRIO_PROCESS, child.pid, 5)
            answer, _ = child.communicate(given, timeout=2 * longest_s)
        except (subprocess.TimeoutExpired, OSError) as error:
            raise Ended(type(error).__name__) from error
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
    if child.returncode != 0:
        raise Ended(f"status {child.returncode}")
    return answer

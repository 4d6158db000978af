"""The child's side: reads questions from its input until it is closed, answers on its output."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from typing import Any

from dinh.kernel.errors import DinhError


def main() -> None:
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever prints must not get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.nice(5)

    def say(kind: str, value: Any) -> None:
        pickle.dump((kind, value), answers)
        answers.flush()

    # Imported and compiled, or read from the compiler's cache, while the planner still chooses what to open.
    from dinh.engines.radio.warm import warm
    from dinh.systems.network_5g.calculation import desk

    warm()
    while True:
        try:
            name, arguments = pickle.load(questions)  # noqa: S301 - our own parent
        except EOFError:
            return
        try:
            found = getattr(desk, name)(*arguments, hear=lambda *told: say("progress", told))
        except DinhError as error:
            say("refused", (type(error).__name__, error.code, error.template, error.params))
        except Exception:  # noqa: BLE001 - told to the parent, which raises it
            say("broke", traceback.format_exc())
        else:
            say("done", found)


if __name__ == "__main__":
    main()

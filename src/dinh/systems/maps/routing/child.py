"""The child's side: opens one graph, reads a question a line until its input is closed, answers a line each.

It imports nothing of Đình, so that it is there in a fraction of a second.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Final

ASKED: Final = ("route", "locate", "status")


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever prints must not get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    import valhalla

    actor = valhalla.Actor(sys.argv[1])
    for line in sys.stdin:
        answers.write(_answer(actor, json.loads(line)) + "\n")
        answers.flush()


def _answer(actor: Any, question: dict[str, Any]) -> str:
    """JSON without a line break: Valhalla's answer, or its number and words where it refuses."""
    name = question["ask"]
    if name not in ASKED:
        return json.dumps({"refused": 0, "says": f"'{name}' is not asked here"})
    try:
        return json.dumps({"answer": getattr(actor, name)(question["of"])})
    except Exception as error:  # noqa: BLE001 - told to the parent, which knows the numbers
        return json.dumps({"refused": int(getattr(error, "code", 0) or 0), "says": str(error)[:300]})


if __name__ == "__main__":
    main()

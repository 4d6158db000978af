"""What the simulator remembers between runs: until when it has sent, and when incidents began."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class State:
    seed: int
    sent_until: int = 0
    """Milliseconds since 1970; 0 is never."""
    incidents: Sequence[int] = field(default_factory=tuple)
    facts_sent: int = 0
    """How many of the province's facts Đình has."""


def load(path: Path | None, seed: int) -> State:
    """What was kept under the same seed; a fresh state where there is nothing usable."""
    if path is not None and path.exists():
        try:
            kept = State(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return State(seed)
        if kept.seed == seed:
            return kept
    return State(seed)


def save(path: Path | None, state: State) -> None:
    if path is not None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
        os.replace(fresh, path)

"""The source in which Đình counts what happens at its doors: its name, its step, and the code of each count."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SOURCE: Final = "dinh.security"
SLOT: Final = timedelta(minutes=5)


def code_of(kind: str) -> str:
    """The indicator that counts a kind of event."""
    return f"security.{kind}"

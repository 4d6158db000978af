"""Proof files as this system writes them; reading and checking them is the engine's, which needs nothing but the file."""

from __future__ import annotations

from typing import Final

from dinh.engines.checkpoints import Consistency, Inclusion, read_proof

__all__ = ["LARGEST", "Consistency", "Inclusion", "read_proof"]
LARGEST: Final = 200_000

"""Checkpoints of a transparency log: signed tree heads, their keys, and files that prove something to a stranger.

The formats are those of C2SP: signed-note and tlog-checkpoint, with Ed25519 keys. Nothing here needs a database.
"""

from __future__ import annotations

from dinh.engines.checkpoints.notes import (
    Checkpoint,
    Key,
    Note,
    Signer,
    opened,
    read_checkpoint,
    read_note,
    signed,
    split,
    trusted,
)
from dinh.engines.checkpoints.proofs import Consistency, Head, Inclusion, read_proof
from dinh.engines.checkpoints.rotation import Succession, chain_fault, read_succession, succeeded

__all__ = [
    "Checkpoint",
    "Consistency",
    "Head",
    "Inclusion",
    "Key",
    "Note",
    "Signer",
    "Succession",
    "chain_fault",
    "opened",
    "read_checkpoint",
    "read_note",
    "read_proof",
    "read_succession",
    "signed",
    "split",
    "succeeded",
    "trusted",
]

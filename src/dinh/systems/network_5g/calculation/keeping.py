"""Folders that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def keep(folder: Path, *, mark: str, fill: Callable[[Path], None]) -> None:
    """`fill` writes into a folder aside, which is renamed then. Whoever was there first stays: `mark` is a file that a whole
    one has."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        fill(aside)
        try:
            os.rename(aside, folder)
        except OSError:
            if not (folder / mark).exists():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)

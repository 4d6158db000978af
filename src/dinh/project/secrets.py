"""Secrets are made on the machine, kept in files that only their owner reads, never in the repository."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def keep(path: Path) -> str:
    """The secret in `path`, made at the first call; whole also when two processes start together."""
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    return path.read_text(encoding="ascii").strip()

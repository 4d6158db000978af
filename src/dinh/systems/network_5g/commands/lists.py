"""What the commands share: files that people name, and the faults of their lists."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dinh.kernel.errors import NotFound
from dinh.systems.network_5g.domain import Fault

SHOWN: Final = 20


def content_of(path: Path) -> bytes:
    """Raises NotFound with the file and the reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            "radio.no_file", "{file} cannot be read: {reason}", file=str(path), reason=error.strerror or ""
        ) from error


def tell_faults(path: Path, faults: Sequence[Fault]) -> None:
    """The first of them, and how many more, to the standard error output."""
    for fault in faults[:SHOWN]:
        print(f"{path.name}: {fault}", file=sys.stderr)
    if len(faults) > SHOWN:
        print(f"{path.name}: … and {len(faults) - SHOWN} more", file=sys.stderr)

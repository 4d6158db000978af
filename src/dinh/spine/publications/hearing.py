"""What other parts are asked before something is told, and told once it is withdrawn. For AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

type Check = Callable[[str, datetime], None]

demands: Final[dict[str, Check]] = {}
withdrawn: Final[list[Callable[[], None]]] = []


def demand(kind: str, check: Check) -> None:
    """Called with slug and moment before anything of the kind is published or put on the schedule; raises Invalid where the open
    version must not be public then."""
    demands[kind] = check


def on_withdrawn(listener: Callable[[], None]) -> None:
    """Called in this process once a withdrawal is on the disk."""
    withdrawn.append(listener)


def tell_withdrawn() -> None:
    for listener in withdrawn:
        listener()


def withdrawn_at() -> datetime | None:
    """When something was last withdrawn, in whichever process; what was kept of the public pages before is given out no more."""
    from dinh.spine.publications import queries

    return queries.withdrawn_at()

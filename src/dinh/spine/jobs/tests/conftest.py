from __future__ import annotations

from collections.abc import Iterator

import pytest

from dinh.spine.jobs import registrations


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    """Each test registers its own listeners; those of the house come back afterwards."""
    kept = (
        dict(registrations.listeners),
        dict(registrations.works),
        list(registrations.observers),
        dict(registrations.kinds),
    )
    registrations.listeners.clear()
    registrations.works.clear()
    registrations.observers.clear()
    registrations.kinds.clear()
    yield
    registrations.kinds.clear()
    registrations.kinds.update(kept[3])
    registrations.listeners.clear()
    registrations.works.clear()
    registrations.listeners.update(kept[0])
    registrations.works.update(kept[1])
    registrations.observers[:] = kept[2]

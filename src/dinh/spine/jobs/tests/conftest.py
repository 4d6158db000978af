from __future__ import annotations

from collections.abc import Iterator

import pytest

from dinh.spine.jobs import registrations


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    """Each test registers its own listeners; those of the house come back afterwards."""
    kept = (dict(registrations.listeners), dict(registrations.works), list(registrations.observers))
    registrations.listeners.clear()
    registrations.works.clear()
    registrations.observers.clear()
    yield
    registrations.listeners.clear()
    registrations.works.clear()
    registrations.listeners.update(kept[0])
    registrations.works.update(kept[1])
    registrations.observers[:] = kept[2]

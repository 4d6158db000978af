"""Quick password hashes and fresh limits: the subject here is who gets in, not how long a hash takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from dinh.kernel import clock
from dinh.spine.parties import keys
from dinh.spine.parties.api import Actor
from dinh.systems.account.tests import citizens
from dinh.web import limits


@pytest.fixture(autouse=True)
def _quick(settings: pytest.FixtureRequest) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.DEMO = False  # type: ignore[attr-defined]
    cache.clear()
    keys._clear()
    limits.forget()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _clock_runs_on() -> Iterator[None]:
    yield
    clock.move_to(None)


@pytest.fixture
def bay(db: None) -> Actor:
    return citizens.citizen()


@pytest.fixture
def binh(db: None) -> Actor:
    return citizens.operator()

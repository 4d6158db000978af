"""What every test has: a history that is empty before it (the data folder is `dinh.project.tests.home`'s)."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

# A test proves what is done, not how fast this machine did it.
hypothesis.settings.register_profile("dinh", deadline=None)
hypothesis.settings.load_profile("dinh")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Whatever asks a database is a test of registers: those are run on either of them, all others once."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "django_db_setup"}:
            item.add_marker("registers")


@pytest.fixture(autouse=True)
def _each_test_begins_without_readings() -> Iterator[None]:
    yield
    owner = sys.modules.get("dinh.spine.observations.history.owner")
    if owner is not None:
        service = sys.modules.get("dinh.spine.observations.intake.service")
        if service is not None:
            service.stop()
        owner.discard()


@pytest.fixture(autouse=True)
def _each_test_begins_in_vietnamese_and_draws_its_own_pages() -> Iterator[None]:
    yield
    translation = sys.modules.get("django.utils.translation")
    if translation is not None:
        translation.deactivate()
    cache = sys.modules.get("django.core.cache")
    if cache is not None:
        cache.caches["template_fragments"].clear()


_BY_THE_CLOCK = re.compile(r"^SELECT .* FROM \"(places_version|observations_cataloguestamp)\"")
"""Each process looks every second or so whether another changed these: a page may fall into that second or not."""


@contextmanager
def _counting(holds: Callable[[int], bool], wanted: str) -> Iterator[CaptureQueriesContext]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        yield asked
    own = [query["sql"] for query in asked.captured_queries if not _BY_THE_CLOCK.search(query["sql"])]
    assert holds(len(own)), f"{len(own)} queries where {wanted}:\n" + "\n".join(own)


@pytest.fixture
def django_assert_num_queries() -> Callable[[int], AbstractContextManager[CaptureQueriesContext]]:
    return lambda count: _counting(lambda found: found == count, f"{count} are enough and needed")


@pytest.fixture
def django_assert_max_num_queries() -> Callable[[int], AbstractContextManager[CaptureQueriesContext]]:
    return lambda most: _counting(lambda found: found <= most, f"{most} are the most")


@pytest.fixture
def client_of(db: None) -> Callable[..., Client]:
    """Makes a browser of a person with one role (at a place), signed in, by default past the second factor."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from dinh.spine.parties import api as parties

    def make(role: str, *, place: str | None = None, second_factor: bool = True, language: str = "vi") -> Client:
        name = f"test-{role}"
        parties.save_person(
            username=name,
            name=f"Người {role}",
            email=f"{name}@example.vn",
            organisation=None,
            grants=[parties.Grant(role, place)],
        )
        client = Client()
        client.cookies["django_language"] = language
        user = get_user_model().objects.get(username=name)
        client.force_login(user)
        if second_factor:
            session = client.session
            session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
            session["account_authentication_methods_user"] = session["_auth_user_id"]
            session.save()
        return client

    return make

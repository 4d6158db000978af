from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.systems.operations_centre.tests import factories


@pytest.fixture(scope="package")
def _units(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The country's units, read once for this folder's tests and taken away after them."""
    with django_db_blocker.unblock():
        places.load_units()
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def picture(_units: None, db: None) -> list[places.PlaceRow]:
    """Three stations in the east with two hours of readings; salinity is over its limit at one, water at none."""
    factories.declare()
    stations = [
        place for place in factories.stations() if place.name_vi in {"Trạm Trần Đề", "Trạm Sóc Trăng", "Trạm Kế Sách"}
    ]
    factories.a_day(stations, hours=2)
    jobs.deliver_pending()
    return list(stations)


@pytest.fixture
def alert(picture: list[places.PlaceRow]) -> observations.AlertRow:
    found = [row for row in observations.alerts(within=factories.AREA) if row.severity == "critical"]
    assert found, "the surge in the east must have fired"
    return found[0]


@pytest.fixture
def operator(db: None) -> Actor:
    return factories.person("truc-ban", "operator", "Trần Thị Bình")


@pytest.fixture
def official(db: None) -> Actor:
    return factories.person("can-bo", "official", "Lê Văn Cường")


@pytest.fixture
def as_() -> Callable[..., Client]:
    """A browser of this person; how people sign in is proved where that is made."""

    def client(who: Actor) -> Client:
        from django.contrib.auth import get_user_model

        browser = Client(headers={"accept-language": "vi"})
        user = get_user_model().objects.get(username=who.urn.rpartition(":")[2])
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = browser.session
        session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
        session["account_authentication_methods_user"] = session["_auth_user_id"]
        session.save()
        return browser

    return client


@pytest.fixture
def anyone() -> Client:
    return Client(headers={"accept-language": "vi"})

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from dinh.kernel.errors import NotFound
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services.tests.factories import COMMUNE, OTHER_COMMUNE, PLACES, PROVINCE, official


@pytest.fixture(autouse=True)
def _small_province(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are another part's business; here they are a table, so that these tests need no catalogue of a country."""

    def place(urn: str) -> PlaceRow:
        if urn not in PLACES:
            raise NotFound("places.no_place", "there is no place '{urn}'", urn=urn)
        return PLACES[urn]

    monkeypatch.setattr(places, "place", place)
    monkeypatch.setattr(places, "places", lambda urns: {urn: PLACES[urn] for urn in urns if urn in PLACES})
    monkeypatch.setattr(
        places, "contains", lambda outer, inner: inner == outer or (outer == PROVINCE and inner in PLACES)
    )
    monkeypatch.setattr(places, "area", lambda urn: [PLACES[COMMUNE], PLACES[OTHER_COMMUNE]])
    monkeypatch.setattr(places, "ancestors", lambda urn: [] if urn == PROVINCE else [PLACES[PROVINCE]])
    monkeypatch.setattr(places, "unit_of", lambda urn: None if urn == PROVINCE else urn)


@pytest.fixture(autouse=True)
def _house(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """A journal of its own, and the simulated bank."""
    submissions.stop()
    settings.SUBMISSIONS_HOME = tmp_path / "submissions"
    settings.FILES_HOME, settings.FILES_KEYS = tmp_path / "files", tmp_path / "keys"
    settings.PAYMENTS = "fake"
    yield
    submissions.stop()


@pytest.fixture
def office(db: None) -> str:
    parties.save_organisation(
        id="so-xay-dung", name_vi="Sở Xây dựng", name_en="Department of Construction", place=PROVINCE
    )
    return parties.save_organisation(
        id="ubnd-tran-de", name_vi="UBND xã Trần Đề", name_en="People’s Committee of Trần Đề", place=COMMUNE
    ).urn


@pytest.fixture
def dao(office: str) -> Actor:
    """An official of the commune's one-stop desk."""
    return official("dao", office)

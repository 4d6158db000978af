from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import System, Text, registry
from dinh.spine.cases.tests.factories import COMMUNE_A, COMMUNE_B, KIND, PLACES, PROVINCE, STATION, person
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow

CHAINS = {
    PROVINCE: [PROVINCE],
    COMMUNE_A: [COMMUNE_A, PROVINCE],
    COMMUNE_B: [COMMUNE_B, PROVINCE],
    STATION: [STATION, COMMUNE_A, PROVINCE],
}


@pytest.fixture(autouse=True)
def _small_province(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are another part's business; here they are a table, so that these tests need no catalogue."""

    def place(urn: str) -> PlaceRow:
        if urn not in PLACES:
            raise NotFound("places.no_place", "there is no place '{urn}'", urn=urn)
        return PLACES[urn]

    def area(urn: str) -> list[PlaceRow]:
        return [PLACES[unit] for unit in (COMMUNE_A, COMMUNE_B) if urn in CHAINS[unit]]

    monkeypatch.setattr(places, "place", place)
    monkeypatch.setattr(places, "places", lambda urns: {urn: PLACES[urn] for urn in urns if urn in PLACES})
    monkeypatch.setattr(places, "contains", lambda outer, inner: outer in CHAINS.get(inner, [inner]))
    monkeypatch.setattr(places, "area", area)
    monkeypatch.setattr(places, "ancestors", lambda urn: [PLACES[above] for above in CHAINS[urn][1:]])
    monkeypatch.setattr(
        places, "unit_of", lambda urn: next((at for at in CHAINS[urn] if at in (COMMUNE_A, COMMUNE_B)), None)
    )


@dataclass(frozen=True)
class Told:
    kind: str
    to: tuple[str, ...]
    key: str
    params: dict[str, Any]
    emergency: bool | None


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """What the notices were asked to tell, and to whom."""
    asked: list[Told] = []

    def notify(
        kind: str, *, to: Iterable[str], key: str, about: str, params: dict[str, Any], emergency: bool | None = None
    ) -> int:
        asked.append(Told(kind, tuple(to), key, params, emergency))
        return 1

    monkeypatch.setattr(notices, "notify", notify)
    return asked


@pytest.fixture(autouse=True)
def _kind_of_work() -> Iterator[None]:
    manifest = System(slug="test_work", name=Text("Thử", "Test"), summary=Text("", ""), case_types=(KIND,))
    registry.add(manifest)
    yield
    registry._systems.pop("test_work")


@pytest.fixture
def department(db: None) -> str:
    return parties.save_organisation(id="so-nnmt", name_vi="Sở NN&MT", name_en="Department of Agriculture").urn


@pytest.fixture
def committee(db: None) -> str:
    return parties.save_organisation(
        id="ubnd-tran-de", name_vi="UBND xã Trần Đề", name_en="Trần Đề Committee", place=COMMUNE_A
    ).urn


@pytest.fixture
def dao(db: None) -> Actor:
    return person("dao", "operator")


@pytest.fixture
def binh(db: None) -> Actor:
    return person("binh", "official")

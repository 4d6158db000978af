"""A small province: two communes under one unit, known to nobody but these tests."""

from __future__ import annotations

import pytest

from dinh.spine.parties import api as parties
from dinh.spine.parties import keys
from dinh.spine.parties.tests.factories import COMMUNE_A, COMMUNE_B, PROVINCE
from dinh.spine.places import api as places


@pytest.fixture(autouse=True)
def _two_communes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containment is the spine's business; here it is a table, so that these tests need no catalogue."""
    below = {(PROVINCE, COMMUNE_A), (PROVINCE, COMMUNE_B)}
    monkeypatch.setattr(places, "contains", lambda outer, inner: outer == inner or (outer, inner) in below)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    keys._clear()


@pytest.fixture
def office(db: None) -> parties.PartyRow:
    return parties.save_organisation(
        id="ubnd-tran-de", name_vi="UBND xã Trần Đề", name_en="People's Committee of Trần Đề", place=COMMUNE_A
    )

"""The two communes and the public kind of case of the spine's own tests, and a key that may report."""

from __future__ import annotations

import pytest

from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.spine.requests.tests.conftest import _ground, _journal, _kind_of_work, binh, office, told

__all__ = ["_ground", "_journal", "_kind_of_work", "binh", "office", "told"]


@pytest.fixture
def key(db: None) -> str:
    owner = parties.save_organisation(id="partner", name_vi="Đối tác", name_en="Partner")
    return parties.issue_key(label="partner", owner=owner.urn, scopes=["open311.report"], by=SYSTEM)[1]


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    from dinh.web import limits

    limits.forget()

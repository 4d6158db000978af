from __future__ import annotations

import pytest

from dinh.kernel.errors import NotFound, Refused
from dinh.spine.observations import api as observations
from dinh.spine.observations.tests.factories import WARD_2, declare, reading
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _declared() -> None:
    declare()


def test_whoever_may_record_at_one_place_names_nothing_elsewhere() -> None:
    parties.save_organisation(id="ward-1", name_vi="Phường 1", name_en="Ward 1", place="urn:dinh:unit:2025:31507")
    parties.save_organisation(id="ward-2", name_vi="Phường 2", name_en="Ward 2", place="urn:dinh:unit:2025:31510")
    grants = (parties.Grant("engineer", "urn:dinh:unit:2025:31507"),)
    local = parties.Actor("urn:dinh:person:an", "An", grants, is_staff=True)
    assert observations.record([reading()], by=local, channel="test").accepted == 1
    with pytest.raises(Refused, match="31510"):
        observations.record([reading(), reading(subject=WARD_2)], by=local, channel="test")
    assert (
        observations.record([reading(subject="no urn")], by=local, channel="test").rejected[0].code == "urn.malformed"
    )


def test_refused_rows_are_shown_to_whoever_sent_them_and_to_who_manages_everything() -> None:
    observations.record([reading(value="x")], by=SYSTEM, channel="test")
    sender = parties.Actor(SYSTEM.urn, "Đình", (parties.Grant("engineer", "urn:dinh:unit:2025:31507"),), is_staff=True)
    neighbour = parties.Actor("urn:dinh:person:an", "An", sender.grants, is_staff=True)
    everywhere = parties.Actor("urn:dinh:person:an", "An", (parties.Grant("engineer", None),), is_staff=True)
    official = parties.Actor("urn:dinh:person:an", "An", (parties.Grant("official", None),), is_staff=True)
    (batch,) = observations.rejected()
    assert observations.rejected(actor=sender) == observations.rejected(actor=everywhere) == (batch,)
    assert observations.rejected(actor=neighbour) == observations.rejected(actor=official) == ()
    with pytest.raises(NotFound):
        observations.rejected_rows(batch.id, actor=neighbour)
    with pytest.raises(NotFound):
        observations.replay(batch.id, by=neighbour)


def test_what_holds_everywhere_is_declared_by_who_manages_everywhere() -> None:
    local = parties.Actor(
        "urn:dinh:person:an", "An", (parties.Grant("engineer", "urn:dinh:unit:2025:31507"),), is_staff=True
    )
    with pytest.raises(Refused, match="every place"):
        observations.declare_indicators([], by=local)
    with pytest.raises(Refused, match="every place"):
        observations.reported.save_formula(
            code="test.f", name_vi="F", name_en="F", unit="1", expression="test.visits", by=local
        )

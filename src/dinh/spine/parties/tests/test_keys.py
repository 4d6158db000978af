from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinh.kernel.clock import now
from dinh.kernel.errors import Invalid, Refused
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties import keys as room
from dinh.spine.parties.api import SYSTEM, Actor, Grant, PartyRow
from dinh.spine.parties.models import ApiKey
from dinh.spine.parties.tests.factories import COMMUNE_A, COMMUNE_B, person

pytestmark = pytest.mark.django_db


def actor(username: str) -> Actor:
    return parties.actor_of(get_user_model().objects.get(username=username), second_factor=True)


def issue(owner: str, *scopes: str, by: Actor = SYSTEM) -> tuple[parties.ApiKeyRow, str]:
    return parties.issue_key(label="Trạm Mỹ Thanh", owner=owner, scopes=scopes, sources=["my-thanh"], by=by)


def test_a_key_is_found_by_its_secret_and_nothing_stored_is_the_secret(office: PartyRow) -> None:
    row, secret = issue(office.urn, "observations.record")
    found = parties.key_of(secret)
    assert found is not None
    assert (found.id, found.sources) == (row.id, frozenset({"my-thanh"}))
    stored = ApiKey.objects.get()
    assert secret not in (stored.digest, stored.public_id, stored.label)
    assert secret not in "\n".join(ledger.export())
    assert len(secret) >= 43


@pytest.mark.parametrize("wrong", ["", "dinh_", "dinh_x", "x" * 5000])
def test_a_wrong_secret_finds_nothing(wrong: str, office: PartyRow) -> None:
    issue(office.urn, "observations.record")
    assert parties.key_of(wrong) is None


def test_a_key_has_its_scopes_and_nothing_else(office: PartyRow) -> None:
    row, _ = issue(office.urn, "observations.record")
    assert parties.may(row.actor(), "observations.record", place=COMMUNE_B)
    assert not parties.may(row.actor(), "observations.manage")
    assert not parties.may(row.actor(), "parties.manage")


def test_a_revoked_key_stops_at_once_though_it_was_just_used(office: PartyRow) -> None:
    row, secret = issue(office.urn, "observations.record")
    assert parties.key_of(secret)
    parties.revoke_key(row.id, by=SYSTEM)
    assert parties.key_of(secret) is None


def test_an_expired_key_stops_also_while_it_is_cached(office: PartyRow, monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = parties.issue_key(
        label="x", owner=office.urn, scopes=["cases.view"], by=SYSTEM, expires_at=now() + timedelta(seconds=2)
    )
    assert parties.key_of(secret)
    late = now() + timedelta(seconds=3)
    monkeypatch.setattr(room, "now", lambda: late)
    assert parties.key_of(secret) is None


def test_a_key_that_is_used_at_every_request_is_read_once_in_five_seconds(office: PartyRow) -> None:
    _, secret = issue(office.urn, "observations.record")
    parties.key_of(secret)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            assert parties.key_of(secret)
    assert len(queries) == 0


def test_last_use_is_noted_by_the_hour(office: PartyRow) -> None:
    _, secret = issue(office.urn, "observations.record")
    parties.key_of(secret)
    first = parties.keys(owner=office.urn)[0].last_used_at
    assert first is not None
    room._clear()
    parties.key_of(secret)
    assert parties.keys(owner=office.urn)[0].last_used_at == first


def test_a_persons_key_does_no_more_than_the_person_where_the_person_may() -> None:
    owner = person("an", Grant("official", COMMUNE_A)).urn
    _, secret = issue(owner, "cases.act", by=actor("an"))
    found = parties.key_of(secret)
    assert found is not None
    assert parties.may(found.actor(), "cases.act", place=COMMUNE_A)
    assert not parties.may(found.actor(), "cases.act", place=COMMUNE_B)
    assert not parties.may(found.actor(), "cases.open", place=COMMUNE_A)


def test_a_persons_key_loses_its_power_with_the_role_and_dies_with_the_account() -> None:
    owner = person("an", Grant("official", None)).urn
    _, secret = issue(owner, "cases.act", by=actor("an"))
    assert parties.key_of(secret)
    parties.set_grants("an", [], by=SYSTEM)
    found = parties.key_of(secret)
    assert found is not None
    assert not parties.may(found.actor(), "cases.act")
    parties.set_active("an", False, by=SYSTEM)
    assert parties.key_of(secret) is None


def test_nobody_issues_themselves_a_scope_they_do_not_hold() -> None:
    owner = person("an", Grant("official", None)).urn
    with pytest.raises(Refused):
        issue(owner, "parties.manage", by=actor("an"))


def test_only_who_manages_people_everywhere_issues_keys_for_others(office: PartyRow) -> None:
    person("an", Grant("official", None))
    person("admin-a", Grant("administrator", COMMUNE_A))
    person("admin", Grant("administrator", None))
    for username in ("an", "admin-a"):
        with pytest.raises(Refused):
            issue(office.urn, "observations.record", by=actor(username))
    assert issue(office.urn, "observations.record", by=actor("admin"))


def test_a_key_cannot_issue_or_revoke_keys() -> None:
    owner = person("an", Grant("official", None)).urn
    row, _ = issue(owner, "cases.act", by=actor("an"))
    with pytest.raises(Refused):
        issue(owner, "cases.act", by=row.actor())
    with pytest.raises(Refused):
        parties.revoke_key(row.id, by=row.actor())


@pytest.mark.parametrize("scopes", [[], ["everything"], ["*"]])
def test_a_key_without_known_scopes_is_refused(scopes: list[str], office: PartyRow) -> None:
    with pytest.raises(Invalid):
        issue(office.urn, *scopes)


def test_issue_and_revocation_are_in_the_ledger(office: PartyRow) -> None:
    row, _ = issue(office.urn, "observations.record")
    parties.revoke_key(row.id, by=SYSTEM)
    parties.revoke_key(row.id, by=SYSTEM)
    kinds = [entry.kind for entry in ledger.entries(subject=office.urn)]
    assert kinds == ["organisation.saved", "key.issued", "key.revoked"]

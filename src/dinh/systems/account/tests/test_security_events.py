"""What happens at the doors is kept, counted, told of and forgotten; nothing that was typed is among it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import Refused
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties import security as room
from dinh.spine.parties.api import Actor, Grant, security
from dinh.spine.parties.models import SecurityEvent
from dinh.systems.account import tasks
from dinh.systems.account.tests.factories import CHECK, COMMUNE_A, give_password, member_of_staff, person, with_phone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    """What other tests did at the doors is no business of these."""
    room._waiting.clear()


def kept() -> list[tuple[str, str, int]]:
    security.flush()
    return [(row.kind, row.account, row.times) for row in SecurityEvent.objects.order_by("pk")]


def kinds() -> set[str]:
    return {kind for kind, _account, _times in kept()}


def test_failed_sign_ins_are_kept_with_the_account_only_where_there_is_one() -> None:
    person("an")
    client = Client(REMOTE_ADDR="203.0.113.77")
    give_password(client, "an", "sai mật khẩu rồi")
    give_password(client, "mật khẩu gõ nhầm ô", "gì đó")
    assert [row for row in kept() if row[0] == "sign_in_failed"] == [
        ("sign_in_failed", "urn:dinh:person:an", 1),
        ("sign_in_failed", "", 1),
    ]
    everything = [str(value) for row in SecurityEvent.objects.values_list() for value in row]
    assert not [word for word in everything if "sai" in word or "gõ nhầm" in word]
    assert set(SecurityEvent.objects.values_list("network", flat=True)) == {"203.0.113.0/24"}


def test_a_lock_out_a_wrong_code_and_a_new_session_are_kept() -> None:
    cache.clear()
    person("an", Grant("official", None))
    with_phone("an")
    client = Client()
    give_password(client, "an")
    assert "session_begun" not in kinds()
    client.post(CHECK, {"code": "000000"})
    assert ("factor_refused", "urn:dinh:person:an", 1) in kept()
    for _ in range(6):
        give_password(Client(), "an", "sai mật khẩu rồi")
    assert "locked_out" in kinds()
    member_of_staff("binh")
    assert ("session_begun", "urn:dinh:person:binh", 1) in kept()


def test_refused_permissions_keys_and_forgeries_are_told_apart() -> None:
    official = member_of_staff("an", "official")
    assert official.get("/account/people/").status_code == 403
    assert ("permission_refused", "urn:dinh:person:an", 1) in kept()
    assert Client().get("/api/v1/cases", headers={"Authorization": "Bearer dinh_nothing"}).status_code == 403
    assert Client(enforce_csrf_checks=True).post("/account/sign-in/").status_code == 403
    found = [kind for kind, _account, _times in kept()]
    assert found.count("permission_refused") == 1
    assert found.count("key_refused") == 1
    assert found.count("forged") == 1


def test_showing_a_persons_address_is_kept_as_a_read_of_personal_data() -> None:
    person("dao")
    member_of_staff("admin", "administrator").post("/account/people/dao/show/")
    assert ("personal_read", "urn:dinh:person:admin", 1) in kept()


def test_a_flood_costs_one_row() -> None:
    for _ in range(500):
        security.note("rate_limited", address="2001:db8:1:2::9")
    rows = SecurityEvent.objects.filter(kind="rate_limited")
    assert security.flush() <= 2
    assert sum(row.times for row in rows) == 500
    assert {row.network for row in rows} == {"2001:db8:1::/48"}


def test_counts_of_five_minutes_become_readings_once_and_a_burst_a_case() -> None:
    observations.declare_manifests()
    before = clock.now() - timedelta(minutes=6)
    SecurityEvent.objects.create(at=before, kind="sign_in_failed", times=40)
    SecurityEvent.objects.create(at=clock.now() - timedelta(minutes=1), kind="key_refused", times=2)
    tasks.report()
    tasks.report()
    assert observations.settle()
    (source,) = [row for row in observations.sources() if row.code == "dinh.security"]
    assert not source.simulated
    found = {row.series.indicator: row.value for row in observations.latest(limit=100)}
    assert set(found) == {f"security.{kind}" for kind in security.KINDS}
    assert found["security.forged"] == 0
    (quality,) = [row for row in observations.quality() if row.source == "dinh.security"]
    assert quality.unrepeated in (None, 1.0)


def test_a_burst_of_failed_sign_ins_is_an_alert_and_a_case() -> None:
    observations.declare_manifests()
    at = clock.now() - security_slot()
    SecurityEvent.objects.create(at=at, kind="sign_in_failed", times=40)
    tasks.report()
    assert observations.settle()
    jobs.deliver_pending()
    (alert,) = [row for row in observations.alerts() if row.rule == "security.sign_in_failed.burst"]
    from dinh.spine.cases import api as cases

    assert cases.case_of(alert.urn) is not None


def security_slot() -> timedelta:
    """Back into the middle of the last span of five minutes that is over."""
    now = clock.now()
    return timedelta(seconds=now.timestamp() % 300 + 60)


def test_only_who_manages_people_everywhere_reads_them() -> None:
    security.note("forged")
    here = Actor("urn:dinh:person:an", "An", (Grant("administrator", COMMUNE_A),), is_staff=True)
    with pytest.raises(Refused):
        security.events(actor=here, since=clock.now() - timedelta(days=1), until=clock.now())
    assert member_of_staff("an", "official").get("/account/security/").status_code == 403
    page = member_of_staff("admin", "administrator").get("/account/security/")
    assert page.status_code == 200
    assert page.context["total"] >= 2


def test_events_are_filtered_by_kind_and_day_and_taken_away_as_a_file() -> None:
    client = member_of_staff("admin", "administrator")
    old = clock.now() - timedelta(days=30)
    SecurityEvent.objects.create(at=old, kind="forged", network="203.0.113.0/24", times=3)
    SecurityEvent.objects.create(at=clock.now(), kind="key_refused", account="urn:dinh:person:admin")
    assert [row.kind for row, _kind, _name in client.get("/account/security/?kind=key_refused").context["rows"]] == [
        "key_refused"
    ]
    day = old.astimezone(clock.VIETNAM).date()
    found = client.get(f"/account/security/?since={day}&until={day}").context["rows"]
    assert [(row.kind, row.times) for row, _kind, _name in found] == [("forged", 3)]
    assert client.get("/account/security/?kind=x&since=x&page=x").status_code == 200
    lines = client.get(f"/account/security/events.csv?since={day}").content.decode("utf-8-sig").splitlines()
    assert lines[0].count(",") == 5
    assert any(",forged," in line and line.endswith(",203.0.113.0/24,3") for line in lines[1:])


def test_events_are_forgotten_after_ninety_days() -> None:
    now = clock.now()
    for days in (1, 89, 91):
        SecurityEvent.objects.create(at=now - timedelta(days=days), kind="forged")
    tasks.forget()
    assert SecurityEvent.objects.count() == 2


def test_a_database_that_is_busy_loses_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def busy(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    security.flush()
    security.note("forged")
    with monkeypatch.context() as patch:
        patch.setattr(SecurityEvent.objects, "bulk_create", busy)
        assert security.flush() == 0
    assert "forged" in kinds()


def test_a_persons_sessions_say_when_they_were_last_used() -> None:
    client = member_of_staff("an")
    (row,) = client.get("/account/").context["sessions"]
    assert row.current
    assert clock.now() - row.last_used_at < timedelta(minutes=2)
    assert parties.person("an").active

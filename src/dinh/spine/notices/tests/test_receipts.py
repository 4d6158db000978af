"""Settings that make no sense, and what carriers tell later."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.notices import api, drivers, models
from dinh.spine.notices.drivers import signing


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        ("email", "http://x"), ("email", "smtp://"), ("email", "smtp://h:99999"), ("email", "smtp://h?tls=some"),
        ("sms", "ftp://x"), ("sms", "https://"), ("sms", "https://h?parts=0"), ("zalo", "/nowhere.toml"), ("push", "on"),
    ],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_told_by_dinh_check_and_turns_the_channel_off(
    settings: Any, channel: str, value: str
) -> None:
    settings.NOTICE_CHANNELS = {**dict.fromkeys(drivers.OUTSIDE, ""), channel: value}
    with pytest.raises(Invalid):
        drivers.driver(channel)
    assert not drivers.on(channel)
    bad = [finding for finding in api.findings() if not finding.ok and channel in finding.what]
    assert len(bad) == 1
    assert f"DINH_{channel.upper()}" in bad[0].says + bad[0].remedy


@pytest.mark.django_db
def test_receipts_move_a_message_on_and_never_back(settings: Any, tell: Callable[..., int]) -> None:
    settings.NOTICE_CHANNELS = {"sms": "http://127.0.0.1:9/"}
    tell("test.told", "tel:0912345678")
    row = models.Delivery.objects.get()
    models.Delivery.objects.update(state="sent", due_at=None, sent_at=clock.now())

    def receive(status: str, ref: str = row.ref, **more: str) -> int:
        body = json.dumps([{"id": ref, "status": status, **more}]).encode()
        moment = str(int(clock.now().timestamp()))
        headers = {
            "X-Dinh-Timestamp": moment,
            "X-Dinh-Signature": signing.signature(settings.RECEIPTS_KEY, moment, body),
        }
        return api.receive("sms", headers, body)

    at = (clock.now() - timedelta(seconds=5)).isoformat()
    assert receive("delivered", at=at) == 1
    assert receive("delivered") == receive("failed") == receive("delivered", ref="unknown") == 0
    row.refresh_from_db()
    assert row.state == "delivered"
    assert row.delivered_at == datetime.fromisoformat(at)
    assert receive("read") == 1
    assert receive("delivered") == 0
    models.Delivery.objects.update(state="sent", delivered_at=None, read_at=None)
    assert receive("failed", error="phone off") == 1
    row.refresh_from_db()
    assert (row.state, row.error_code, row.error) == ("dead", "undelivered", "phone off")
    for body in (b"{}", b'{"id": "x", "status": "eaten"}', b"\xff"):
        moment = str(int(clock.now().timestamp()))
        signed = {
            "x-dinh-timestamp": moment,
            "x-dinh-signature": signing.signature(settings.RECEIPTS_KEY, moment, body),
        }
        with pytest.raises(Invalid):
            api.receive("sms", signed, body)


def test_a_signature_is_old_after_five_minutes(settings: Any) -> None:
    for age, good in ((60, True), (400, False), (-400, False)):
        moment = str(int(clock.now().timestamp()) - age)
        headers = {"x-dinh-timestamp": moment, "x-dinh-signature": signing.signature("k", moment, b"x")}
        try:
            signing.require("k", headers, b"x")
            taken = True
        except DinhError:
            taken = False
        assert taken is good, age

"""What carriers tell later: delivered, read, or failed after all."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, NotFound
from dinh.spine.notices import digests, drivers, metrics, models
from dinh.spine.notices.drivers import Receipt, sms, zalo

MOST = 1000


def receive(channel: str, headers: Mapping[str, str], body: bytes) -> int:
    """How many receipts told something new. Raises Refused `notices.signature`, Invalid `notices.receipt`,
    NotFound `notices.no_receipts`."""
    try:
        driver = drivers.driver(channel)
    except DinhError:
        driver = None
    if not isinstance(driver, sms.Gateway | zalo.Zns):
        raise NotFound("notices.no_receipts", "no receipts are taken for '{channel}'", channel=channel[:40])
    found = driver.receipts({name.lower(): value for name, value in headers.items()}, body)
    return sum(_note(channel, receipt) for receipt in found[:MOST])


def _note(channel: str, receipt: Receipt) -> bool:
    """Later states win over earlier ones, whatever the order in which receipts come."""
    now = clock.now()
    with transaction.atomic():
        row = models.Delivery.objects.select_for_update().filter(ref=receipt.ref[:32], channel=channel).first()
        if row is None or row.state in {"skipped", "read"}:
            return False
        at = min(receipt.at or now, now)
        if receipt.state == "failed":
            if row.state not in {"sent", "sending"} or row.delivered_at:
                return False
            row.state, row.due_at, row.claim = "dead", None, ""
            row.error_code, row.error = "undelivered", receipt.says
            metrics.dead.labels(channel, "undelivered").inc()
        else:
            if receipt.state == "delivered" and row.delivered_at:
                return False
            row.delivered_at = row.delivered_at or at
            if receipt.state == "read":
                row.read_at = at
            if row.state != "sending":  # else the outcome is about to be written, and looks at these times
                row.state, row.due_at, row.error_code, row.error = receipt.state, None, "", ""
                row.sent_at = row.sent_at or at
        row.save()
        digests.follow(row)
    return True

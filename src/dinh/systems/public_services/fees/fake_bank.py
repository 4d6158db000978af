"""The simulated bank: for the demonstration and for tests. It signs what it tells as a bank does, and no money moves."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.kernel.manifests import Text
from dinh.systems.public_services import models
from dinh.systems.public_services.fees import Callback, Order

SIGNATURE: Final = "X-Bank-Signature"
OLDEST: Final = timedelta(days=7)
STATES: Final = ("paid", "cancelled", "refunded")


class FakeBank:
    name = "fake"
    title = Text("Ngân hàng mô phỏng", "Simulated bank")

    def start(self, order: Order) -> str:
        models.BankOrder.objects.get_or_create(
            reference=order.reference,
            defaults={"amount": order.amount, "payee": f"{order.payee} · {order.purpose}"[:300], "back": order.back},
        )
        return f"/services/bank/{order.reference}/"

    def read(self, headers: Mapping[str, str], body: bytes) -> Callback:
        given = next((value for name, value in headers.items() if name.lower() == SIGNATURE.lower()), "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), signature(body).encode()):
            raise Refused("services.bank_signature", "the bank's signature does not fit what it told")
        try:
            told = json.loads(body)
            made = Callback(
                str(told["event"])[:80], str(told["reference"]), int(told["amount"]), str(told["state"]),
                clock.parse_moment(told["at"]),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(
                "services.callback_form", "the bank's message cannot be read: {why}", why=str(error)[:100]
            ) from error
        if made.state not in STATES or clock.now() - made.at > OLDEST:
            raise Invalid("services.callback_old", "the bank's message is of no state that is known, or too old")
        return made

    def refund(self, reference: str, amount: int) -> None:
        changed = models.BankOrder.objects.filter(reference=reference, state="paid", amount=amount).update(
            state="refunded"
        )
        if not changed and not models.BankOrder.objects.filter(reference=reference, state="refunded").exists():
            raise NotFound("services.no_payment", "there is no payment '{reference}'", reference=reference[:40])


def signature(body: bytes) -> str:
    return hmac.new(settings.PAYMENTS_KEY.encode(), body, hashlib.sha256).hexdigest()


def message(order: models.BankOrder, state: str, *, event: str = "") -> tuple[dict[str, str], bytes]:
    """What the bank sends: headers and body."""
    told = {
        "event": event or secrets.token_hex(12),
        "reference": order.reference,
        "amount": order.amount,
        "state": state,
        "at": clock.now().isoformat(),
    }
    body = json.dumps(told).encode()
    return {SIGNATURE: signature(body)}, body

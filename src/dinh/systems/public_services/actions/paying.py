"""Fees: asked for, paid once whatever comes twice or late, waived with a reason, refunded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Max

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.systems.public_services import fees, models
from dinh.systems.public_services.actions import recording, telling
from dinh.systems.public_services.domain import rules
from dinh.systems.public_services.domain.procedures import Procedure
from dinh.systems.public_services.fees import Callback, Order
from dinh.systems.public_services.models.dossiers import COUNTER
from dinh.systems.public_services.models.payments import BEGUN, CANCELLED, PAID, REFUNDED
from dinh.systems.public_services.queries import versions

AT_COUNTER: Final = "counter"
MOST_OPEN: Final = 20
"""Tries to pay one fee."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Of the fee, in đồng: what was paid and not paid back, what is still to be paid, and what an official has to return because
    corrected answers lowered a fee that was paid."""

    held: int
    owed: int
    overpaid: int


def balance(dossier: models.Dossier) -> Balance:
    held = sum(dossier.payments.filter(counts=True).values_list("amount", flat=True))
    return Balance(held, max(0, dossier.fee - held), max(0, held - dossier.fee))


def ask(dossier: models.Dossier, procedure: Procedure, *, by: Actor) -> None:
    """In the present transaction: the clock stands still until the fee is there."""
    if dossier.fee_state in ("due", "paid", "exempt", "waived") or not dossier.fee:
        raise Conflict(
            "services.no_fee_due", "nothing is to be asked for: {number} has no open fee", number=dossier.number
        )
    now = balance(dossier)
    amount = telling.money(now.owed)
    more = " thêm" if now.held else ""
    row = cases.ask(dossier.case, text=f"Nộp{more} phí, lệ phí: {amount['vi']} đồng", by=by, tell=False)
    dossier.fee_state = "due"
    dossier.fee_question = cases.questions(dossier.case)[-1].number
    recording.mirror(dossier, row)
    recording.record(dossier, "fee_asked", by=by, detail={"amount": now.owed})
    telling.tell(dossier, procedure, "fee", key=f"fee:{dossier.fee_question}", amount=amount)


@transaction.atomic
def ask_now(dossier: models.Dossier, *, by: Actor) -> None:
    row = recording.locked(dossier)
    ask(row, versions.procedure_at(row.procedure, row.version), by=by)


def reckon_again(dossier: models.Dossier, procedure: Procedure, *, by: Actor) -> None:
    """In the present transaction, after its answers changed: the fee follows them. Of one that is paid the difference is asked for;
    what is too much stays noted."""
    if dossier.fee_state not in ("none", "exempt", "due", "paid"):
        return
    reckoned = rules.fee_for(procedure, dossier.values, counter=dossier.channel == COUNTER)
    exemption = reckoned.exemption.name.vi if reckoned.exemption else ""
    if (reckoned.amount, exemption) == (dossier.fee, dossier.fee_reason):
        return
    asked = dossier.fee_state in ("due", "paid") or (procedure.fee is not None and procedure.fee.due == "at_once")
    _go_on(dossier, "Phí, lệ phí được tính lại theo nội dung đã bổ sung")
    dossier.fee, dossier.fee_reason = reckoned.amount, exemption
    now = balance(dossier)
    if now.held and not now.owed:
        dossier.fee_state = "paid"
        recording.record(dossier, "fee_lowered", by=by, detail={"amount": dossier.fee, "overpaid": now.overpaid})
        return
    dossier.fee_state = "exempt" if exemption else "none"
    dossier.save()
    if now.owed and asked:
        ask(dossier, procedure, by=by)


def begin(dossier: models.Dossier, *, back: str) -> str:
    """The address at the bank where the fee is paid. Raises Conflict `services.no_fee_due`, `services.no_bank`."""
    driver = fees.driver()
    if driver is None:
        raise Conflict("services.no_bank", "fees cannot be paid online here; pay at the counter of the office")
    procedure = versions.procedure_at(dossier.procedure, dossier.version)
    with transaction.atomic():
        row = recording.locked(dossier)
        _require_due(row)
        if row.payments.count() >= MOST_OPEN:
            raise Conflict("services.many_tries", "this fee was tried {n} times; pay at the counter", n=MOST_OPEN)
        payment = models.Payment.objects.create(
            dossier=row,
            driver=driver.name,
            amount=balance(row).owed,
            reference=uuid.uuid4().hex.upper()[:20],
            begun_at=clock.now(),
        )
    organisation = parties.parties([row.organisation]).get(row.organisation) if row.organisation else None
    return driver.start(
        Order(
            reference=payment.reference,
            amount=payment.amount,
            payee=organisation.name_vi if organisation else procedure.authority.vi,
            purpose=f"{row.number}",
            back=back,
        )
    )


def _require_due(row: models.Dossier) -> None:
    if row.fee_state != "due" or row.ended_at is not None:
        raise Conflict("services.no_fee_due", "nothing is to be asked for: {number} has no open fee", number=row.number)


def receive(name: str, headers: Mapping[str, str], body: bytes) -> str:
    """A bank's callback, checked by its signature; the state of the payment afterwards. The same again changes nothing.

    Raises NotFound `services.no_driver`, `services.no_payment`; Refused `services.bank_signature`; Invalid `services.callback`.
    """
    driver = fees.driver()
    if driver is None or driver.name != name:
        raise NotFound("services.no_driver", "no such bank is set up here")
    told = driver.read(headers, body)
    found = models.Payment.objects.filter(reference=told.reference, driver=name).first()
    if found is None:
        raise NotFound("services.no_payment", "there is no payment '{reference}'", reference=told.reference[:40])
    if told.amount != found.amount:
        raise Invalid(
            "services.callback",
            "payment {reference} is over {amount} đồng, the bank told {told}; nothing was changed",
            reference=told.reference,
            amount=found.amount,
            told=told.amount,
        )
    with transaction.atomic():
        _event, fresh = models.BankEvent.objects.get_or_create(
            driver=name, event=told.event, defaults={"payment": found, "state": told.state, "at": clock.now()}
        )
        return _apply(found, told) if fresh else models.Payment.objects.get(pk=found.pk).state


def _apply(found: models.Payment, told: Callback) -> str:
    dossier = recording.locked(found.dossier)
    payment = models.Payment.objects.select_for_update().get(pk=found.pk)
    if told.state == PAID and payment.state in (BEGUN, CANCELLED):
        # A cancelled order that the bank paid all the same is money that is here.
        _take(dossier, payment, by=SYSTEM)
    elif told.state == CANCELLED and payment.state == BEGUN:
        payment.state, payment.ended_at = CANCELLED, clock.now()
        payment.save()
    elif told.state == REFUNDED and payment.state == PAID:
        _refunded(dossier, payment)
    return payment.state


def _take(dossier: models.Dossier, payment: models.Payment, *, by: Actor, receipt: str = "") -> None:
    now = clock.now()
    payment.state, payment.ended_at = PAID, now
    payment.receipt = receipt or f"BL{now.astimezone(VIETNAM):%y%m%d}-{payment.reference[:8]}"
    if dossier.fee_state == "due" and dossier.ended_at is None and payment.amount == balance(dossier).owed:
        last = dossier.payments.filter(counts=True).aggregate(last=Max("part"))["last"]
        payment.counts, payment.part = True, 0 if last is None else last + 1
        dossier.fee_state = "paid"
        _go_on(dossier, f"Đã nộp, biên lai {payment.receipt}")
        step = recording.record(dossier, "fee_paid", by=by, detail={"amount": payment.amount, "driver": payment.driver})
        payment.ledger_index = step.ledger_index
        payment.save()
        procedure = versions.procedure_at(dossier.procedure, dossier.version)
        telling.tell(dossier, procedure, "paid", key=f"paid:{payment.pk}", amount=telling.money(payment.amount))
        return
    payment.refund_reason = "Phí, lệ phí đã được nộp, đã được tính lại hoặc không còn phải nộp"
    payment.save()
    recording.record(dossier, "overpaid", by=by, detail={"amount": payment.amount})
    transaction.on_commit(lambda: refund_waiting(payment.reference))


def _go_on(dossier: models.Dossier, words: str) -> None:
    if dossier.fee_question is None:
        return
    recording.answer(dossier, dossier.fee_question, words)
    dossier.fee_question = None


@transaction.atomic
def pay_at_counter(dossier: models.Dossier, *, receipt: str, by: Actor) -> models.Payment:
    """Money that an official took in, with the number of the receipt that the person got."""
    row = recording.locked(dossier)
    _require_due(row)
    receipt = nfc(receipt)[:60]
    if not receipt:
        raise Invalid("services.receipt", "write the number of the receipt that the person was given")
    payment = models.Payment.objects.create(
        dossier=row, driver=AT_COUNTER, amount=balance(row).owed, reference=uuid.uuid4().hex.upper()[:20], begun_at=clock.now(),
        by=by.urn,
    )  # fmt: skip
    _take(row, payment, by=by, receipt=receipt)
    return payment


@transaction.atomic
def waive(dossier: models.Dossier, *, reason: str, by: Actor) -> None:
    """For whom the law says so; the reason names the ground. Raises Invalid `services.reason`, Conflict."""
    row = recording.locked(dossier)
    reason = nfc(reason)[:300]
    if len(reason) < 5:
        raise Invalid("services.reason", "write the reason, with the legal ground where there is one")
    if not row.fee or row.fee_state in ("paid", "exempt", "waived") or row.ended_at is not None:
        raise Conflict("services.no_fee_due", "nothing is to be asked for: {number} has no open fee", number=row.number)
    row.fee_state, row.fee_reason = "waived", reason
    _go_on(row, "Được miễn phí, lệ phí")
    recording.record(row, "fee_waived", by=by, detail={"amount": row.fee}, sealed={"reason": reason})


def refund(dossier: models.Dossier, payment: models.Payment, *, reason: str, by: Actor) -> None:
    """Marks it in the present transaction; the bank is asked after it."""
    payment.counts, payment.refund_reason, payment.by = False, nfc(reason)[:300], by.urn
    payment.save()
    dossier.fee_state = "refunded"
    recording.record(dossier, "refund_asked", by=by, detail={"amount": payment.amount}, sealed={"reason": reason})
    transaction.on_commit(lambda: refund_waiting(payment.reference))


def refund_waiting(reference: str = "") -> int:
    """Asks the bank for every refund that waits; what fails waits on. Returns how many came through."""
    driver, done = fees.driver(), 0
    if driver is None:
        return 0
    waiting = models.Payment.objects.filter(state=PAID, counts=False, driver=driver.name).exclude(refund_reason="")
    for payment in waiting.filter(reference=reference) if reference else waiting.order_by("ended_at")[:100]:
        try:
            driver.refund(payment.reference, payment.amount)
        except DinhError:
            continue
        with transaction.atomic():
            dossier = recording.locked(payment.dossier)
            fresh = models.Payment.objects.select_for_update().get(pk=payment.pk)
            if fresh.state == PAID:
                _refunded(dossier, fresh)
                done += 1
    return done


def _refunded(dossier: models.Dossier, payment: models.Payment) -> None:
    if payment.counts:
        payment.counts, dossier.fee_state = False, "refunded"
        _go_on(dossier, "Ngân hàng đã hoàn lại khoản đã nộp")  # what was asked beside it is another amount now
    payment.state, payment.ended_at = REFUNDED, clock.now()
    payment.save()
    recording.record(dossier, "refunded", by=SYSTEM, detail={"amount": payment.amount})

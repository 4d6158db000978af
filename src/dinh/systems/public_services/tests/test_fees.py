"""Fees: reckoned by the procedure, paid once, late money is not lost, and the bank is believed by its signature alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, Refused
from dinh.spine.cases import api as cases
from dinh.spine.parties.api import Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import bank, desk, handing_in, paying, recording
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.domain import folders, rules
from dinh.systems.public_services.fees import fake_bank
from dinh.systems.public_services.queries import access
from dinh.systems.public_services.tests.factories import ANSWERS, EXTRACT, STATUS, all_good, dossier
from dinh.web import requests

pytestmark = pytest.mark.django_db(transaction=True)


def order_of(row: models.Dossier) -> models.BankOrder:
    path = paying.begin(row, back="/services/")
    return models.BankOrder.objects.get(pk=path.rstrip("/").rpartition("/")[2])


def test_the_amount_follows_the_answers_the_channel_and_the_exemptions() -> None:
    extract, status = folders.procedure(EXTRACT), folders.procedure(STATUS)
    business = folders.procedure("dang-ky-ho-kinh-doanh")
    assert rules.fee_for(extract, ANSWERS[EXTRACT], counter=False).amount == 3 * 8000
    assert rules.fee_for(business, {}, counter=False).amount == 150_000
    assert rules.fee_for(business, {}, counter=True).amount == 50_000
    exempt = rules.fee_for(status, {**ANSWERS[STATUS], "fee_group": "ho_ngheo"}, counter=False)
    assert (exempt.amount, exempt.exemption is not None) == (0, True)


def test_the_clock_stands_still_until_the_fee_is_paid_and_a_callback_twice_pays_once(office: str) -> None:
    row = dossier(EXTRACT)
    assert (row.fee, row.fee_state, cases.case(row.case).paused) == (24000, "due", True)
    order = order_of(row)
    headers, body = fake_bank.message(order, "paid", event="e1")
    assert paying.receive("fake", headers, body) == "paid"
    assert paying.receive("fake", headers, body) == "paid"
    row.refresh_from_db()
    assert (row.fee_state, cases.case(row.case).paused) == ("paid", False)
    assert models.Payment.objects.filter(counts=True).count() == 1
    assert row.steps.filter(what="fee_paid").count() == 1
    with pytest.raises(Conflict):
        paying.begin(row, back="/")


def test_a_second_payment_and_one_that_comes_after_the_end_are_paid_back(office: str) -> None:
    row = dossier(EXTRACT)
    first, second = order_of(row), order_of(row)
    bank.decide(first.reference, "pay")
    bank.decide(second.reference, "pay")
    assert models.BankOrder.objects.get(pk=second.pk).state == "refunded"
    assert models.Payment.objects.get(reference=second.pk).state == "refunded"
    assert models.Payment.objects.get(reference=first.pk).counts is True

    late = dossier(EXTRACT)
    order = order_of(late)
    handing_in.withdraw(late)
    bank.decide(order.reference, "late")
    models.BankOrder.objects.update(tell_at="2026-01-01T00:00Z")
    bank.deliver_due()
    assert models.Payment.objects.get(reference=order.pk).state == "refunded"


def test_a_cancelled_order_that_the_bank_paid_all_the_same_counts(office: str) -> None:
    row = dossier(EXTRACT)
    order = order_of(row)
    paying.receive("fake", *fake_bank.message(order, "cancelled", event="a"))
    paying.receive("fake", *fake_bank.message(order, "paid", event="b"))
    row.refresh_from_db()
    assert row.fee_state == "paid"


def test_the_bank_is_believed_by_its_signature_and_amount_alone(office: str) -> None:
    row = dossier(EXTRACT)
    order = order_of(row)
    headers, body = fake_bank.message(order, "paid")
    forged = json.dumps({**json.loads(body), "amount": 1}).encode()
    with pytest.raises(Refused, match="signature"):
        paying.receive("fake", headers, forged)
    with pytest.raises(Refused, match="signature"):
        paying.receive("fake", {}, body)
    with pytest.raises(Invalid, match="nothing was changed"):
        paying.receive("fake", {fake_bank.SIGNATURE: fake_bank.signature(forged)}, forged)
    answer = Client(enforce_csrf_checks=True).post("/services/payments/fake/", body, content_type="application/json")
    assert answer.status_code == 403
    answer = Client(enforce_csrf_checks=True).post(
        "/services/payments/fake/", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.fee_state == "paid"


def test_an_official_takes_money_at_the_counter_or_waives_with_a_reason(dao: Actor) -> None:
    paid, waived = dossier(EXTRACT), dossier(EXTRACT)
    paying.pay_at_counter(paid, receipt="0001234", by=dao)
    with pytest.raises(Invalid):
        paying.waive(waived, reason="", by=dao)
    paying.waive(waived, reason="Hộ nghèo, sổ số 12", by=dao)
    for row, state in ((paid, "paid"), (waived, "waived")):
        row.refresh_from_db()
        assert (row.fee_state, cases.case(row.case).paused) == (state, False)
    desk.take(paid, by=dao)
    desk.refuse(paid, reason="Không có dữ liệu hộ tịch tại xã này", by=dao)
    paid.refresh_from_db()
    assert paid.fee_state == "refunded"


def test_a_message_of_the_bank_that_could_not_be_kept_is_no_message_that_was_taken_in(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dossier(EXTRACT)
    headers, body = fake_bank.message(order_of(row), "paid", event="e1")

    def broken(*arguments: object, **named: object) -> None:
        raise IntegrityError("another constraint")

    with monkeypatch.context() as patched:
        patched.setattr(recording, "record", broken)
        with pytest.raises(IntegrityError):
            paying.receive("fake", headers, body)
    assert paying.receive("fake", headers, body) == "paid", "the bank sends it again"
    row.refresh_from_db()
    assert row.fee_state == "paid"


def test_a_receipt_bears_the_day_in_vietnam_and_at_the_counter_its_own_number(
    dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    online, counter = dossier(EXTRACT), dossier(EXTRACT)
    order = order_of(online)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    paying.receive("fake", *fake_bank.message(order, "paid"))
    assert models.Payment.objects.get(reference=order.pk).receipt.startswith("BL270101-")
    paying.pay_at_counter(counter, receipt="0001234", by=dao)
    assert "0001234" in cases.questions(counter.case)[0].answer


def test_what_the_bank_took_back_is_asked_for_again_before_anything_is_decided(dao: Actor) -> None:
    row = dossier(EXTRACT)
    order = order_of(row)
    paying.receive("fake", *fake_bank.message(order, "paid", event="a"))
    desk.take(row, by=dao)
    desk.save_findings(row, all_good(row), by=dao)
    paying.receive("fake", *fake_bank.message(order, "refunded", event="b"))
    row.refresh_from_db()
    with pytest.raises(Conflict, match="fee is not paid"):
        desk.require_decidable(row, {"entry": "12"}, by=dao)
    paying.ask_now(row, by=dao)
    paying.receive("fake", *fake_bank.message(order_of(row), "paid", event="c"))
    row.refresh_from_db()
    assert desk.require_decidable(row, {"entry": "12"}, by=dao)


def test_a_fee_that_is_not_paid_follows_the_answers_and_the_old_amount_does_not_pay_it(dao: Actor) -> None:
    row = dossier(EXTRACT)
    old = order_of(row)
    desk.take(row, by=dao)
    desk.save_findings(row, [*all_good(row), Found("field", "copies", False, "Cần năm bản", "Ghi lại số bản")], by=dao)
    desk.send_back(row, by=dao)
    desk.correct(row, {"copies": 5})
    row.refresh_from_db()
    assert (row.fee, row.fee_state, cases.case(row.case).paused) == (40_000, "due", True)
    bank.decide(old.pk, "pay")
    row.refresh_from_db()
    assert (row.fee_state, models.Payment.objects.get(reference=old.pk).state) == ("due", "refunded")
    bank.decide(order_of(row).pk, "pay")
    row.refresh_from_db()
    assert (row.fee_state, cases.case(row.case).paused) == ("paid", False)


def _corrected(row: models.Dossier, copies: int, by: Actor) -> None:
    desk.save_findings(
        row, [*all_good(row), Found("field", "copies", False, f"Cần {copies} bản", "Ghi lại số bản")], by=by
    )
    desk.send_back(row, by=by, why_again="Người nộp xin đổi số bản")
    desk.correct(row, {"copies": copies})
    row.refresh_from_db()


def test_a_fee_that_is_paid_follows_the_answers_and_only_the_difference_is_asked_for(dao: Actor) -> None:
    row = dossier(EXTRACT)
    bank.decide(order_of(row).pk, "pay")
    desk.take(row, by=dao)
    _corrected(row, 5, dao)
    assert (row.fee, row.fee_state, paying.balance(row).owed, cases.case(row.case).paused) == (
        40_000,
        "due",
        16_000,
        True,
    )
    assert cases.questions(row.case)[-1].text == "Nộp thêm phí, lệ phí: 16.000 đồng"
    page = Client().get(f"/services/follow/{access.code_of(row)}/", follow=True).content.decode()
    assert "còn 16.000 đồng chưa nộp" in page
    order = order_of(row)
    assert order.amount == 16_000
    bank.decide(order.pk, "pay")
    row.refresh_from_db()
    assert (row.fee_state, paying.balance(row).held, paying.balance(row).owed) == ("paid", 40_000, 0)
    desk.refuse(row, reason="Không có dữ liệu hộ tịch tại xã này", by=dao)
    assert set(models.Payment.objects.values_list("state", flat=True)) == {"refunded"}


def test_what_the_bank_takes_back_while_a_difference_is_open_is_asked_for_with_it(dao: Actor) -> None:
    row = dossier(EXTRACT)
    first = order_of(row)
    paying.receive("fake", *fake_bank.message(first, "paid", event="a"))
    desk.take(row, by=dao)
    _corrected(row, 5, dao)
    paying.receive("fake", *fake_bank.message(first, "refunded", event="b"))
    row.refresh_from_db()
    assert (row.fee_state, paying.balance(row).owed, cases.case(row.case).paused) == ("refunded", 40_000, False)
    paying.ask_now(row, by=dao)
    bank.decide(order_of(row).pk, "pay")
    row.refresh_from_db()
    assert (row.fee_state, paying.balance(row).owed, cases.case(row.case).paused) == ("paid", 0, False)


def test_of_a_fee_that_corrected_answers_lower_the_official_sees_what_to_return(
    dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dossier(EXTRACT)
    bank.decide(order_of(row).pk, "pay")
    desk.take(row, by=dao)
    _corrected(row, 1, dao)
    assert (row.fee, row.fee_state, paying.balance(row).overpaid, cases.case(row.case).paused) == (
        8000,
        "paid",
        16_000,
        False,
    )
    assert row.steps.get(what="fee_lowered").detail == {"amount": 8000, "overpaid": 16_000}
    monkeypatch.setattr(requests, "_find_actor", lambda request: dao)
    page = Client().get(f"/services/desk/{row.pk}/").content.decode()
    assert "phải hoàn lại 16.000 đồng" in page

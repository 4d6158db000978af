"""Whatever officials, applicants and banks do in whatever order: a dossier never stands where it cannot."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.spine.cases import api as cases
from dinh.spine.documents import api as documents
from dinh.spine.parties.api import Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import bank, desk, handing_in, paying, results
from dinh.systems.public_services.actions.desk import Found
from dinh.systems.public_services.domain import states
from dinh.systems.public_services.tests.factories import EXTRACT, all_good, dossier

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(300)]

ACTS = (
    "take", "defect", "good", "return", "return again", "correct", "pay", "pay twice", "late", "deliver", "waive", "refuse",
    "approve", "withdraw",
)  # fmt: skip


def act(name: str, row: models.Dossier, by: Actor) -> Any:
    order = models.BankOrder.objects.order_by("pk").last()
    match name:
        case "take":
            desk.take(row, by=by)
        case "defect":
            desk.save_findings(row, [*all_good(row), Found("field", "copies", False, "Sai", "Sửa")], by=by)
        case "good":
            desk.save_findings(row, all_good(row), by=by)
        case "return":
            desk.send_back(row, by=by)
        case "return again":
            desk.send_back(row, by=by, why_again="Lần đầu chưa thấy chỗ này")
        case "correct":
            desk.correct(row, {"copies": 5}, explained="Đã xem lại")
        case "pay" | "late":
            path = paying.begin(row, back="/")
            bank.decide(path.rstrip("/").rpartition("/")[2], name)
        case "pay twice":
            paths = [paying.begin(row, back="/") for _ in range(2)]
            for path in paths:
                bank.decide(path.rstrip("/").rpartition("/")[2], "pay")
        case "deliver" if order is not None:
            models.BankOrder.objects.filter(tell_at__isnull=False).update(tell_at=clock.now())
            bank.deliver_due()
        case "waive":
            paying.waive(row, reason="Hộ nghèo", by=by)
        case "refuse":
            desk.refuse(row, reason="Không có dữ liệu tại cơ quan này", by=by)
        case "approve":
            results.approve(row, {"entry": "12"}, by=by)
        case "withdraw":
            handing_in.withdraw(row)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ACTS), max_size=14))
def test_a_dossier_never_stands_where_it_cannot(dao: Actor, monkeypatch: pytest.MonkeyPatch, acts: list[str]) -> None:
    monkeypatch.setattr(documents, "issue", lambda **_: _document())
    row = dossier(EXTRACT)
    for name in acts:
        with suppress(DinhError):
            act(name, row, dao)
        paying.refund_waiting()  # in this test no transaction ends, after which it would be asked for
        row.refresh_from_db()
        case = cases.case(row.case)
        assert row.state == case.state
        assert (row.ended_at is not None) == (row.state in states.ENDED) == (row.in_time is not None)
        assert row.payments.filter(counts=True).count() == (row.fee_state == "paid")
        kept = row.payments.filter(state="paid").count()
        assert kept <= 1, "money beyond the fee is paid back"
        if row.ended_at is None:
            assert case.paused == (row.fee_state == "due" or row.state == states.RETURNED)
            assert (row.due_at is None) == case.paused
        if row.state == states.APPROVED:
            assert row.fee_state in ("paid", "waived")
            assert models.Result.objects.filter(dossier=row).exists()
        assert row.sent_back.filter(corrected_at__isnull=True).count() <= 1
        assert not row.sent_back.filter(number__gt=1, why_again="").exists()
        assert row.steps.count() == len(set(row.steps.values_list("ledger_index", flat=True)))


def _document() -> Any:
    """What the documents give back, without drawing anything."""
    number = uuid4().hex[:8]
    return SimpleNamespace(
        urn=f"urn:dinh:document:{number}",
        number=number,
        code=number,
        file="urn:dinh:file:1",
        sha256="0" * 64,
        issued_at=clock.now(),
    )

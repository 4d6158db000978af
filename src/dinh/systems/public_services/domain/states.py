"""The way of a dossier as a kind of case, and how it stands in public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from dinh.kernel.manifests import CaseTypeSpec, CategorySpec, StateSpec, Text, TransitionSpec
from dinh.systems.public_services.domain.procedures import WORKING_DAY, Procedure, Span

DOSSIER: Final = "dossier"
DOSSIER_DAYS: Final = "dossier_days"
"""Of procedures whose deadline the law counts in days, not in working days."""
TYPES: Final = (DOSSIER, DOSSIER_DAYS)
SUBMITTED, PROCESSING, RETURNED = "submitted", "processing", "returned"
APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"
ENDED: Final = (APPROVED, REFUSED, WITHDRAWN)
AT_THE_DESK: Final = "dinh.systems.public_services.guards:at_the_desk"
DESK: Final = "desk"
"""What the desk puts into the parameters of a step, so that it is taken there and nowhere else."""

STATES: Final = (
    StateSpec(SUBMITTED, Text("Mới tiếp nhận", "Received")),
    StateSpec(PROCESSING, Text("Đang xử lý", "Being handled")),
    StateSpec(RETURNED, Text("Chờ người nộp bổ sung", "Waiting for the applicant"), "waiting"),
    StateSpec(APPROVED, Text("Đã có kết quả", "Result issued"), "done"),
    StateSpec(REFUSED, Text("Từ chối giải quyết", "Refused"), "rejected"),
    StateSpec(WITHDRAWN, Text("Người nộp rút hồ sơ", "Withdrawn"), "rejected"),
)
_DESK: Final = (AT_THE_DESK,)
TRANSITIONS: Final = (
    TransitionSpec("accept", Text("Nhận xử lý", "Take it up"), (SUBMITTED,), PROCESSING, needs_owner=True),
    TransitionSpec(
        "return", Text("Trả lại để bổ sung", "Return for completion"), (SUBMITTED, PROCESSING), RETURNED,
        needs_owner=True, guards=_DESK,
    ),
    TransitionSpec("correct", Text("Đã bổ sung", "Completed"), (RETURNED,), PROCESSING, guards=_DESK),
    TransitionSpec(
        "approve", Text("Phê duyệt, trả kết quả", "Approve and issue"), (PROCESSING,), APPROVED, "public_services.decide",
        needs_owner=True, guards=_DESK,
    ),
    TransitionSpec(
        "refuse", Text("Từ chối giải quyết", "Refuse"), (SUBMITTED, PROCESSING, RETURNED), REFUSED, "public_services.decide",
        needs_owner=True, needs_reason=True, guards=_DESK,
    ),
    TransitionSpec(
        "withdraw", Text("Người nộp rút hồ sơ", "Withdraw"), (SUBMITTED, PROCESSING, RETURNED), WITHDRAWN, guards=_DESK
    ),
)  # fmt: skip


def category_code(procedure: Procedure, span: Span) -> str:
    return f"{procedure.slug}.{span.code}" if span.code else procedure.slug


def category_of(procedure: Procedure, span: Span) -> CategorySpec:
    return CategorySpec(
        category_code(procedure, span), procedure.name, to_close=span.time, same_day_until=span.same_day_until
    )


def case_types(procedures: Mapping[str, Procedure]) -> tuple[CaseTypeSpec, CaseTypeSpec]:
    """One a clock: only what is open in office hours counts, or every day does."""

    def of(unit: str) -> tuple[CategorySpec, ...]:
        return tuple(
            category_of(one, span) for one in procedures.values() for span in one.deadline.all if span.unit == unit
        )

    working = CaseTypeSpec(
        code=DOSSIER,
        name=Text("Hồ sơ thủ tục hành chính", "Dossier"),
        states=STATES,
        initial=SUBMITTED,
        transitions=TRANSITIONS,
        to_owner=WORKING_DAY,
        to_close=WORKING_DAY * 5,
        office_hours=True,
        categories=of("working_days"),
        alone=True,
    )
    days = replace(
        working,
        code=DOSSIER_DAYS,
        name=Text("Hồ sơ thủ tục hành chính (hạn tính theo ngày)", "Dossier (deadline in days)"),
        to_owner=timedelta(days=1),
        to_close=timedelta(days=15),
        office_hours=False,
        categories=of("days"),
    )
    return working, days


def type_of(span: Span) -> str:
    return DOSSIER if span.unit == "working_days" else DOSSIER_DAYS

"""What anybody sees: every dossier by its number, without a person and without a word of what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import Text
from dinh.spine.parties import api as parties
from dinh.systems.public_services import models
from dinh.systems.public_services.domain import states
from dinh.systems.public_services.domain.procedures import KINDS
from dinh.systems.public_services.queries import versions

SIZE: Final = 30
STATE_NAMES: Final[Mapping[str, Text]] = {state.code: state.name for state in states.STATES}
STEP_NAMES: Final[Mapping[str, Text]] = {
    "received": Text("Tiếp nhận hồ sơ", "Received"),
    "taken": Text("Cán bộ nhận xử lý", "Taken up by an official"),
    "returned": Text("Trả lại để bổ sung", "Returned for completion"),
    "corrected": Text("Người nộp đã bổ sung", "Completed by the applicant"),
    "fee_asked": Text("Yêu cầu nộp phí, lệ phí", "Fee asked for"),
    "fee_paid": Text("Đã nộp phí, lệ phí", "Fee paid"),
    "fee_waived": Text("Miễn phí, lệ phí", "Fee waived"),
    "fee_lowered": Text("Phí, lệ phí giảm theo nội dung đã bổ sung", "Fee lowered by the completion"),
    "overpaid": Text("Nhận khoản nộp thừa", "Paid twice, to be refunded"),
    "refund_asked": Text("Hoàn phí", "Refund begun"),
    "refunded": Text("Đã hoàn phí", "Refunded"),
    "issued": Text("Trả kết quả", "Result issued"),
    "refused": Text("Từ chối giải quyết", "Refused"),
    "withdrawn": Text("Người nộp rút hồ sơ", "Withdrawn by the applicant"),
}


@dataclass(frozen=True, slots=True)
class Public:
    """A dossier as the public sees it."""

    number: str
    procedure: Text
    slug: str
    office: Text
    state: str
    state_name: Text
    kind_name: Text
    channel: str
    handed_in_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    in_time: bool | None
    returns: int
    simulated: bool

    @property
    def late(self) -> bool:
        return self.in_time is False or (
            self.ended_at is None and self.due_at is not None and self.due_at < clock.now()
        )


@dataclass(frozen=True, slots=True)
class PublicStep:
    at: datetime
    name: Text
    ledger_index: int
    note: Text


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Public]
    total: int


def page(
    *, text: str = "", state: str = "", organisation: str = "", procedure: str = "", late: bool = False, offset: int = 0
) -> Page:
    """Newest first; `text` is the beginning of a number, or all of it."""
    found = models.Dossier.objects.all()
    if text:
        found = found.filter(number__startswith=text[:60].upper())
    if state in STATE_NAMES:
        found = found.filter(state=state)
    if organisation:
        found = found.filter(organisation=organisation[:160])
    if procedure:
        found = found.filter(procedure=procedure[:80])
    if late:
        found = found.filter(Q(in_time=False) | Q(ended_at__isnull=True, due_at__lt=clock.now()))
    return Page(shown(found.order_by("-handed_in_at", "-number")[offset : offset + SIZE]), found.count())


def shown(rows: QuerySet[models.Dossier] | Sequence[models.Dossier]) -> Sequence[Public]:
    held = list(rows)
    offices = parties.parties({row.organisation for row in held if row.organisation})
    made = []
    for row in held:
        procedure = versions.procedure_at(row.procedure, row.version)
        office = offices.get(row.organisation)
        made.append(
            Public(
                number=row.number,
                procedure=procedure.name,
                slug=row.procedure,
                office=Text(office.name_vi, office.name_en) if office else procedure.authority,
                state=row.state,
                state_name=STATE_NAMES.get(row.state, Text(row.state, row.state)),
                kind_name=KINDS.get(row.kind, Text(row.kind, row.kind)),
                channel=row.channel,
                handed_in_at=row.handed_in_at,
                due_at=row.due_at,
                ended_at=row.ended_at,
                in_time=row.in_time,
                returns=row.returns,
                simulated=row.simulated,
            )
        )
    return made


def one(number: str) -> tuple[Public, Sequence[PublicStep]]:
    """Raises NotFound `services.no_number`."""
    row = models.Dossier.objects.filter(number=number).first()
    if row is None:
        raise NotFound(
            "services.no_number", "there is no dossier '{number}'; look at the receipt again", number=number[:60]
        )
    return shown([row])[0], steps(row)


def steps(row: models.Dossier) -> Sequence[PublicStep]:
    return [
        PublicStep(step.at, STEP_NAMES.get(step.what, Text(step.what, step.what)), step.ledger_index, _note(step))
        for step in row.steps.order_by("at", "pk")
    ]


def _note(step: models.Step) -> Text:
    """What of a step is public beside its name."""
    if step.what == "returned":
        defects = int(step.detail.get("defects", 0))
        return Text(f"{defects} điểm cần bổ sung", f"{defects} points to complete")
    return Text("", "")

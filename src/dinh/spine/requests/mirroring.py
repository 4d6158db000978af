"""What cases tell of the work on a request: the public side follows, and so do the messages."""

from __future__ import annotations

from typing import Any, Final

from dinh.kernel import clock
from dinh.kernel.manifests import registry
from dinh.kernel.urns import parse_urn
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import Act, CaseRow
from dinh.spine.jobs.api import Event
from dinh.spine.requests import models, telling, withdrawing

EVENTS: Final = (
    "moved", "taken", "handed_on", "assigned", "replied", "asked", "answered", "question_withdrawn", "described", "joined",
    "split", "ended_with", "deadline", "escalated",
)  # fmt: skip


def heard(event: Event) -> None:
    spec = registry.case_type(str(event.payload["type"]))
    if spec is None or not spec.public:
        return
    request = models.Request.objects.select_for_update().filter(case=event.payload["urn"]).first()
    if request is None:
        return
    row = cases.case(request.case)
    mirror(request, row)
    version = event.payload.get("version")
    act = next((act for act in cases.acts(row.urn) if act.version == version), None) if version else None
    if act is not None and not act.erased:
        _tell(request, row, act, f"v{version}")


def mirror(request: models.Request, row: CaseRow) -> None:
    """What is put into a private category is private from then on."""
    public: dict[str, Any] = {
        "state": row.state,
        "counts_as": row.counts_as,
        "category": row.category or request.category,
        "organisation": row.organisation or "",
        "due_at": row.due_at,
        "paused": row.paused,
        "closed_at": row.closed_at,
        "reason": row.reason,
        "first_answer_at": row.answered_at,
        "reopened": row.reopened,
        "joined_to": _number_of(row.joined_to),
    }
    spec = registry.case_type(request.type)
    category = spec.category(public["category"]) if spec else None
    if category is not None and category.private and not request.private:
        public |= {"private": True, "shown": False}
    was_shown = request.shown
    changed = [name for name, value in public.items() if getattr(request, name) != value]
    if changed:
        for name in changed:
            setattr(request, name, public[name])
        request.updated_at = clock.now()
        request.save(update_fields=[*changed, "updated_at"])
    if was_shown and not request.shown:
        withdrawing.withdraw(request)
    if "private" in changed:
        withdrawing.keep_photos_private(request)


def _number_of(case: str | None) -> str:
    """Of the request whose case it is."""
    if case is None:
        return ""
    found = models.Request.objects.filter(case=case).values_list("number", flat=True).first()
    return found or parse_urn(case).id


def _tell(request: models.Request, row: CaseRow, act: Act, key: str) -> None:
    state = {"vi": row.state_name_vi, "en": row.state_name_en or row.state_name_vi}
    text = str(act.detail.get("text", ""))
    if (
        act.what.startswith("transition:")
        or act.what == "ended_with"
        or (act.what == "taken" and act.detail.get("to_state"))
    ):
        ended = act.state == row.state and row.closed_at is not None
        reason = str(act.detail.get("reason", "")) if ended else ""
        telling.told(request, "ended" if ended else "moved", key, state=state, reason=reason)
    elif act.what == "replied":
        telling.told(request, "replied", key, text=text)
    elif act.what == "asked":
        telling.told(request, "asked", key, role="reporter", text=text)
    elif act.what in ("handed_on", "joined"):
        office = telling.office_name(row.organisation or "")
        handed = {"vi": "Chuyển đơn vị khác xử lý", "en": "Handed on to another office"}
        with_another = {"vi": "Xử lý chung với phản ánh trùng", "en": "Handled with another report of the same"}
        state = handed if act.what == "handed_on" else with_another
        telling.told(
            request, "moved", key, state=state, reason=office if act.what == "handed_on" else request.joined_to
        )

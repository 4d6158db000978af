"""Whom acts on cases are told to, and in which words. Sent by the notices; here only written down with the act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dinh.kernel.manifests import NoticeSpec, Text
from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.cases import domain, models
from dinh.spine.notices import api as notices
from dinh.spine.parties.api import Actor

KINDS: Final = (
    NoticeSpec(
        "case.assigned",
        Text("Được giao vụ việc", "A case was assigned to me"),
        Text("Giao cho bạn: {title}", "Assigned to you: {title}"),
        Text("{by} giao cho bạn vụ việc {number}. Hạn: {due}.", "{by} assigned {number} to you. Due: {due}."),
        ("inbox", "push"),
    ),
    NoticeSpec(
        "case.handed_on",
        Text("Vụ việc chuyển đến đơn vị", "A case was handed to my organisation"),
        Text("Chuyển đến đơn vị: {title}", "Handed to your organisation: {title}"),
        Text("Vụ việc {number} được chuyển đến đơn vị của bạn: {reason}", "{number} was handed to your organisation: {reason}"),
    ),
    NoticeSpec(
        "case.escalated",
        Text("Vụ việc quá hạn, chưa ai nhận", "A case is late or has no owner"),
        Text("Quá hạn (mức {level}): {title}", "Late (level {level}): {title}"),
        Text("Vụ việc {number} {because}. Hạn: {due}.", "{number} {because}. It was due: {due}."),
        ("inbox", "email", "push"),
    ),
    NoticeSpec(
        "case.asked",
        Text("Câu hỏi về việc tôi gửi", "A question about what I reported"),
        Text("Cần bạn bổ sung: {title}", "We need to know more: {title}"),
        Text("Về việc {number}, chúng tôi cần biết thêm: {text}", "About {number} we need to know: {text}"),
        ("inbox", "email", "push"),
    ),
    NoticeSpec(
        "case.answered",
        Text("Người gửi đã trả lời", "The requester answered"),
        Text("Đã trả lời: {title}", "Answered: {title}"),
        Text("Người gửi {number} đã trả lời: {text}", "The requester of {number} answered: {text}"),
        ("inbox", "push"),
    ),
    NoticeSpec(
        "case.replied",
        Text("Trả lời việc tôi gửi", "A reply to what I reported"),
        Text("Trả lời về: {title}", "A reply about: {title}"),
        Text("{number}: {text}", "{number}: {text}"),
        ("inbox", "email", "push"),
    ),
    NoticeSpec(
        "case.ended",
        Text("Việc tôi gửi đã kết thúc", "What I reported is ended"),
        Text("Đã kết thúc: {title}", "Ended: {title}"),
        Text("Việc {number} đã kết thúc: {state}. {reason}", "{number} is ended: {state}. {reason}"),
        ("inbox", "email", "push"),
    ),
    NoticeSpec(
        "case.reopened",
        Text("Việc được mở lại", "A case was reopened"),
        Text("Mở lại: {title}", "Reopened: {title}"),
        Text("{number} được {by} mở lại: {reason} Hạn mới: {due}.", "{number} was reopened by {by}: {reason} New deadline: {due}."),
        ("inbox", "push"),
    ),
    NoticeSpec(
        "case.joined",
        Text("Việc tôi gửi được ghép", "What I reported was joined to another"),
        Text("Đã ghép: {title}", "Joined: {title}"),
        Text(
            "Việc {number} trùng với {main} và được xử lý chung; bạn sẽ được báo khi xong.",
            "{number} is the same as {main} and is handled with it; you will hear when it is done.",
        ),
        ("inbox", "email"),
    ),
    NoticeSpec(
        "case.task",
        Text("Phần việc giao cho đơn vị", "A task for my organisation"),
        Text("Phần việc: {task}", "A task: {task}"),
        Text("Vụ việc {number} cần đơn vị của bạn: {task}. Hạn: {due}.", "{number} needs your organisation: {task}. Due: {due}."),
    ),
    NoticeSpec(
        "case.task_ended",
        Text("Phần việc đã có trả lời", "A task was answered"),
        Text("Đã trả lời phần việc: {task}", "A task was answered: {task}"),
        Text("{number}, phần việc {task}: {text}", "{number}, task {task}: {text}"),
    ),
)  # fmt: skip
REQUEST: Final = "urn:dinh:request:"
"""As requester: the case's public side, whoever stands behind it."""
BECAUSE: Final = {
    "no_owner": {"vi": "chưa có người nhận", "en": "has no owner"},
    "overdue": {"vi": "đã quá hạn xử lý", "en": "is past its deadline"},
}


def _tell(
    kind: str, case: models.Case, to: Iterable[str], key: str, emergency: bool | None = None, **more: Any
) -> None:
    # What a request of the public is told about it, the requests tell: they know its followers and its page.
    whom = [urn for urn in dict.fromkeys(to) if urn and not urn.startswith(REQUEST)]
    if not whom:
        return
    number = domain.number_text(case.number)
    params: Mapping[str, Any] = {
        "number": number,
        "title": {"vi": case.title, "en": case.title_en or case.title},
        "due": {language: format_moment(case.due_at, language) for language in ("vi", "en")},
        **more,
    }
    notices.notify(
        f"case.{kind}",
        to=whom,
        key=f"{domain.urn_of(case.number)}#{key}",
        about=domain.urn_of(case.number),
        params=params,
        emergency=emergency,
    )


def assigned(case: models.Case, *, by: Actor) -> None:
    if case.owner != by.urn:
        _tell("assigned", case, [case.owner], f"assigned:{case.version}", by=by.name)


def handed_on(case: models.Case, reason: str) -> None:
    from dinh.spine.cases import escalation
    from dinh.spine.cases.checks import moment_for

    to = escalation.recipients(case, "duty", moment_for(case))
    _tell("handed_on", case, to, f"handed_on:{case.version}", reason=reason)


def escalated(case: models.Case, to: Iterable[str], *, because: str, level: int) -> None:
    loud = True if case.severity == "critical" else None
    _tell("escalated", case, to, f"escalated:{case.version}", loud, because=BECAUSE[because], level=level)


def asked(case: models.Case, question: models.Question) -> None:
    _tell("asked", case, [case.requester], f"asked:{question.number}", text=question.text)


def answered(case: models.Case, question: models.Question) -> None:
    to = {case.owner, question.asked_by} - {question.answered_by}
    _tell("answered", case, sorted(to), f"answered:{question.number}", text=question.answer)


def replied(case: models.Case, text: str, version: int) -> None:
    _tell("replied", case, [case.requester], f"replied:{version}", text=text)


def ended(case: models.Case, reason: str) -> None:
    state = domain.Machine.of(case.type).state(case.state)
    name = {"vi": state.name.vi, "en": state.name.en} if state else case.state
    _tell("ended", case, [case.requester], f"ended:{case.version}", state=name, reason=reason)


def reopened(case: models.Case, *, by: Actor, reason: str) -> None:
    """To whoever has it, else to whoever is on duty where it lies."""
    from dinh.spine.cases import escalation
    from dinh.spine.cases.checks import moment_for

    to = [case.owner] if case.owner else escalation.recipients(case, "duty", moment_for(case))
    whom = [urn for urn in to if urn != by.urn]
    _tell("reopened", case, whom, f"reopened:{case.version}", by=by.name or by.urn, reason=reason)


def joined(case: models.Case, main: models.Case) -> None:
    _tell("joined", case, [case.requester], f"joined:{case.version}", main=domain.number_text(main.number))


def task_added(case: models.Case, task: models.Task) -> None:
    due = {language: format_moment(task.due_at, language) for language in ("vi", "en")}
    _tell("task", case, [task.organisation], f"task:{task.number}", task=task.title, due=due)


def task_ended(case: models.Case, task: models.Task) -> None:
    to = {case.owner, task.asked_by} - {task.ended_by}
    _tell("task_ended", case, sorted(to), f"task_ended:{task.number}", task=task.title, text=task.answer)

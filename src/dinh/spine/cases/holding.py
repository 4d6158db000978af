"""What cases hold of a person: what they asked for with their words, and what they did as an official."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.models import F, Q

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Text, registry
from dinh.spine.cases import domain, models
from dinh.spine.cases.checks import moment_for
from dinh.spine.cases.opening import search_text
from dinh.spine.cases.recording import WORDS, record
from dinh.spine.files import api as files
from dinh.spine.files.api import FileRow
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.spine.parties.api import personal as register
from dinh.spine.places import api as places

SAID: Final = frozenset({"opened", "described", "asked", "answered", "replied", "attached"})
"""Acts whose words come from the requester or go to them, or name their papers."""
REQUESTED: Final = Text("Lời, trường thông tin của việc bạn gửi", "Words and fields of what you reported")
DONE: Final = Text("Việc bạn đã làm trên vụ việc với tư cách cán bộ", "What you did on cases as an official")
OWNED: Final = Text("Vụ việc đang mở mà bạn nhận", "Open cases that you own")
NUMBERS: Final = Text("Số, loại, thời hạn của việc bạn gửi", "Number, kind and times of what you reported")
BY_LAW: Final = Text(
    "Hồ sơ công việc phải giữ theo pháp luật về lưu trữ; tên bạn được thay bằng tên cơ quan.",
    "Records of work stay by the law on archives; the name of the office stands in the place of yours.",
)
OF_THE_OFFICE: Final = Text(
    "Cơ quan phải chứng minh được mình đã làm gì và khi nào; không còn lời nào của bạn hay về bạn.",
    "The office must be able to prove what it did and when; no words of yours or about you are left.",
)


def _requested(person: str) -> Sequence[models.Case]:
    return list(models.Case.objects.filter(requester=person).order_by("number"))


# --- the copy ------------------------------------------------------------------------


def export(person: str) -> Sequence[register.Section]:
    requested = _requested(person)
    return (
        register.Section(
            "requested",
            Text("Việc bạn đã gửi", "What you reported"),
            {
                "number": Text("Số", "Number"),
                "kind": Text("Loại", "Kind"),
                "title": Text("Tiêu đề", "Title"),
                "fields": Text("Thông tin", "Fields"),
                "state": Text("Trạng thái", "State"),
                "place": Text("Địa điểm", "Place"),
                "opened_at": Text("Gửi lúc", "Opened at"),
                "closed_at": Text("Kết thúc lúc", "Ended at"),
                "reason": Text("Kết quả", "Outcome"),
            },
            [
                {
                    "number": domain.number_text(case.number),
                    "kind": _kind(case.type),
                    "title": case.title,
                    "fields": case.fields,
                    "state": case.state,
                    "place": case.place,
                    "opened_at": case.opened_at,
                    "closed_at": case.closed_at,
                    "reason": case.reason,
                }
                for case in requested
            ],
        ),
        register.Section(
            "talk",
            Text("Hỏi và trả lời", "Questions, answers and replies"),
            {
                "number": Text("Số", "Number"),
                "at": Text("Lúc", "At"),
                "what": Text("Việc", "What"),
                "text": Text("Lời", "Words"),
                "entry": Text("Dòng sổ cái", "Entry of the ledger"),
            },
            [
                {
                    "number": domain.number_text(act.case.number),
                    "at": act.at,
                    "what": act.what,
                    "text": act.detail.get("text", ""),
                    "entry": act.ledger_index,
                }
                for act in models.Act.objects.filter(
                    case__in=[case.pk for case in requested], what__in=("asked", "answered", "replied")
                )
                .select_related("case")
                .order_by("case__number", "version")
            ],
        ),
        register.Section(
            "acts",
            Text("Việc bạn đã làm trên vụ việc", "What you did on cases"),
            {
                "number": Text("Số", "Number"),
                "at": Text("Lúc", "At"),
                "what": Text("Việc", "What"),
                "text": Text("Lời", "Words"),
                "entry": Text("Dòng sổ cái", "Entry of the ledger"),
            },
            [
                {
                    "number": domain.number_text(act.case.number),
                    "at": act.at,
                    "what": act.what,
                    "text": act.detail.get("text") or act.detail.get("note") or act.detail.get("reason") or "",
                    "entry": act.ledger_index,
                }
                for act in models.Act.objects.filter(by=person).select_related("case").order_by("at", "pk")
            ],
        ),
    )


def _kind(type: str) -> Text:
    spec = registry.case_type(type)
    return spec.name if spec else Text(type, type)


# --- what would go, and erasing it ---------------------------------------------------


def outlook(person: str) -> register.Outcome:
    requested = models.Case.objects.filter(requester=person).count()
    done = models.Act.objects.filter(by=person).exclude(case__requester=F("by")).count()
    return register.Outcome(
        gone=(
            register.Counted(REQUESTED, requested),
            register.Counted(OWNED, models.Case.objects.filter(owner=person, final=False).count()),
        ),
        kept=(
            register.Counted(NUMBERS, requested, OF_THE_OFFICE),
            register.Counted(DONE, done, BY_LAW),
        ),
    )


def erase(person: str, by: str) -> register.Outcome:
    outcome = outlook(person)
    told = _told_of(person)
    # All rows first and the ledger last: whoever acts on one of these cases locks it before joining the ledger's line.
    list(models.Case.objects.select_for_update().filter(Q(requester=person) | Q(owner=person)).order_by("number"))
    erased = {domain.urn_of(case.number): _erase_words(case, person, told) for case in _requested(person)}
    notices.forget_about(list(erased))
    models.Act.objects.filter(by=person).update(by_name=register.office_name(person))
    models.Task.objects.filter(owner=person, state="open").update(owner="")
    models.Shift.objects.filter(person=person, ends_at__gt=clock.now()).delete()
    for urn, entries in erased.items():
        if entries:
            ledger.record_erasure(urn, entries=entries, by=by)
    _let_go(person)
    return outcome


def _told_of(person: str) -> Callable[[Any], bool]:
    """Whether a value holds the person's name or address, as whole words."""
    row = parties.parties([person]).get(person)
    known = [word for word in ((row.name_vi, row.email) if row else ()) if word]
    if not known:
        return lambda _value: False
    found = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in known), re.IGNORECASE)
    return lambda value: bool(found.search(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))


def _erase_words(case: models.Case, person: str, told: Callable[[Any], bool]) -> Sequence[int]:
    """The words and the salts of their commitments; which entries of the ledger spoke of them."""
    erased = []
    for act in models.Act.objects.filter(case=case).order_by("version"):
        words = {name: value for name, value in act.detail.items() if name in WORDS}
        own = act.what in SAID or act.by == person
        changed = []
        if words and act.salt and (own or told(words)):
            act.detail = {name: value for name, value in act.detail.items() if name not in WORDS}
            act.salt = ""
            erased.append(act.ledger_index)
            changed += ["detail", "salt"]
        if act.reason and (own or told(act.reason)):
            act.reason = ""
            changed.append("reason")
        if changed:
            act.save(update_fields=changed)
    models.Question.objects.filter(case=case).update(text="–", answer="")
    for task in models.Task.objects.filter(case=case):
        if told(task.title) or told(task.answer):
            task.title, task.answer = "–", ""
            task.save(update_fields=["title", "answer"])
    name = _kind(case.type)
    case.title, case.title_en, case.fields = name.vi, name.en, {}
    case.reason = "" if told(case.reason) else case.reason
    try:
        ground = places.place(case.place) if case.place else None
    except DinhError:
        ground = None
    case.search = search_text(case.number, case.title, case.title_en, ground, {})
    case.save(update_fields=["title", "title_en", "fields", "reason", "search"])
    return erased


def _let_go(person: str) -> None:
    """Nobody may wait for somebody who is not there any more."""
    for case in models.Case.objects.filter(owner=person, final=False).order_by("number"):
        case.owner, case.level, case.escalate_at = "", 0, None
        record(case, what="owner_left", kind="owner_left", by=SYSTEM, at=moment_for(case), detail={"from": person})


def personal_files(person: str) -> Sequence[FileRow]:
    """Papers of what the person reported, whoever gave them."""
    about = files.files_of_each(domain.urn_of(case.number) for case in _requested(person))
    return [file for found in about.values() for file in found if file.personal]


HOLDER: Final = register.Holder("cases", Text("Vụ việc", "Cases"), export, outlook, erase, "case", personal_files)

"""The desk: every document looked at, all defects told at once, a decision with its reason.

Who returns a dossier a second time has to say why the defect was not seen the first time; how often that happens is in the
figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import api as cases
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import paying, recording, telling
from dinh.systems.public_services.domain import rules, states
from dinh.systems.public_services.domain.procedures import Document, Procedure
from dinh.systems.public_services.queries import versions
from dinh.web import schema_forms

DOCUMENT, FIELD, OTHER = "document", "field", "other"
MOST_FINDINGS: Final = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What an official found: `good`, or a defect with its remedy."""

    about: str
    target: str
    good: bool
    what: str = ""
    remedy: str = ""


def procedure_of(dossier: models.Dossier) -> Procedure:
    return versions.procedure_at(dossier.procedure, dossier.version)


@transaction.atomic
def take(dossier: models.Dossier, *, by: Actor, version: int | None = None) -> None:
    row = recording.locked(dossier)
    case = cases.take(row.case, by=by, version=version)
    recording.mirror(row, case)
    recording.record(row, "taken", by=by)


@transaction.atomic
def save_findings(dossier: models.Dossier, found: Sequence[Found], *, by: Actor) -> None:
    """In the place of those that were not sent yet. Raises Invalid `services.defect`, `services.target`, Conflict
    `services.not_at_the_desk`."""
    row = recording.locked(dossier)
    _require_mine(row, by)
    procedure = procedure_of(row)
    if len(found) > MOST_FINDINGS:
        raise Invalid("services.findings", "{n} findings are enough for one dossier", n=MOST_FINDINGS)
    for one in found:
        _check(one, procedure)
    row.findings.filter(sent__isnull=True).delete()
    now = clock.now()
    models.Finding.objects.bulk_create(
        models.Finding(
            dossier=row, about=one.about, target=one.target, good=one.good, what=nfc(one.what)[:1000],
            remedy=nfc(one.remedy)[:1000], by=by.urn, at=now,
        )
        for one in found
    )  # fmt: skip


def _check(one: Found, procedure: Procedure) -> None:
    known = {
        DOCUMENT: {document.code for document in procedure.documents},
        FIELD: set(procedure.form.get("properties", {})),
        OTHER: {""},
    }
    if one.target not in known.get(one.about, set()):
        raise Invalid("services.target", "'{target}' is nothing that can be found fault with", target=one.target[:80])
    if not one.good and not (one.what.strip() and one.remedy.strip()):
        raise Invalid("services.defect", "a defect needs both: what is wrong, and what the applicant has to do")


def _require_mine(row: models.Dossier, by: Actor) -> None:
    """The official who has it, while it lies at the desk."""
    case = cases.case(row.case)
    if not cases.may_act(case, "cases.act", actor=by):
        from dinh.spine.parties import api as parties

        parties.require(by, "cases.act", place=case.place)
    if row.state not in (states.SUBMITTED, states.PROCESSING):
        raise Conflict("services.not_at_the_desk", "dossier {number} is not at the desk now", number=row.number)
    if case.owner != by.urn:
        raise _not_taken(row)


def _not_taken(row: models.Dossier) -> Conflict:
    return Conflict(
        "services.take_first", "take dossier {number} first: it has another owner, or none", number=row.number
    )


@transaction.atomic
def send_back(dossier: models.Dossier, *, by: Actor, why_again: str = "") -> models.Return:
    """All defects together. Raises Conflict `services.nothing_found`, `services.unchecked`, Invalid `services.why_again`."""
    row = recording.locked(dossier)
    _require_mine(row, by)
    procedure = procedure_of(row)
    _require_all_checked(row, procedure)
    defects = list(row.findings.filter(sent__isnull=True, good=False).order_by("pk"))
    if not defects:
        raise Conflict("services.nothing_found", "no defect is written down; there is nothing to return it for")
    why_again = nfc(why_again)[:1000]
    if row.returns and len(why_again) < 10:
        raise Invalid(
            "services.why_again",
            "this dossier was returned before; write why these defects were not seen the first time",
        )
    text = "\n".join(f"{number}. {one.what} → {one.remedy}" for number, one in enumerate(defects, start=1))
    cases.ask(row.case, text=text[:9000], by=by, tell=False)
    row.returns += 1
    sent = models.Return.objects.create(
        dossier=row,
        number=row.returns,
        at=clock.now(),
        by=by.urn,
        by_name=by.name[:200],
        why_again=why_again if row.returns > 1 else "",
        question=cases.questions(row.case)[-1].number,
    )
    row.findings.filter(pk__in=[one.pk for one in defects]).update(sent=sent)
    recording.step(row, "return", by=by)
    recording.record(
        row, "returned", by=by, detail={"round": row.returns, "defects": len(defects)},
        sealed={"defects": text, "why_again": why_again},
    )  # fmt: skip
    telling.tell(row, procedure, "returned", key=f"returned:{row.returns}", count=len(defects))
    return sent


def _require_all_checked(row: models.Dossier, procedure: Procedure) -> None:
    checked = set(row.findings.filter(sent__isnull=True, about=DOCUMENT).values_list("target", flat=True))
    held = set(attached(row).values_list("document", flat=True))
    left = [
        one.name.vi
        for one in rules.documents_for(procedure, row.values)
        if one.code not in checked and (one.required or one.code in held)
    ]
    if left:
        raise Conflict(
            "services.unchecked",
            "look at every document first, so that all defects are told at once; not looked at: {names}",
            names="; ".join(left),
        )


def correct(dossier: models.Dossier, values: Mapping[str, Any], *, explained: str = "") -> None:
    """By the applicant: new answers to what was found fault with; new files are attached before, and answers that bring documents
    which nobody attached yet are kept until then. Raises Conflict `services.nothing_asked`, `services.not_corrected`,
    `services.documents_brought`; Invalid `services.incomplete`."""
    _keep_answers(dossier, values)
    _take_answers(dossier, values, explained)


@transaction.atomic
def _keep_answers(dossier: models.Dossier, values: Mapping[str, Any]) -> None:
    row = recording.locked(dossier)
    sent = open_return(row)
    if sent is not None:
        editable = editable_names(row, procedure_of(row), values)
        sent.answers = {name: value for name, value in values.items() if name in editable}
        sent.save(update_fields=["answers"])


@transaction.atomic
def _take_answers(dossier: models.Dossier, values: Mapping[str, Any], explained: str) -> None:
    row = recording.locked(dossier)
    sent = open_return(row)
    if sent is None:
        raise Conflict("services.nothing_asked", "nothing is asked of dossier {number} now", number=row.number)
    procedure = procedure_of(row)
    editable = editable_names(row, procedure, values)
    merged = {**row.values, **{name: value for name, value in values.items() if name in editable}}
    counted = schema_forms.pruned(procedure.form, merged)
    faults = schema_forms.faults_of(procedure.form, counted)
    if faults:
        raise Invalid(
            "services.incomplete", "the dossier is not complete yet; what is missing stands on its pages", fields=faults
        )
    explained = nfc(explained)[:1000]
    left = uncorrected(row, sent, counted)
    if left and len(explained) < 5:
        raise Conflict(
            "services.not_corrected",
            "this is still as it was: {names}; change it, or explain why it is right",
            names="; ".join(one.what[:80] for one in left),
        )
    held = set(attached(row).values_list("document", flat=True))
    lacking = [one.name.vi for one in documents_brought(row, sent, procedure) if one.required and one.code not in held]
    if lacking:
        raise Conflict(
            "services.documents_brought",
            "with these answers the dossier needs: {names}; attach it on this page, then send the completion",
            names="; ".join(lacking),
        )
    row.values = counted
    now = clock.now()
    sent.corrected_at, sent.answers = now, {}
    sent.save()
    sent.findings.update(corrected_at=now)
    # What a changed document was found to be earlier says nothing any more.
    for one in sent.findings.all():
        row.findings.filter(sent__isnull=True, about=one.about, target=one.target).delete()
    recording.answer(row, sent.question, explained or "Đã bổ sung")
    recording.step(row, "correct", by=SYSTEM)
    recording.record(
        row, "corrected", by=recording.APPLICANT, detail={"round": sent.number},
        sealed={"values": row.values, "explained": explained},
    )  # fmt: skip
    paying.reckon_again(row, procedure, by=SYSTEM)


def open_return(row: models.Dossier) -> models.Return | None:
    if row.state != states.RETURNED:
        return None
    return row.sent_back.filter(corrected_at__isnull=True).order_by("number").last()


def attached(row: models.Dossier) -> QuerySet[models.Attachment]:
    return models.Attachment.objects.filter(dossier=row.pk, dropped_at__isnull=True)


def documents_brought(row: models.Dossier, sent: models.Return, procedure: Procedure) -> list[Document]:
    """Those that are asked with the new answers, and were not with the old ones."""
    before = {one.code for one in rules.documents_for(procedure, row.values)}
    after = rules.documents_for(procedure, {**row.values, **sent.answers})
    return [one for one in after if one.code not in before]


def documents_asked(row: models.Dossier, sent: models.Return, procedure: Procedure) -> frozenset[str]:
    """Codes of what takes new files: found fault with, or brought by the new answers."""
    faulty = sent.findings.filter(about=DOCUMENT).values_list("target", flat=True)
    return frozenset(faulty) | {one.code for one in documents_brought(row, sent, procedure)}


def editable_names(row: models.Dossier, procedure: Procedure, values: Mapping[str, Any]) -> frozenset[str]:
    """What was asked, and what becomes needed by the answers to it."""
    sent = open_return(row)
    if sent is None:
        return frozenset()
    asked = {one.target for one in sent.findings.all() if one.about == FIELD}
    merged = {**row.values, **{name: value for name, value in values.items() if name in asked}}
    counted = schema_forms.pruned(procedure.form, merged)
    follow = {name.partition("-")[0] for name in schema_forms.faults_of(procedure.form, counted)}
    appeared = schema_forms.shown(procedure.form, merged) - schema_forms.shown(procedure.form, row.values)
    return frozenset(asked | (follow - {"*"}) | appeared)


def uncorrected(row: models.Dossier, sent: models.Return, values: Mapping[str, Any]) -> list[models.Finding]:
    """Defects whose field or document is as it was when the dossier was returned."""
    fresh = set(attached(row).filter(added_at__gte=sent.at).values_list("document", flat=True))
    return [
        one
        for one in sent.findings.all()
        if (one.about == DOCUMENT and one.target not in fresh)
        or (one.about == FIELD and values.get(one.target) == row.values.get(one.target))
    ]


def require_decidable(dossier: models.Dossier, fields: Mapping[str, str], *, by: Actor) -> Mapping[str, str]:
    """What a result needs, checked before it is drawn. Raises Conflict `services.*`, Invalid `services.result_fields`."""
    _require_mine(dossier, by)
    procedure = procedure_of(dossier)
    if dossier.state != states.PROCESSING:
        raise _not_taken(dossier)
    _require_all_checked(dossier, procedure)
    if dossier.findings.filter(sent__isnull=True, good=False).exists():
        raise Conflict("services.defects_open", "defects are written down; return the dossier, or take them out")
    if dossier.fee and dossier.fee_state not in ("paid", "waived"):
        raise Conflict("services.fee_open", "the fee is not paid yet; wait for it, or waive it with a reason")
    left = sum(task.state == "open" for task in cases.tasks(dossier.case))
    if left:
        raise Conflict(
            "services.tasks_open",
            "{number} still waits for {count} tasks of other departments; withdraw them or wait for their answers",
            number=dossier.number,
            count=left,
        )
    told = {one.code: nfc(str(fields.get(one.code, "")))[: one.most] for one in procedure.output.fields}
    missing = [one.name.vi for one in procedure.output.fields if one.required and not told[one.code]]
    if missing:
        raise Invalid("services.result_fields", "the result needs: {names}", names="; ".join(missing))
    return {code: value for code, value in told.items() if value}


@transaction.atomic
def refuse(dossier: models.Dossier, *, reason: str, by: Actor) -> None:
    """By whoever has it; also while it waits for an applicant who never completes it. Raises Conflict, Invalid `services.reason`."""
    row = recording.locked(dossier)
    reason = nfc(reason)
    if len(reason) < 10:
        raise Invalid("services.reason", "write the reason, with the legal ground where there is one")
    if cases.case(row.case).owner != by.urn:
        raise _not_taken(row)
    recording.step(row, "refuse", by=by, reason=reason)
    row.reason = reason[:2000]
    if row.fee_state == "due":
        row.fee_state = "none"
    recording.record(row, "refused", by=by, sealed={"reason": reason})
    procedure = procedure_of(row)
    if procedure.fee is not None and procedure.fee.refundable:
        for counted in list(row.payments.filter(counts=True)):
            paying.refund(row, counted, reason="Hồ sơ bị từ chối", by=by)
    telling.tell(row, procedure, "refused", key="refused", reason=reason[:300])


def follow_case(urn: str) -> None:
    """Something was done to the case elsewhere: the dossier stands as it does."""
    with transaction.atomic():
        row = models.Dossier.objects.select_for_update().filter(case=urn).first()
        if row is not None:
            recording.mirror(row)
            row.save()

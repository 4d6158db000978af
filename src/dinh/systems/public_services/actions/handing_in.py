"""Handing in: complete, then in the journal and numbered, then a dossier with a case of its own. The same draft is handed
in once, however often it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.manifests import Text
from dinh.spine.cases import api as cases
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.api import Receipt, Submission, SubmissionKind
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import drafts, offices, paying, recording, telling
from dinh.systems.public_services.domain import folders, rules, states
from dinh.systems.public_services.models.dossiers import COUNTER, SELF
from dinh.systems.public_services.queries import versions
from dinh.web import schema_forms

KIND: Final = "dossier"
COPIED: Final = (
    "person", "name", "email", "phone", "acting", "acting_for", "place", "channel", "taken_in_by", "language", "simulated",
    "salt", "code_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lacking:
    """What keeps a draft from being handed in: faults by field, documents without a file, what is missing of the applicant."""

    fields: Mapping[str, str]
    documents: Sequence[str]
    applicant: bool

    @property
    def nothing(self) -> bool:
        return not self.fields and not self.documents and not self.applicant


def lacking(draft: models.Draft) -> Lacking:
    """At the counter a dossier is taken in although papers are missing: its receipt names them."""
    procedure = folders.procedure(draft.procedure)
    values = schema_forms.pruned(procedure.form, draft.values)
    held = set(
        models.Attachment.objects.filter(dossier=draft.pk, dropped_at__isnull=True).values_list("document", flat=True)
    )
    missing = [one.code for one in rules.documents_for(procedure, values) if one.required and one.code not in held]
    return Lacking(
        fields=drafts.problems(procedure, draft.values),
        documents=[] if draft.channel == COUNTER else missing,
        applicant=not draft.name or not telling.addresses(draft) or (draft.acting != SELF and not draft.acting_for),
    )


def hand_in(draft: models.Draft) -> Receipt:
    """Returns once it is on the disk. Raises Invalid `services.incomplete`; SourceUnavailable `submissions.disk`."""
    there = submissions.of(draft.pk)
    if there is None and not lacking(draft).nothing:
        raise Invalid("services.incomplete", "the dossier is not complete yet; what is missing stands on its pages")
    procedure = folders.procedure(draft.procedure)
    payload = {
        "procedure": procedure.slug,
        "version": procedure.version,
        "prefix": offices.code_for(procedure, draft.place),
        "values": schema_forms.pruned(procedure.form, draft.values),
        **{name: getattr(draft, name) for name in COPIED},
    }
    versions.keep(procedure)
    receipt = submissions.accept(KIND, id=draft.pk, payload=payload, language=draft.language)
    models.Draft.objects.filter(pk=draft.pk, handed_in_at__isnull=True).update(handed_in_at=receipt.at)
    return receipt


def hand_in_at_once(draft: models.Draft) -> models.Dossier:
    """And is worked off here and now: at the counter a receipt is printed while the person waits."""
    receipt = hand_in(draft)
    there = models.Dossier.objects.filter(pk=draft.pk).first()
    if there is not None:
        return there
    procedure = folders.procedure(draft.procedure)
    payload = {
        "procedure": procedure.slug, "version": procedure.version, "values": schema_forms.pruned(procedure.form, draft.values),
        **{name: getattr(draft, name) for name in COPIED},
    }  # fmt: skip
    with suppress(IntegrityError), transaction.atomic():  # the worker may have been quicker
        work(Submission(draft.pk, receipt.number, KIND, receipt.at, payload, language=draft.language), None)
    return models.Dossier.objects.get(pk=draft.pk)


def work(submission: Submission, prepared: Any) -> str:
    """What the worker does with a submission; done already, it gives the dossier that is there."""
    there = models.Dossier.objects.filter(pk=submission.id).first()
    if there is not None:
        return there.urn
    told = submission.payload
    procedure = versions.procedure_at(told["procedure"], told["version"])
    place = offices.place_for(procedure, told["place"])
    dossier = models.Dossier(
        id=submission.id,
        number=submission.number,
        procedure=procedure.slug,
        version=told["version"],
        kind=procedure.kind,
        values=dict(told["values"]),
        office_place=place,
        handed_in_at=submission.at,
        state=states.SUBMITTED,
        seal=secrets.token_hex(16),
        **{name: told[name] for name in COPIED},
    )
    span = rules.deadline_for(procedure, dossier.values)
    row = cases.open_case(
        type=states.type_of(span),
        title=f"{procedure.name.vi} · {submission.number}",
        title_en=f"{procedure.name.en} · {submission.number}",
        by=SYSTEM,
        place=place,
        organisation=offices.organisation_for(procedure, span),
        requester=next(iter(telling.addresses(dossier)), None),
        simulated=dossier.simulated,
        key=f"dossier:{submission.id}",
        category=states.category_code(procedure, span),
    )
    dossier.case = row.urn
    recording.mirror(dossier, row)
    reckoned = rules.fee_for(procedure, dossier.values, counter=dossier.channel == COUNTER)
    dossier.fee = reckoned.amount
    if reckoned.exemption is not None:
        dossier.fee_state, dossier.fee_reason = "exempt", reckoned.exemption.name.vi
    dossier.save(force_insert=True)  # whoever was quicker holds: nothing of theirs is written over
    models.Draft.objects.filter(pk=dossier.pk, handed_in_at__isnull=True).update(handed_in_at=submission.at)
    documents = _documents(dossier)
    by = Actor(dossier.taken_in_by, "") if dossier.channel == COUNTER else recording.APPLICANT
    recording.record(
        dossier, "received", by=by, at=submission.at,
        detail={"channel": dossier.channel, "kind": dossier.kind, "version": dossier.version},
        sealed={"values": dossier.values, "documents": documents},
    )  # fmt: skip
    telling.tell(dossier, procedure, "received", key="received")
    if reckoned.amount and procedure.fee is not None and procedure.fee.due == "at_once":
        paying.ask(dossier, procedure, by=SYSTEM)
    return dossier.urn


def _documents(dossier: models.Dossier) -> list[list[str]]:
    rows = models.Attachment.objects.filter(dossier=dossier.pk, dropped_at__isnull=True).order_by("pk")
    return [[row.document, row.file] for row in rows]


def office_of(payload: Mapping[str, Any]) -> str:
    return str(payload["prefix"])


SUBMISSION: Final = SubmissionKind(
    code=KIND, name=Text("Hồ sơ thủ tục hành chính", "Dossier"), prefix="H00", work=work, prefix_of=office_of
)


def withdraw(dossier: models.Dossier) -> None:
    """By the applicant, while nothing is decided. Raises Conflict `services.over`."""
    with transaction.atomic():
        row = recording.locked(dossier)
        if row.ended_at is not None:
            raise Conflict("services.over", "dossier {number} is ended; nothing can be taken back", number=row.number)
        recording.step(row, "withdraw", by=SYSTEM, reason="Người nộp rút hồ sơ")
        recording.record(row, "withdrawn", by=recording.APPLICANT)
        procedure = versions.procedure_at(row.procedure, row.version)
        if row.fee_state == "due":
            row.fee_state = "none"
            row.save(update_fields=["fee_state"])
        if procedure.fee is not None and procedure.fee.refundable and row.taken_up_at is None:
            for counted in list(row.payments.filter(counts=True)):
                paying.refund(row, counted, reason="Người nộp rút hồ sơ trước khi được xử lý", by=SYSTEM)


def tidy() -> None:
    """Drafts that are over go with their files; of those that became dossiers the copy goes."""
    now = clock.now()
    over = models.Draft.objects.filter(handed_in_at__isnull=True, expires_at__lt=now)
    for row in over.order_by("expires_at")[:200]:
        with transaction.atomic():
            drafts.erase(row, by=SYSTEM.urn, reason="the draft was not handed in within its time")
    became = models.Draft.objects.filter(handed_in_at__isnull=False)
    done = models.Dossier.objects.filter(pk__in=became.values("pk")).values_list("pk", flat=True)
    models.Draft.objects.filter(pk__in=list(done[:500])).delete()

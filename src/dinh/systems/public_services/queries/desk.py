"""The desk's lists: dossiers that the official's roles reach, counted by where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from dinh.kernel import clock
from dinh.kernel.masking import masked_name
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseQuery, CaseRow
from dinh.spine.files import api as files
from dinh.spine.parties.api import Actor
from dinh.systems.public_services import models
from dinh.systems.public_services.domain import codes, rules, states
from dinh.systems.public_services.domain.procedures import Document, Procedure
from dinh.systems.public_services.queries import progress
from dinh.systems.public_services.queries.access import Codes
from dinh.systems.public_services.queries.progress import Public

SIZE: Final = 50
QUEUES: Final = ("all", "mine", "unowned", "due_soon", "overdue")


@dataclass(frozen=True, slots=True)
class DeskRow:
    dossier: Public
    id: str
    applicant: str
    """Masked."""
    case: CaseRow


@dataclass(frozen=True, slots=True)
class DeskPage:
    rows: Sequence[DeskRow]
    total: int
    counts: Mapping[str, int]


def page(
    *, actor: Actor, queue: str = "all", kind: str = "", text: str = "", ended: bool = False, offset: int = 0
) -> DeskPage:
    """By the scope of cases: what the inbox of cases shows of this kind, in the same order."""
    found = cases.cases(
        CaseQuery(
            queue=queue if queue in QUEUES else "all",
            states=("done", "rejected") if ended else ("open", "waiting"),
            text=text,
            types=(kind,) if kind in states.TYPES else states.TYPES,
            order="-opened_at" if ended else "due_at",
            offset=offset,
            limit=SIZE,
        ),
        actor=actor,
    )
    held = {row.case: row for row in models.Dossier.objects.filter(case__in=[row.urn for row in found.rows])}
    present = [row for row in found.rows if row.urn in held]
    public = progress.shown([held[row.urn] for row in present])
    return DeskPage(
        [
            DeskRow(seen, str(held[row.urn].pk), masked_name(held[row.urn].name), row)
            for row, seen in zip(present, public, strict=True)
        ],
        found.total,
        found.counts,
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is asked for, its files, and what was found of it."""

    document: Document
    files: Sequence[models.Attachment]
    finding: models.Finding | None
    earlier: Sequence[models.Finding]


def papers(row: models.Dossier, procedure: Procedure) -> Sequence[Paper]:
    held = list(models.Attachment.objects.filter(dossier=row.pk, dropped_at__isnull=True).order_by("pk"))
    found = list(row.findings.filter(about="document").order_by("pk"))
    asked = rules.documents_for(procedure, row.values)
    extra = [one for one in procedure.documents if one not in asked and any(file.document == one.code for file in held)]
    return [
        Paper(
            one,
            [file for file in held if file.document == one.code],
            next((finding for finding in found if finding.target == one.code and finding.sent_id is None), None),
            [finding for finding in found if finding.target == one.code and finding.sent_id is not None],
        )
        for one in (*asked, *extra)
    ]


def files_kept(row: models.Dossier | models.Draft) -> Mapping[str, files.FileRow]:
    """By URN, to tell which of them are held back or erased."""
    return {file.urn: file for file in files.files_of(f"urn:dinh:dossier:{row.pk}")}


def mine(actor: Actor, *, limit: int = 100) -> tuple[Sequence[models.Draft], Sequence[models.Dossier]]:
    """What a signed-in person is filling in, and what was handed in, newest first."""
    if not actor.urn or actor.permissions is not None:
        return (), ()
    drafts = models.Draft.objects.filter(
        person=actor.urn, handed_in_at__isnull=True, expires_at__gt=clock.now()
    ).order_by("-saved_at")  # fmt: skip
    dossiers = models.Dossier.objects.filter(Q(person=actor.urn)).order_by("-handed_in_at")
    return list(drafts[:limit]), list(dossiers[:limit])


def counter_drafts(actor: Actor) -> Sequence[models.Draft]:
    """What this official has begun at the counter and not finished."""
    found = models.Draft.objects.filter(taken_in_by=actor.urn, handed_in_at__isnull=True, expires_at__gt=clock.now())
    return list(found.order_by("-saved_at")[:50])


def opened_by(held: Codes) -> tuple[Sequence[models.Draft], Sequence[models.Dossier]]:
    """What a browser can open by the codes that it holds."""
    hashes = [codes.hashed(code) for code in held.values()]
    begun = models.Draft.objects.filter(code_hash__in=hashes, handed_in_at__isnull=True, expires_at__gt=clock.now())
    return list(begun.order_by("-saved_at")), list(
        models.Dossier.objects.filter(code_hash__in=hashes).order_by("-handed_in_at")
    )


def named(rows: Sequence[models.Dossier]) -> Sequence[tuple[models.Dossier, Public]]:
    return list(zip(rows, progress.shown(rows), strict=True))

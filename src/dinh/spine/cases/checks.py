"""What every act on a case makes sure of first."""

from __future__ import annotations

from datetime import datetime

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, Phrase, Refused
from dinh.kernel.manifests import CaseTypeSpec, registry
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import domain, models
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties.api import Actor

HARMLESS = (
    "commented",
    "escalated",
    "attached",
    "described",
    "deadline",
    "replied",
    "duplicate_joined",
    "duplicate_split",
)
"""Acts that leave the ground of a decision as it was."""
LONGEST_TEXT = 10_000
LONGEST_TITLE = 300


def moment_for(case: models.Case) -> datetime:
    """The present moment, never before the case's last act, whatever this machine's clock says."""
    last = models.Act.objects.filter(case=case, until__isnull=True).values_list("at", flat=True).first()
    now = clock.now()
    return max(now, last) if last else now


def checked_text(text: str) -> str:
    """NFC, with its line breaks."""
    lines = (nfc(line) for line in text.strip().splitlines())
    joined = "\n".join(lines).strip()
    if len(joined) > LONGEST_TEXT:
        raise Invalid(
            "cases.text_too_long",
            "The text has {length} letters; {limit} at most",
            length=len(joined),
            limit=LONGEST_TEXT,
        )
    return joined


def require_fresh(case: models.Case, version: int | None) -> None:
    if version is None or version == case.version:
        return
    since = models.Act.objects.filter(case=case, version__gt=version).exclude(what__in=HARMLESS)
    changed = since.exclude(what__startswith="step:").order_by("version").last()
    if changed is not None or version > case.version:
        raise Conflict(
            "cases.changed_meanwhile",
            "{number} was changed meanwhile by {name}; look at it again and decide anew",
            number=domain.number_text(case.number),
            name=changed.by_name if changed else "?",
            version=case.version,
        )


def require_going_on(row: CaseRow) -> None:
    if row.joined_to is not None:
        raise Conflict(
            "cases.joined",
            "{number} is joined to {to} and goes its way; act there, or split it off first",
            number=row.number_text,
            to=row.joined_to.rpartition(":")[2],
        )
    if row.counts_as in domain.ENDED:
        raise Conflict("cases.ended", "{number} is ended; reopen it first", number=row.number_text, state=row.state)


def require_person(by: Actor) -> None:
    if not by.urn.startswith("urn:dinh:person:"):
        raise Refused("cases.only_people", "only a person can own a case; «{name}» is none", name=by.name or by.urn)


def checked_title(title: str) -> str:
    title = nfc(title)
    if not title:
        raise Invalid("cases.title_needed", "The case has no title; say in a few words what is wrong")
    if len(title) > LONGEST_TITLE:
        raise Invalid(
            "cases.title_too_long",
            "The title has {length} letters; {limit} at most, the rest belongs into a comment",
            length=len(title),
            limit=LONGEST_TITLE,
        )
    return title


def checked_spec(code: str) -> CaseTypeSpec:
    spec = registry.case_type(code)
    if spec is None:
        raise Invalid(
            "cases.no_type",
            "there is no kind of case '{code}'; there are {codes}",
            code=code,
            codes=", ".join(known.code for known in registry.case_types()) or Phrase("none"),
        )
    return spec

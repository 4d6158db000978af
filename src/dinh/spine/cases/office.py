"""What departments set: the chain of escalation, shifts, texts to begin from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import models
from dinh.spine.cases.checks import LONGEST_TEXT
from dinh.spine.cases.office_rows import EscalationRow, ShiftRow, TemplateRow
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

PERMISSION: Final = "cases.route"
HOUSE: Final = "urn:dinh:organisation:dinh"
TO: Final = ("duty", "leaders", "above")
CHAIN: Final = (("duty", 0), ("leaders", 60), ("above", 240))
"""The house's own chain: whom to tell, after how many minutes past the deadline."""
USES: Final = ("comment", "ask", "answer", "close")
LONGEST_SHIFT: Final = timedelta(days=2)
LONGEST_CHAIN: Final = 9


def chain_of(organisation: str) -> Sequence[EscalationRow]:
    """The organisation's own steps, else those set for all, else the house's; by level."""
    for whose in dict.fromkeys((organisation, "")):
        found = models.EscalationStep.objects.filter(organisation=whose).order_by("level")
        if found:
            return [
                EscalationRow(step.pk, step.organisation, step.level, step.after_minutes, step.to) for step in found
            ]
    return [EscalationRow(None, "", level, minutes, to) for level, (to, minutes) in enumerate(CHAIN, start=1)]


@transaction.atomic
def set_chain(organisation: str, steps: Sequence[tuple[str, int]], *, by: Actor) -> Sequence[EscalationRow]:
    """Replaces the chain by `(to, minutes past the deadline)`; an empty one brings back what holds for all."""
    _require_of(organisation, by)
    if len(steps) > LONGEST_CHAIN:
        raise Invalid("cases.chain_long", "a chain has {most} steps at most", most=LONGEST_CHAIN)
    last = -1
    for to, minutes in steps:
        if minutes <= last:
            raise Invalid("cases.chain_order", "each step of the chain comes later than the one before it")
        last = minutes
        if to not in TO:
            parties.party(to)
    models.EscalationStep.objects.filter(organisation=organisation).delete()
    now = clock.now()
    models.EscalationStep.objects.bulk_create(
        models.EscalationStep(organisation=organisation, level=level, after_minutes=minutes, to=to, by=by.urn, at=now)
        for level, (to, minutes) in enumerate(steps, start=1)
    )
    models.Case.objects.filter(final=False, level__gt=0, escalate_at__isnull=False, **_of(organisation)).update(
        escalate_at=None
    )
    ledger.append("escalation.set", organisation or HOUSE, {"by": by.urn, "steps": [list(step) for step in steps]})
    return chain_of(organisation)


def _of(organisation: str) -> dict[str, str]:
    return {"organisation": organisation} if organisation else {}


def may_set_of(organisation: str, by: Actor) -> bool:
    """True where `by` may set shifts, chain and texts of the organisation."""
    try:
        _require_of(organisation, by)
    except (Conflict, NotFound, Refused):
        return False
    return True


def _require_of(organisation: str, by: Actor) -> None:
    """Who may set it: by the organisation's place, or as one of its own with the permission."""
    if not organisation:
        if not parties.may_everywhere(by, PERMISSION):
            parties.require(by, PERMISSION)
            raise Conflict(
                "cases.chain_beyond_reach", "what holds for all is set by those whose roles reach everywhere"
            )
        return
    if by.organisation == organisation and parties.may(by, PERMISSION):
        return
    party = parties.party(organisation)
    parties.require(by, PERMISSION, place=party.place)
    if party.place is None and not parties.may_everywhere(by, PERMISSION):
        raise Conflict("cases.chain_beyond_reach", "what holds for all is set by those whose roles reach everywhere")


# --- shifts ------------------------------------------------------------------------


def on_duty(organisation: str, at: datetime) -> Sequence[str]:
    """URNs of those whose shift it is."""
    found = models.Shift.objects.filter(organisation=organisation, starts_at__lte=at, ends_at__gt=at)
    return list(found.order_by("starts_at", "pk").values_list("person", flat=True).distinct())


def shifts(organisation: str, *, since: datetime, until: datetime) -> Sequence[ShiftRow]:
    found = models.Shift.objects.filter(organisation=organisation, ends_at__gt=since, starts_at__lt=until)
    return [_shift(row) for row in found.order_by("starts_at", "pk")]


def _shift(row: models.Shift) -> ShiftRow:
    return ShiftRow(row.pk, row.organisation, row.person, row.starts_at, row.ends_at)


@transaction.atomic
def add_shift(*, organisation: str, person: str, starts_at: datetime, ends_at: datetime, by: Actor) -> ShiftRow:
    _require_of(organisation, by)
    if parties.party(person).kind != "person":
        raise Invalid("cases.shift_person", "a shift is a person's, not an organisation's")
    if not timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT:
        raise Invalid(
            "cases.shift_length", "a shift ends after it begins, within {hours} hours",
            hours=int(LONGEST_SHIFT.total_seconds() // 3600),
        )  # fmt: skip
    row, _ = models.Shift.objects.update_or_create(
        organisation=organisation,
        person=person,
        starts_at=starts_at,
        defaults={"ends_at": ends_at, "by": by.urn},
    )
    return _shift(row)


@transaction.atomic
def drop_shift(id: int, *, by: Actor) -> None:
    row = models.Shift.objects.filter(pk=id).first()
    if row is None:
        raise NotFound("cases.no_shift", "this shift is not there any more")
    _require_of(row.organisation, by)
    row.delete()


# --- texts -------------------------------------------------------------------------


def templates(*, organisation: str | None, type: str, use: str = "") -> Sequence[TemplateRow]:
    """Those for a kind of case and an organisation, and those for all."""
    found = models.Template.objects.filter(organisation__in={"", organisation or ""}, type__in={"", type})
    if use:
        found = found.filter(use=use)
    return [_template(row) for row in found.order_by("use", "title", "pk")]


def all_templates() -> Sequence[TemplateRow]:
    return [_template(row) for row in models.Template.objects.order_by("organisation", "type", "use", "title")]


def _template(row: models.Template) -> TemplateRow:
    return TemplateRow(row.pk, row.organisation, row.type, row.use, row.title, row.text_vi, row.text_en)


@transaction.atomic
def save_template(
    *, organisation: str, type: str, use: str, title: str, text_vi: str, text_en: str, by: Actor
) -> TemplateRow:
    """`{number}`, `{title}`, `{place}`, `{due}` in a text stand for the case's own. The same title again changes the text."""
    _require_of(organisation, by)
    title, text_vi = nfc(title)[:120], text_vi.strip()
    if use not in USES:
        raise Invalid("cases.template_use", "a text is for {uses}, not for '{use}'", uses=", ".join(USES), use=use)
    if not title or not text_vi:
        raise Invalid("cases.template_empty", "a text to begin from needs a title and words")
    if max(len(text_vi), len(text_en)) > LONGEST_TEXT:
        raise Invalid("cases.text_too_long", "The text has {length} letters; {limit} at most",
                      length=max(len(text_vi), len(text_en)), limit=LONGEST_TEXT)  # fmt: skip
    row, _ = models.Template.objects.update_or_create(
        organisation=organisation,
        type=type,
        use=use,
        title=title,
        defaults={"text_vi": text_vi, "text_en": text_en.strip(), "by": by.urn, "at": clock.now()},
    )
    return _template(row)


@transaction.atomic
def drop_template(id: int, *, by: Actor) -> None:
    row = models.Template.objects.filter(pk=id).first()
    if row is None:
        raise NotFound("cases.no_template", "this text is not there any more")
    _require_of(row.organisation, by)
    row.delete()

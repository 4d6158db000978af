"""Reading one case, its history, its steps, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import F, Max, QuerySet

from dinh.kernel.manifests import CaseTypeSpec, registry
from dinh.spine.cases import api, domain, models, scope
from dinh.spine.cases import steps as declared
from dinh.spine.cases.rows import row_of
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.prepared import Prepared

PREFIX = "urn:dinh:case:"
_acts = Prepared(
    int,
    lambda numbers: (
        models.Act.objects.filter(case__number__in=numbers)
        .annotate(number=F("case__number"), type=F("case__type"))
        .order_by("version")
        .only("at", "by", "by_name", "what", "detail", "ledger_index", "state", "version", "salt")
    ),
)


def number_in(urn: str) -> int:
    """The number behind a URN, or behind 2026-000123 as people write it; 0, which none has, for anything else."""
    year, dash, count = urn.removeprefix(PREFIX).partition("-")
    if dash and year.isascii() and year.isdigit() and count.isascii() and count.isdigit() and len(count) < 10:
        return domain.number_of(int(year), int(count)) if len(year) == 4 else 0
    return 0


def stored(urn: str) -> models.Case:
    """Raises NotFound `cases.no_case`."""
    return _one(models.Case.objects.all(), urn)


def locked(urn: str) -> models.Case:
    """The same, held until the transaction ends."""
    return _one(models.Case.objects.select_for_update(), urn)


def _one(cases: QuerySet[models.Case], urn: str) -> models.Case:
    found = cases.filter(number=number_in(urn)).first()
    if found is None:
        raise scope.no_case(urn)
    return found


def case(urn: str, actor: Actor | None = None) -> api.CaseRow:
    row = row_of(stored(urn))
    if actor is not None and not scope.may_see(row, actor):
        raise scope.no_case(urn)
    return row


def cases_of(subjects: Iterable[str]) -> Mapping[str, api.CaseRow]:
    wanted = [subject for subject in set(subjects) if subject]
    if not wanted:
        return {}
    newest = (
        models.Case.objects.filter(subject__in=wanted)
        .order_by()
        .values("subject")
        .annotate(n=Max("number"))
        .values("n")
    )
    return {found.subject: row_of(found) for found in models.Case.objects.filter(number__in=newest)}


def keyed(keys: Iterable[str]) -> Mapping[str, api.CaseRow]:
    return {found.key: row_of(found) for found in models.Case.objects.filter(key__in=[key for key in keys if key])}


def tally_of(subject: str) -> tuple[api.CaseRow | None, int]:
    """The newest case about a subject that goes on, and how many have ended."""
    about = models.Case.objects.filter(subject=subject)
    going_on = about.filter(final=False).order_by("-number").first()
    return (row_of(going_on) if going_on else None), about.filter(final=True).count()


def acts(urn: str) -> Sequence[api.Act]:
    return acts_of([urn]).get(urn, ())


def acts_of(urns: Iterable[str]) -> Mapping[str, Sequence[api.Act]]:
    """What tells of people among the fields is hidden in them."""
    from dinh.spine.cases import personal

    numbers = {number_in(urn): urn for urn in urns}
    found: dict[str, list[api.Act]] = {}
    for act in _acts(numbers):
        masked = personal.masked_detail(act.type, act.detail)
        row = api.Act(
            act.at, act.by, act.by_name, act.what, masked, act.ledger_index,
            state=act.state, version=act.version, erased=not act.salt,
        )  # fmt: skip
        found.setdefault(numbers[act.number], []).append(row)
    return found


def deadlines_of(urn: str) -> Sequence[datetime | None]:
    found = models.Act.objects.filter(case__number=number_in(urn)).order_by("version")
    return [None if due == domain.NEVER else due for due in found.values_list("deadline_at", flat=True)]


def steps(urn: str) -> Sequence[api.Step]:
    found = models.Step.objects.filter(case__number=number_in(urn)).order_by("number")
    return tuple(
        api.Step(
            number=step.number,
            text_vi=step.text_vi,
            text_en=step.text_en,
            done_at=step.done_at,
            done_by=step.done_by or None,
        )
        for step in found
    )


def next_steps(urn: str, *, actor: Actor) -> Sequence[api.NextStep]:
    return tuple(declared.next_steps(case(urn), actor))


def types(actor: Actor) -> Sequence[CaseTypeSpec]:
    return tuple(registry.case_types()) if parties.may(actor, "cases.open") else ()

"""Opening a case: once per key, with a number, an organisation, deadlines and the steps of its playbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Invalid, Phrase
from dinh.kernel.manifests import CaseTypeSpec
from dinh.kernel.urns import parse_urn
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.cases import domain, models, routing
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import LONGEST_TITLE, checked_spec, checked_title
from dinh.spine.cases.deadlines import Deadlines
from dinh.spine.cases.fields import checked
from dinh.spine.cases.personal import marked
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow


def open_case(
    *,
    type: str,
    title: str,
    title_en: str,
    by: Actor,
    subject: str | None,
    place: str | None,
    severity: str,
    organisation: str | None,
    requester: str | None,
    simulated: bool,
    key: str,
    category: str = "",
    fields: Mapping[str, Any] | None = None,
) -> CaseRow:
    spec = checked_spec(type)
    category = _category(spec, category)
    described = checked(spec, fields or {})
    title, title_en = checked_title(title), nfc(title_en)[:LONGEST_TITLE]
    if severity not in domain.RANKS:
        raise Invalid(
            "cases.severity",
            "'{severity}' is not a severity; give {severities}",
            severity=severity,
            severities=", ".join(domain.RANKS),
        )
    subject = str(parse_urn(subject)) if subject else None
    ground = places.place(place) if place else None
    if organisation:
        parties.party(organisation)
    parties.require(by, "cases.open", place=ground.urn if ground else None)
    if subject:
        parties.require(by, "cases.open", place=_place_of(subject))
    unit = _unit(ground)
    with transaction.atomic():
        now = clock.now()
        deadlines = Deadlines.of(spec, now)
        count = _next_number(now.astimezone(VIETNAM).year)
        if key:
            there = models.Case.objects.filter(key=key).first()
            if there is not None:
                return row_of(there)
        number = domain.number_of(count.year, count.last + 1)
        models.YearCount.objects.filter(pk=count.pk).update(last=count.last + 1)
        state = next(state for state in spec.states if state.code == spec.initial)
        case = models.Case(
            number=number,
            key=key,
            type=type,
            title=title,
            title_en=title_en,
            search=search_text(number, title, title_en, ground, _searchable(spec, described)),
            severity=severity,
            severity_rank=domain.RANKS[severity],
            subject=subject or "",
            place=ground.urn if ground else "",
            unit=unit or "",
            requester=requester or "",
            opened_at=now,
            simulated=simulated,
            steps=len(spec.playbook),
            state=spec.initial,
            counts_as=state.counts_as,
            organisation=organisation or routing.organisation_for(spec, category, ground, unit) or "",
            owner_due_at=deadlines.after(now, spec.to_owner),
            due_at=deadlines.due(spec, category, now),
            category=category,
            fields=described,
        )
        record(
            case,
            what="opened",
            kind="opened",
            by=by,
            at=now,
            detail={
                "title": title,
                "title_en": title_en,
                "type": type,
                "severity": severity,
                "subject": subject,
                "place": case.place,
                "requester": requester if requester and requester.startswith("urn:") else None,
                "address": requester if requester and not requester.startswith("urn:") else None,
                "simulated": simulated,
                "category": category,
                "fields": described,
            },
        )
        models.Step.objects.bulk_create(
            models.Step(case=case, number=n, text_vi=text.vi, text_en=text.en)
            for n, text in enumerate(spec.playbook, start=1)
        )
    return row_of(case)


def _next_number(year: int) -> models.YearCount:
    """The year's count, locked: openings stand in line, so a key is seen by whoever comes second."""
    models.YearCount.objects.bulk_create([models.YearCount(year=year)], ignore_conflicts=True)
    return models.YearCount.objects.select_for_update().get(pk=year)


def _place_of(subject: str) -> str | None:
    """Where an alert or a place is: a case makes it look handled, so only those open one who may act there.

    Raises NotFound for what does not exist: a case must not wait for an alert to come.
    """
    kind = parse_urn(subject).kind
    if kind == "alert":
        alert = observations.alert(subject)
        known = places.places([urn for urn in (alert.subject, alert.place) if urn])
        return alert.subject if alert.subject in known else alert.place
    if kind in ("unit", "facility", "asset"):
        return places.place(subject).urn
    return None


def _unit(ground: PlaceRow | None) -> str | None:
    if ground is None:
        return None
    if ground.kind == "unit" and ground.level in ("province", "country"):
        return ground.urn
    return places.unit_of(ground.urn) or ground.urn


def search_text(number: int, title: str, title_en: str, ground: PlaceRow | None, fields: Mapping[str, Any]) -> str:
    names = f"{ground.full_name_vi} {ground.name_vi} {ground.name_en}" if ground else ""
    said = " ".join(value for value in fields.values() if isinstance(value, str))
    return fold(f"{domain.number_text(number)} {title} {title_en} {names} {said[:1000]}")


def _searchable(spec: CaseTypeSpec, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whoever searches must not find out by it what is hidden."""
    hidden = marked(spec)
    return {name: value for name, value in fields.items() if name not in hidden}


def _category(spec: CaseTypeSpec, code: str) -> str:
    if code and spec.category(code) is None:
        raise Invalid(
            "cases.no_category",
            "{type} has no category '{category}'; there are {categories}",
            type=spec.name.vi,
            category=code,
            categories=", ".join(category.code for category in spec.categories) or Phrase("none"),
        )
    return code

"""Whether a declared step may be taken now, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dinh.kernel.errors import Conflict, DinhError, Invalid, Phrase
from dinh.kernel.manifests import TransitionSpec, load
from dinh.spine.cases import domain, models, scope
from dinh.spine.cases.api import CaseRow, NextStep
from dinh.spine.parties.api import Actor


def permitted_step(case: CaseRow, code: str) -> TransitionSpec:
    """Raises Conflict `cases.not_permitted_now` that names the steps that are."""
    machine = domain.Machine.of(case.type)
    step = machine.step(code, case.state)
    if step is None:
        language = get_language() or "vi"
        steps = machine.steps_from(case.state)
        raise Conflict(
            "cases.not_permitted_now",
            "«{transition}» is not possible for {number} in the state «{state}»; possible now: {permitted}",
            transition=code,
            number=case.number_text,
            state=case.state_name_vi if language.startswith("vi") else case.state_name_en,
            permitted=", ".join(f"{step.code} ({step.name.in_(language)})" for step in steps) or Phrase("nothing"),
            codes=tuple(step.code for step in steps),
        )
    return step


def check(case: CaseRow, step: TransitionSpec, actor: Actor, params: Mapping[str, Any]) -> None:
    """Raises Refused, Conflict `cases.owner_needed` or what a guard of the step raises."""
    scope.require(case, step.permission, actor)
    if step.needs_owner and case.owner is None:
        raise Conflict(
            "cases.owner_needed",
            "{number} has no owner yet; take it or assign it first",
            number=case.number_text,
        )
    for guard in step.guards:
        load(guard)(case, actor, params)


def check_reason(step: TransitionSpec, reason: str) -> None:
    if step.needs_reason and not reason:
        language = get_language() or "vi"
        raise Invalid(
            "cases.reason_needed",
            "«{step}» needs a reason; say in a sentence why",
            step=step.name.in_(language),
        )


def check_nothing_open(case: models.Case) -> None:
    """Raises Conflict `cases.tasks_open`: who ended the case would leave other departments working for nothing."""
    left = models.Task.objects.filter(case=case, state="open").count()
    if left:
        raise Conflict(
            "cases.tasks_open",
            "{number} still waits for {count} tasks of other departments; withdraw them or wait for their answers",
            number=domain.number_text(case.number),
            count=left,
        )


def next_steps(case: CaseRow, actor: Actor) -> list[NextStep]:
    found: list[NextStep] = []
    if case.joined_to is not None:
        return found
    for step in domain.Machine.of(case.type).steps_from(case.state):
        why_not = ""
        try:
            check(case, step, actor, {})
        except DinhError as error:
            why_not = error.in_words(_)
        found.append(NextStep(step.code, step.name.vi, step.name.en, not why_not, why_not, step.needs_reason))
    return found

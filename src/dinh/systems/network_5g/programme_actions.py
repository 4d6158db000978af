"""What a planner asks of a scenario beside its map: a rollout, a choice of sites; and a choice taken as a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from django.db import transaction

from dinh.kernel import clock, errors
from dinh.kernel.errors import Conflict, DinhError, Phrase
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import Actor
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.domain import Mast, SiteRow, mast_of, plain
from dinh.systems.network_5g.models import Choice, Edit, Rollout, Scenario
from dinh.systems.network_5g.programme import (
    ChoiceQuestion,
    ChoiceTerms,
    RolloutQuestion,
    RolloutTerms,
    is_candidate,
)

ROLLOUT: Final = "network_5g.rollout"
CHOOSE: Final = "network_5g.choose"
_RUNNING: Final = ("waiting", "running")
_phrase: Final[Callable[[str], Phrase]] = Phrase
"""For words that are kept: they stand as literals where the error was raised."""


# --- what stands ------------------------------------------------------------------------------------------


def rollout_of(scenario: Scenario) -> Rollout:
    """Not saved where nothing was asked yet."""
    return Rollout.objects.filter(scenario=scenario).first() or Rollout(scenario=scenario)


def choice_of(scenario: Scenario) -> Choice:
    return Choice.objects.filter(scenario=scenario).first() or Choice(scenario=scenario)


def terms_of_rollout(row: Rollout) -> RolloutTerms:
    return msgspec.convert(row.terms, RolloutTerms)


def terms_of_choice(row: Choice) -> ChoiceTerms:
    return msgspec.convert(row.terms, ChoiceTerms)


def rollout_question(row: Rollout) -> RolloutQuestion:
    return RolloutQuestion(queries.question(row.scenario), terms_of_rollout(row))


def choice_question(row: Choice) -> ChoiceQuestion:
    """Money is that of the scenario's rollout, so that a site costs the same on both pages."""
    masts = [*existing_of(row), *candidates_of(row)]
    money = terms_of_rollout(rollout_of(row.scenario))
    return ChoiceQuestion(queries.question(row.scenario, masts), terms_of_choice(row), money)


def existing_of(row: Choice) -> list[Mast]:
    return [mast for mast in queries.masts(row.scenario) if not is_candidate(mast)]


def candidates_of(row: Choice) -> list[Mast]:
    if terms_of_choice(row).source == "list":
        return [mast_of(values) for values in row.listed]
    return [mast for mast in queries.masts(row.scenario) if is_candidate(mast)]


def task_of(row: Rollout | Choice) -> jobs.TaskRow | None:
    """The work that is at it; None where none is, or it is forgotten."""
    if not row.task:
        return None
    try:
        return jobs.task(row.task)
    except errors.NotFound:
        return None


def is_running(task: jobs.TaskRow | None) -> bool:
    return task is not None and task.state in _RUNNING


def is_current(row: Rollout | Choice, digest: str) -> bool:
    """Whether the answer that stands is that of this question."""
    return row.answer is not None and row.answer["digest"] == digest


def refusal_of(row: Rollout | Choice) -> DinhError | None:
    if not row.refused:
        return None
    kind: type[DinhError] = getattr(errors, row.refused["family"])
    values = {name: _phrase(value) if name in row.refused["phrases"] else value for name, value in row.refused["values"].items()}  # fmt: skip
    return kind(row.refused["code"], row.refused["template"], **values)


# --- asking -----------------------------------------------------------------------------------------------


def ask_rollout(*, scenario: Scenario, terms: RolloutTerms, by: Actor) -> Rollout:
    """Has it worked out in the background. Raises Refused, and Conflict while an earlier question is being answered."""
    queries.require_edit(by, scenario)
    queries.ground_of(scenario.area)
    with transaction.atomic():
        row = _mine(rollout_of(scenario), by)
        row.terms = plain(terms)
        row.task = _begin(ROLLOUT, scenario, "Work out a rollout", by)
        row.save()
    return row


def ask_choice(*, scenario: Scenario, terms: ChoiceTerms, by: Actor) -> Choice:
    """As `ask_rollout`; the answer that stands is kept beside the new one, to compare."""
    queries.require_edit(by, scenario)
    queries.ground_of(scenario.area)
    with transaction.atomic():
        row = _mine(choice_of(scenario), by)
        row.terms = plain(terms)
        # Ticks of other candidates, of a list that was left for instance, ask for nothing.
        there = {mast.code for mast in candidates_of(row)}
        for ticks in ("forced", "dropped"):
            row.terms[ticks] = [code for code in row.terms[ticks] if code in there]
        row.task = _begin(CHOOSE, scenario, "Choose sites", by)
        row.save()
    return row


def _mine[R: (Rollout, Choice)](row: R, by: Actor) -> R:
    if is_running(task_of(row)):
        raise Conflict("network_5g.at_it", "this is being worked out already; wait for it or stop it")
    row.refused, row.by, row.changed_at = None, by.urn, clock.now()
    return row


def _begin(kind: str, scenario: Scenario, title: str, by: Actor) -> str:
    return jobs.start(kind, {"scenario": str(scenario.pk)}, title=title, by=by.urn).id


def stop(*, row: Rollout | Choice, by: Actor) -> None:
    """Whoever may edit the scenario may stop what is worked out for it; what had ended already stays."""
    queries.require_edit(by, row.scenario)
    task = task_of(row)
    if task is not None and is_running(task):
        jobs.cancel(task.id, by=by.urn)


def keep_answer(*, row: Rollout | Choice, task: str, answer: Mapping[str, Any]) -> None:
    """Only for the work that was asked for last."""
    changes: dict[str, Any] = {"answer": answer, "refused": None}
    if isinstance(row, Choice) and row.answer and row.answer["digest"] != answer["digest"]:
        changes["before"] = {name: row.answer[name] for name in ("covered", "people", "cost")} | {
            "sites": [{"code": site["code"], "name": site["name"]} for site in row.answer["sites"]]
        }
    type(row).objects.filter(pk=row.pk, task=task).update(**changes)


def keep_refusal(*, row: Rollout | Choice, task: str, error: DinhError) -> None:
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in error.params.items()}
    phrases = [name for name, value in error.params.items() if isinstance(value, Phrase)]
    told = {
        "family": type(error).__name__, "code": error.code, "template": error.template, "values": values, "phrases": phrases,
    }  # fmt: skip
    type(row).objects.filter(pk=row.pk, task=task).update(refused=told)


# --- candidates of a list, and a choice taken -------------------------------------------------------------


def bring_candidates(*, scenario: Scenario, sites: Sequence[SiteRow], name: str, by: Actor) -> Choice:
    """In place of those that were brought before. They become masts only when a choice of them is taken."""
    queries.require_edit(by, scenario)
    if not sites:
        raise errors.Invalid("network_5g.list_without_sites", "{name} holds no site that can be used", name=name or "?")
    if len(sites) > actions.MOST_MASTS:
        raise errors.Invalid("network_5g.masts_many", "a scenario holds at most {most:,} masts", most=actions.MOST_MASTS)  # fmt: skip
    row = choice_of(scenario)
    row.listed = [plain(site.mast(f"L{number:04d}")) for number, site in enumerate(sites, start=1)]
    row.list_name = name[:200]
    row.terms = row.terms | {"source": "list", "forced": [], "dropped": []}
    row.by, row.changed_at = by.urn, clock.now()
    row.save()
    return row


def forget_candidates(*, scenario: Scenario, by: Actor) -> None:
    queries.require_edit(by, scenario)
    row = choice_of(scenario)
    if row.pk is not None:
        row.listed, row.list_name = [], ""
        row.terms = row.terms | {"source": "scenario", "forced": [], "dropped": []}
        row.save(update_fields=["listed", "list_name", "terms"])


def take_choice(*, scenario: Scenario, name: str, by: Actor) -> Scenario:
    """A copy of the scenario with the masts that exist and the chosen ones alone, as one edit that can be undone there.

    Raises Refused, and Conflict where nothing was chosen or the scenario is not what the choice was made of any more.
    """
    row = choice_of(scenario)
    if not row.answer:
        raise Conflict("network_5g.nothing_chosen", "no sites were chosen yet; choose first")
    if row.answer["digest"] != choice_question(row).digest:
        raise Conflict("network_5g.choice_old", "masts, settings or limits have changed since the sites were chosen; choose again")  # fmt: skip
    picked = {site["code"] for site in row.answer["sites"]}
    of_list = terms_of_choice(row).source == "list"
    changes: list[tuple[str | None, Mapping[str, Any] | None]] = [
        (mast.code, None) for mast in queries.masts(scenario) if is_candidate(mast) and (of_list or mast.code not in picked)
    ]  # fmt: skip
    if of_list:
        changes += [(None, values) for values in row.listed if values["code"] in picked]
    with transaction.atomic():
        copy = actions.open_scenario(area=scenario.area, name=name, by=by, based_on=scenario)
        if changes:
            about = row.list_name if of_list else scenario.name
            actions.edit_masts(scenario=copy, kind=Edit.Kind.CHOOSE, changes=changes, by=by, about=about)
    return copy

"""Acts on cases, and reading them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dinh.kernel.manifests import CaseTypeSpec
from dinh.spine.cases.api.words import (
    Act,
    CasePage,
    CaseQuery,
    CaseRow,
    NextStep,
    PastCase,
    PastReport,
    Step,
    WorkFigures,
)
from dinh.spine.cases.office_rows import BulkLine, QuestionRow, TaskRow
from dinh.spine.files.api import FileRow
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import Actor


def open_case(
    *,
    type: str,
    title: str,
    by: Actor,
    subject: str | None = None,
    place: str | None = None,
    severity: str = "minor",
    organisation: str | None = None,
    requester: str | None = None,
    simulated: bool = False,
    key: str = "",
    title_en: str = "",
    category: str = "",
    fields: Mapping[str, Any] | None = None,
) -> CaseRow:
    """Opens a case; with the same `key` again, returns the one that exists. Raises Invalid, Refused.

    Without `organisation` it goes where a routing rule says, else to the type's, else to the one that is responsible
    for the place. `fields` are checked by the type's JSON Schema: Invalid `cases.fields` names each that is wrong.
    """
    from dinh.spine.cases import opening

    return opening.open_case(
        type=type,
        title=title,
        title_en=title_en,
        by=by,
        subject=subject,
        place=place,
        severity=severity,
        organisation=organisation,
        requester=requester,
        simulated=simulated,
        key=key,
        category=category,
        fields=fields or {},
    )


def take(case: str, *, by: Actor, version: int | None = None) -> CaseRow:
    """«I am on it»: the actor becomes the owner, and the step `accept` is taken where the state has one.

    Raises Conflict when somebody else just did (stale version), or has it and no version shows that the
    actor knows. Comments and ticked steps make no version stale.
    """
    from dinh.spine.cases import actions

    return actions.take(case, by=by, version=version)


def assign(case: str, *, to: str, by: Actor, note: str = "", version: int | None = None) -> CaseRow:
    """To a person."""
    from dinh.spine.cases import actions

    return actions.assign(case, to=to, by=by, note=note, version=version)


def hand_on(case: str, *, organisation: str, by: Actor, reason: str, version: int | None = None) -> CaseRow:
    """To another organisation: the owner is cleared, deadlines stay."""
    from dinh.spine.cases import actions

    return actions.hand_on(case, organisation=organisation, by=by, reason=reason, version=version)


def recategorise(case: str, *, category: str, by: Actor, reason: str = "", version: int | None = None) -> CaseRow:
    """Into another category of its kind: the deadline is counted anew from the opening, and a case that nobody owns goes to
    the office that the category is routed to. Raises Invalid `cases.no_category`, Conflict `cases.category_already`."""
    from dinh.spine.cases import recategorising

    return recategorising.recategorise(case, category=category, by=by, reason=reason, version=version)


def comment(case: str, *, text: str, by: Actor) -> CaseRow:
    from dinh.spine.cases import actions

    return actions.comment(case, text=text, by=by)


def tick_step(case: str, *, step: int, by: Actor, done: bool = True) -> CaseRow:
    from dinh.spine.cases import actions

    return actions.tick_step(case, step=step, by=by, done=done)


def move(
    case: str,
    *,
    transition: str,
    by: Actor,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
    tell: bool = True,
) -> CaseRow:
    """Takes a declared transition (start, close, reopen …). `tell` False leaves the words to the requester to whoever
    declares the kind of case. Raises Conflict `cases.not_permitted_now` that names
    the permitted ones, Refused, Invalid `cases.reason_needed`."""
    from dinh.spine.cases import actions

    return actions.move(
        case, transition=transition, by=by, reason=reason, version=version, params=params or {}, tell=tell
    )


def case(urn: str, *, actor: Actor | None = None) -> CaseRow:
    """Raises NotFound `cases.no_case`; for an actor also where it may not see the case, in the same words."""
    from dinh.spine.cases import queries

    return queries.case(urn, actor)


def case_of(subject: str) -> CaseRow | None:
    """The newest case about an alert or other subject."""
    from dinh.spine.cases import queries

    return queries.cases_of([subject]).get(subject)


def cases_of(subjects: Iterable[str]) -> Mapping[str, CaseRow]:
    from dinh.spine.cases import queries

    return queries.cases_of(subjects)


def cases(query: CaseQuery, *, actor: Actor) -> CasePage:
    """What the actor may see, in a fixed number of queries."""
    from dinh.spine.cases import inbox

    return inbox.cases(query, actor=actor)


def acts(case: str) -> Sequence[Act]:
    """Oldest first. Values of fields that tell of people are masked."""
    from dinh.spine.cases import queries

    return queries.acts(case)


def deadlines_of(case: str) -> Sequence[datetime | None]:
    """What the clock of the case counted down to after each act, in the order of `acts`; None: it stood still, or had ended."""
    from dinh.spine.cases import queries

    return queries.deadlines_of(case)


def steps(case: str) -> Sequence[Step]:
    from dinh.spine.cases import queries

    return queries.steps(case)


def next_steps(case: str, *, actor: Actor) -> Sequence[NextStep]:
    from dinh.spine.cases import queries

    return queries.next_steps(case, actor=actor)


def figures(
    *,
    within: str | None = None,
    at: datetime | None = None,
    window: timedelta = timedelta(days=7),
    reports: bool = True,
) -> WorkFigures:
    """Without `reports` those cases are left out that people reported, and dossiers, each of which is one person's own matter: some
    are private, and whoever sees no case could take the public ones off such a figure, of one commune and one minute, and learn
    of the others."""
    from dinh.spine.cases import inbox

    return inbox.figures(within=within, at=at, window=window, reports=reports)


def escalate_overdue() -> int:
    """Marks cases past `owner_due_at` without an owner and past `due_at`, once each, tells by the outbox; returns how many."""
    from dinh.spine.cases import escalation

    return escalation.escalate_overdue()


def may_see(case: CaseRow, *, actor: Actor) -> bool:
    """True for whoever holds cases.view at the case's place, or is of its organisation, its owner or requester."""
    from dinh.spine.cases import scope

    return scope.may_see(case, actor)


def may_act(case: CaseRow, permission: str, *, actor: Actor) -> bool:
    """True if the permission reaches the case: by its place, or by its organisation."""
    from dinh.spine.cases import scope

    return scope.may(case, permission, actor)


def types(*, actor: Actor) -> Sequence[CaseTypeSpec]:
    """Kinds of work that the actor may open somewhere."""
    from dinh.spine.cases import queries

    return queries.types(actor)


def altered_acts(case: str) -> Sequence[int]:
    """Ledger indexes of the case's acts whose stored words or values no longer agree with their leaf."""
    from dinh.spine.cases import recording

    return recording.altered_acts(case)


def open_for_alert(alert: str, *, by: Actor, type: str | None = None) -> CaseRow:
    """The case of an alert: the one that goes on, or a new one of the rule's type, `type`, or the first declared.

    Where the alert is over too, its ended case.
    """
    from dinh.spine.cases import listening

    return listening.open_by_hand(alert, by=by, type=type)


def attach(case: str, *, content: bytes, name: str, by: Actor) -> FileRow:
    """Raises Invalid `files.*`, Refused."""
    from dinh.spine.cases import attachments

    return attachments.attach(case, content=content, name=name, by=by)[1]


def erase_attachment(case: str, *, file: str, reason: str, by: Actor) -> CaseRow:
    from dinh.spine.cases import attachments

    return attachments.erase(case, file=file, reason=reason, by=by)


# --- asking the requester ------------------------------------------------------------


def ask(case: str, *, text: str, by: Actor, tell: bool = True) -> CaseRow:
    """Asks the requester; the deadlines stand still until the answer. `tell` False where whoever asks writes to the
    requester in words of its own. Raises Invalid `cases.no_requester`."""
    from dinh.spine.cases import questions as room

    return room.ask(case, text=text, by=by, tell=tell)


def answer(case: str, *, question: int, text: str, by: Actor) -> CaseRow:
    """By the requester, or by an official who was told it."""
    from dinh.spine.cases import questions as room

    return room.answer(case, question=question, text=text, by=by)


def withdraw_question(case: str, *, question: int, by: Actor) -> CaseRow:
    from dinh.spine.cases import questions as room

    return room.withdraw(case, question=question, by=by)


def reply(case: str, *, text: str, by: Actor) -> CaseRow:
    """Tells the requester something in substance."""
    from dinh.spine.cases import questions as room

    return room.reply(case, text=text, by=by)


def questions(case: str) -> Sequence[QuestionRow]:
    from dinh.spine.cases import questions as room

    return room.questions(case)


# --- work of several departments -----------------------------------------------------


def add_task(case: str, *, title: str, organisation: str, by: Actor, due_at: datetime | None = None) -> CaseRow:
    """Asks a department for a part of the work; the case does not end before it is answered or withdrawn."""
    from dinh.spine.cases import tasks as room

    return room.add(case, title=title, organisation=organisation, due_at=due_at, by=by)


def take_task(case: str, *, task: int, by: Actor) -> CaseRow:
    from dinh.spine.cases import tasks as room

    return room.take(case, task=task, by=by)


def end_task(case: str, *, task: int, outcome: str, answer: str, by: Actor) -> CaseRow:
    """`outcome` is done or refused."""
    from dinh.spine.cases import tasks as room

    return room.end(case, task=task, outcome=outcome, answer=answer, by=by)


def withdraw_task(case: str, *, task: int, by: Actor) -> CaseRow:
    from dinh.spine.cases import tasks as room

    return room.withdraw(case, task=task, by=by)


def tasks(case: str) -> Sequence[TaskRow]:
    from dinh.spine.cases import tasks as room

    return room.tasks(case)


def open_tasks(*, actor: Actor, overdue: bool = False, limit: int = 200) -> Sequence[TaskRow]:
    """Tasks asked of the actor's organisation, the next one due first."""
    from dinh.spine.cases import tasks as room

    return room.open_tasks(actor=actor, overdue=overdue, limit=limit)


# --- duplicates ----------------------------------------------------------------------


def join(case: str, *, into: str, by: Actor, reason: str = "") -> CaseRow:
    """Makes the case a duplicate of another: it leaves the queues and ends with that one."""
    from dinh.spine.cases import duplicates

    return duplicates.join(case, into=into, by=by, reason=reason)


def split(case: str, *, by: Actor, reason: str = "") -> CaseRow:
    """Takes a joining back."""
    from dinh.spine.cases import duplicates

    return duplicates.split(case, by=by, reason=reason)


def joined(case: str) -> Sequence[CaseRow]:
    """The duplicates of a case."""
    from dinh.spine.cases import duplicates

    return duplicates.joined(case)


def likely_duplicates(case: str, *, actor: Actor) -> Sequence[CaseRow]:
    from dinh.spine.cases import duplicates

    return duplicates.likely(case, actor=actor)


def erase_requested(requester: str, *, by: str) -> None:
    """Erases the words of what was requested under this name, in the present transaction; that it was done stays."""
    from dinh.spine.cases import holding

    holding.erase(requester, by)


# --- many at once --------------------------------------------------------------------


def preview_bulk(act: str, cases: Sequence[str], given: Mapping[str, Any], *, by: Actor) -> Sequence[BulkLine]:
    """What take, assign, hand_on, move, comment or join would do to each case; nothing is changed."""
    from dinh.spine.cases import bulk

    return bulk.preview(act, cases, given, by=by)


def start_bulk(
    act: str, lines: Sequence[tuple[str, int]], given: Mapping[str, Any], *, by: Actor, key: str, title: str
) -> jobs.TaskRow:
    """Does it as long work; `lines` are cases with the version of the preview. The same `key` again starts nothing."""
    from dinh.spine.cases import bulk

    return bulk.start(act, lines, given, by=by, key=key, title=title)


def import_past(rows: Iterable[PastCase], *, by: Actor) -> PastReport:
    """Takes over cases of another system with their real times; what is there by its key is left as it is."""
    from dinh.spine.cases import past

    return past.import_past(rows, by=by)

"""Asking the requester: while a question is open, the clock of the case stands still; and answering in substance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.cases import deadlines, domain, models, scope, telling
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import checked_text, moment_for, require_going_on
from dinh.spine.cases.office_rows import QuestionRow
from dinh.spine.cases.queries import locked, stored
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.parties.api import Actor


@transaction.atomic
def ask(urn: str, *, text: str, by: Actor, tell: bool = True) -> CaseRow:
    case, text = _open_to(urn, text, by)
    now = moment_for(case)
    number = models.Question.objects.filter(case=case).count() + 1
    question = models.Question.objects.create(case=case, number=number, text=text, asked_by=by.urn, asked_at=now)
    deadlines.pause(case, now)
    record(case, what="asked", kind="asked", by=by, at=now, detail={"question": number, "text": text})
    if tell:
        telling.asked(case, question)
    return row_of(case)


@transaction.atomic
def reply(urn: str, *, text: str, by: Actor) -> CaseRow:
    """Tells the requester something in substance; the first one is the time to answer."""
    case, text = _open_to(urn, text, by)
    now = moment_for(case)
    case.answered_at = case.answered_at or now
    act = record(case, what="replied", kind="replied", by=by, at=now, detail={"text": text})
    telling.replied(case, text, act.version)
    return row_of(case)


def _open_to(urn: str, text: str, by: Actor) -> tuple[models.Case, str]:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_going_on(row)
    if row.requester is None:
        raise Invalid(
            "cases.no_requester", "{number} has no requester who could be asked or told", number=row.number_text
        )
    text = checked_text(text)
    if not text:
        raise Invalid("cases.text_needed", "The comment is empty; write what others should know")
    return case, text


@transaction.atomic
def answer(urn: str, *, question: int, text: str, by: Actor) -> CaseRow:
    """By the requester, or by an official who was told the answer."""
    case = locked(urn)
    row = row_of(case)
    if by.urn != row.requester:
        scope.require(row, "cases.act", by)
    require_going_on(row)
    text = checked_text(text)
    if not text:
        raise Invalid("cases.text_needed", "The comment is empty; write what others should know")
    found = _open_question(case, question)
    now = moment_for(case)
    found.answer, found.answered_by, found.ended_at = text, by.urn, now
    found.save()
    _go_on(case, now)
    record(case, what="answered", kind="answered", by=by, at=now, detail={"question": question, "text": text})
    telling.answered(case, found)
    return row_of(case)


@transaction.atomic
def withdraw(urn: str, *, question: int, by: Actor) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    found = _open_question(case, question)
    now = moment_for(case)
    found.withdrawn, found.ended_at = True, now
    found.save()
    _go_on(case, now)
    record(case, what="question_withdrawn", kind="question_withdrawn", by=by, at=now, detail={"question": question})
    return row_of(case)


def _open_question(case: models.Case, number: int) -> models.Question:
    found = models.Question.objects.filter(case=case, number=number).first()
    if found is None or found.ended_at is not None:
        raise Conflict(
            "cases.question_over",
            "question {question} of {number} is answered or withdrawn already",
            question=number,
            number=domain.number_text(case.number),
        )
    return found


def _go_on(case: models.Case, now: datetime) -> None:
    if not models.Question.objects.filter(case=case, ended_at__isnull=True).exists():
        deadlines.resume(case, now)


def questions(urn: str) -> Sequence[QuestionRow]:
    return [_row(urn, question) for question in models.Question.objects.filter(case=stored(urn)).order_by("number")]


def _row(urn: str, question: models.Question) -> QuestionRow:
    return QuestionRow(
        urn,
        question.number,
        question.text,
        question.asked_by,
        question.asked_at,
        question.answer,
        question.answered_by or None,
        question.ended_at,
        question.withdrawn,
    )

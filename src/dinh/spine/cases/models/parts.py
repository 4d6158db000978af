"""What belongs to one case beside its acts: work asked of other departments, questions to the requester."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dinh.spine.cases.models.case import URN, Case


class Task(models.Model):
    """A part of the work that another department does: its own owner, deadline and answer."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    organisation = models.CharField(max_length=URN)
    owner = models.CharField(max_length=URN, blank=True)
    state = models.CharField(max_length=16)
    """open, done, refused or withdrawn."""
    asked_by = models.CharField(max_length=URN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    ended_by = models.CharField(max_length=URN, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_task_once"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | Q(state__in=("done", "refused", "withdrawn"), ended_at__isnull=False),
                name="cases_task_ended_has_its_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "state", "due_at"], name="cases_task_queue")]

    def __str__(self) -> str:
        return f"{self.case_id} task {self.number} {self.state}"


class Question(models.Model):
    """Asked of the requester; while one is open the clock of the case stands still."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    asked_by = models.CharField(max_length=URN)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=URN, blank=True)
    ended_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="cases_question_once")]
        indexes: ClassVar = [models.Index(fields=["ended_at", "asked_at"], name="cases_question_open")]

    def __str__(self) -> str:
        return f"{self.case_id} question {self.number}"

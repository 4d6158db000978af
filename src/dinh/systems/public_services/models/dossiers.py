"""Drafts, dossiers and their files. A dossier has the id of the draft that it was handed in from."""

from __future__ import annotations

import uuid
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

URN: Final = 160
ONLINE, COUNTER = "online", "counter"
SELF, PARENT, GUARDIAN, AUTHORISED = "self", "parent", "guardian", "authorised"


class ProcedureVersion(models.Model):
    """A procedure as it stood when dossiers were handed in under it: they are read by it however it changes."""

    slug = models.CharField(max_length=80)
    version = models.CharField(max_length=16)
    raw = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["slug", "version"], name="services_version_once")]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class Applicant(models.Model):
    """Who applies, how to be reached, and for whom."""

    person = models.CharField(max_length=URN, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    acting = models.CharField(max_length=16, default=SELF)
    acting_for = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=URN)
    """The commune whose office it goes to."""
    channel = models.CharField(max_length=8, default=ONLINE)
    taken_in_by = models.CharField(max_length=URN, blank=True)
    """The official at the counter."""
    language = models.CharField(max_length=2, default="vi")
    simulated = models.BooleanField(default=False)
    salt = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        abstract = True


class Draft(Applicant):
    """What somebody is filling in. `history` holds revision, field and what stood there before, so that two devices never
    lose each other's words and a field that a device left alone is no edit of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.CharField(max_length=80)
    version = models.CharField(max_length=16)
    values = models.JSONField(default=dict)
    page = models.CharField(max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=0)
    history = models.JSONField(default=list)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    code_sent = models.PositiveSmallIntegerField(default=0)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "saved_at"], name="services_draft_by_person"),
            models.Index(fields=["handed_in_at", "expires_at"], name="services_draft_by_end"),
            models.Index(fields=["taken_in_by", "saved_at"], name="services_draft_by_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.procedure}"


class Dossier(Applicant):
    """What was handed in. The work on it is the case."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=60, unique=True)
    case = models.CharField(max_length=URN, unique=True)
    procedure = models.CharField(max_length=80)
    version = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)
    values = models.JSONField(default=dict)
    organisation = models.CharField(max_length=URN, blank=True)
    office_place = models.CharField(max_length=URN)
    """Of the case: the commune, or the province."""
    handed_in_at = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """None while the clock stands still."""
    state = models.CharField(max_length=16)
    """That of the case, so that lists and figures ask one table."""
    ended_at = models.DateTimeField(null=True)
    in_time = models.BooleanField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    """From being handed in to its end, without the time in which it waited for the applicant."""
    waited = models.PositiveIntegerField(default=0)
    """Minutes that it waited for the applicant."""
    waits_since = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    fee = models.PositiveIntegerField(default=0)
    fee_state = models.CharField(max_length=16, default="none")
    """none, exempt, due, paid, waived, refunded."""
    fee_reason = models.CharField(max_length=300, blank=True)
    fee_question = models.PositiveSmallIntegerField(null=True)
    """Of the case: while it is open the clock stands still for the fee."""
    reason = models.TextField(blank=True)
    """Why it was refused."""
    seal = models.CharField(max_length=32)
    """The salt of the commitment to the values in the ledger."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, in_time__isnull=True)
                | Q(ended_at__isnull=False, in_time__isnull=False),
                name="services_ended_in_time_or_late",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["handed_in_at", "number"], name="services_by_day"),
            models.Index(fields=["ended_at"], name="services_by_end"),
            models.Index(fields=["organisation", "state", "handed_in_at"], name="services_by_office"),
            models.Index(fields=["procedure", "handed_in_at"], name="services_by_procedure"),
            models.Index(fields=["person", "handed_in_at"], name="services_by_person"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def urn(self) -> str:
        return f"urn:dinh:dossier:{self.pk}"


class Attachment(models.Model):
    """A file for a document that is asked for. The file is about the dossier's URN from the first day of its draft."""

    dossier = models.UUIDField()
    document = models.CharField(max_length=40)
    file = models.CharField(max_length=URN)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    """Replaced or taken out; after handing in the file itself stays."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dossier", "document"], name="services_files_of")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "document", "file"], condition=Q(dropped_at__isnull=True), name="services_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.name}"


class Office(models.Model):
    """An organisation's code in numbers of dossiers."""

    organisation = models.CharField(max_length=URN, primary_key=True)
    code = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return f"{self.code} {self.organisation}"


class RecordedDay(models.Model):
    """A day whose figures went into the history."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return str(self.day)


class NationalProcedure(models.Model):
    """A procedure of the national catalogue, to be read: facts, not the portal's sentences."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=1000)
    domain = models.CharField(max_length=300, blank=True)
    ministry = models.CharField(max_length=80, blank=True)
    levels = models.CharField(max_length=200, blank=True)
    who = models.CharField(max_length=500, blank=True)
    authority = models.CharField(max_length=500, blank=True)
    decision = models.CharField(max_length=100, blank=True)
    laws = models.JSONField(default=list)
    """Numbers of legal texts."""
    channels = models.JSONField(default=list)
    """online, post, counter, each with its time in words and its fee in words."""
    address = models.CharField(max_length=300, blank=True)
    """Its page on the national portal."""
    search = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["domain"], name="services_national_domain")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

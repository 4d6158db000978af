"""Accounts, organisations, grants and keys as stored."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models

from dinh.kernel.specs import Text

PERSON = "urn:dinh:person:"
ORGANISATION = "urn:dinh:organisation:"
DELETED = Text("Người đã xoá", "Deleted person")
"""What stands for the name of whoever had their data erased."""


class Organisation(models.Model):
    """An authority, an office or a firm; a tree by `parent`."""

    slug = models.CharField(max_length=120, unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    folded = models.CharField(max_length=420)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=140, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name_vi", "slug"]

    def __str__(self) -> str:
        return self.name_vi

    @property
    def urn(self) -> str:
        return ORGANISATION + self.slug


class User(AbstractUser):
    """An account; first in the first migration because every other table may point at it.

    Django's own `is_staff`, `is_superuser`, groups and permissions say nothing here: grants do.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        max_length=100,
        unique=True,
        validators=[RegexValidator(r"[a-z0-9][a-z0-9._\-]*\Z")],
    )
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=320)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=140, blank=True)
    language = models.CharField(max_length=5, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    erased_at = models.DateTimeField(null=True)
    """Since then nothing but the user name is known of the person, and the account stays closed."""

    class Meta(AbstractUser.Meta):
        abstract = False
        ordering: ClassVar = ["name", "username"]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def urn(self) -> str:
        return PERSON + self.username

    @property
    def shown_name(self) -> str:
        """The name in the house's first language; never the user name of somebody whose data is erased."""
        return DELETED.vi if self.erased_at else self.name or self.username

    def get_full_name(self) -> str:
        return self.shown_name

    def get_short_name(self) -> str:
        return self.shown_name


class GrantRecord(models.Model):
    """A role held at a place ('' is everywhere) in a system ('' is all)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=60)
    place = models.CharField(max_length=140, blank=True)
    system = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "parties_grant"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role", "place", "system"], name="parties_grant_once")
        ]
        indexes: ClassVar = [models.Index(fields=["role"], name="parties_grant_role")]

    def __str__(self) -> str:
        return f"{self.role} @ {self.place or '*'}"


class ApiKey(models.Model):
    """A key: only the SHA-256 of its 256 random bits is stored, so nothing here signs in."""

    public_id = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=120)
    scopes = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    owner = models.CharField(max_length=140, db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "public_id"]

    def __str__(self) -> str:
        return self.label


class DataCopy(models.Model):
    """A copy of what is kept about a person, made for them: a file until `expires_at`, then only this line."""

    person = models.CharField(max_length=160, db_index=True)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    task = models.CharField(max_length=64, blank=True)
    file = models.CharField(max_length=160, blank=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Erased, or given up."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="parties_one_copy_each"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["ended_at", "expires_at"], name="parties_copy_expiry")]

    def __str__(self) -> str:
        return f"copy for {self.person} of {self.asked_at}"


class Erasure(models.Model):
    """A person asked that their data be erased: to be done at `due_at` unless withdrawn before."""

    person = models.CharField(max_length=160, db_index=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done = models.JSONField(default=dict)
    """What each holder erased and kept, by its code: the ones that are done after a crash."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(withdrawn_at__isnull=True, done_at__isnull=True),
                name="parties_one_erasure_each",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(began_at__isnull=True),
                name="parties_erasure_withdrawn_in_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["done_at", "withdrawn_at", "due_at"], name="parties_erasure_due")]

    def __str__(self) -> str:
        return f"erasure of {self.person} due {self.due_at}"


class Identity(models.Model):
    """Who a person is, as an office that proves identities told; sealed, so that the registers alone tell nobody."""

    person = models.CharField(max_length=160, unique=True)
    sealed = models.TextField()
    source = models.CharField(max_length=40)
    level = models.CharField(max_length=8, blank=True)
    verified_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"identity of {self.person} by {self.source}"


class Consent(models.Model):
    """A person permits somebody (`to`) to be given some fields of their identity for one purpose, until a day."""

    person = models.CharField(max_length=160, db_index=True)
    to = models.CharField(max_length=160)
    purpose = models.CharField(max_length=80)
    words_vi = models.CharField(max_length=300)
    words_en = models.CharField(max_length=300)
    fields = models.JSONField(default=list)
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    used = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "to", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="parties_one_consent_each",
            )
        ]

    def __str__(self) -> str:
        return f"consent of {self.person} to {self.to} for {self.purpose}"

    @property
    def urn(self) -> str:
        return f"urn:dinh:consent:{self.pk}"


class SecurityEvent(models.Model):
    """What somebody did or tried at a door of the house, `times` alike within a second; kept for a while only.

    No word that was typed: a name that is no account's may be a password in the wrong field.
    """

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=40)
    account = models.CharField(max_length=140, blank=True)
    network = models.CharField(max_length=60, blank=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["kind", "at"], name="parties_security_kind_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

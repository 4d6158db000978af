"""Notices of events, their messages by person and channel, and what people chose."""

from __future__ import annotations

from datetime import time
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

URN: Final = 160
RECIPIENT: Final = 300
STATES: Final = (
    "waiting", "held", "sending", "sent", "delivered", "read", "failed", "dead", "skipped",
)  # fmt: skip
TO_DO: Final = ("waiting", "held", "failed", "sending")
"""States in which `due_at` says when something is to be done; for `sending` it is the end of the claim."""


class Notice(models.Model):
    """One event as one kind of message; what it tells is rendered a recipient, in the recipient's language."""

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=URN, blank=True)
    params = models.JSONField(default=dict)
    emergency = models.BooleanField(default=False)
    salt = models.CharField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "kind"], name="notices_notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Delivery(models.Model):
    """One message: a notice to one recipient by one channel. `ref` names it towards drivers, for ever the same."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    recipient = models.CharField(max_length=RECIPIENT)
    channel = models.CharField(max_length=8)
    ref = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=9)
    how = models.CharField(max_length=6, default="now")
    emergency = models.BooleanField(default=False)
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=500, blank=True)
    search = models.TextField(blank=True)
    digest = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    wanted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=32, blank=True)
    error = models.TextField(blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    parts = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "recipient", "channel"], name="notices_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="notices_delivery_state"),
        ]
        indexes: ClassVar = [
            # What is done has no `due_at`: no condition is needed, which SQLite would not match with a parameter.
            models.Index(fields=["channel", "due_at"], name="notices_delivery_due"),
            models.Index(fields=["recipient", "channel", "-created_at", "-id"], name="notices_delivery_inbox"),
            models.Index(fields=["recipient", "channel", "read_at"], name="notices_delivery_unread"),
            models.Index(fields=["state", "-wanted_at"], name="notices_delivery_state_at"),
            models.Index(fields=["created_at"], name="notices_delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}: {self.state}"


class Preference(models.Model):
    """What a person wants of a kind ('*': of every kind without an own line) by a channel: now, digest or off."""

    person = models.CharField(max_length=URN)
    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=8)
    wanted = models.CharField(max_length=6)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="notices_preference_once"),
            models.CheckConstraint(condition=Q(wanted__in=("now", "digest", "off")), name="notices_preference_wanted"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.kind} {self.channel}: {self.wanted}"


class PersonSetting(models.Model):
    """Times in Vietnam; equal ends of the quiet hours mean that there are none."""

    person = models.CharField(max_length=URN, primary_key=True)
    quiet_from = models.TimeField(default=time(22))
    quiet_to = models.TimeField(default=time(6))
    digest_at = models.TimeField(default=time(7))

    def __str__(self) -> str:
        return self.person


class Address(models.Model):
    """A person's own e-mail address or phone number; `pending` becomes `value` once the code came back."""

    person = models.CharField(max_length=URN)
    kind = models.CharField(max_length=5)
    value = models.CharField(max_length=254, blank=True)
    pending = models.CharField(max_length=254, blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_salt = models.CharField(max_length=32, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    asked_since = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "kind"], name="notices_address_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.kind}"


class Browser(models.Model):
    """A browser that takes web push for a person; its address is known to nobody else."""

    person = models.CharField(max_length=URN, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} {self.label}"

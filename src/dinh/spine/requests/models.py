"""Requests of the public: their public side, who follows them, what people say, who wants to hear of new ones.

The work is a case. What of it the public sees is kept here as it stands, by what cases tell, so that a list asks one table.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

URN = 160


class Request(models.Model):
    """`id` is the UUID under which it was handed in; `number` is public, the id is known to the reporter alone."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=60, unique=True)
    case = models.CharField(max_length=URN, unique=True)
    type = models.CharField(max_length=64)
    category = models.CharField(max_length=64)
    description = models.TextField(blank=True)
    search = models.TextField(blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    address = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=URN, blank=True)
    at = models.DateTimeField()
    updated_at = models.DateTimeField()
    private = models.BooleanField(default=False)
    hidden = models.CharField(max_length=16, blank=True)
    """Why it is not shown in public: check (nobody has looked yet), spam, abuse, personal; '' is shown."""
    held_for = models.CharField(max_length=80, blank=True)
    """What it was held back for when it came in: names of `rows.HELD`, separated by spaces."""
    judged_by = models.CharField(max_length=URN, blank=True)
    """Who showed it or took it off last, and when."""
    judged_at = models.DateTimeField(null=True)
    shown = models.BooleanField()
    withdrawn_at = models.DateTimeField(null=True)
    """When something of it last left the public pages; what is kept of them from before may not be given out."""
    source = models.CharField(max_length=16)
    """app, counter, open311, import."""
    external = models.CharField(max_length=100, blank=True)
    """Its name in the system that it came from."""
    language = models.CharField(max_length=8, default="vi")
    sender = models.CharField(max_length=64, blank=True)
    simulated = models.BooleanField(default=False)
    person = models.CharField(max_length=URN, blank=True)
    erased_at = models.DateTimeField(null=True)
    # As the case stands.
    state = models.CharField(max_length=64)
    counts_as = models.CharField(max_length=16)
    organisation = models.CharField(max_length=URN, blank=True)
    due_at = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    first_answer_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    joined_to = models.CharField(max_length=60, blank=True)
    confirmed = models.PositiveIntegerField(default=0)
    disputed = models.PositiveIntegerField(default=0)
    stars = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(shown=True, private=False, hidden="", erased_at__isnull=True) | Q(shown=False),
                name="requests_shown_is_public",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="requests_point",
            ),
            models.UniqueConstraint(
                fields=["source", "external"], condition=~Q(external=""), name="requests_external_once"
            ),
        ]
        indexes: ClassVar = [
            # Of those shown alone: SQLite finds no bare condition in the columns of an index.
            models.Index(fields=["-at", "number"], condition=Q(shown=True), name="requests_newest"),
            models.Index(fields=["unit", "-at", "number"], condition=Q(shown=True), name="requests_by_unit"),
            models.Index(fields=["category", "-at", "number"], condition=Q(shown=True), name="requests_by_category"),
            models.Index(fields=["latitude", "longitude"], condition=Q(shown=True), name="requests_by_point"),
            models.Index(fields=["-updated_at", "number"], condition=Q(shown=True), name="requests_newly_changed"),
            models.Index(fields=["due_at", "number"], condition=Q(shown=True), name="requests_by_deadline"),
            models.Index(fields=["organisation", "at"], name="requests_by_department"),
            models.Index(fields=["sender", "at"], name="requests_by_sender"),
            models.Index(fields=["person", "at"], name="requests_by_person"),
            models.Index(fields=["hidden", "at"], name="requests_to_check"),
            models.Index(fields=["withdrawn_at"], name="requests_withdrawn"),
        ]

    def __str__(self) -> str:
        return self.number


class Photo(models.Model):
    """A picture as it is given out, and a small one for lists; an official may take one off the public page."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="photos")
    position = models.PositiveSmallIntegerField()
    file = models.CharField(max_length=URN)
    small = models.CharField(max_length=URN)
    shown = models.BooleanField(default=True)
    after = models.BooleanField(default=False)
    """Of how it looks after the work."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "position"], name="requests_photo_once")]

    def __str__(self) -> str:
        return f"{self.request_id} photo {self.position}"


class Follower(models.Model):
    """Somebody who hears what becomes of a request: its reporter (`id` is the request's own), or a neighbour.

    `address` is a person's URN, mailto: or tel:; '' is nobody who can be told. The id is the link to follow it. `left` is what
    somebody who was signed in left beside the account: a link that ended is sent there again, and nothing else.
    """

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="followers")
    role = models.CharField(max_length=10)
    """reporter or neighbour."""
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=220, blank=True)
    left = models.CharField(max_length=220, blank=True)
    language = models.CharField(max_length=8, default="vi")
    since = models.DateTimeField()
    until = models.DateTimeField()
    """When the link ends; every message that goes out makes it last again."""
    confirmed_at = models.DateTimeField(null=True)
    """An address is written to only once it was confirmed; a reporter's is by use."""
    verdict = models.CharField(max_length=10, blank=True)
    """fixed or not_fixed, of the last closing."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "address"], condition=~Q(address=""), name="requests_follower_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["address"], name="requests_follower_address")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.role}"


class Voice(models.Model):
    """What people say after it was reported: fixed, not_fixed, comment, rating."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="voices")
    at = models.DateTimeField()
    role = models.CharField(max_length=10)
    what = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    stars = models.PositiveSmallIntegerField(null=True)
    shown = models.BooleanField(default=True)
    follower = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["request", "at"], name="requests_voices")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.what}"


class Subscription(models.Model):
    """Who wants to hear of new public requests, in an area and of a category; '' is all."""

    id = models.UUIDField(primary_key=True)
    address = models.CharField(max_length=220)
    unit = models.CharField(max_length=URN, blank=True)
    category = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=8, default="vi")
    since = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address", "unit", "category"], name="requests_subscription_once")
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "category"], name="requests_subscribed")]

    def __str__(self) -> str:
        return f"{self.unit or 'everywhere'} {self.category or 'all'}"

"""Feeds that are read, what came in them, and the alerts in force. URNs are text: '' where there is none."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

URN = 160


class Feed(models.Model):
    """A source that is asked every so often. `place` is where its news belong unless they name another place."""

    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    address = models.CharField(max_length=1000, unique=True)
    kind = models.CharField(max_length=16)
    place = models.CharField(max_length=URN)
    licence = models.CharField(max_length=200, blank=True)
    every_min = models.PositiveIntegerField(default=30)
    silent_after_h = models.PositiveIntegerField(default=24)
    enabled = models.BooleanField(default=True)
    simulated = models.BooleanField(default=False)
    manager = models.CharField(max_length=URN)
    created_at = models.DateTimeField()

    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    fault = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    known = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["media", "administration", "warnings"]), name="local_news_feed_kind"
            ),
            models.CheckConstraint(
                condition=Q(every_min__gte=5, every_min__lte=1440), name="local_news_feed_every_so_often"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["enabled", "due_at"], name="local_news_feeds_due")]

    def __str__(self) -> str:
        return self.name_vi


class Item(models.Model):
    """Headline, summary and link of one piece of news; never its text. `guid` is the SHA-256 of the feed's own name."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+")
    guid = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    summary = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=1000)
    said_at = models.DateTimeField()
    came_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    search = models.CharField(max_length=700)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["feed", "guid"], name="local_news_item_once")]
        indexes: ClassVar = [models.Index(fields=["-said_at", "-id"], name="local_news_newest")]

    def __str__(self) -> str:
        return self.title


class ItemUnit(models.Model):
    """A place that a piece of news is about."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="units")
    unit = models.CharField(max_length=URN)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "item"], name="local_news_item_unit_once")]

    def __str__(self) -> str:
        return self.unit


class Alert(models.Model):
    """A CAP message. `channel` is own, desk or feed:<number>: what comes by one channel changes nothing of another.

    `said` holds the words by language; `xml` the message as it came or as the house wrote it; `placed` how its communes
    were found: shape, code, name, feed or nowhere.
    """

    channel = models.CharField(max_length=32)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, null=True, related_name="+")
    sender = models.CharField(max_length=300)
    identifier = models.CharField(max_length=300)
    sent_at = models.DateTimeField()
    kind = models.CharField(max_length=8)
    status = models.CharField(max_length=8)
    severity = models.CharField(max_length=8)
    urgency = models.CharField(max_length=16)
    certainty = models.CharField(max_length=16)
    category = models.CharField(max_length=16)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    end_given = models.BooleanField(default=True)
    said = models.JSONField(default=dict)
    references = models.JSONField(default=list)
    placed = models.CharField(max_length=8)
    signed = models.BooleanField(default=False)
    version = models.CharField(max_length=4)
    xml = models.TextField()
    publication = models.CharField(max_length=100, blank=True)
    came_at = models.DateTimeField()
    came_by = models.CharField(max_length=URN, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.CharField(max_length=URN, blank=True)
    hidden_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "sender", "identifier", "sent_at"], name="local_news_message_once"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None) | (~Q(hidden_by="") & ~Q(hidden_why="")),
                name="local_news_hidden_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["until_at"], name="local_news_in_force")]

    def __str__(self) -> str:
        return self.identifier


class AlertUnit(models.Model):
    """A commune that an alert is for, with the worst severity there."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="units")
    unit = models.CharField(max_length=URN)
    severity = models.CharField(max_length=8)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "alert"], name="local_news_alert_unit_once")]

    def __str__(self) -> str:
        return self.unit

"""The log and its tree. Entries and nodes are only ever added; triggers in the database see to it."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """A leaf; `data` is the canonical JSON text that was hashed."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=160)
    at = models.DateTimeField()
    data = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = (
            models.Index(fields=("subject", "index"), name="ledger_entry_subject"),
            models.Index(fields=("kind", "index"), name="ledger_entry_kind"),
        )

    def __str__(self) -> str:
        return f"{self.index} {self.kind} {self.subject}"


class Node(models.Model):
    """A complete subtree of 2**level leaves, level 1 and above."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"level {self.level} number {self.number}"


class Head(models.Model):
    """The one row that appends wait for: size, and the hashes of the largest complete subtrees end to end."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=bytes)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="ledger_one_head"),)

    def __str__(self) -> str:
        return f"{self.size} leaves"


class Checkpoint(models.Model):
    """A tree head that the house signed, as it was exported."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    key = models.CharField(max_length=300)
    note = models.TextField()

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Witness(models.Model):
    """A second place for checkpoints, and how far it has them."""

    place = models.CharField(primary_key=True, max_length=300)
    sent_size = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(default="")
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.place

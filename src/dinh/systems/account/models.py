"""E-mail addresses and phone numbers by which people sign in."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Contact(models.Model):
    """An address that its person has proved by a code. It is found by a keyed fingerprint; readable is only its mask."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5)
    fingerprint = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        app_label = "dinh_account"  # django-allauth loads our adapters also where this system is unplugged
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.shown

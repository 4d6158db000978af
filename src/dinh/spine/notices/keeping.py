"""How long words are kept, and how a person's are erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from dinh.kernel import clock
from dinh.spine.notices import models

WORDS_KEPT: Final = timedelta(days=90)
"""Of messages by e-mail, push, SMS and Zalo: long enough to look into a complaint. The inbox keeps its own."""


def purge() -> int:
    """Takes the words out of old messages that are done; that they were sent, to whom and when, stays."""
    old = models.Delivery.objects.filter(created_at__lt=clock.now() - WORDS_KEPT, due_at__isnull=True)
    done = old.exclude(channel="inbox").exclude(state__in=("dead", *models.TO_DO)).exclude(title="", body="")
    changed = done.update(title="", body="", error="")
    needed = models.Delivery.objects.filter(notice=OuterRef("pk"), state__in=("dead", *models.TO_DO))
    models.Notice.objects.filter(~Exists(needed), created_at__lt=clock.now() - WORDS_KEPT).exclude(params={}).update(
        params={}
    )
    return changed


def forget(person: str) -> None:
    """Everything a person chose and where they are reached; the words of their messages go, that there were some stays."""
    with transaction.atomic():
        for model in (models.Preference, models.PersonSetting, models.Address, models.Browser):
            model._default_manager.filter(person=person).delete()
        mine = models.Delivery.objects.filter(recipient=person)
        mine.update(title="", body="", search="", error="")
        mine.filter(state__in=models.TO_DO).update(state="skipped", due_at=None, claim="", error_code="no_person")

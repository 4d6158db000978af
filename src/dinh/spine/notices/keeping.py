"""How long words are kept, and how a person's are erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from dinh.kernel import clock
from dinh.spine.notices import digests, models

WORDS_KEPT: Final = timedelta(days=90)
"""Of messages by e-mail, push, SMS and Zalo: long enough to look into a complaint. The inbox keeps its own."""

AT_ONCE: Final = 500


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
        rows = models.Delivery.objects.filter(recipient=person)
        _silence(rows, "no_person")
        _forget_params(rows)


def forget_about(things: Sequence[str]) -> None:
    with transaction.atomic():
        for start in range(0, len(things), AT_ONCE):
            notices = models.Notice.objects.filter(about__in=things[start : start + AT_ONCE])
            rows = models.Delivery.objects.filter(notice__in=notices)
            gathered = {digest for digest in rows.values_list("digest", flat=True) if digest is not None}
            _silence(rows, "discarded")
            notices.update(params={})
            _silence(models.Delivery.objects.filter(pk__in=digests.tell_anew(gathered)), "discarded")


def forget_address(recipient: str) -> int:
    """A `mailto:` or `tel:` address: the words of what went there, and the address itself."""
    with transaction.atomic():
        rows = models.Delivery.objects.filter(recipient=recipient)
        _silence(rows, "no_address")
        _forget_params(rows)
        # One at a time: the key, the recipient and the channel of a message are together its own.
        for row in rows:
            row.recipient = f"erased:{row.ref}"
            row.save(update_fields=["recipient"])
        return len(rows)


def _silence(rows: QuerySet[models.Delivery], because: str) -> None:
    rows.filter(state__in=("dead", *models.TO_DO)).update(state="skipped", due_at=None, claim="", error_code=because)
    rows.update(title="", body="", search="", error="")


def _forget_params(rows: QuerySet[models.Delivery]) -> None:
    """Of their notices none of whose messages has words any more."""
    told = models.Delivery.objects.filter(notice=OuterRef("pk")).exclude(title="", body="")
    models.Notice.objects.filter(~Exists(told), pk__in=rows.values("notice")).exclude(params={}).update(params={})

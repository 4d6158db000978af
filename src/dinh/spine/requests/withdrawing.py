"""What leaves the public pages leaves them at once: the hour is kept for other processes, this one is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.spine.files import api as files
from dinh.spine.requests import models

listeners: Final[list[Callable[[], None]]] = []


def withdraw(request: models.Request) -> None:
    """In the transaction of the act that took something off."""
    request.withdrawn_at = clock.now()
    models.Request.objects.filter(pk=request.pk).update(withdrawn_at=request.withdrawn_at)
    transaction.on_commit(_tell)


def keep_photos_private(request: models.Request) -> None:
    """Of what became private after it was sent: whoever reads its photos is in the ledger from then on."""
    photos = models.Photo.objects.filter(request=request).values_list("file", "small")
    files.mark_personal([urn for pair in photos for urn in pair])


def _tell() -> None:
    for listener in listeners:
        listener()

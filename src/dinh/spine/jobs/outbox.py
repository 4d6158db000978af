"""Writing events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.spine.jobs import api, models, registrations
from dinh.spine.ledger import api as ledger


def publish(name: str, payload: Mapping[str, Any]) -> None:
    if not connection.in_atomic_block:
        raise Conflict(
            "jobs.no_transaction",
            "the event '{name}' was published outside of a transaction; publish it together with the change it tells of",
            name=name,
        )
    # Numbers must follow the order of commits, else a listener could pass an event that is not yet
    # visible. SQLite has one writer anyway; elsewhere publishers stand in the ledger's line.
    if connection.vendor != "sqlite":
        ledger.take_turn()
    stored = models.Event.objects.create(name=name, payload=dict(payload), at=clock.now())
    event = row_of(stored)
    transaction.on_commit(lambda: _committed(event))


def _committed(event: api.Event) -> None:
    registrations.wake()
    registrations.tell(event)


def row_of(stored: models.Event) -> api.Event:
    return api.Event(number=stored.number, name=stored.name, payload=stored.payload, at=stored.at)

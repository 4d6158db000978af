"""Emptying all tables stays possible for test runs alone: there the protection of the ledger is lifted for it."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections, transaction

from dinh.spine.ledger import protection


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        if not hasattr(mail, "outbox"):  # Django sets it up for the length of a test run
            raise CommandError(
                "the ledger is append-only, so the registers are not emptied; begin with a new DINH_HOME"
            )
        connection = connections[options["database"]]
        # One write transaction: on SQLite the file is locked before the triggers go.
        with transaction.atomic(using=options["database"]):
            protection.lift(connection)
            super().handle(**options)
            protection.protect(connection)

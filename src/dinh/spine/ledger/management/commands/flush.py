"""Emptying all tables stays possible for test runs alone: there the protection of the ledger is lifted for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core import mail
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

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
            if connection.vendor == "postgresql" and not options.get("reset_sequences", True):
                with _rows_deleted(connection):
                    super().handle(**options)
                return
            protection.lift(connection)
            super().handle(**options)
            protection.protect(connection)


@contextmanager
def _rows_deleted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Deletes rows instead of truncating tables, with every trigger asleep: truncating a hundred tables that are nearly
    empty takes PostgreSQL a third of a second, a hundred deletions ten milliseconds."""

    def deletions(style: Any, tables: Sequence[str], **_: Any) -> list[str]:
        names = (connection.ops.quote_name(table) for table in tables)
        asleep, awake = "SET LOCAL session_replication_role = replica", "SET LOCAL session_replication_role = DEFAULT"
        return [asleep, *(f"DELETE FROM {name}" for name in names), awake]  # noqa: S608 - names of our own tables

    operations = connection.ops
    kept = operations.sql_flush
    operations.sql_flush = deletions  # type: ignore[method-assign]
    try:
        yield
    finally:
        operations.sql_flush = kept  # type: ignore[method-assign]

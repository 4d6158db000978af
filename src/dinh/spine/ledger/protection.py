"""Triggers that refuse to change or remove what the log holds, on SQLite and on PostgreSQL.

They stop mistakes and careless statements; whoever owns the database can lift them, and is found
out by `dinh ledger verify` and by every tree head that is in other hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("ledger_entry", "ledger_node", "ledger_checkpoint")
_REFUSAL: Final = "the ledger is append-only"


def protect(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Installs the triggers; again changes nothing."""
    lift(connection, tables)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table in tables:
                for act in ("UPDATE", "DELETE"):
                    cursor.execute(
                        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
                    )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
            )
            for table in tables:
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
                )


def lift(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Removes the triggers."""
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "sqlite":
                for act in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")

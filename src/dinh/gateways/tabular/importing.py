"""An import from the file that was given to its outcome: kept, looked at, put into the queue, done part by part."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import models as orm
from django.db import transaction

from dinh.engines.tables import reading
from dinh.engines.tables.reading import Table, Wishes
from dinh.gateways.tabular import mapping as mappings
from dinh.gateways.tabular.mapping import Mapping
from dinh.gateways.tabular.models import TableImport
from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

KIND: Final = "tabular.import"
USE: Final = "tabular.use"
MOST_BYTES: Final = 200 * 1024 * 1024
PREVIEWS_KEPT: Final = timedelta(days=7)
REFUSED_KEPT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """`result` is what the work counted; `mapping` None before anybody looked."""

    key: str
    name: str
    size: int
    sha256: str
    state: str
    mapping_name: str
    mapping: Mapping | None
    task: str
    result: AnyMapping[str, Any]
    by: str
    by_name: str
    created_at: datetime
    ended_at: datetime | None


def _row(row: TableImport) -> ImportRow:
    return ImportRow(
        row.key, row.name, row.size, row.sha256, row.state, row.mapping_name,
        mappings.read(row.mapping) if row.mapping else None, row.task, row.result, row.by, row.by_name, row.created_at,
        row.ended_at,
    )  # fmt: skip


def folder(key: str) -> Path:
    """Private to the account that runs Đình."""
    root = Path(settings.HOME) / "imports"
    root.mkdir(mode=0o700, exist_ok=True)
    return root / key


def original(key: str) -> Path:
    return folder(key) / "original"


def refused(key: str) -> Path:
    return folder(key) / "refused.csv"


def keep(content: bytes, *, name: str, by: Actor) -> ImportRow:
    """A file that somebody gave, to be looked at. Raises Refused, Invalid `tables.*`, `tabular.too_large`."""
    parties.require(by, USE)
    if len(content) > MOST_BYTES:
        raise Invalid(
            "tabular.too_large",
            "the file has {size} MB; give at most {most} MB, or send it with «dinh import table»",
            size=len(content) // 1_000_000,
            most=MOST_BYTES // 1_000_000,
        )
    reading.sniff(content)
    key = uuid.uuid4().hex
    folder(key).mkdir(mode=0o700)
    with original(key).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    row = TableImport.objects.create(
        key=key,
        name=nfc(Path(name.replace("\\", "/")).name)[:200] or "table",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by.urn,
        by_name=by.name[:200],
        organisation=by.organisation or "",
        created_at=clock.now(),
    )
    return _row(row)


def _seen_by(by: Actor) -> orm.QuerySet[TableImport]:
    """One's own and those of one's organisation; all for whoever manages indicators everywhere."""
    rows = TableImport.objects.all()
    if parties.may_everywhere(by, "observations.manage"):
        return rows
    mine = orm.Q(by=by.urn)
    return rows.filter(mine | orm.Q(organisation=by.organisation) if by.organisation else mine)


def one(key: str, *, by: Actor) -> ImportRow:
    """Raises Refused, NotFound `tabular.no_import`."""
    parties.require(by, USE)
    return _row(_found(key, by))


def _found(key: str, by: Actor) -> TableImport:
    row = _seen_by(by).filter(key=key).first()
    if row is None:
        raise NotFound(
            "tabular.no_import", "there is no import '{key}'; previews are dropped after a week", key=key[:40]
        )
    return row


def newest(*, by: Actor, limit: int = 50) -> Sequence[ImportRow]:
    """Newest first."""
    parties.require(by, USE)
    return [_row(row) for row in _seen_by(by).order_by("-created_at", "-id")[:limit]]


def wishes_of(mapping: Mapping) -> Wishes:
    """How a mapping wants its file to be read."""
    return Wishes(mapping.encoding, mapping.delimiter, mapping.header_row or None, mapping.sheet, mapping.font)


def table_of(key: str, mapping: Mapping | None) -> Table:
    """Raises NotFound `tabular.no_file` once the file is gone."""
    try:
        content = original(key).read_bytes()
    except OSError as error:
        raise NotFound("tabular.no_file", "the file of this import is no longer kept; give it again") from error
    return reading.read(content, wishes_of(mapping) if mapping else None)


def set_mapping(key: str, mapping: Mapping, *, name: str = "", by: Actor) -> ImportRow:
    """Raises Conflict `tabular.started`."""
    mappings.checked(mapping)
    with transaction.atomic():
        row = TableImport.objects.select_for_update().get(pk=_found(key, by).pk)
        if row.state != TableImport.State.PREVIEW:
            raise Conflict(
                "tabular.started", "this table is being imported already; give the file again to import it otherwise"
            )
        row.mapping, row.mapping_name = mappings.write(mapping), name or row.mapping_name
        row.save(update_fields=["mapping", "mapping_name"])
    return _row(row)


def start(key: str, *, by: Actor) -> ImportRow:
    """Puts the import into the queue; asked twice, it is there once."""
    with transaction.atomic():
        row = TableImport.objects.select_for_update().get(pk=_found(key, by).pk)
        target = mappings.read(row.mapping).target if row.mapping else "readings"
        parties.require(by, "places.manage" if target == "places" else "observations.record")
        if row.state == TableImport.State.PREVIEW:
            task = jobs.start(KIND, {"import": key}, title=row.name, by=by.urn, key=key)
            row.state, row.task, row.by, row.by_name = TableImport.State.STARTED, task.id, by.urn, by.name[:200]
            row.save(update_fields=["state", "task", "by", "by_name"])
            ledger.append("tabular.started", by.urn, {"import": key, "sha256": row.sha256})
    return _row(row)


def done(key: str, result: AnyMapping[str, Any]) -> None:
    """In the present transaction: the outcome and its leaf, once."""
    row = TableImport.objects.select_for_update().get(key=key)
    if row.state == TableImport.State.DONE:
        return
    row.state, row.result, row.ended_at = TableImport.State.DONE, dict(result), clock.now()
    row.save(update_fields=["state", "result", "ended_at"])
    counts = {name: value for name, value in result.items() if isinstance(value, int) and not isinstance(value, bool)}
    ledger.append("tabular.imported", row.by, {"import": key, "sha256": row.sha256, "counts": counts})
    transaction.on_commit(lambda: original(key).unlink(missing_ok=True))


def drop(key: str, *, by: Actor) -> None:
    """Throws a preview away. Raises Conflict `tabular.started`."""
    with transaction.atomic():
        row = TableImport.objects.select_for_update().get(pk=_found(key, by).pk)
        if row.state != TableImport.State.PREVIEW:
            raise Conflict(
                "tabular.started", "this table is being imported already; give the file again to import it otherwise"
            )
        row.delete()
    shutil.rmtree(folder(key), ignore_errors=True)


def tidy() -> None:
    """Drops previews that nobody went on with, and files of refused rows that are old."""
    now = clock.now()
    for key in list(
        TableImport.objects.filter(state=TableImport.State.PREVIEW, created_at__lt=now - PREVIEWS_KEPT).values_list(
            "key", flat=True
        )
    ):
        shutil.rmtree(folder(key), ignore_errors=True)
        TableImport.objects.filter(key=key, state=TableImport.State.PREVIEW).delete()
    old = TableImport.objects.filter(state=TableImport.State.DONE, ended_at__lt=now - REFUSED_KEPT)
    for key in list(old.values_list("key", flat=True)):
        shutil.rmtree(folder(key), ignore_errors=True)

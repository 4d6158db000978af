"""Making checkpoints: the history is compared with every earlier one at hand before a new one is signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import structlog
from django.db import transaction

from dinh.engines import checkpoints as engine
from dinh.engines import merkle
from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.ledger import api, models, queries, signing, witnesses

log = structlog.get_logger("dinh.ledger")


def row_of(found: models.Checkpoint) -> api.CheckpointRow:
    return api.CheckpointRow(size=found.size, root=bytes(found.root), at=found.at, key=found.key, note=found.note)


def make() -> api.CheckpointRow | None:
    """Signs the present head, keeps it and writes it to the file; None where nothing was added since the last one.

    Raises Conflict `ledger.rewritten`, `ledger.key_lost`: then nothing was signed.
    """
    made: api.CheckpointRow | None = None
    newest = latest()
    require_same_history()
    if queries.head().size and (newest is None or queries.head().size != newest.size):
        signer = signing.signer()
        with transaction.atomic(durable=True):
            head = queries.head()
            note = engine.signed(engine.Checkpoint(signer.name, head.size, head.root).text, [signer])
            row, _ = models.Checkpoint.objects.get_or_create(
                size=head.size,
                defaults={"root": head.root, "at": clock.now(), "key": signer.key.text, "note": note},
            )
        made = row_of(row)
    write_file()
    return made


def write_file() -> None:
    """Adds to the house's own file whatever it lacks: also what a crash kept from it."""
    file = witnesses.own_file()
    after = file.size()
    file.append([row.note for row in models.Checkpoint.objects.filter(size__gt=after).order_by("size")])


def require_same_history() -> None:
    """Raises Conflict `ledger.rewritten` where an earlier checkpoint is no beginning of the present ledger."""
    for where, note in _witnessed():
        compare(where, note, signing.trusted())


def compare(where: str, note: str, keys: Sequence[engine.Key]) -> None:
    try:
        known = engine.opened(note, keys)
    except DinhError as error:
        raise Conflict(
            "ledger.rewritten",
            "a checkpoint in {where} is not of this ledger: {reason}; nothing is signed until this is cleared up: "
            "keep every copy, then run `dinh ledger verify --against FILE`",
            where=where,
            reason=error,
        ) from error
    head = queries.head()
    now = b""
    if known.size <= head.size:
        try:
            now = queries.head_at(known.size).root
            path = queries.consistency_proof(known.size, head.size)
            if merkle.consistency_holds(known.size, head.size, path, known.root, head.root):
                return
        except DinhError:
            now = b""
    raise Conflict(
        "ledger.rewritten",
        "the ledger was rewritten: {where} holds a signed checkpoint of {size} entries with root {then}, and the ledger of "
        "{present} entries has another beginning ({now}); nothing is signed until this is cleared up: keep every copy, "
        "then run `dinh ledger verify --against FILE`",
        where=where,
        size=known.size,
        then=known.root.hex(),
        now=now.hex() or "–",
        present=head.size,
    )


def _witnessed() -> Iterator[tuple[str, str]]:
    newest = models.Checkpoint.objects.order_by("-size").first()
    if newest is not None:
        yield "ledger_checkpoint", newest.note
    for file in (witnesses.own_file(), *witnesses.other_files()):
        note = file.last()
        if note is not None:
            yield str(file.path), note


def latest() -> api.CheckpointRow | None:
    found = models.Checkpoint.objects.order_by("-size").first()
    return None if found is None else row_of(found)


def listed(*, before: int | None, limit: int) -> Sequence[api.CheckpointRow]:
    query = models.Checkpoint.objects.order_by("-size")
    if before is not None:
        query = query.filter(size__lt=before)
    return [row_of(found) for found in query[:limit]]


def all_notes() -> Iterator[str]:
    yield from models.Checkpoint.objects.order_by("size").values_list("note", flat=True).iterator()


def of_size(size: int) -> api.CheckpointRow | None:
    found = models.Checkpoint.objects.filter(size=size).first() if 0 <= size < 2**63 else None
    return None if found is None else row_of(found)


def first_over(index: int) -> api.CheckpointRow | None:
    """The earliest checkpoint that covers the entry."""
    found = models.Checkpoint.objects.filter(size__gt=index).order_by("size").first()
    return None if found is None else row_of(found)


def state() -> api.CheckpointState:
    newest = latest()
    fault: DinhError | None = None
    try:
        require_same_history()
    except DinhError as error:
        fault = error
    return api.CheckpointState(
        latest=newest,
        entries_since=max(queries.head().size - (newest.size if newest else 0), 0),
        fault=fault,
        places=witnesses.rows(),
    )

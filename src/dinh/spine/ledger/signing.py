"""The house's key for checkpoints: in a file that its owner alone reads; its public half is a chain of leaves."""

from __future__ import annotations

import base64
import os
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from dinh.engines import checkpoints
from dinh.engines.checkpoints import Key, Signer
from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.ledger import actions, api, models
from dinh.spine.ledger.rows import row_of

KIND: Final = "ledger.key"
SUBJECT: Final = "urn:dinh:organisation:dinh"


def _file() -> Path:
    return Path(settings.LEDGER_KEY)


def _next() -> Path:
    return _file().with_suffix(".next")


def _write(path: Path, seed: bytes, *, over: bool) -> None:
    """Whole or not at all, on the disk before it returns; without `over` what is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, fresh = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(seed).decode())
        file.flush()
        os.fsync(file.fileno())
    if over:
        os.replace(fresh, path)
        return
    with suppress(FileExistsError):
        os.link(fresh, path)
    os.unlink(fresh)


def _seed(path: Path) -> bytes | None:
    return base64.b64decode(path.read_text(encoding="ascii")) if path.exists() else None


def _origin(public: bytes) -> str:
    """The name of this log for ever: it comes from its first key, so that no two logs share one by chance."""
    return f"dinh-{sha256(public).hexdigest()[:16]}"


def statements() -> Sequence[models.Entry]:
    return list(models.Entry.objects.filter(kind=KIND).order_by("index"))


def rows() -> Sequence[api.KeyRow]:
    """Oldest first. A statement that cannot be read is left out: `verify` tells of it."""
    found: list[api.KeyRow] = []
    old: Key | None = None
    for entry in statements():
        said = row_of(entry).data
        try:
            key = Key.read(str(said.get("key", "")))
        except DinhError:
            continue
        statement = str(said.get("statement", ""))
        try:
            follows = checkpoints.read_succession(statement, old).key == key
        except DinhError:
            follows = False
        found.append(api.KeyRow(key=key.text, since=entry.at, index=entry.index, statement=statement, follows=follows))
        old = key
    return found


def trusted(given: Iterable[str] = ()) -> Sequence[Key]:
    """The keys of the house: those given (else the one in its file and every one of the chain), and all that follow
    from them by their statements."""
    chain = rows()
    start = [Key.read(text) for text in given]
    if start:
        keys = list(start)
        for row in chain:
            key = Key.read(row.key)
            before = [known for known in keys if _follows(row.statement, known)]
            if key not in keys and before:
                keys.append(key)
        return keys
    keys = [Key.read(row.key) for row in chain]
    held = _seed(_file())
    if held is not None and keys and (own := Signer(keys[0].name, held).key) not in keys:
        keys.append(own)
    return keys


def _follows(statement: str, old: Key) -> bool:
    try:
        checkpoints.read_succession(statement, old)
    except DinhError:
        return False
    return True


def signer() -> Signer:
    """The present key, made and written into the ledger at the first call.

    Raises Conflict `ledger.key_lost` where the file does not hold the key that the ledger names last.
    """
    chain = rows()
    if not chain:
        return _first()
    wanted = Key.read(chain[-1].key)
    for path in (_file(), _next()):
        seed = _seed(path)
        if seed is not None and Signer(wanted.name, seed).key == wanted:
            if path != _file():  # a rotation was cut off between the ledger and the file
                os.replace(path, _file())
            return Signer(wanted.name, seed)
    raise Conflict(
        "ledger.key_lost",
        "{file} does not hold the key {key} that the ledger names; put the file back from a copy, "
        "or begin with a new key: dinh ledger rotate-key --lost",
        file=str(_file()),
        key=wanted.text,
    )


def _first() -> Signer:
    _write(_file(), secrets.token_bytes(32), over=False)
    seed = _seed(_file())
    assert seed is not None
    new = Signer(_origin(Signer("dinh", seed).key.public), seed)
    with transaction.atomic():
        actions.take_turn()
        if not models.Entry.objects.filter(kind=KIND).exists():
            _introduce(new, None, "")
    return new


def _introduce(new: Signer, old: Signer | None, by: str) -> None:
    said = checkpoints.succeeded(new.name, new, old, clock.now())
    data = {"key": new.key.text, "statement": said.statement, "by": by or SUBJECT}
    actions.append_many(KIND, [(SUBJECT, data)])


def rotate(*, by: str, lost: bool) -> api.KeyRow:
    """A new key, signed by the one before; the old one is forgotten. With `lost` nothing signs it but itself."""
    chain = rows()
    if not chain:
        signer()
        return rows()[-1]
    old = None if lost else signer()
    new = Signer(Key.read(chain[-1].key).name, secrets.token_bytes(32))
    _write(_next(), new.seed, over=True)
    with transaction.atomic():
        _introduce(new, old, by)
    os.replace(_next(), _file())
    return rows()[-1]

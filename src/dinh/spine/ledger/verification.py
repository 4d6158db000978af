"""Recomputing everything from the stored entries, and saying what differs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from dinh.engines import merkle
from dinh.engines.checkpoints import Checkpoint, Key, opened
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.ledger import api, domain, models, queries, signing

CHUNK = 4096
MOST_FAULTS = 1000
_FIELDS = ("index", "kind", "subject", "at", "data", "leaf_hash")


def verify(*, against: Sequence[str] = (), keys: Sequence[str] = ()) -> api.Verdict:
    """Reads the log once in order, in pieces; appends may go on meanwhile (they are not looked at)."""
    believed = signing.trusted(keys)
    row = models.Head.objects.filter(pk=1).first()
    size = row.size if row else 0
    faults: list[str] = []
    signed = _opened(against, believed, faults)
    roots = {known.size: b"" for known in signed}
    peaks: Sequence[bytes] = ()
    for start in range(0, size, CHUNK):
        end = min(start + CHUNK, size)
        peaks = _verify_chunk(start, end, peaks, faults, roots)
        if len(faults) > MOST_FAULTS:
            faults[MOST_FAULTS:] = [f"and more: the check ended at entry {end - 1}"]
            break
    else:
        stored = bytes(row.peaks) if row else b""
        if stored != b"".join(peaks):
            faults.append(f"the head's stored hashes do not follow from its {size} entries")
        faults.extend(_beyond(size))
        faults.extend(_against(signed, roots, size))
    return api.Verdict(ok=not faults, size=size, root=merkle.root_of_peaks(peaks), faults=tuple(faults))


def _opened(notes: Sequence[str], keys: Sequence[Key], faults: list[str]) -> Sequence[Checkpoint]:
    found = []
    for note in notes:
        try:
            found.append(opened(note, keys))
        except DinhError as error:
            faults.append(error.message)
    return found


def _against(signed: Sequence[Checkpoint], roots: Mapping[int, bytes], size: int) -> Iterator[str]:
    for known in sorted(signed, key=lambda one: one.size):
        root = roots[known.size] if known.size else merkle.EMPTY_ROOT
        if known.size > size:
            yield f"a checkpoint was signed over {known.size} entries, and the ledger has {size}: entries were removed"
        elif root != known.root:
            yield (
                f"the checkpoint of {known.size} entries has root {known.root.hex()}, and these entries have "
                f"{root.hex()}: the ledger was rewritten before entry {known.size}"
            )


def _verify_chunk(
    start: int, end: int, peaks: Sequence[bytes], faults: list[str], roots: dict[int, bytes]
) -> Sequence[bytes]:
    rows = models.Entry.objects.filter(index__gte=start, index__lt=end).values_list(*_FIELDS, named=False)
    found = {row[0]: row for row in rows}
    computed: dict[merkle.Node, bytes] = {}
    for index in range(start, end):
        entry = found.get(index)
        if entry is None:
            faults.append(f"entry {index} is missing")
            hashed = merkle.EMPTY_ROOT
        else:
            hashed = _hash_of(*entry, faults=faults)
        growth = merkle.grow(index, peaks, hashed)
        computed.update(growth.closed)
        peaks = growth.peaks
        if index + 1 in roots:
            roots[index + 1] = merkle.root_of_peaks(peaks)
    faults.extend(_verify_nodes(computed))
    return peaks


def _hash_of(
    index: int, kind: str, subject: str, at: datetime, data: str, leaf_hash: bytes, *, faults: list[str]
) -> bytes:
    hashed = domain.leaf_hash(index=index, kind=kind, subject=subject, at=at, data=data)
    about = f"entry {index} ({kind}, {subject})"
    if hashed != bytes(leaf_hash):
        faults.append(f"{about}: its content does not have the stored hash {bytes(leaf_hash).hex()}")
    try:
        if domain.canonical(json.loads(data)) != data:
            faults.append(f"{about}: its data is not canonical JSON")
    except (ValueError, Invalid):
        faults.append(f"{about}: its data is not JSON")
    return hashed


def _verify_nodes(computed: dict[merkle.Node, bytes]) -> Iterator[str]:
    numbers: dict[int, list[int]] = defaultdict(list)
    for node in computed:
        numbers[node.level].append(node.number)
    for level, wanted in sorted(numbers.items()):
        stored = {
            number: bytes(value)
            for number, value in models.Node.objects.filter(
                level=level, number__gte=min(wanted), number__lte=max(wanted)
            ).values_list("number", "hash")
        }
        for number in wanted:
            first, last = number << level, ((number + 1) << level) - 1
            if number not in stored:
                yield f"the hash over entries {first} to {last} is missing"
            elif stored[number] != computed[merkle.Node(level, number)]:
                yield f"the stored hash over entries {first} to {last} does not follow from them"


def _beyond(size: int) -> Iterator[str]:
    """Entries that no head knows; looked for after the head was read again, since appends go on."""
    last = models.Entry.objects.order_by("-index").values_list("index", flat=True).first()
    if last is not None and last >= max(size, queries.head().size):
        yield f"entry {last} lies beyond the head"

"""Reading the log and proving from it, in O(log n) rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import connection

from dinh.engines import merkle
from dinh.kernel.errors import NotFound, OutOfRange
from dinh.spine.ledger import api, domain, models
from dinh.spine.ledger.rows import WIDTH, row_of

# Joined by hand: as conditions of a filter, thirty times as long is spent on writing and planning the statement.
_NODES: Final = (
    "WITH wanted (level, number) AS (VALUES {wanted}) SELECT node.level, node.number, node.hash FROM wanted "
    "JOIN ledger_node node ON node.level = wanted.level AND node.number = wanted.number"
)


def head() -> api.TreeHead:
    found = models.Head.objects.filter(pk=1).first()
    if found is None:
        return api.TreeHead(0, merkle.EMPTY_ROOT)
    joined = bytes(found.peaks)
    return api.TreeHead(found.size, merkle.root_of_peaks([joined[n : n + WIDTH] for n in range(0, len(joined), WIDTH)]))


def head_at(size: int) -> api.TreeHead:
    """The head when the log had `size` entries; raises OutOfRange."""
    present = head()
    if size == present.size:
        return present
    if not 0 <= size <= present.size:
        raise OutOfRange(
            "ledger.no_such_size",
            "the ledger never had {size} entries; give 0 to {present}",
            size=size,
            present=present.size,
        )
    peaks = merkle.peaks_of(size)
    known = read(peaks)
    return api.TreeHead(size, merkle.root_of_peaks([known[node] for node in peaks]))


def entry(index: int) -> api.Entry:
    found = models.Entry.objects.filter(index=index).first() if 0 <= index < 2**63 else None
    if found is None:
        raise NotFound(
            "ledger.no_entry",
            "the ledger has no entry {index}; the last one is {last}",
            index=index,
            last=head().size - 1,
        )
    return row_of(found)


def entries(*, subject: str | None, kind: str | None, after: int, limit: int) -> Sequence[api.Entry]:
    query = models.Entry.objects.filter(index__gt=after)
    if subject is not None:
        query = query.filter(subject=subject)
    if kind is not None:
        query = query.filter(kind=kind)
    return [row_of(found) for found in query.order_by("index")[:limit]]


def latest_entries(*, limit: int) -> Sequence[api.Entry]:
    return [row_of(found) for found in models.Entry.objects.order_by("-index")[:limit]]


def read(nodes: Sequence[merkle.Node]) -> Mapping[merkle.Node, bytes]:
    """Hashes of complete subtrees, leaves included: two queries at most."""
    leaves = [node.number for node in nodes if node.level == 0]
    known: dict[merkle.Node, bytes] = {}
    if leaves:
        for index, value in models.Entry.objects.filter(index__in=leaves).values_list("index", "leaf_hash"):
            known[merkle.Node(0, index)] = bytes(value)
    above = [node for node in nodes if node.level]
    if above:
        wanted = ", ".join(["(%s, %s)"] * len(above))
        with connection.cursor() as cursor:
            cursor.execute(_NODES.format(wanted=wanted), [number for node in above for number in node])
            for level, number, value in cursor.fetchall():
                known[merkle.Node(level, number)] = bytes(value)
    for node in nodes:
        if node not in known:
            raise NotFound(
                "ledger.node_missing",
                "the ledger has lost the subtree level {level} number {number}; run `dinh ledger verify`",
                level=node.level,
                number=node.number,
            )
    return known


def inclusion_proof(index: int, size: int | None) -> api.Proof:
    found = entry(index)
    tree = head() if size is None else head_at(size)
    return api.Proof(entry=found, head=tree, path=merkle.inclusion_path(index, tree.size, read))


def consistency_proof(first: int, second: int | None) -> Sequence[bytes]:
    tree = head() if second is None else head_at(second)
    return merkle.consistency_path(first, tree.size, read)


def check_proof(proof: api.Proof) -> bool:
    leaf = proof.entry
    recomputed = domain.leaf_hash(
        index=leaf.index,
        kind=leaf.kind,
        subject=leaf.subject,
        at=leaf.at,
        data=domain.canonical(dict(leaf.data)),
    )
    return recomputed == leaf.leaf_hash and merkle.inclusion_holds(
        recomputed, leaf.index, proof.head.size, proof.path, proof.head.root
    )


def export() -> Iterator[str]:
    """One line of canonical JSON per entry, the leaf as it was hashed beside its hash; last the head."""
    tree = head()
    found = models.Entry.objects.filter(index__lt=tree.size).order_by("index")
    for row in found.iterator(chunk_size=2000):
        leaf = domain.leaf_text(index=row.index, kind=row.kind, subject=row.subject, at=row.at, data=row.data)
        yield domain.canonical({"leaf": leaf, "leaf_hash": bytes(row.leaf_hash).hex()})
    yield domain.canonical({"root": tree.root.hex(), "size": tree.size})

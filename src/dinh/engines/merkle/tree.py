"""Growing a tree leaf by leaf and naming what a proof consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from dinh.kernel.errors import OutOfRange

EMPTY_ROOT: Final = sha256(b"").digest()
type Span = tuple[int, int]
"""Leaves [first, second)."""


class Node(NamedTuple):
    """A complete subtree: the leaves [number * 2**level, (number + 1) * 2**level)."""

    level: int
    number: int


type Read = Callable[[Sequence[Node]], Mapping[Node, bytes]]


@dataclass(frozen=True, slots=True)
class Growth:
    """What one more leaf adds: the complete subtrees that it closes (from level 1 up) and the new peaks."""

    closed: Sequence[tuple[Node, bytes]]
    peaks: Sequence[bytes]


def hash_leaf(data: bytes) -> bytes:
    """SHA-256(0x00 || data). Source: RFC 6962, section 2.1."""
    return sha256(b"\x00" + data).digest()


def hash_nodes(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right). Source: RFC 6962, section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def subtrees(span: Span) -> Sequence[Node]:
    """The fewest complete subtrees that cover a span which starts at a multiple of its own size
    rounded up to a power of two (every span of a proof does), left to right."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(Node(level, start >> level))
        start += 1 << level
    return found


def peaks_of(size: int) -> Sequence[Node]:
    """The complete subtrees of a tree of `size` leaves, largest first."""
    return subtrees((0, size))


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """The hash of a tree or span from its complete subtrees' hashes, left to right."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hash_nodes(peak, root)
    return root


def grow(size: int, peaks: Sequence[bytes], leaf_hash: bytes) -> Growth:
    """One leaf more on a tree of `size` leaves with these peaks."""
    standing = list(peaks)
    closed = []
    node, level, number = leaf_hash, 0, size
    while number & 1:
        node = hash_nodes(standing.pop(), node)
        level += 1
        number >>= 1
        closed.append((Node(level, number), node))
    standing.append(node)
    return Growth(closed, standing)


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (k of RFC 6962, section 2.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _inclusion_spans(index: int, size: int) -> Sequence[Span]:
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def _consistency_spans(first: int, second: int) -> Sequence[Span]:
    if first in (0, second):
        return ()
    spans: list[Span] = []
    start, end, known = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, known = middle, False
    if not known:
        spans.append((start, end))
    return spans[::-1]


def _hashes(spans: Sequence[Span], read: Read) -> Sequence[bytes]:
    parts = [subtrees(span) for span in spans]
    known = read([node for part in parts for node in part])
    return [root_of_peaks([known[node] for node in part]) for part in parts]


def inclusion_path(index: int, size: int, read: Read) -> Sequence[bytes]:
    """The audit path of leaf `index` in the tree of the first `size` leaves; one call of `read`.

    Raises OutOfRange unless 0 <= index < size. Source: RFC 6962, section 2.1.1.
    """
    if not 0 <= index < size:
        raise OutOfRange(
            "merkle.no_such_leaf",
            "leaf {index} is not in a tree of {size} leaves; give 0 to {last}",
            index=index,
            size=size,
            last=size - 1,
        )
    return _hashes(_inclusion_spans(index, size), read)


def consistency_path(first: int, second: int, read: Read) -> Sequence[bytes]:
    """The proof that the tree of `first` leaves is a beginning of the tree of `second`; one call of `read`.

    Empty when both are equal or the first is empty. Raises OutOfRange unless
    0 <= first <= second. Source: RFC 6962, section 2.1.2.
    """
    if not 0 <= first <= second:
        raise OutOfRange(
            "merkle.sizes",
            "a tree of {first} leaves is not a beginning of one of {second}; give the smaller size first",
            first=first,
            second=second,
        )
    return _hashes(_consistency_spans(first, second), read)


def from_leaves(leaf_hashes: Iterable[bytes]) -> tuple[bytes, Mapping[Node, bytes]]:
    """The root and every complete subtree, leaves included, of a small tree held in memory."""
    known: dict[Node, bytes] = {}
    peaks: Sequence[bytes] = ()
    for index, leaf_hash in enumerate(leaf_hashes):
        known[Node(0, index)] = leaf_hash
        growth = grow(index, peaks, leaf_hash)
        known.update(growth.closed)
        peaks = growth.peaks
    return root_of_peaks(peaks), known

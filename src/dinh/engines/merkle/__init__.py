"""The Merkle tree of RFC 6962, section 2.1 (RFC 9162, section 2.1): hashes, proofs and their checks.

A tree of n leaves is looked at as its complete subtrees: the node (level, number) covers the leaves
[number * 2**level, (number + 1) * 2**level). Whoever keeps the hash of every complete subtree can prove
anything about any earlier tree with O(log n) of them; `Read` is how this module asks for them.
"""

from __future__ import annotations

from dinh.engines.merkle.checks import consistency_holds, inclusion_holds
from dinh.engines.merkle.tree import (
    EMPTY_ROOT,
    Growth,
    Node,
    consistency_path,
    grow,
    hash_leaf,
    hash_nodes,
    inclusion_path,
    peaks_of,
    root_of_peaks,
    subtrees,
)

__all__ = [
    "EMPTY_ROOT",
    "Growth",
    "Node",
    "consistency_holds",
    "consistency_path",
    "grow",
    "hash_leaf",
    "hash_nodes",
    "inclusion_holds",
    "inclusion_path",
    "peaks_of",
    "root_of_peaks",
    "subtrees",
]

"""Checking a proof with nothing but the proof: what a stranger does."""

from __future__ import annotations

from collections.abc import Sequence

from dinh.engines.merkle.tree import EMPTY_ROOT, hash_nodes


def inclusion_holds(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """True if the path leads from the leaf to the root. Source: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    number, last, node = index, size - 1, leaf_hash
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            node = hash_nodes(step, node)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            node = hash_nodes(node, step)
        number >>= 1
        last >>= 1
    return last == 0 and node == root


def consistency_holds(first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """True if the first tree is a beginning of the second. Source: RFC 9162, section 2.1.4.2.

    An empty first tree is a beginning of every tree, and needs an empty path.
    """
    if not 0 <= first <= second:
        return False
    if first == 0:
        return not path and first_root == EMPTY_ROOT
    if first == second:
        return not path and first_root == second_root
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    number, last = first - 1, second - 1
    while number & 1:
        number >>= 1
        last >>= 1
    from_first = from_second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            from_first = hash_nodes(step, from_first)
            from_second = hash_nodes(step, from_second)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            from_second = hash_nodes(from_second, step)
        number >>= 1
        last >>= 1
    return last == 0 and from_first == first_root and from_second == second_root

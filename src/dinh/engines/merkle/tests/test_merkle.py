"""Known vectors are the reference inputs and roots of the certificate-transparency project
(merkletree test data: eight leaves and the root after each)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.merkle import (
    EMPTY_ROOT,
    Node,
    consistency_holds,
    consistency_path,
    hash_leaf,
    hash_nodes,
    inclusion_holds,
    inclusion_path,
)
from dinh.engines.merkle.tree import from_leaves
from dinh.kernel.errors import OutOfRange

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [hash_leaf(str(n).encode()) for n in range(300)]
_, KNOWN = from_leaves(HASHES)


def read(nodes: Sequence[Node]) -> Mapping[Node, bytes]:
    return {node: KNOWN[node] for node in nodes}


def naive_root(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hash_nodes(naive_root(hashes[:k]), naive_root(hashes[k:]))


NAIVE = [naive_root(HASHES[:size]) for size in range(len(HASHES) + 1)]


def test_the_reference_leaves_give_the_reference_roots() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, root in enumerate(ROOTS, start=1):
        assert from_leaves(map(hash_leaf, LEAVES[:size]))[0].hex() == root


def test_the_reference_paths_are_those_of_the_reference() -> None:
    _, known = from_leaves(map(hash_leaf, LEAVES))

    def reference(nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        return {node: known[node] for node in nodes}

    assert [step.hex() for step in inclusion_path(0, 8, reference)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [step.hex() for step in consistency_path(6, 8, reference)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_grown_tree_has_the_root_that_the_standard_defines() -> None:
    for size in range(len(HASHES) + 1):
        assert from_leaves(HASHES[:size])[0] == NAIVE[size]


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_every_leaf_of_every_tree_is_proved_and_no_flipped_bit_passes(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    path = list(inclusion_path(index, size, read))
    assert inclusion_holds(HASHES[index], index, size, path, NAIVE[size])
    assert not inclusion_holds(_flipped(data, HASHES[index]), index, size, path, NAIVE[size])
    assert not inclusion_holds(HASHES[index], index, size, path, _flipped(data, NAIVE[size]))
    assert not inclusion_holds(HASHES[index], index, size, [*path, NAIVE[size]], NAIVE[size])
    if path:
        assert not inclusion_holds(HASHES[index], index, size, path[:-1], NAIVE[size])
        place = data.draw(st.integers(0, len(path) - 1))
        path[place] = _flipped(data, path[place])
        assert not inclusion_holds(HASHES[index], index, size, path, NAIVE[size])


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_every_tree_is_proved_a_beginning_of_every_later_one_and_no_flipped_bit_passes(data: st.DataObject) -> None:
    second = data.draw(st.integers(1, 300))
    first = data.draw(st.integers(1, second))
    path = list(consistency_path(first, second, read))
    assert consistency_holds(first, second, path, NAIVE[first], NAIVE[second])
    assert not consistency_holds(first, second, path, _flipped(data, NAIVE[first]), NAIVE[second])
    assert not consistency_holds(first, second, path, NAIVE[first], _flipped(data, NAIVE[second]))
    if path:
        assert not consistency_holds(first, second, path[:-1], NAIVE[first], NAIVE[second])
        place = data.draw(st.integers(0, len(path) - 1))
        path[place] = _flipped(data, path[place])
        assert not consistency_holds(first, second, path, NAIVE[first], NAIVE[second])


def test_every_pair_up_to_forty_holds() -> None:
    for second in range(41):
        for first in range(second + 1):
            path = consistency_path(first, second, read)
            assert consistency_holds(first, second, path, NAIVE[first], NAIVE[second])
        for index in range(second):
            path = inclusion_path(index, second, read)
            assert inclusion_holds(HASHES[index], index, second, path, NAIVE[second])


def test_a_proof_in_a_tree_of_ten_million_asks_for_few_subtrees() -> None:
    asked: list[Node] = []

    def counting(nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        asked.extend(nodes)
        return dict.fromkeys(nodes, b"")

    for index in (0, 1, 4_999_999, 8_388_608, 9_999_999):
        asked.clear()
        inclusion_path(index, 10_000_000, counting)
        assert len(asked) <= 2 * 24


def test_a_leaf_beyond_the_tree_is_refused_by_name() -> None:
    with pytest.raises(OutOfRange, match="leaf 8 is not in a tree of 8 leaves"):
        inclusion_path(8, 8, read)
    with pytest.raises(OutOfRange, match="give the smaller size first"):
        consistency_path(9, 8, read)
    assert not inclusion_holds(HASHES[0], 8, 8, [], NAIVE[8])


def _flipped(data: st.DataObject, value: bytes) -> bytes:
    bit = data.draw(st.integers(0, 255))
    return (int.from_bytes(value) ^ (1 << bit)).to_bytes(32)

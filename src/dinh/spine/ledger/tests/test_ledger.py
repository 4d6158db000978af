from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.engines import merkle
from dinh.kernel.errors import Invalid, NotFound, OutOfRange
from dinh.spine.ledger import api, domain, protection
from dinh.spine.ledger.models import Entry, Head, Node

CASE = "urn:dinh:case:2026-000001"


@pytest.mark.django_db
def test_an_appended_leaf_is_read_back_and_proved() -> None:
    first = api.append("case.opened", CASE, {"title": "Độ mặn vượt ngưỡng", "severity": "major", "n": 3})
    api.append_many("case.commented", [(CASE, {"n": n}) for n in range(20)])
    assert first.index == 0
    assert api.entry(0) == first
    assert first.data == {"title": "Độ mặn vượt ngưỡng", "severity": "major", "n": 3}
    for index in range(21):
        proof = api.inclusion_proof(index)
        assert proof.head == api.head()
        assert api.check_proof(proof)


@pytest.mark.django_db
def test_a_leaf_is_the_hash_of_its_canonical_json() -> None:
    leaf = api.append("act", "urn:dinh:case:1", {"b": 1, "a": "đ"})
    text = (
        f'{{"at":"{domain.moment_text(leaf.at)}","data":{{"a":"đ","b":1}},"index":0,'
        '"kind":"act","subject":"urn:dinh:case:1"}'
    )
    assert api.leaf_text(leaf) == text
    assert json.loads(text)["index"] == 0
    assert leaf.leaf_hash == merkle.hash_leaf(text.encode())


@pytest.mark.django_db
def test_the_root_is_that_of_the_standard_at_every_size_and_every_size_is_consistent_with_the_next() -> None:
    heads = [api.head()]
    hashes: list[bytes] = []
    for n in range(40):
        hashes.append(api.append("act", CASE, {"n": n}).leaf_hash)
        heads.append(api.head())
        assert heads[-1].root == merkle.tree.from_leaves(hashes)[0]
    for second in (1, 7, 32, 33, 40):
        assert api.head_at(second) == heads[second]
        for first in range(second + 1):
            path = api.consistency_proof(first, second)
            assert api.check_consistency(heads[first], heads[second], path)
            if first:
                assert not api.check_consistency(api.TreeHead(first, bytes(32)), heads[second], path)
        for index in range(second):
            assert api.check_proof(api.inclusion_proof(index, second))


@pytest.mark.django_db
def test_a_proof_of_a_changed_entry_does_not_hold() -> None:
    api.append_many("act", [(CASE, {"n": n}) for n in range(9)])
    proof = api.inclusion_proof(4)
    entry = proof.entry
    changed: Mapping[str, Any] = {"n": 5}
    forged = api.Entry(entry.index, entry.kind, entry.subject, entry.at, changed, entry.leaf_hash)
    assert not api.check_proof(api.Proof(forged, proof.head, proof.path))
    assert not api.check_proof(api.Proof(entry, proof.head, proof.path[:-1]))
    assert not api.check_proof(api.Proof(entry, api.TreeHead(9, bytes(32)), proof.path))


@pytest.mark.django_db
def test_a_proof_reads_few_rows_of_a_long_log(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    api.append_many("act", [(CASE, {"n": n}) for n in range(1000)])
    with django_assert_max_num_queries(4) as captured:
        proof = api.inclusion_proof(617)
    assert len(proof.path) == 10
    assert captured.captured_queries[-1]["sql"].count("level") <= 40


@pytest.mark.django_db
def test_entries_are_found_by_subject_and_kind_oldest_first() -> None:
    api.append("case.opened", CASE, {})
    api.append("case.opened", "urn:dinh:case:2026-000002", {})
    api.append("case.taken", CASE, {})
    assert [e.index for e in api.entries(subject=CASE)] == [0, 2]
    assert [e.index for e in api.entries(kind="case.opened")] == [0, 1]
    assert [e.index for e in api.entries(after=0, limit=1)] == [1]
    assert [e.index for e in api.latest_entries(limit=2)] == [2, 1]


@pytest.mark.django_db
def test_what_does_not_exist_is_named() -> None:
    api.append("act", CASE, {})
    with pytest.raises(NotFound, match="no entry 7; the last one is 0"):
        api.entry(7)
    with pytest.raises(NotFound):
        api.inclusion_proof(7)
    with pytest.raises(OutOfRange, match="never had 9 entries"):
        api.head_at(9)


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": float("inf")}, {1: "x"}, {"x": object()}, {"x": "\ud800"}])
def test_what_json_cannot_say_is_refused_and_nothing_is_written(data: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        api.append("act", CASE, data)
    assert caught.value.code == "ledger.not_json"
    assert api.head().size == 0


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_canonical_json_says_the_same_and_is_a_fixed_point(value: Any) -> None:
    try:
        text = domain.canonical(value)
    except Invalid:  # halves of surrogate pairs
        return
    assert json.loads(text) == value
    assert domain.canonical(json.loads(text)) == text


@pytest.mark.django_db
def test_a_sound_log_is_found_sound_and_exported_line_by_line() -> None:
    api.append_many("act", [(CASE, {"n": n, "text": "đúng, đủ, sạch, sống"}) for n in range(70)])
    verdict = api.verify()
    assert verdict.ok
    assert (verdict.size, verdict.root) == (70, api.head().root)
    lines = [json.loads(line) for line in api.export()]
    hashes = [merkle.hash_leaf(line["leaf"].encode()) for line in lines[:-1]]
    assert [h.hex() for h in hashes] == [line["leaf_hash"] for line in lines[:-1]]
    assert lines[-1] == {"root": merkle.tree.from_leaves(hashes)[0].hex(), "size": 70}


FORGERIES: dict[str, Callable[[], object]] = {
    "data": lambda: Entry.objects.filter(index=17).update(data='{"n":18}'),
    "one space": lambda: Entry.objects.filter(index=17).update(data='{"n": 17}'),
    "kind": lambda: Entry.objects.filter(index=17).update(kind="acs"),
    "subject": lambda: Entry.objects.filter(index=17).update(subject=CASE[:-1] + "2"),
    "at": lambda: Entry.objects.filter(index=17).update(at=datetime(2026, 1, 1, tzinfo=UTC)),
    "leaf hash": lambda: Entry.objects.filter(index=17).update(leaf_hash=_flip(Entry.objects.get(index=17).leaf_hash)),
    "a removed entry": lambda: Entry.objects.filter(index=17).delete(),
    "a removed last entry": lambda: Entry.objects.filter(index=69).delete(),
    "an added entry": lambda: Entry.objects.create(
        index=70, kind="act", subject=CASE, at=datetime(2026, 1, 1, tzinfo=UTC), data="{}", leaf_hash=bytes(32)
    ),
    "a node": lambda: Node.objects.filter(level=2, number=4).update(
        hash=_flip(Node.objects.get(level=2, number=4).hash)
    ),
    "a removed node": lambda: Node.objects.filter(level=2, number=4).delete(),
    "the peaks": lambda: Head.objects.update(peaks=_flip(Head.objects.get().peaks)),
    "the size": lambda: Head.objects.update(size=69),
}


def _flip(value: bytes | memoryview[int]) -> bytes:
    return bytes([value[0] ^ 1]) + bytes(value[1:])


@pytest.mark.django_db
@pytest.mark.parametrize("what", FORGERIES)
def test_one_altered_byte_anywhere_is_found_and_named(what: str) -> None:
    api.append_many("act", [(CASE, {"n": n}) for n in range(70)])
    protection.lift(connection)
    FORGERIES[what]()
    verdict = api.verify()
    assert not verdict.ok
    named = {"a removed last entry": "69", "an added entry": "70", "the peaks": "head", "the size": "head"}
    default = "16 to 19" if "node" in what else "17"
    assert any(named.get(what, default) in fault for fault in verdict.faults), verdict.faults


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET kind = 'x'", "DELETE FROM ledger_entry", "DELETE FROM ledger_node"]
)
def test_the_database_itself_refuses_to_change_or_remove(statement: str) -> None:
    api.append_many("act", [(CASE, {"n": n}) for n in range(4)])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert api.verify().ok


@pytest.mark.django_db(transaction=True)
def test_appenders_side_by_side_leave_one_sound_log() -> None:
    def appending(name: int) -> None:
        try:
            for n in range(10):
                with transaction.atomic():
                    api.append("act", CASE, {"thread": name, "n": n})
                    if n % 3 == 0:
                        api.append_many("act", [(CASE, {"thread": name, "n": n, "more": k}) for k in range(2)])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=appending, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = api.verify()
    assert verdict.ok, verdict.faults
    assert verdict.size == 4 * 18


@pytest.mark.django_db(transaction=True)
def test_an_append_that_is_rolled_back_leaves_no_trace() -> None:
    api.append("act", CASE, {})
    before = api.head()
    with transaction.atomic():
        api.append("act", CASE, {})
        transaction.set_rollback(True)
    assert api.head() == before
    assert api.verify().ok

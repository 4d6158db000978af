"""The journal by itself: syncs, numbers, torn ends, two processes."""

from __future__ import annotations

import os
import resource
from concurrent.futures import Future
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dinh.kernel.errors import SourceUnavailable
from dinh.spine.submissions.api import Receipt
from dinh.spine.submissions.journal import Journal


def put(journal: Journal, id: UUID | None = None) -> Future[Receipt]:
    return journal.put(id or uuid4(), kind="paper", prefix="GT", language="vi", sender="", sealed=b"sealed", blobs=())


def count(receipt: Receipt) -> str:
    return receipt.number.rpartition("-")[2]


def test_many_that_come_together_share_syncs_and_each_has_its_own_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "")
    syncs: list[int] = []
    sync = os.fsync

    def counted(descriptor: int) -> None:
        syncs.append(descriptor)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    numbers = [answer.result().number for answer in [put(journal) for _ in range(1000)]]
    assert len(set(numbers)) == 1000
    assert len(syncs) < 200
    journal.close()


def test_one_uuid_twice_in_one_batch_is_one_submission(tmp_path: Path) -> None:
    journal, id = Journal(tmp_path, ""), uuid4()
    answers = [put(journal, id).result() for _ in range(3)]
    assert {answer.number for answer in answers} == {answers[0].number}
    assert [answer.again for answer in answers] == [False, True, True]
    journal.close()


def test_numbers_go_on_where_they_were_also_after_all_was_filed(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    receipts = [put(journal).result() for _ in range(3)]
    journal.close()
    journal = Journal(tmp_path, "")
    assert [record.id for record in journal.unfiled()] == [receipt.id for receipt in receipts]
    journal.forget([receipt.id for receipt in receipts])
    assert len(list(tmp_path.glob("*.log"))) == 1
    journal.close()
    journal = Journal(tmp_path, "")
    assert journal.unfiled() == []
    assert count(put(journal).result()) == "0004"
    journal.close()


def test_a_torn_end_was_never_acknowledged_and_harms_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    kept = put(journal).result()
    journal.close()
    segment = max(tmp_path.glob("*.log"))
    segment.write_bytes(segment.read_bytes() + b'0badcafe {"id": "half')
    journal = Journal(tmp_path, "")
    assert [record.number for record in journal.unfiled()] == [kept.number]
    assert not list(tmp_path.glob("*.damaged"))
    journal.close()


def test_damage_before_the_end_is_kept_beside_and_the_rest_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    receipts = [put(journal).result() for _ in range(3)]
    journal.close()
    segment = max(tmp_path.glob("*.log"))
    lines = segment.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"paper", b"parer")
    segment.write_bytes(b"\n".join(lines))
    journal = Journal(tmp_path, "")
    assert [record.id for record in journal.unfiled()] == [receipts[0].id, receipts[2].id]
    assert list(tmp_path.glob("*.damaged"))
    journal.close()


def test_a_disk_that_fails_refuses_and_what_comes_after_is_taken_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(SourceUnavailable, match="No space left on device"):
            put(journal).result()
    taken = put(journal).result()
    assert count(taken) == "0001"
    journal.close()
    journal = Journal(tmp_path, "")
    assert [record.id for record in journal.unfiled()] == [taken.id]
    journal.close()


def test_a_disk_that_is_full_holds_nobody_up_and_once_there_is_room_the_journal_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    large = b"x" * 2_000_000  # what is logged meanwhile stays below it
    answer = journal.put(uuid4(), kind="paper", prefix="GT", language="vi", sender="", sealed=large, blobs=())
    kept = [answer.result(10)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(tmp_path.glob("*.log")).stat().st_size + 100, hard))
    try:
        for _ in range(2):
            with pytest.raises(SourceUnavailable, match="nothing was taken"):
                put(journal).result(10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    kept.append(put(journal).result(10))
    journal.close()
    journal = Journal(tmp_path, "")
    assert [record.number for record in journal.unfiled()] == [receipt.number for receipt in kept]
    journal.close()


def test_where_no_new_segment_can_be_begun_the_journal_goes_on_in_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "")
    monkeypatch.setattr("dinh.spine.submissions.journal.SEGMENT_BYTES", 100)

    def full(path: object, *arguments: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "open", full)
        kept = [put(journal).result(10) for _ in range(2)]
    kept.append(put(journal).result(10))
    journal.close()
    assert len(list(tmp_path.glob("*.log"))) > 1
    journal = Journal(tmp_path, "")
    assert [record.number for record in journal.unfiled()] == [receipt.number for receipt in kept]
    journal.close()


def test_a_second_process_has_a_journal_of_its_own(tmp_path: Path) -> None:
    first = Journal(tmp_path / "a", "")
    with pytest.raises(BlockingIOError):
        Journal(tmp_path / "a", "")
    second = Journal(tmp_path / "b", "B")
    assert put(first).result().number != put(second).result().number
    assert count(put(second).result()) == "B0002"
    first.close()
    second.close()


def test_a_house_whose_letters_were_set_later_starts_with_what_waits_and_counts_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    put(journal).result()
    journal.close()
    journal = Journal(tmp_path, "CTA")
    assert len(journal.unfiled()) == 1
    assert count(put(journal).result()) == "CTA0002"
    journal.close()
    journal = Journal(tmp_path, "")
    assert len(journal.unfiled()) == 2
    journal.close()

"""Handing in, filing, working off."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, DataError

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, SourceUnavailable
from dinh.kernel.manifests import Text
from dinh.spine.ledger import api as ledger
from dinh.spine.submissions import accepting, filing, kinds, models, spool, working
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.api import SubmissionKind
from dinh.spine.submissions.journal import Journal, Record
from dinh.spine.submissions.tests.conftest import Office

pytestmark = pytest.mark.django_db


def test_what_is_handed_in_gets_a_number_of_the_day_a_leaf_and_is_worked_off_with_its_files(office: Office) -> None:
    id = uuid4()
    receipt = submissions.accept(
        "paper", id=id, payload={"text": "Ổ gà"}, files=[("photo", "anh.jpg", b"\xff\xd8 bytes")]
    )
    assert re.fullmatch(r"GT-\d{6}-0001", receipt.number)
    row = submissions.of(id)
    assert row is not None
    assert (row.state, row.number) == ("waiting", receipt.number)
    assert ledger.entries(subject=f"urn:dinh:submission:{id}")[0].data["number"] == receipt.number
    blob = models.Submission.objects.get(pk=id).files[0]
    assert submissions.work_off() == 1
    (worked,) = office.done
    assert worked.payload == {"text": "Ổ gà"}
    assert (worked.files[0].field, worked.files[0].name, worked.files[0].size) == ("photo", "anh.jpg", 8)
    done = submissions.numbered(receipt.number)
    assert done is not None
    assert (done.state, done.became) == ("done", f"urn:dinh:paper:{receipt.number}")
    assert bytes(models.Submission.objects.get(pk=id).sealed) == b""
    assert blob not in spool.held()


def test_the_same_uuid_again_is_the_same_number_before_and_after_it_was_worked_off(office: Office) -> None:
    id = uuid4()
    first = submissions.accept("paper", id=id, payload={})
    submissions.accept("paper", id=uuid4(), payload={})
    again = submissions.accept("paper", id=id, payload={"other": "words"})
    assert (again.number, again.at, again.again) == (first.number, first.at, True)
    submissions.work_off()
    assert submissions.accept("paper", id=id, payload={}).number == first.number
    submissions.work_off()
    assert len(office.done) == 2


def test_what_lies_on_the_disk_does_not_show_the_words(office: Office, tmp_path: Path) -> None:
    submissions.accept(
        "paper",
        id=uuid4(),
        payload={"name": "Nguyen Van Mau"},
        files=[("scan", "Nguyen Van Mau.pdf", b"%PDF Nguyen Van Mau")],
    )
    held = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(held) >= 3
    assert not any(b"Nguyen" in content for content in held)


def test_a_refusal_is_kept_with_its_reason_and_can_be_tried_again(office: Office) -> None:
    office.raises = Invalid("paper.blank", "'{what}' is blank; fill it in", what="name")
    id = submissions.accept("paper", id=uuid4(), payload={"a": 1}).id
    submissions.work_off()
    row = submissions.of(id)
    assert row is not None
    assert row.state == "refused"
    assert (row.fault["code"], row.fault["params"]) == ("paper.blank", {"what": "name"})
    office.raises = None
    submissions.try_again(id)
    submissions.work_off()
    assert office.done[0].payload == {"a": 1}
    with pytest.raises(Conflict, match="only what was refused"):
        submissions.try_again(id)


def test_what_fails_by_chance_is_tried_again_later_and_refused_in_the_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.raises = SourceUnavailable("paper.scanner", "the scanner sleeps")
    id = submissions.accept("paper", id=uuid4(), payload={}).id
    assert submissions.work_off() == 0
    assert submissions.work_off() == 0
    assert models.Submission.objects.get(pk=id).attempts == 1
    begun = clock.now()
    for hours in range(working.ATTEMPTS):
        later = begun + timedelta(hours=hours + 1)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        submissions.work_off()
    row = submissions.of(id)
    assert row is not None
    assert (row.state, row.attempts) == ("refused", working.ATTEMPTS)


def test_nothing_of_half_done_work_stays(office: Office) -> None:
    def work(submission: submissions.Submission, prepared: object) -> str:
        models.Submission.objects.filter(number=submission.number).update(sender="touched")
        raise ZeroDivisionError

    office.work = work  # type: ignore[method-assign]
    submissions.declare(submissions.SubmissionKind("paper", Text("", ""), "GT", work))
    id = submissions.accept("paper", id=uuid4(), payload={}).id
    submissions.work_off()
    assert models.Submission.objects.get(pk=id).sender == ""


def test_a_number_is_given_although_the_register_does_not_answer_and_it_is_filed_once_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*arguments: object) -> None:
        raise DatabaseError("down")

    id = uuid4()
    with monkeypatch.context() as broken:
        broken.setattr(filing, "file", down)
        broken.setattr(accepting, "_in_register", lambda id: None)
        broken.setattr(
            accepting, "_filer", type("Filer", (), {"wake": type("Event", (), {"set": lambda self: None})()})
        )
        first = submissions.accept("paper", id=id, payload={"n": 1})
        assert submissions.of(id) is not None
        assert submissions.accept("paper", id=id, payload={"n": 1}).again
    assert not models.Submission.objects.exists()
    assert accepting.file_all() == 1
    # A crash between filing and forgetting files it again: nothing changes.
    record = models.Submission.objects.get()
    assert record.number == first.number
    submissions.work_off()
    assert len(office.done) == 1


@pytest.mark.parametrize(
    ("payload", "code"),
    [({"x": float("nan")}, "submissions.payload"), ({"x": "a" * 300_000}, "submissions.payload_large")],
)
def test_what_is_no_json_or_too_long_is_refused_before_it_is_written(
    office: Office, payload: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        submissions.accept("paper", id=uuid4(), payload=payload)
    assert raised.value.code == code
    with pytest.raises(Invalid, match="nobody here takes in 'letter'"):
        submissions.accept("letter", id=uuid4(), payload={})
    with pytest.raises(Invalid, match="send at most 20"):
        submissions.accept("paper", id=uuid4(), payload={}, files=[("f", "n", b"x")] * 21)
    assert spool.held() == set()


def test_the_uuid_of_something_else_is_refused_and_tells_no_number(office: Office) -> None:
    submissions.declare(SubmissionKind("letter", Text("Thư thử", "Test letter"), "TH", office.work))
    id = uuid4()
    submissions.accept("paper", id=id, payload={})
    for _ in range(2):
        with pytest.raises(Invalid) as raised:
            submissions.accept("letter", id=id, payload={})
        assert raised.value.code == "submissions.id_taken"
        submissions.work_off()
    kinds.kinds.pop("letter")


def test_one_that_the_register_refuses_keeps_none_behind_it_waiting(office: Office) -> None:
    first, second = uuid4(), uuid4()
    submissions.accept("paper", id=first, payload={})
    submissions.accept("paper", id=second, payload={})
    office.raises_for = {first: DataError("invalid byte sequence")}
    submissions.work_off()
    assert [submission.id for submission in office.done] == [second]
    row = submissions.of(first)
    assert row is not None
    assert (row.state, row.attempts) == ("waiting", 1)


def test_attachments_that_belong_to_nothing_go_after_a_day_and_no_others(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = spool.keep("photo", "a.jpg", b"of nothing").blob
    waiting = submissions.accept("paper", id=uuid4(), payload={}, files=[("photo", "b.jpg", b"of one that waits")])
    filed = models.Submission.objects.get(pk=waiting.id).files[0]
    journal = Journal(tmp_path / "journal-b", "B")
    unfiled = spool.keep("photo", "c.jpg", b"of another process").blob
    journal.put(uuid4(), kind="paper", prefix="GT", language="vi", sender="", sealed=b"", blobs=(unfiled,)).result()
    working.sweep()
    assert spool.held() == {alone, filed, unfiled}
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    working.sweep()
    assert spool.held() == {filed, unfiled}
    journal.close()


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_filed_is_filed_soon_although_nobody_hands_anything_in_after_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, tries = threading.Event(), list[int]()

    def file(records: list[Record]) -> None:
        tries.append(len(records))
        if len(tries) == 1:
            raise DatabaseError("down")
        filed.set()

    monkeypatch.setattr(filing, "file", file)
    monkeypatch.setattr(accepting, "RETRY_S", 0.05)
    submissions.start()
    submissions.accept("paper", id=uuid4(), payload={})
    assert filed.wait(timeout=10)
    assert tries == [1, 1]

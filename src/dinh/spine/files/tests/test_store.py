"""What is kept is encrypted, there once, found altered, and gone when it is erased."""

from __future__ import annotations

import os
import stat
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from prometheus_client import generate_latest

from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused, SourceUnavailable
from dinh.spine.files import api as files
from dinh.spine.files import keys, models, store, upkeep
from dinh.spine.files.domain import commitment
from dinh.spine.files.tests.samples import CASE, PERSON, image, keep, pdf
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db
TEXT = b"Ong Tran Van An, so 4 duong Hung Vuong"


def blobs() -> list[Path]:
    return sorted(store.blobs())


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_comes_back_as_it_was_kept() -> None:
    row = keep(TEXT, "Đơn.txt")
    assert files.read(row.urn) == TEXT
    assert files.file(row.urn) == row
    assert (row.name, row.media_type, row.size, row.state, row.about, row.by) == (
        "Đơn.txt", "text/plain", len(TEXT), "kept", CASE, PERSON,
    )  # fmt: skip
    with pytest.raises(NotFound):
        files.file("urn:dinh:file:none")


def test_neither_words_nor_name_nor_hash_lie_open_on_the_disk(store_home: Path) -> None:
    row = keep(TEXT, "Tran Van An.txt")
    held = all_bytes(store_home)
    for trace in (TEXT[:12], b"Tran Van An", row.sha256.encode(), bytes.fromhex(row.sha256)):
        assert trace not in held
    assert row.sha256 not in str(list(models.Content.objects.values_list("sameness", "blob")))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in store_home.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_the_leaf_holds_commitments_and_no_words() -> None:
    row = keep(TEXT, "Tran Van An.txt")
    (leaf,) = ledger.entries(subject=row.urn)
    salt = models.File.objects.get().salt
    assert leaf.kind == "file.saved"
    assert leaf.data["name_commitment"] == commitment(salt, row.name)
    assert leaf.data["content_commitment"] == commitment(salt, row.sha256)
    assert row.name not in str(leaf.data)
    assert row.sha256 not in str(leaf.data)


def test_the_same_content_is_stored_once_and_about_the_same_thing_is_the_same_file() -> None:
    first = keep(image(), "a.jpg")
    assert keep(image(), "b.jpg") == first
    other = keep(image(), "b.jpg", about=CASE + "9")
    assert other.urn != first.urn
    assert other.sha256 == first.sha256
    assert len(blobs()) == models.Content.objects.count() == 1
    assert keep(image(), personal=True).personal
    assert files.file(first.urn).personal


def test_what_is_prepared_before_the_transaction_is_kept_as_it_is() -> None:
    ready = files.prepare(image("PNG"), name="a.png")
    row = files.save(ready, name="b.jpg", about=CASE, by="")
    assert (row.name, files.read(row.urn)) == ("a.png", ready.content)


def test_a_file_about_nothing_is_refused() -> None:
    for about in ("", "x" * 161):
        with pytest.raises(Invalid, match="nothing that a file can be attached to"):
            keep(TEXT, about=about)


def test_erasing_one_of_two_leaves_the_other_and_erasing_both_destroys_the_content(
    django_capture_on_commit_callbacks: Any,
) -> None:
    first, second = keep(TEXT, "a.txt"), keep(TEXT, "b.txt", about=CASE + "9")
    with django_capture_on_commit_callbacks(execute=True):
        gone = files.erase(first.urn, by=PERSON, reason="Người gửi yêu cầu")
    assert (gone.state, gone.name, gone.sha256) == ("erased", "", "")
    assert files.read(second.urn) == TEXT
    with pytest.raises(Refused) as caught:
        files.read(first.urn)
    assert caught.value.code == "files.not_given_out"
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(second.urn, by=PERSON, reason="Hết hạn")
    assert blobs() == []
    assert not models.Content.objects.exists()
    assert [row.state for row in files.files_of(CASE)] == ["erased"]
    assert files.erase(second.urn, by=PERSON, reason="lại") == files.file(second.urn)
    leaves = ledger.entries(kind="file.erased")
    assert [leaf.subject for leaf in leaves] == [first.urn, second.urn]
    assert "Người gửi" not in str([leaf.data for leaf in leaves])
    assert ledger.verify().ok
    assert keep(TEXT, "a.txt").state == "kept"
    with pytest.raises(Invalid):
        files.erase(second.urn, by=PERSON, reason=" ")


@pytest.mark.parametrize("harm", ["flip", "cut", "remove", "swap"])
def test_one_altered_byte_is_found(harm: str) -> None:
    row, other = keep(TEXT, "a.txt"), keep(pdf(), "b.pdf")
    path = store.path_of(models.Content.objects.get(size=len(TEXT)).blob)
    whole = path.read_bytes()
    if harm == "flip":
        path.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    elif harm == "cut":
        path.write_bytes(whole[:5])
    elif harm == "remove":
        path.unlink()
    else:
        path.write_bytes(store.path_of(models.Content.objects.get(size=other.size).blob).read_bytes())
    with pytest.raises(SourceUnavailable) as caught:
        files.read(row.urn)
    assert caught.value.code == "files.damaged"
    verdict = files.verify()
    assert (verdict.ok, verdict.contents, len(verdict.faults)) == (False, 2, 1)
    assert row.urn in verdict.faults[0]
    assert files.read(other.urn) == pdf()


def test_the_same_bytes_sent_again_mend_what_was_lost() -> None:
    row = keep(TEXT, "a.txt")
    blobs()[0].unlink()
    assert keep(TEXT, "a.txt").urn == row.urn
    assert files.read(row.urn) == TEXT
    assert files.verify().ok


def test_a_row_that_was_changed_behind_our_back_is_found() -> None:
    row = keep(TEXT, "a.txt")
    models.File.objects.update(name="Quyet dinh.txt")
    assert files.verify().faults == (f"{row.urn} differs from what the ledger says of it (entry 0)",)
    models.File.objects.update(name="a.txt")
    models.Content.objects.update(wrapped_key=bytes(100))
    assert "was altered or belongs to another master key" in files.verify().faults[0]
    assert files.file(row.urn).sha256 == ""


def test_after_a_change_of_keys_all_is_readable_and_the_old_key_is_gone(
    django_capture_on_commit_callbacks: Any,
) -> None:
    rows = [keep(TEXT + bytes([65 + n]), "a.txt") for n in range(5)]
    assert keys.numbers() == [1]
    with django_capture_on_commit_callbacks(execute=True):
        assert files.rotate_key() == (2, 5)
    assert keys.numbers() == [2]
    assert [files.read(row.urn) for row in rows] == [TEXT + bytes([65 + n]) for n in range(5)]
    assert keep(TEXT + b"A", "a.txt") == rows[0]
    assert files.verify().ok
    assert ledger.latest_entries(limit=1)[0].data == {"number": 2, "contents": 5}


def test_a_change_of_keys_that_was_killed_goes_on_and_two_at_once_do_not_destroy_each_others() -> None:
    row = keep(TEXT, "a.txt")
    keys.make_next()
    keep(pdf(), "b.pdf")  # wrapped by the newer one
    assert set(models.Content.objects.values_list("key_number", flat=True)) == {1, 2}
    assert files.read(row.urn) == TEXT
    assert files.rotate_key() == (3, 2)
    assert files.verify().ok


def test_a_change_of_keys_overtaken_by_another_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(TEXT, "a.txt")
    monkeypatch.setattr(ledger, "take_turn", keys.make_next)
    with pytest.raises(Conflict, match="another change of keys"):
        files.rotate_key()
    assert files.verify().ok


def test_a_file_saved_while_the_key_changes_is_wrapped_by_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(pdf(), "b.pdf")
    monkeypatch.setattr(ledger, "take_turn", keys.make_next)  # the other one was before us in the line
    row = keep(TEXT, "a.txt")
    monkeypatch.undo()
    assert models.Content.objects.get(size=len(TEXT)).key_number == 2
    files.rotate_key()
    assert files.read(row.urn) == TEXT


@pytest.mark.django_db(transaction=True)
def test_many_who_keep_and_erase_the_same_at_once_neither_lose_nor_double_nor_block_it() -> None:
    faults: list[Exception] = []

    def work(number: int) -> None:
        try:
            for again in range(3):
                with transaction.atomic():  # each takes them in another order
                    order = (TEXT, pdf()) if number % 2 else (pdf(), TEXT)
                    rows = [keep(content, "a", about=f"{CASE}{number}-{again}") for content in order]
                files.erase(rows[0].urn, by="", reason="x")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert files.verify() == files.Verdict(ok=True, contents=2, faults=())
    assert {path.name for path in blobs()} == set(models.Content.objects.values_list("blob", flat=True))
    assert models.File.objects.filter(state="kept").count() == 12


def test_a_lost_key_is_told_by_its_path(store_home: Path) -> None:
    row = keep(TEXT, "a.txt")
    keys.destroy(1)
    with pytest.raises(SourceUnavailable, match=str(store_home / "keys" / "1")):
        files.read(row.urn)


def test_what_a_failed_transaction_left_is_swept_after_a_day_and_nothing_else(store_home: Path) -> None:
    kept = keep(TEXT, "a.txt")
    with transaction.atomic():
        keep(pdf(), "b.pdf")
        transaction.set_rollback(True)
    assert len(blobs()) == 2
    (store_home / "uploads" / "left.upload").write_bytes(TEXT)
    assert upkeep.sweep() == 0
    long_ago = time.time() - timedelta(days=1, minutes=1).total_seconds()
    for path in (*blobs(), store_home / "uploads" / "left.upload"):
        os.utime(path, (long_ago, long_ago))
    assert upkeep.sweep() == 2
    assert files.read(kept.urn) == TEXT
    assert len(blobs()) == 1
    assert not list((store_home / "uploads").iterdir())


def test_a_full_disk_keeps_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    keep(TEXT, "a.txt")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceUnavailable, match="No space left"):
        keep(pdf(), "b.pdf")
    assert len(blobs()) == 1


def test_the_content_is_synced_with_its_folder_before_the_row_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: calls.append(os.readlink(f"/proc/self/fd/{descriptor}")))

    def saved(row: models.Content) -> None:
        calls.append("row")
        Model.save(row)

    monkeypatch.setattr(models.Content, "save", saved)
    keep(TEXT, "a.txt")
    blob = models.Content.objects.get().blob
    folder = str(store.path_of(blob).parent)
    before = calls[: calls.index("row")]
    assert any(call.startswith(f"{folder}/.") for call in before)
    assert {folder, str(Path(folder).parent)} <= set(before)


def test_the_files_of_many_things_are_one_query() -> None:
    for number in range(4):
        keep(TEXT + bytes([65 + number]), "a.txt", about=f"{CASE}{number % 2}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = files.files_of_each([f"{CASE}0", f"{CASE}1", f"{CASE}2"])
    assert len(asked) == 1
    assert {about: len(rows) for about, rows in found.items()} == {f"{CASE}0": 2, f"{CASE}1": 2}
    assert files.files_of(f"{CASE}2") == ()
    assert [row.about for row in files.files_by(PERSON)] == [f"{CASE}{number % 2}" for number in range(4)]
    assert files.files_by("urn:dinh:person:binh") == []


def test_files_and_bytes_are_counted(django_capture_on_commit_callbacks: Any) -> None:
    keep(TEXT, "a.txt")
    keep(TEXT, "a.txt", about=CASE + "9")
    with django_capture_on_commit_callbacks(execute=True):
        files.erase(keep(pdf(), "b.pdf").urn, by="", reason="x")
    told = generate_latest().decode()
    assert 'dinh_files{state="kept"} 2.0' in told
    assert 'dinh_files{state="erased"} 1.0' in told
    assert f"dinh_files_bytes {float(len(TEXT))}" in told

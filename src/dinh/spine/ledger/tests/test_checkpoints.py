"""Signed checkpoints: what recomputing alone cannot see, they do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from dinh.engines.checkpoints import command
from dinh.kernel.errors import Conflict
from dinh.spine.ledger import api, models, protection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.LEDGER_KEY = tmp_path / "ledger_key"
    settings.CHECKPOINTS = tmp_path / "checkpoints"
    settings.CHECKPOINT_TO = ()


def filled(count: int = 9) -> None:
    for number in range(count):
        api.append("test.act", f"urn:dinh:case:2026-{number:06d}", {"number": number})


def rewritten(at: int, count: int) -> None:
    """Everything from an entry on anew, all hashes right: what somebody with the database can do."""
    protection.lift(connection)
    rows = list(models.Entry.objects.order_by("index").values_list("kind", "subject", "data"))
    models.Entry.objects.all().delete()
    models.Node.objects.all().delete()
    models.Head.objects.all().delete()
    for number, (kind, subject, data) in enumerate(rows[:count]):
        told = json.loads(data)
        api.append(kind, subject, told if number != at else {"number": 4711})
    protection.protect(connection)


def test_a_checkpoint_is_signed_kept_twice_and_checked_with_the_public_key_alone(settings: LazySettings) -> None:
    filled()
    made = api.checkpoint()
    assert made is not None
    assert api.checkpoint() is None, "nothing new, nothing signed"
    stored = api.exported_checkpoints()
    assert made.note in stored
    assert len(api.public_keys()) == 1
    verdict = api.verify(against=[made.note])
    assert verdict.ok, verdict.faults


def test_rewriting_the_whole_log_from_a_point_passes_recomputation_and_is_caught_by_a_checkpoint() -> None:
    filled()
    made = api.checkpoint()
    assert made is not None
    total = models.Entry.objects.count()
    kept_aside = made.note
    rewritten(4, total)
    assert api.verify().ok, "every hash is right: recomputing alone sees nothing"
    verdict = api.verify(against=[kept_aside])
    assert not verdict.ok
    filled(1)
    with pytest.raises(Conflict, match="rewritten"):
        api.checkpoint()


@pytest.mark.parametrize("place", ["data", "leaf_hash", "node", "head"])
def test_one_altered_byte_anywhere_is_found_and_named(place: str) -> None:
    filled()
    protection.lift(connection)
    try:
        if place == "data":
            entry = models.Entry.objects.get(index=3)
            models.Entry.objects.filter(index=3).update(data=entry.data.replace("3", "8"))
        elif place == "leaf_hash":
            models.Entry.objects.filter(index=3).update(leaf_hash=_flipped(models.Entry.objects.get(index=3).leaf_hash))
        elif place == "node":
            node = models.Node.objects.get(level=1, number=1)
            models.Node.objects.filter(level=1, number=1).update(hash=_flipped(node.hash))
        else:
            head = models.Head.objects.get(pk=1)
            models.Head.objects.filter(pk=1).update(peaks=_flipped(head.peaks))
        verdict = api.verify()
    finally:
        protection.protect(connection)
    assert not verdict.ok
    assert verdict.faults


def _flipped(value: bytes | memoryview[int]) -> bytes:
    raw = bytearray(bytes(value))
    raw[-1] ^= 1
    return bytes(raw)


def test_a_forged_or_foreign_signature_is_not_believed() -> None:
    filled()
    made = api.checkpoint()
    assert made is not None
    head, _, signature = made.note.partition("\n\n")
    forged = f"{head.replace(str(made.size), str(made.size - 1), 1)}\n\n{signature}"
    assert not api.verify(against=[forged]).ok
    api.rotate_key(by="urn:dinh:organisation:dinh")
    filled(1)
    later = api.checkpoint()
    assert later is not None
    assert later.key != made.key
    assert api.verify(against=[made.note, later.note]).ok, "a key that the earlier one signed is believed with it"


def test_words_are_erased_and_the_proof_of_their_commitment_holds() -> None:
    salt, committed = api.commit("Nguyễn Văn A, số 12")
    entry = api.append("test.words", "urn:dinh:case:2026-000001", {"words_sha256": committed})
    assert api.commitment_holds(salt, "Nguyễn Văn A, số 12", committed)
    assert not api.commitment_holds(salt, "Nguyễn Văn B, số 12", committed)
    api.record_erasure("urn:dinh:case:2026-000001", entries=[entry.index], by="urn:dinh:organisation:dinh")
    assert api.check_proof(api.inclusion_proof(entry.index))
    assert api.erasure_of(entry) is not None
    assert api.verify().ok


def test_a_proof_is_checked_on_the_command_line_without_the_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled()
    made = api.checkpoint()
    assert made is not None
    proof = api.inclusion_proof(2, made.size)
    (tmp_path / "proof.json").write_text(json.dumps(api.proof_file(proof, content=True)), encoding="utf-8")
    (tmp_path / "note.txt").write_text(made.note, encoding="utf-8")
    key = api.public_keys()[0].key
    verb = command.run
    arguments = [str(tmp_path / "proof.json"), "--checkpoint", str(tmp_path / "note.txt"), "--key", key]
    assert verb(arguments) == 0
    wrong = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    wrong["leaf"] = wrong["leaf"].replace("2", "7") if isinstance(wrong.get("leaf"), str) else wrong["leaf"]
    (tmp_path / "proof.json").write_text(json.dumps(wrong), encoding="utf-8")
    assert verb(arguments) != 0
    assert capsys.readouterr().out

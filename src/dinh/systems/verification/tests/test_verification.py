from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dinh.kernel.errors import Invalid
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import Actor, Grant
from dinh.systems.verification import domain
from dinh.web import requests

pytestmark = pytest.mark.django_db
CASE = "urn:dinh:case:2026-000001"


@pytest.fixture(autouse=True)
def _entries() -> None:
    ledger.append_many("case.commented", [(CASE, {"by": "urn:dinh:person:dao", "n": n}) for n in range(9)])


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.cookies.load({"django_language": "en"})
    return client


@pytest.fixture
def staff(browser: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    who = Actor("urn:dinh:person:dao", "Đào", (Grant("operator", None),), is_staff=True)
    monkeypatch.setattr(requests, "_find_actor", lambda request: who)
    return browser


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def check(client: Client, said: dict[str, Any]) -> str:
    return client.post("/verify/check/", {"text": json.dumps(said, ensure_ascii=False)}).content.decode()


def proof(client: Client, index: int = 4) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(f"/verify/{index}/proof.json").content)
    return found


def test_anyone_sees_number_time_and_hash_and_nothing_of_what_was_done(browser: Client) -> None:
    entry = ledger.entry(4)
    for path in ("/verify/", "/verify/4/", "/verify/cases/2026-000001/"):
        text = page(browser, path)
        assert entry.leaf_hash.hex()[:12] in text
        assert "case.commented" not in text
        assert "urn:dinh:person" not in text
    assert "leaf" not in proof(browser)
    assert ledger.head().root.hex() in page(browser, "/verify/")


def test_staff_see_what_was_done(staff: Client) -> None:
    assert "case.commented" in page(staff, "/verify/4/")
    assert json.loads(proof(staff)["leaf"])["data"]["by"] == "urn:dinh:person:dao"


def test_a_proof_file_is_checked_by_a_stranger_with_a_hash_function_alone(staff: Client) -> None:
    said = proof(staff, 8)
    assert sha256(b"\x00" + said["leaf"].encode()).hexdigest() == said["leaf_hash"]
    root = sha256(b"\x01" + bytes.fromhex(said["path"][0]) + bytes.fromhex(said["leaf_hash"])).hexdigest()
    assert root == said["root"], "the ninth leaf's only neighbour is the tree of the first eight"


def test_a_sound_proof_holds_in_plain_words(staff: Client) -> None:
    text = check(staff, proof(staff))
    assert "The proof holds<" in text
    assert "not a letter of it was changed" in text
    assert "The root is the one that this ledger had at that size." in text


def test_a_public_proof_holds_without_its_content(browser: Client) -> None:
    text = check(browser, proof(browser))
    assert "The proof holds<" in text
    assert "only its hash was checked" in text


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("leaf", "does not have the stated hash"),
        ("leaf_hash", "does not lead"),
        ("leaf_index", "does not lead"),
        ("root", "The root is not the one"),
        ("path", "does not lead"),
    ],
)
def test_whatever_is_changed_in_a_proof_is_found(staff: Client, field: str, says: str) -> None:
    said = proof(staff)
    changes: dict[str, Any] = {
        "leaf": said["leaf"].replace('"n":4', '"n":5'),
        "leaf_hash": _flipped(said["leaf_hash"]),
        "leaf_index": 5,
        "root": _flipped(said["root"]),
        "path": [_flipped(said["path"][0]), *said["path"][1:]],
    }
    text = check(staff, {**said, field: changes[field]})
    assert "The proof does NOT hold" in text
    assert says in text


def test_a_proof_of_another_ledger_is_told_from_ours(browser: Client) -> None:
    said = proof(browser)
    ledger.append("act", CASE, {})
    assert "The proof holds<" in check(browser, said), "an older head is still ours"
    lone = {**said, "leaf_index": 0, "tree_size": 1, "path": [], "root": said["leaf_hash"]}
    assert "belongs to another ledger" in check(browser, lone)


def test_two_sizes_are_compared(browser: Client) -> None:
    response = browser.get("/verify/consistency.json?first=5")
    said = json.loads(response.content)
    assert "was changed or removed" in check(browser, said)
    assert "The proof holds<" in check(browser, said)
    said["first"]["root"] = _flipped(said["first"]["root"])
    assert "is not the beginning" in check(browser, said)
    assert json.loads(browser.get("/verify/head.json?size=5").content)["tree_size"] == 5


def test_an_entry_is_looked_up_by_its_number_or_a_cases(browser: Client) -> None:
    assert browser.get("/verify/?q=4").url == "/verify/4/"  # type: ignore[attr-defined]
    assert browser.get("/verify/?q=2026-000001").url == "/verify/cases/2026-000001/"  # type: ignore[attr-defined]
    assert "neither the number of an entry" in page(browser, "/verify/?q=<script>")
    assert "<script>" not in page(browser, "/verify/?q=<script>").replace('<script type="module"', "")
    assert browser.get("/verify/99/").status_code == 404
    assert browser.get("/verify/consistency.json?first=99").status_code == 422
    assert "no entry of this case" in page(browser, "/verify/cases/2026-000009/")


def test_an_uploaded_file_is_checked_and_what_is_none_is_named(browser: Client) -> None:
    good = SimpleUploadedFile("proof.json", json.dumps(proof(browser)).encode())
    assert "The proof holds<" in browser.post("/verify/check/", {"file": good}).content.decode()
    for body in (b"\xff\xfe", b"{", b"[]", b"{}", b"x" * 300_000):
        response = browser.post("/verify/check/", {"file": SimpleUploadedFile("x", body)})
        assert response.status_code == 422
        assert "This is not a proof file" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tree_size": -1}, "tree_size"),
        ({"tree_size": True}, "tree_size"),
        ({"root": "ff"}, "root"),
        ({"path": ["zz"]}, "path"),
        ({"path": "x"}, "path"),
        ({"format": "other"}, "format"),
        ({"leaf": 5}, "leaf"),
    ],
)
def test_a_malformed_field_is_named(changes: dict[str, Any], field: str) -> None:
    sound = ledger.proof_file(ledger.inclusion_proof(3), content=True)
    with pytest.raises(Invalid, match=f"'{field}"):
        domain.read_proof(json.dumps({**sound, **changes}))


def _flipped(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]

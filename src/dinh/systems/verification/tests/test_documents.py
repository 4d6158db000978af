"""Strangers check papers: by code and by file, in both languages, without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.specs import DocumentKindSpec, Text
from dinh.spine.documents import api as issued
from dinh.spine.documents.api import DocumentRow, Stamp
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM
from dinh.web import limits, typesetting

pytestmark = pytest.mark.django_db
PAGE = """#let data = json(bytes(sys.inputs.data))
#set document(title: data.number)
#set text(lang: "vi", font: "Be Vietnam Pro vietnamese")
= #data.number
#image(bytes(data.qr), format: "svg", width: 30mm, alt: data.code)
#data.code"""


def drawn(stamp: Stamp) -> bytes:
    data = {"number": stamp.number, "qr": stamp.qr, "code": stamp.code, "dated": stamp.issued_at.isoformat()}
    return typesetting.typeset(PAGE, data)


def paper(**changes: object) -> DocumentRow:
    values: dict[str, object] = {
        "kind": "verify.permit", "about": "urn:dinh:case:2026-000001", "organisation": "urn:dinh:organisation:ubnd-thu",
        "title": Text("Giấy phép xây dựng", "Building permit"), "by": SYSTEM, "render": drawn, "personal": True,
        "holder": "Phạm Văn Bình",
    }  # fmt: skip
    return issued.issue(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _office(settings: LazySettings, tmp_path: Path) -> None:
    settings.SEAL_HOME = tmp_path / "seal"
    issued.declare_kind(DocumentKindSpec("verify.permit", Text("Giấy phép", "Permit"), "{sequence}/{year}/GP-UBND"))
    parties.save_organisation(id="ubnd-thu", name_vi="UBND xã Thử", name_en="Committee of Thử")
    limits.forget()


@pytest.fixture
def stranger() -> Client:
    client = Client()
    client.cookies.load({"django_language": "en"})
    return client


def plain(row: DocumentRow) -> str:
    return row.code.replace("-", "")


def sent(client: Client, content: bytes, name: str = "giay-phep.pdf") -> str:
    return client.post("/verify/document/", {"file": SimpleUploadedFile(name, content)}).content.decode()


def test_whoever_types_the_code_of_a_paper_sees_what_to_compare_and_nothing_of_its_content(stranger: Client) -> None:
    row = paper()
    asked = stranger.get("/verify/document/", {"code": f" {row.code.lower()} "})
    assert asked["Location"] == f"/verify/d/{plain(row)}/"
    response = stranger.get(asked["Location"])
    text = response.content.decode()
    for shown in ("was issued and is valid", row.number, "Building permit", "Committee of Thử", "P••• V••• B•••", row.code,
                  row.sha256, "self-signed"):  # fmt: skip
        assert shown in text, shown
    for hidden in ("Bình", row.by, row.about, row.file):
        assert hidden not in text, hidden
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    vietnamese = Client().get(f"/verify/d/{plain(row)}/").content.decode()
    assert "chứng thư tự ký" in vietnamese
    assert "đang còn hiệu lực" in vietnamese


def test_the_qr_code_that_is_drawn_leads_to_the_page(stranger: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://tinh.example.vn"
    seen: list[Stamp] = []

    def look(stamp: Stamp) -> bytes:
        seen.append(stamp)
        return drawn(stamp)

    row = paper(render=look)
    assert seen[0].url == f"https://tinh.example.vn/verify/d/{plain(row)}/"
    assert stranger.get(seen[0].url.removeprefix("https://tinh.example.vn")).status_code == 200


@pytest.mark.parametrize(
    "code", ["2222-2222-2222-2222-2222", "nonsense", "../../etc", "<script>alert(1)</script>", "%00"]
)
def test_a_code_that_nobody_has_and_one_that_is_none_get_the_same_words(stranger: Client, code: str) -> None:
    response = stranger.get("/verify/document/", {"code": code})
    assert response.status_code == 404
    text = response.content.decode()
    assert "no document has this code; compare each letter with the paper" in text
    assert "<script>alert" not in text


def test_guessing_is_slowed_down(stranger: Client) -> None:
    statuses = [stranger.get(f"/verify/d/{'2' * 16}{n:04d}/").status_code for n in range(70)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    limits.forget()
    assert [stranger.post("/verify/document/").status_code for n in range(12)][-1] == 429


def withdrawn(row: DocumentRow) -> None:
    issued.withdraw(row.urn, reason="Ông Bình xin rút", by=SYSTEM)


def replaced(row: DocumentRow) -> None:
    issued.replace(row.urn, title=row.title, by=SYSTEM, render=drawn, reason="Sai")


def erased(row: DocumentRow) -> None:
    issued.erase(row.urn, reason="Theo yêu cầu", by=SYSTEM)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (withdrawn, "Not valid any more: withdrawn"),
        (replaced, "Number 02/"),
        (erased, "The content was erased on"),
    ],
)
def test_a_paper_that_ended_says_so_by_code_and_by_file(
    stranger: Client, act: Callable[[DocumentRow], None], says: str
) -> None:
    row = paper()
    content = files.read(row.file)
    act(row)
    for text in (stranger.get(f"/verify/d/{plain(row)}/").content.decode(), sent(stranger, content)):
        assert says in text
        assert "Bình" not in text
        assert ("P••• V••• B•••" in text) is (act is not erased)


def test_a_paper_whose_time_is_over_says_so(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    row = paper(valid_until=clock.today())
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert "Genuine, but valid until" in stranger.get(f"/verify/d/{plain(row)}/").content.decode()


def test_a_file_is_told_genuine_added_to_changed_or_strange_and_is_not_kept(stranger: Client) -> None:
    row = paper()
    content = files.read(row.file)
    before = len(ledger.entries())
    assert "The file is genuine, unchanged and valid" in sent(stranger, content)
    assert "something was added to it" in sent(
        stranger, content + b"\n1 0 obj\n<</JS (app.alert(1))>>\nendobj\n%%EOF\n"
    )
    at = content.index(b"/CreationDate")
    assert "it is not what was issued" in sent(stranger, content[:at] + b"/creationDate" + content[at + 13 :])
    assert "was not issued here" in sent(stranger, drawn_alone())
    assert "is no PDF" in sent(stranger, b"MZ\x90\x00", "x.exe")
    assert "no file was chosen" in stranger.post("/verify/document/").content.decode()
    assert len(ledger.entries()) == before
    assert len(files.files_of(row.urn)) == 1


def drawn_alone() -> bytes:
    return typesetting.typeset('#set document(title: "x")\n= x', {"dated": "2026-01-01T00:00:00+07:00"})


def test_a_register_that_was_changed_behind_our_back_is_not_believed(stranger: Client) -> None:
    from dinh.spine.documents.models import Document

    row = paper()
    withdrawn(row)
    Document.objects.update(state="valid", ended_at=None)
    assert "The register does not agree with the ledger" in stranger.get(f"/verify/d/{plain(row)}/").content.decode()


def test_whoever_has_the_code_gets_a_proof_that_the_file_was_issued(stranger: Client) -> None:
    row = paper()
    proof = json.loads(stranger.get(f"/verify/d/{plain(row)}/proof.json").content)
    leaf = json.loads(proof["leaf"])
    assert sha256(b"\x00" + proof["leaf"].encode()).hexdigest() == proof["leaf_hash"]
    assert leaf["data"]["sha256"] == sha256(files.read(row.file)).hexdigest()
    assert row.by not in proof["leaf"]
    page = stranger.get(f"/verify/d/{plain(row)}/bundle.html")
    assert page.status_code == 200
    assert re.search(r'filename="kiem-chung-\d+\.html"', page["Content-Disposition"])
    assert stranger.get("/verify/d/2222/proof.json").status_code == 404

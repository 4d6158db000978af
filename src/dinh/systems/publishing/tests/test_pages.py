from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.engines import merkle
from dinh.kernel import clock
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.systems.publishing import printing
from dinh.systems.publishing.web import body_form

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
STONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
TITLE = {"vi": "Độ mặn ở Sóc Trăng", "en": "Salinity in Sóc Trăng"}
SUMMARY = {"vi": "Nước mặn vào 40 km.", "en": "Salt water came 40 km."}
BODY: list[dict[str, Any]] = [
    {"type": "heading", "text": {"vi": "Tình hình", "en": "The situation"}},
    {"type": "paragraph", "text": {"vi": "Độ mặn là 4,2 g/l. <b>", "en": "Salinity is 4.2 g/l. <b>"}},
    {"type": "list", "items": [{"vi": "Một", "en": "One"}, {"vi": "Hai", "en": "Two"}]},
    {
        "type": "table",
        "caption": {"vi": "Theo trạm", "en": "By station"},
        "columns": [{"vi": "Trạm", "en": "Station"}, {"vi": "g/l", "en": "g/l"}],
        "numeric": [False, True],
        "rows": [[{"vi": "Mỹ Thanh", "en": "Mỹ Thanh"}, {"vi": "4,2", "en": "4.2"}]],
    },
    {"type": "note", "tone": "warning", "text": {"vi": "Lưu ý", "en": "Mind"}},
    {"type": "link", "text": {"vi": "Nguồn", "en": "Source"}, "url": "/verify/"},
]


def someone(name: str, role: str) -> Actor:
    return Actor(f"urn:dinh:person:{name}", f"Nguyễn {name}", (Grant(role, None),), is_staff=True)


AN, BINH, CHI = someone("an", "official"), someone("binh", "official"), someone("chi", "leader")


@pytest.fixture(autouse=True)
def _no_register_of_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "area", lambda urn: [])


def published(slug: str = "do-man", **changes: Any) -> publications.VersionRow:
    values: dict[str, Any] = {"kind": "news", "title": TITLE, "summary": SUMMARY, "body": BODY}
    made = publications.create(slug=slug, by=AN, **(values | changes))
    return through(slug, made.revision)


def through(slug: str, revision: int) -> publications.VersionRow:
    publications.submit(slug, by=AN)
    publications.approve(slug, revision=revision, by=BINH)
    return publications.publish(slug, by=CHI)


def corrected(slug: str = "do-man") -> publications.VersionRow:
    begun = publications.correct(slug, by=AN)
    body = [BODY[0], {"type": "paragraph", "text": {"vi": "Độ mặn là 3,9 g/l.", "en": "Salinity is 3.9 g/l."}}]
    note = {"vi": "Trạm đo sai.", "en": "The station was wrong."}
    saved = publications.save(slug, revision=begun.revision, title=TITLE, summary=SUMMARY, body=body, note=note, by=AN)
    return through(slug, saved.revision)


def text_of(client: Client, path: str, status: int = 200, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == status, path
    return str(answer.content.decode())


def test_anyone_reads_in_both_languages_and_can_recompute_the_hash_that_the_ledger_holds(client: Client) -> None:
    version = published()
    vi = text_of(client, "/publications/do-man/")
    assert "Độ mặn là 4,2 g/l. &lt;b&gt;" in vi
    assert version.sha256 in vi
    assert "Nguyễn" not in vi
    client.cookies["django_language"] = "en"
    en = text_of(client, "/publications/do-man/")
    assert "Salinity is 4.2 g/l." in en
    assert "4,2" not in en
    body = client.get("/publications/do-man/v1.json").content
    assert hashlib.sha256(body).hexdigest() == version.sha256
    proof = json.loads(client.get("/publications/do-man/v1/proof.json").content)
    leaf = json.loads(proof["leaf"])
    assert leaf["data"]["sha256"] == version.sha256
    assert leaf["kind"] == "publication.published"
    path = [bytes.fromhex(step) for step in proof["path"]]
    hashed = merkle.hash_leaf(proof["leaf"].encode())
    assert merkle.inclusion_holds(hashed, proof["leaf_index"], proof["tree_size"], path, bytes.fromhex(proof["root"]))
    assert f'href="/verify/{version.ledger_index}/"' in vi


def test_what_is_not_public_is_not_there_for_anyone(client: Client) -> None:
    publications.create(slug="nhap", kind="news", title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    for path in ("nhap/", "nhap/v1/", "nhap/v1.json", "nhap/v1.pdf", "nhap/v1/proof.json", "nhap/compare/"):
        assert client.get(f"/publications/{path}").status_code == 404, path
    assert "Độ mặn" not in text_of(client, "/publications/")


def test_an_altered_text_is_shown_as_altered(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    assert "không phải là văn bản đã công bố" not in text_of(client, "/publications/do-man/")
    monkeypatch.setattr(publications, "altered_versions", lambda slug: (1,))
    assert 'role="alert"' in text_of(client, "/publications/do-man/")


def test_a_correction_keeps_the_earlier_version_at_its_number_and_compares_the_two(client: Client) -> None:
    published()
    corrected()
    client.cookies["django_language"] = "en"
    assert "The station was wrong." in text_of(client, "/publications/do-man/")
    earlier = text_of(client, "/publications/do-man/v1/")
    assert "Salinity is 4.2" in earlier
    assert "it has been corrected since" in earlier
    found = text_of(client, "/publications/do-man/compare/")
    assert '<del><span class="visually-hidden">removed: </span>4' in found
    assert '<ins><span class="visually-hidden">added: </span>3' in found
    assert client.get("/publications/do-man/compare/?older=7").status_code == 404


def test_a_withdrawn_publication_is_a_stone_with_its_reason(client: Client) -> None:
    published()
    publications.withdraw("do-man", reason={"vi": "Nguồn sai.", "en": "Wrong source."}, by=CHI)
    stone = text_of(client, "/publications/do-man/", status=410)
    assert "Nguồn sai." in stone
    assert "4,2" not in stone
    for path in ("v1/", "v1.json", "v1.pdf", "compare/"):
        assert client.get(f"/publications/do-man/{path}").status_code in (404, 410)


def test_the_feed_is_atom_with_urns_and_stones(client: Client) -> None:
    published()
    published("gia", kind="price-list")
    published("sai")
    publications.withdraw("sai", reason={"vi": "Nguồn sai.", "en": "Wrong source."}, by=CHI)
    answer = client.get("/publications/feed.atom", {"language": "en"})
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = Xml.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + name)) == 1
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        "urn:dinh:publication:gia",
        "urn:dinh:publication:do-man",
    ]
    for entry in entries:
        assert entry.findtext(f"{ATOM}updated", "").endswith("+00:00")
        assert entry.findtext(f"{ATOM}title") == "Salinity in Sóc Trăng"
        assert entry.find(f"{ATOM}author/{ATOM}name") is not None
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate", "enclosure"]
    (stone,) = feed.findall(STONE)
    assert stone.get("ref") == "urn:dinh:publication:sai"
    assert feed.findtext(f"{ATOM}updated") == stone.get("when")
    of_kind = Xml.fromstring(client.get("/publications/feed/price-list.atom").content)
    assert len(of_kind.findall(f"{ATOM}entry")) == 1
    assert client.get("/publications/feed/khong-co.atom").status_code == 404


def test_the_list_is_searched_without_marks_and_takes_a_fixed_number_of_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        published(f"so-{number}", kind="news" if number % 2 else "report")
    text_of(client, "/publications/")  # the catalogues of places and sources are read once by each process
    with django_assert_max_num_queries(6):
        assert text_of(client, "/publications/", q="do man 40 km").count("<article") == 12
    with django_assert_max_num_queries(12):
        text_of(client, "/publications/so-1/")
    assert text_of(client, "/publications/", kind="report").count("<article") == 6
    assert "<article" not in text_of(client, "/publications/", q="khong co")


PAGES = ("desk/", "desk/new/", "desk/nhap/", "desk/nhap/edit/", "desk/nhap/preview.pdf")


@pytest.mark.parametrize("role", ["operator", "official", "leader", "administrator", "engineer"])
def test_each_role_reaches_what_its_permissions_carry(client_of: Callable[..., Client], role: str) -> None:
    publications.create(slug="nhap", kind="news", title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    published("ra")
    client = client_of(role)
    writes, checks, publishes = (
        role != "engineer",
        role in ("official", "leader", "administrator"),
        role in ("leader", "administrator"),
    )
    for path in PAGES[:4]:
        assert client.get(f"/publications/{path}").status_code == (200 if writes else 403), path
    assert client.get("/publications/desk/ra/withdraw/").status_code == (200 if publishes else 403)
    if not writes:
        return
    client.post("/publications/desk/nhap/do/submit/")
    assert state("nhap") == "in_review"
    client.post("/publications/desk/nhap/do/approve/", {"revision": "1"})
    assert state("nhap") == ("checked" if checks else "in_review")
    if checks:
        client.post("/publications/desk/nhap/do/publish/")
        assert publications.publication("nhap").state == ("published" if publishes else "draft")


def state(slug: str) -> str:
    version = publications.open_version(slug)
    return version.state if version else ""


def test_a_stranger_is_led_to_sign_in(client: Client) -> None:
    publications.create(slug="nhap", kind="news", title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    for path in PAGES:
        answer = client.get(f"/publications/{path}")
        assert answer.status_code == 302, path
        assert "/account/sign-in/" in answer["Location"]
    assert client.post("/publications/desk/nhap/do/submit/").status_code == 302
    assert state("nhap") == "draft"


def test_the_editor_works_by_plain_forms_and_goes_the_whole_way(client_of: Callable[..., Client]) -> None:
    leader = client_of("leader")
    begun = leader.post(
        "/publications/desk/new/",
        {
            "title_vi": "Lịch cắt nước",
            "title_en": "Water cuts",
            "kind": "announcement",
            "licence": "CC0-1.0",
            "place": "",
        },
    )
    assert begun["Location"] == "/publications/desk/lich-cat-nuoc/edit/"
    edit = begun["Location"]
    form = {
        "title_vi": "Lịch cắt nước",
        "title_en": "Water cuts",
        "summary_vi": "Tuần này.",
        "summary_en": "This week.",
    }
    form["licence"] = "CC0-1.0"
    revision = 1

    def press(what: str, **fields: str) -> Any:
        nonlocal revision
        answer = leader.post(edit, {**form, **fields, "do": what, "revision": str(revision)})
        revision += answer.status_code == 302
        return answer

    assert press("add:paragraph")["Location"].endswith("#block-1")
    one = {"b1-type": "paragraph", "b1-vi": "Cắt nước ở Kế Sách.", "b1-en": "Cuts in Kế Sách."}
    press("add:list", **one)
    two = {"b2-type": "list", "b2-vi": "Thứ hai\nThứ ba", "b2-en": "Monday\nTuesday"}
    press("up:2", **one, **two)
    version = publications.open_version("lich-cat-nuoc")
    assert version is not None
    assert [block["type"] for block in version.body] == ["list", "paragraph"]
    assert version.body[0]["items"][1] == {"vi": "Thứ ba", "en": "Tuesday"}
    wrong = press("save", **{"b1-type": "link", "b1-vi": "x", "b1-en": "x", "b1-url": "javascript:x"})
    assert wrong.status_code == 422
    assert "body[1].url" in wrong.content.decode()
    leader.post("/publications/desk/lich-cat-nuoc/do/submit/")
    leader.post("/publications/desk/lich-cat-nuoc/do/approve/", {"revision": str(revision)})
    assert state("lich-cat-nuoc") == "in_review", "nobody checks what they wrote"
    administrator = client_of("administrator")
    administrator.post("/publications/desk/lich-cat-nuoc/do/approve/", {"revision": str(revision)})
    administrator.post("/publications/desk/lich-cat-nuoc/do/schedule/", {"at": "2099-01-01T08:00"})
    assert state("lich-cat-nuoc") == "scheduled"
    assert "08:00 01/01/2099" in text_of(administrator, "/publications/desk/lich-cat-nuoc/")
    administrator.post("/publications/desk/lich-cat-nuoc/do/publish/")
    assert "Cắt nước ở Kế Sách." in text_of(Client(), "/publications/lich-cat-nuoc/")


def test_a_stale_save_shows_both_texts_and_loses_neither(client_of: Callable[..., Client]) -> None:
    publications.create(slug="nhap", kind="news", title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    theirs = {"vi": "Bản của An", "en": "An's"}
    publications.save("nhap", revision=1, title=theirs, summary=SUMMARY, body=BODY, by=AN)
    leader = client_of("leader")
    answer = leader.post(
        "/publications/desk/nhap/edit/", {"revision": "1", "title_vi": "Bản của tôi", "title_en": "Mine", "do": "save"}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Bản của An" in text
    assert 'value="Bản của tôi"' in text
    assert 'name="revision" value="2"' in text


def test_every_kind_of_block_comes_back_from_the_form_as_it_was() -> None:
    from dinh.spine.publications import api

    version = publications.create(slug="nhap", kind="news", title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    fields = body_form.fields_of(version.body)
    assert body_form.body_of(fields) == [dict(block) for block in version.body]
    assert api.open_version("nhap") is not None


def test_the_desk_takes_a_fixed_number_of_queries(
    client_of: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        publications.create(slug=f"n-{number}", kind="news", title=TITLE, summary=SUMMARY, body=BODY, by=AN)
    client = client_of("leader")
    client.get("/publications/desk/")
    with django_assert_max_num_queries(9):
        assert client.get("/publications/desk/").content.decode().count("<tr>") == 9


def test_a_warning_is_drawn_and_printed_with_its_degree_time_and_place_and_kept_by_the_editor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 5, tzinfo=UTC))
    block = {
        "type": "warning", "status": "Exercise", "category": "Met", "severity": "Severe", "urgency": "Expected",
        "certainty": "Likely", "response": "Shelter", "event": {"vi": "Bão", "en": "Storm"},
        "instruction": {"vi": "Ở nhà.", "en": "Stay in."}, "from": "2026-11-22T11:42:00+07:00",
        "until": "2026-11-23T11:42:00+07:00",
        "areas": [{"urn": "urn:dinh:unit:2025:31673", "name": {"vi": "xã Trần Đề", "en": "Tran De"}}],
    }  # fmt: skip
    version = published("bao", kind="warning", body=[block])
    text = Client().get("/publications/bao/", headers={"accept-language": "vi"}).content.decode()
    for words in ("Bão: nghiêm trọng (diễn tập)", "từ 11:42 22/11/2026 đến 11:42 23/11/2026", "xã Trần Đề", "Ở nhà."):
        assert words in text
    printed = printing._block(version.body[0], "vi")
    assert printed["text"].splitlines()[2:] == ["xã Trần Đề", "Ở nhà."]
    assert body_form.body_of(body_form.fields_of(version.body)) == list(version.body)

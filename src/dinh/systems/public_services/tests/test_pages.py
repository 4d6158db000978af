"""The pages: filled in without a script, resumed on a second device by its code, private in person, public in number."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dinh.kernel.errors import Invalid
from dinh.spine.cases import api as cases
from dinh.spine.files.tests.samples import image
from dinh.spine.ledger import api as ledger
from dinh.spine.notices.models import Delivery
from dinh.spine.parties.api import Actor
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import desk, drafts, handing_in
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.queries import access
from dinh.systems.public_services.tests.factories import (
    ANSWERS,
    COMMUNE,
    EXTRACT,
    STATUS,
    all_good,
    dossier,
    official,
)
from dinh.web import requests

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = Callable[..., Client]


def browser() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def at_desk(monkeypatch: pytest.MonkeyPatch, dao: Actor) -> Client:
    """The browser of an official; who signs in and how is another system's business."""
    find = requests._find_actor
    monkeypatch.setattr(requests, "_find_actor", lambda request: dao if request.headers.get("X-Dao") else find(request))
    client = Client(headers={"X-Dao": "1"})
    client.cookies["django_language"] = "en"
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def begun(client: Client, slug: str) -> str:
    answer = client.post(f"/services/procedures/{slug}/begin/", {"place": COMMUNE})
    assert answer.status_code == 302, text(answer)[:500]
    return str(answer["Location"])


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(path, {name: value for name, value in data.items() if value is not None})


def sent(values: dict[str, Any]) -> dict[str, Any]:
    """Answers as a browser sends them."""
    return {
        name: {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
        for name, value in values.items()
    }


def test_a_dossier_is_filled_in_without_a_script_and_handed_in(office: str) -> None:
    client = browser()
    assert "Marital" in text(client.get("/services/?q=tinh trang hon nhan")) or "marital" in text(
        client.get("/services/?q=tinh trang hon nhan")
    )
    draft = begun(client, STATUS)
    answers = sent(ANSWERS[STATUS])
    page = client.get(draft, follow=True)
    assert page.redirect_chain[-1][0].endswith("/pages/person/")
    one = f"{draft}pages/person/"
    wrong = client.post(one, {**answers, "id_number": "12", "full_name": ""})
    assert wrong.status_code == 422
    assert "A personal identification number has 12 digits." in text(wrong)
    assert 'value="12"' in text(wrong), "what was typed is kept"
    assert client.post(one, answers)["Location"].endswith("/pages/status/")
    two = f"{draft}pages/status/"
    shown = text(client.get(two))
    asked = re.search(r'name="_shown" value="([^"]*)"', shown)
    assert asked
    brought_up = client.post(two, {"status": "chua", "purpose": "ket_hon", "_shown": asked[1]})
    assert "further questions" in text(brought_up) or "Fill this in" in text(brought_up)
    assert "To be married to" in text(brought_up)
    assert client.post(two, answers)["Location"].endswith("/pages/request/")
    assert client.post(f"{draft}pages/request/", {**answers, "agreed": "on"})["Location"].endswith("/applicant/")
    applicant = {"name": "Lý Văn Tám", "phone": "0912 345 678", "email": "", "acting": "self", "place": COMMUNE}
    assert client.post(f"{draft}applicant/", {**applicant, "phone": "12"}).status_code == 422
    assert client.post(f"{draft}applicant/", applicant)["Location"].endswith("/documents/")
    assert "Hand in" in text(client.get(f"{draft}review/"))
    assert client.post(f"{draft}hand-in/")["Location"].endswith("/review/"), "a paper is missing"
    picture = SimpleUploadedFile("giay cu.jpg", image(size=(50, 40)), "image/jpeg")
    assert client.post(f"{draft}documents/earlier/", {"files": picture}).status_code == 302
    done = client.post(f"{draft}hand-in/")
    assert "/dossiers/" in done["Location"]
    soon = client.get(done["Location"])
    assert "received and safe" in text(soon)
    submissions.stop()
    submissions.work_off()
    assert "What you handed in" in text(client.get(done["Location"]))
    assert client.post(f"{draft}hand-in/").status_code in (302, 404)
    assert models.Dossier.objects.get().phone == "+84912345678"


def test_a_draft_is_resumed_on_a_second_device_by_its_code_alone(office: str) -> None:
    phone, desktop = browser(), browser()
    draft = begun(phone, STATUS)
    phone.post(f"{draft}pages/person/save/", {"full_name": "Lý Văn Tám", "_revision": "0", "_shown": "full_name"})
    assert desktop.get(draft).status_code == 404
    row = models.Draft.objects.get()
    code = access.code_of(row)
    assert code in text(phone.get(f"{draft}pages/person/"))
    assert code.replace("-", "") not in str(models.Draft.objects.values().get()), "the register holds a hash alone"
    assert desktop.post("/services/follow/", {"code": "ABCDE-FGHJK-MNPQR-STVWX"}).status_code == 422
    assert desktop.post("/services/follow/", {"code": f" {code.lower()} "})["Location"] == draft
    assert "Lý Văn Tám" in text(desktop.get(draft, follow=True))
    desktop.post("/services/follow/leave/")
    assert desktop.get(draft).status_code == 404
    assert browser().get(f"/services/follow/{code}/")["Location"] == draft


def test_what_is_typed_on_two_devices_is_told_to_the_second(office: str) -> None:
    client = browser()
    path = f"{begun(client, STATUS)}pages/person/save/"
    first = client.post(path, {"residence": "Ấp Một", "_revision": "0", "_shown": "residence"}).json()
    second = client.post(path, {"residence": "Ấp Hai", "_revision": "0", "_shown": "residence"}).json()
    assert second["lost"] == {"Residence": "Ấp Một"}
    assert second["revision"] > first["revision"]


@pytest.mark.parametrize("path", ["", "receipt.pdf", "result.pdf", "files/{file}/"])
def test_nothing_of_a_dossier_is_given_to_whoever_only_knows_its_number_or_id(office: str, path: str) -> None:
    row = dossier(STATUS)
    file = models.Attachment.objects.get()
    for kind in ("dossiers", "drafts", "desk"):
        answer = browser().get(f"/services/{kind}/{row.pk}/{path.format(file=file.pk)}")
        assert answer.status_code in (302, 404), kind
        assert answer.status_code == 404 or "sign-in" in answer["Location"]
    public = text(browser().get(f"/services/progress/{row.number}/")) + text(browser().get("/services/progress/"))
    assert row.number in public
    for word in ("Tám", "Bé", "092188001234", "0912345678", str(row.pk)):
        assert word not in public


def test_a_file_of_one_dossier_is_not_given_by_another(office: str) -> None:
    client = browser()
    draft = begun(client, STATUS)
    strange = models.Attachment.objects.filter(dossier=dossier(STATUS).pk).get()
    assert client.get(f"{draft}files/{strange.pk}/").status_code == 404
    assert client.post(f"{draft}files/{strange.pk}/out/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("anh.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("anh.jpg", b"GIF89a/*<script>alert(1)</script>*/"),
        ("goi.zip", b"PK\x03\x04" + b"\x00" * 60),
        ("don.pdf", b"%PDF-1.7\n<html><script>1</script>\n%%EOF"),
        ("rong.jpg", b""),
    ],
)
def test_what_is_no_sound_document_is_refused_with_its_name_and_kept_nowhere(
    office: str, name: str, content: bytes
) -> None:
    client = browser()
    draft = begun(client, STATUS)
    client.post(
        f"{draft}pages/request/", {"again": "true", "relation": "ban_than", "fee_group": "khong", "agreed": "on"}
    )
    answer = client.post(f"{draft}documents/earlier/", {"files": SimpleUploadedFile(name, content, "image/jpeg")})
    assert answer.status_code == 422
    assert name.split(".")[0] in text(answer) or "file" in text(answer)
    assert not models.Attachment.objects.exists()


def test_an_official_sees_masks_until_the_values_are_shown_and_that_is_in_the_ledger(
    at_desk: Client, dao: Actor
) -> None:
    row = dossier(STATUS)
    page = text(at_desk.get(f"/services/desk/{row.pk}/"))
    assert "Tám" not in page
    assert "092188001234" not in page
    shown = text(at_desk.post(f"/services/desk/{row.pk}/show/"))
    assert "Lý Văn Tám" in shown
    leaf = next(entry for entry in ledger.entries(subject=row.urn, limit=50) if entry.kind == "personal.read")
    assert leaf.data["by"] == dao.urn
    assert "full_name" in leaf.data["fields"]
    file = models.Attachment.objects.get()
    opened = at_desk.get(f"/services/desk/{row.pk}/files/{file.pk}/")
    assert opened["Location"].startswith("/files/")


def test_the_desk_returns_decides_and_issues_a_sealed_result(at_desk: Client, dao: Actor) -> None:
    row = dossier(STATUS)
    path = f"/services/desk/{row.pk}/"
    at_desk.post(f"{path}do/take/", {})
    at_desk.post(
        f"{path}do/return/",
        {"d-earlier": "defect", "d-earlier-what": "Mờ", "d-earlier-remedy": "Chụp lại", "f-0-target": "purpose_words",
         "f-0-what": "Chưa rõ", "f-0-remedy": "Ghi rõ nơi vay"},
    )  # fmt: skip
    row.refresh_from_db()
    assert row.state == "returned"
    applicant = browser()
    code = access.code_of(row)
    applicant.get(f"/services/follow/{code}/")
    page = text(applicant.get(f"/services/dossiers/{row.pk}/"))
    assert "Chụp lại" in page
    assert "Ghi rõ nơi vay" in page
    fresh = SimpleUploadedFile("moi.jpg", image(size=(60, 44)), "image/jpeg")
    assert applicant.post(f"/services/dossiers/{row.pk}/documents/earlier/", {"files": fresh}).status_code == 302
    applicant.post(
        f"/services/dossiers/{row.pk}/correct/",
        {"purpose_words": "Vay vốn Ngân hàng Chính sách", "full_name": "Kẻ khác"},
    )
    row.refresh_from_db()
    assert (row.state, row.values["full_name"]) == ("processing", "Lý Văn Tám")
    desk.save_findings(row, all_good(row), by=dao)
    told = text(
        at_desk.post(f"{path}do/approve/", {"d-earlier": "good", "r-status_words": "Chưa đăng ký kết hôn"}, follow=True)
    )
    row.refresh_from_db()
    assert row.state == "approved", re.findall(r"notice--error.*?<p>(.*?)</p>", told, re.S)
    result = models.Result.objects.get()
    assert result.number.endswith("/UBND-XNTTHN")
    given = applicant.get(f"/services/dossiers/{row.pk}/result.pdf")
    content = applicant.get(given["Location"]).content
    assert content.startswith(b"%PDF")
    from dinh.spine.documents import api as documents

    assert documents.check(content).verdict == "genuine"
    assert documents.by_code(result.code).number == result.number
    assert "Result issued" in text(browser().get(f"/services/progress/{row.number}/"))


def test_a_paper_dossier_is_taken_in_at_the_counter_for_somebody_who_is_represented(at_desk: Client) -> None:
    answer = at_desk.post(f"/services/procedures/{EXTRACT}/begin/", {"place": COMMUNE, "counter": "1"})
    draft = answer["Location"]
    at_desk.post(f"{draft}pages/event/", sent(ANSWERS[EXTRACT]))
    at_desk.post(f"{draft}pages/request/", {**sent(ANSWERS[EXTRACT]), "relation": "uy_quyen", "agreed": "on"})
    at_desk.post(
        f"{draft}applicant/",
        {"name": "Trần Văn Ba", "phone": "0912345678", "acting": "authorised", "acting_for": "Trần Thị Bé"},
    )
    done = at_desk.post(f"{draft}hand-in/", follow=True)
    row = models.Dossier.objects.get()
    assert row.number in text(done)
    assert (row.channel, row.acting_for, row.fee) == ("counter", "Trần Thị Bé", 24000)
    receipt = at_desk.get(f"/services/desk/{row.pk}/receipt.pdf")
    assert receipt.content.startswith(b"%PDF")


def test_the_bank_page_pays_and_leads_back(office: str) -> None:
    row = dossier(EXTRACT)
    client = browser()
    client.get(f"/services/follow/{access.code_of(row)}/")
    bank = client.post(f"/services/dossiers/{row.pk}/pay/")["Location"]
    assert "24,000" in text(client.get(bank))
    assert client.post(bank, {"what": "pay"})["Location"] == f"/services/dossiers/{row.pk}/"
    row.refresh_from_db()
    assert row.fee_state == "paid"
    assert "paid" in text(client.get(f"/services/dossiers/{row.pk}/"))


BY_THE_CLOCK = re.compile("places_version|cataloguestamp|^UPDATE|^SAVEPOINT|^RELEASE|securityevent")
"""What is asked once a second or a minute, whoever asks."""


def test_lists_ask_as_often_for_many_dossiers_as_for_few(at_desk: Client) -> None:
    def asked() -> list[int]:
        counts = []
        for path in ("/services/progress/", "/services/desk/", "/services/figures/", "/services/mine/"):
            assert at_desk.get(path).status_code == 200  # what is kept in memory is there from now on
            with CaptureQueriesContext(connection) as captured:
                at_desk.get(path)
            counts.append(
                len([query for query in captured.captured_queries if not BY_THE_CLOCK.search(str(query["sql"]))])
            )
        return counts

    for _ in range(6):  # figures of fewer than five are not shown
        dossier(STATUS)
    few = asked()
    for _ in range(6):
        dossier(STATUS)
    assert asked() == few


def test_the_code_of_many_drafts_goes_to_one_telephone_a_few_times_a_day_and_to_no_list_of_addresses() -> None:
    client = browser()
    for number in range(6):
        path = f"{begun(client, STATUS)}code/"
        answer = client.post(path, {"to": "0987 654 321"}, REMOTE_ADDR=f"203.0.113.{number}", follow=True)
        assert ("enough codes went to this address" in text(answer).lower()) == (number == 5)
    answer = client.post(path, {"to": "a@example.vn,b@example.vn"}, follow=True)
    assert "on its way" not in text(answer)
    assert Delivery.objects.filter(recipient="tel:+84987654321").count() == 5


def test_an_official_gets_no_code_of_what_was_handed_in_online(at_desk: Client, dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    assert at_desk.get(f"/services/desk/{row.pk}/receipt.pdf").status_code == 404
    assert "receipt.pdf" not in text(at_desk.get(f"/services/desk/{row.pk}/"))


def test_a_dossier_that_waits_for_its_applicant_can_be_refused_on_its_page(at_desk: Client, dao: Actor) -> None:
    row = dossier(STATUS)
    desk.take(row, by=dao)
    desk.save_findings(row, [desk.Found("document", "earlier", False, "Ảnh mờ", "Chụp lại")], by=dao)
    desk.send_back(row, by=dao)
    assert "do/refuse/" in text(at_desk.get(f"/services/desk/{row.pk}/"))


def test_a_draft_of_a_procedure_that_is_offered_no_more_hides_no_others(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    begun(client, STATUS)
    monkeypatch.setattr(folders, "all_procedures", dict)
    page = client.get("/services/mine/")
    assert page.status_code == 200
    assert "marital status" in text(page).lower()


@pytest.mark.parametrize(("path", "seconds"), [("", 30), ("progress/", 10), ("figures/", 60)])
def test_what_is_the_same_for_everybody_is_drawn_once(office: str, path: str, seconds: int) -> None:
    assert f"max-age={seconds}" in browser().get(f"/services/{path}")["Cache-Control"]


def test_whoever_was_assigned_a_dossier_can_take_it_up_at_the_desk(at_desk: Client, dao: Actor, office: str) -> None:
    row = dossier(STATUS)
    cases.assign(row.case, to=dao.urn, by=official("truong", office, role="leader"))
    path = f"/services/desk/{row.pk}/"
    page = text(at_desk.get(path))
    assert "do/take/" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    at_desk.post(f"{path}do/take/", {"version": version[1]})
    row.refresh_from_db()
    assert row.state == "processing"
    assert "do/take/" not in text(at_desk.get(path))


def test_whose_dossier_could_not_be_worked_off_is_not_told_that_it_takes_a_moment(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    begun(client, STATUS)
    row = models.Draft.objects.get()
    drafts.save(row, ANSWERS[STATUS], base=0)
    drafts.set_applicant(row, name="Lý Văn Tám", email="", phone="+84912345678", acting="self", acting_for="")
    monkeypatch.setattr(handing_in, "lacking", lambda draft: handing_in.Lacking({}, [], applicant=False))
    done = client.post(f"/services/drafts/{row.pk}/hand-in/")["Location"]

    def refused(**told: Any) -> None:
        raise Invalid("cases.no_category", "there is no such category")

    monkeypatch.setattr(cases, "open_case", refused)
    submissions.stop()
    submissions.work_off()
    page = text(client.get(done))
    assert "somebody has to look at it" in page
    assert "data-soon" not in page


def test_no_code_is_sent_to_what_is_no_address(office: str) -> None:
    client = browser()
    draft = begun(client, STATUS)
    client.post(f"{draft}code/", {"to": "be@"})
    assert models.Draft.objects.get().code_sent == 0
    client.post(f"{draft}code/", {"to": "0912 345 678"})
    assert models.Draft.objects.get().code_sent == 1

"""A dossier from end to end, in both languages: begun on a phone, finished on a second device, paid at the simulated bank,
returned once with two defects, completed, decided, and its sealed result checked by a stranger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import DESK, PHONE, Office, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PROCEDURE = "/services/procedures/ban-sao-trich-luc-ho-tich/"
NAME = {"vi": "Trần Thị Bé", "en": "Lý Thị Hoa"}


def stranger(office: Office, language: str, size: tuple[int, int]) -> Visit:
    """Somebody without an account, on a device of their own."""
    context = office.browser.new_context(viewport={"width": size[0], "height": size[1]})
    office.contexts.append(context)
    context.add_cookies([{"name": "django_language", "value": language, "url": office.house.address}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    return Visit(page, office.house, "demo-applicant", language, complaints)


def paper(folder: Path, name: str, colour: str) -> Path:
    from PIL import Image

    path = folder / name
    Image.new("RGB", (320, 200), colour).save(path)
    return path


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_dossier_goes_from_a_phone_to_a_sealed_result(office: Office, language: str, tmp_path: Path) -> None:
    phone, desk = stranger(office, language, PHONE), stranger(office, language, DESK)
    page = phone.page
    phone.go(PROCEDURE)
    phone.look("procedure")
    page.select_option("#place", label="Mỹ Xuyên" if language == "vi" else "My Xuyen")
    phone.press("main form.form button.btn--primary")
    page.select_option("#id_event", "khai_sinh")
    page.fill("#id_subject_name", NAME[language])
    page.fill("#id_registered_office", "UBND xã Mỹ Xuyên")
    expect(page.locator("#saved")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    phone.look("typed-on-a-phone")
    code = page.locator("#code").inner_text()

    second = desk.page
    desk.go("/services/follow/")
    second.fill("#code", code.lower())
    desk.press("main form button.btn--primary")
    assert second.input_value("#id_subject_name") == NAME[language], "what was typed on the phone is here"
    desk.look("second-device")
    desk.press("button[value=next]")
    second.fill("#id_requester_name", "Trần Văn Ba")
    second.fill("#id_requester_id", "092188001234")
    second.select_option("#id_relation", "uy_quyen")
    second.fill("#id_copies", "2")
    second.check("#id_agreed")
    desk.press("button[value=next]")
    second.fill("#id_name", "Trần Văn Ba")
    second.fill("#id_phone", "0912 345 678")
    second.check("input[value=authorised]")
    second.fill("#id_acting_for", NAME[language])
    desk.press("main form.panel button.btn--primary")
    second.set_input_files("#authorisation", paper(tmp_path, "uy-quyen.png", "gray"))
    desk.press("#paper-authorisation form[enctype] button.btn--small >> nth=-1")
    desk.look("documents")
    desk.press("a.btn--primary")
    desk.look("review")
    desk.press("form.services-buttons button.btn--primary")
    second.wait_for_selector("form[action$='/pay/'] button", timeout=30_000)
    number = second.locator(".page__lead .num").inner_text()
    assert re.fullmatch(r"H13\.\d{5}-\d{6}-\d{4}", number)
    desk.press("form[action$='/pay/'] button")
    desk.look("bank")
    desk.press("button[value=pay]")
    assert second.locator("form[action$='/pay/']").count() == 0

    official = office.visit("demo-official", language)
    official.go(f"/services/desk/?text={number}")
    official.press("a.list__row[href^='/services/desk/']")
    official.press("form[action$='/do/take/'] button")
    assert NAME[language] not in official.page.content(), "hidden until it is shown"
    official.page.check("input[name=d-authorisation][value=defect]")
    official.page.fill("input[name=d-authorisation-what]", "Thiếu chữ ký")
    official.page.fill("input[name=d-authorisation-remedy]", "Ký tên rồi chụp lại")
    official.page.locator("details.services-more summary").first.click()
    official.page.select_option("select[name=f-0-target]", "registered_office")
    official.page.fill("input[name=f-0-what]", "Tên xã đã đổi")
    official.page.fill("input[name=f-0-remedy]", "Ghi tên xã lúc đăng ký")
    official.look("two-defects")
    official.press("button[formaction$='/do/return/']")

    phone.go("/services/mine/")
    phone.press("a.list__row[href*='/services/dossiers/']")
    assert page.locator(".services-defects li").count() == 2
    phone.look("returned")
    page.set_input_files("#authorisation", paper(tmp_path, "ky-ten.png", "white"))
    phone.press("#paper-authorisation form[enctype] button.btn--small >> nth=-1")
    page.fill("#id_registered_office", "UBND xã Tài Văn")
    phone.press("form[action$='/correct/'] button.btn--primary")
    assert page.locator(".services-defects").count() == 0

    official.page.reload()
    official.page.check("input[name=d-authorisation][value=good]")
    official.page.fill("input[name=r-entry]", "112, quyển 01/1988")
    official.press("button[formaction$='/do/approve/']")
    official.look("issued")

    phone.page.reload()
    phone.look("result")
    given = phone.page.request.get(phone.house.address + page.locator("a[href$='/result.pdf']").get_attribute("href"))
    assert given.body().startswith(b"%PDF")
    checked = re.search(
        r"[A-Z0-9]{4,5}(?:-[A-Z0-9]{4,5})+", page.locator("section:has(a[href$='/result.pdf'])").inner_text()
    )
    assert checked
    anyone = stranger(office, language, DESK)
    anyone.go(f"/verify/d/{checked[0]}/")
    anyone.look("checked")
    anyone.go(f"/services/progress/{number}/")
    assert anyone.page.locator(".timeline li").count() >= 6
    assert NAME[language] not in anyone.page.content()
    anyone.look("in-public")

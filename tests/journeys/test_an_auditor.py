"""An auditor's visit, in both languages: reads the ledger, checks a proof in the browser, exports, and changes nothing."""

from __future__ import annotations

import pytest

from .conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
WORDS = {
    "vi": ("Cống số 1 kẹt cửa (vi)", "Thanh tra"),
    "en": ("Sluice 1 is stuck (en)", "Auditor"),
}
READ = ("/work/", "/work/departments/", "/reporting/", "/reporting/overview/?period=day", "/data/", "/indicators/")
CLOSED = ("/work/new/", "/rules/new/", "/publications/desk/", "/account/people/", "/import/", "/reporting/review/")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_ledger_is_read_a_proof_is_checked_and_nothing_can_be_changed(office: Office, language: str) -> None:
    title, role = WORDS[language]
    visit = office.visit("demo-auditor", language)
    page = visit.page
    visit.go("/verify/")
    visit.look("ledger")
    visit.press("main tbody a")
    visit.look("entry")
    address = page.locator('main a[href$="/proof.json"]').get_attribute("href")
    proof = page.request.get(office.house.address + str(address)).text()
    visit.go("/verify/")
    page.locator("#text").fill(proof)
    page.locator("[data-verify-form] .btn--primary").click()
    page.locator("[data-verdict]").first.wait_for()
    assert not page.locator("[data-verdict=bad]").count()
    assert page.locator("[data-holds=yes]").count(), "the browser itself found that the path holds"
    visit.look("proof")

    visit.go("/work/?states=all")
    visit.press(f'#cases tbody a:text-is("{title}")')
    case = page.url
    done = page.locator("#history li").all_inner_texts()
    assert done, "who did what is there"
    presses = page.locator('main form[method="post"], main .work-acts a, main .work-acts button')
    assert not presses.count(), presses.first.inner_html()
    visit.look("case")
    for path in (
        "/work/export.csv",
        "/export/alerts.csv",
        "/indicators/test.salinity/data.csv",
        "/reporting/overview.csv?period=day",
    ):
        answer = page.request.get(office.house.address + path)
        assert answer.ok, path
        assert len(answer.text().splitlines()) > 1, path
    for path in READ:
        visit.go(path)
        visit.look(path.split("?")[0].strip("/").replace("/", "-"))

    token = next(str(cookie.get("value")) for cookie in page.context.cookies() if "csrf" in str(cookie.get("name")))
    for path in ("take/", "comment/", "move/start/", "assign/", "hand-on/", "tasks/add/"):
        answer = page.request.post(
            case.partition("?")[0] + path,
            form={"csrfmiddlewaretoken": token, "text": "x", "to": "urn:dinh:person:demo-auditor", "version": "1"},
            headers={"Referer": case, "X-CSRFToken": token, "Origin": office.house.address},
            max_redirects=0,
        )
        # A step that the case's state forbids to everyone leads back to the case and says so.
        assert answer.status in {302, 403, 422}, f"{path}: {answer.status}"
    page.goto(case)
    assert page.locator("#history li").count() == len(done), "nothing was added to the case"
    for path in CLOSED:
        assert page.request.get(office.house.address + path).status == 403, path
    visit.go("/account/")
    assert role in page.locator("main").inner_text()
    visit.look("account")

"""A return, in both languages: a bad cell is refused and mended, a second person approves, a correction keeps the old
value; and a table that comes every month is read by the mapping that was kept."""

from __future__ import annotations

import pytest

from .conftest import Office, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
FORMS = {"vi": "Hồ sơ một cửa, cụm 1", "en": "One-stop dossiers, cluster 2"}
COMMUNES = {"vi": ("Phú Lợi", "Sóc Trăng"), "en": ("Mỹ Xuyên", "Nhơn Mỹ")}
MEASURED = {"vi": "test.dossiers", "en": "test.dossiers_in_time"}


def _fill(visit: Visit, values: list[tuple[str, str]], act: str = "submit") -> None:
    for line, (received, answered) in enumerate(values):
        visit.page.locator(f"input[name=c-{line}-0]").fill(received)
        visit.page.locator(f"input[name=c-{line}-1]").fill(answered)
    if visit.page.locator("#explanation").count():
        visit.page.locator("#explanation").fill("Đối chiếu với sổ một cửa")
    visit.press(f"#grid button[value={act}]")


def _approve(leader: Visit, number: str) -> None:
    leader.go(f"/reporting/returns/{number}/")
    leader.look("decide")
    leader.press("button[name=act][value=approve]")


def _until_recorded(visit: Visit, number: str) -> None:
    for _ in range(60):
        visit.go(f"/reporting/returns/{number}/")
        if visit.page.locator("#reason").count():
            return
        visit.page.wait_for_timeout(250)
    pytest.fail("the approved figures were not recorded")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_return_is_mended_approved_by_a_second_person_and_corrected(office: Office, language: str) -> None:
    official, leader = office.visit("demo-official", language), office.visit("demo-leader", language)
    page = official.page
    official.go("/reporting/")
    official.look("duties")
    with page.expect_navigation():
        page.get_by_role("link", name=FORMS[language]).first.click()
    number = page.url.rstrip("/").rpartition("/")[2]
    _fill(official, [("120", "115"), ("80", "-5"), ("60", "58")])
    assert page.locator("td.reporting-error input[name=c-1-1][aria-invalid=true]").count() == 1
    official.look("bad-cell")
    _fill(official, [("120", "115"), ("80", "79"), ("60", "58")])
    official.look("submitted")
    assert not page.locator("button[name=act][value=approve]").count(), "nobody approves what is their own"

    leader.go("/reporting/review/")
    leader.look("review")
    _approve(leader, number)
    _until_recorded(official, number)
    page.locator("details:has(#reason) summary").click()
    page.locator("#reason").fill("Một xã nộp thiếu hồ sơ")
    official.press('form[action$="/correct/"] button')
    correction = page.url.rstrip("/").rpartition("/")[2]
    assert correction != number
    _fill(official, [("120", "115"), ("84", "79"), ("60", "58")])
    official.look("correction")
    changed = page.locator("section:has(#changes-title) tbody tr").inner_text()
    assert "80" in changed
    assert "84" in changed
    _approve(leader, correction)
    official.go(f"/reporting/returns/{number}/")
    assert page.locator(".reporting-figure", has_text="80").count() == 1, "the first version still says what it said"
    official.look("first-version")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_monthly_table_is_read_by_the_mapping_that_was_kept(office: Office, language: str) -> None:
    visit = office.visit("demo-official", language)
    page = visit.page
    first, second = COMMUNES[language]
    name = f"one-stop-{language}"

    def give(month: str) -> None:
        text = f"Xã ({language});Kỳ;Hồ sơ\n{first};{month}/2026;12\n{second};{month}/2026;30\n"
        visit.go("/import/")
        page.locator("input[name=file]").set_input_files(
            {"name": f"{name}-{month}.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        visit.press('form[action$="/import/new/"] button')

    give("09")
    for selector, value in (
        ("select[name=source]", "do-thu"),
        ("select[name=level]", "commune"),
        ("select[name^=indicator_]", MEASURED[language]),
    ):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator(selector).first.select_option(value)
        page.wait_for_timeout(300)
    page.locator("input[name=name]").fill(name)
    visit.press("button[name=act][value=save]")
    visit.look("mapping")
    give("10")
    assert name in page.locator("#preview header").inner_text(), "the kept mapping reads the next month's table"
    visit.press("button[name=act][value=import]")
    page.locator("#outcome .stats").wait_for()
    visit.look("imported")
    visit.go("/import/")
    visit.look("imports")

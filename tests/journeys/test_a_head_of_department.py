"""A head of department's morning, in both languages: inbox, many cases at once, routing, figures, calendar, publication."""

from __future__ import annotations

import re

import pytest

from .conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAYS = {"vi": ("2027-04-24", "2027-04-25"), "en": ("2027-06-12", "2027-06-13")}
WORDS = {
    "vi": {"case": "kẹt cửa (vi)", "who": "Trần Thị Bình", "office": "Sở Nông nghiệp và Môi trường"},
    "en": {"case": "is stuck (en)", "who": "Trần Thị Bình", "office": "Department of Agriculture and Environment"},
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_many_cases_a_routing_rule_the_calendar_and_a_publication_are_decided(office: Office, language: str) -> None:
    words = WORDS[language]
    visit = office.visit("demo-leader", language)
    page = visit.page
    visit.go("/work/")
    visit.look("inbox")
    chosen = page.locator("#cases tbody tr", has_text=words["case"])
    assert chosen.count() == 2
    for number in range(2):
        chosen.nth(number).locator("[data-mark]").check()
    visit.press("#bulk .work-bulk__buttons button")
    page.locator("input[name=act][value=assign]").check()
    page.locator("select[name=to]").select_option("urn:dinh:person:demo-operator")
    visit.look("bulk")
    visit.press("#bulk-act .btn--primary")
    assert page.locator("tbody .badge--done").count() == 2, "the preview says what would happen"
    visit.look("bulk-preview")
    visit.press("button[name=start]")
    for _ in range(40):
        visit.go("/work/")
        if page.locator("#cases tbody tr", has_text=words["case"]).filter(has_text=words["who"]).count() == 2:
            break
        page.wait_for_timeout(250)
    else:
        pytest.fail("the worker did not assign the two cases")

    visit.go("/work/routing/")
    page.locator("select[name=what]").select_option("incident/water")
    page.locator("select[name=place]").select_option(index=1 if language == "vi" else 2)
    page.locator("select[name=organisation]").select_option("urn:dinh:organisation:so-nnmt")
    page.locator("input[name=note]").fill(f"routing-{language}")
    visit.press("main form.panel .btn--primary")
    rule = page.locator("tbody tr", has_text=f"routing-{language}")
    assert words["office"] in rule.inner_text()
    visit.look("routing")

    visit.go("/work/departments/")
    assert words["office"] in page.locator("main").inner_text()
    visit.look("departments")

    off, worked = DAYS[language]
    for day, how in ((off, "work"), (worked, "off")):
        visit.go("/work/calendar/?year=2027")
        page.locator("input[name=day]").fill(day)
        page.locator("select[name=how]").select_option(how)
        page.locator("input[name=name_vi]").fill("Hoán đổi ngày làm việc")
        page.locator("input[name=name_en]").fill("Swapped day")
        visit.press("main form.panel:has(input[value=day]) .btn--primary")
    visit.go("/work/calendar/?year=2027")
    assert page.locator("tbody tr", has_text=re.compile("Hoán đổi|Swapped")).count() >= 2
    visit.look("calendar")

    visit.go("/publications/desk/?queue=review")
    visit.look("desk")
    visit.go(f"/publications/desk/do-man-{language}/")
    visit.look("check")
    visit.press('form[action$="/do/approve/"] button')
    visit.press('form[action$="/do/publish/"] button')
    visit.go(f"/publications/do-man-{language}/")
    visit.look("published")

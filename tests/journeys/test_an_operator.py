"""An operator's shift, in both languages: an alert is seen and taken, its case opened, assigned, asked about, resolved."""

from __future__ import annotations

import re

import pytest

from .conftest import Office, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
STATIONS = {"vi": "urn:dinh:asset:tram-0", "en": "urn:dinh:asset:tram-1"}
WORDS = {
    "vi": {
        "station": "Trạm Sóc Trăng",
        "alert": "Độ mặn vượt ngưỡng",
        "nobody": "chưa có người nhận",
        "state": "Đã khắc phục",
        "task": "Đo lại",
    },
    "en": {
        "station": "Phu Loi station",
        "alert": "Salinity over the limit",
        "nobody": "no owner yet",
        "state": "Resolved",
        "task": "Measure again",
    },
}


def _act(visit: Visit, what: str, **values: str) -> None:
    """Opens the dialog of an act, fills it in, and sends it."""
    page = visit.page
    page.locator(f'main a[href*="/{what}/"]').first.click()
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    visit.look(what)
    for name, value in values.items():
        found = dialog.locator(f"[name={name}]").first
        if found.evaluate("e => e.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)
    visit.press("dialog[open] .btn--primary")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_alert_is_taken_and_its_case_is_opened_assigned_asked_about_and_resolved(
    office: Office, language: str
) -> None:
    words, station = WORDS[language], STATIONS[language]
    visit = office.visit("demo-operator", language)
    page = visit.page
    visit.go("/")
    page.locator("html[data-live=on]").wait_for()
    receipt = office.house.post(9.7, station)
    assert receipt["accepted"] == 1, receipt
    row = page.locator("[data-item]", has_text=words["station"]).filter(has_text=words["alert"]).first
    row.wait_for()
    assert words["nobody"] in row.inner_text()
    visit.look("console")

    row.locator("a").first.click()
    page.locator("#card button[data-key=o]:enabled").wait_for()
    visit.look("card")
    visit.press("#card button[data-key=o]")
    page.wait_for_url(re.compile(r"/work/cases/"))
    visit.look("case")
    visit.press("button[data-key=t]")
    visit.look("taken")

    _act(visit, "assign", to="urn:dinh:person:demo-official")
    _act(visit, "tasks/add", title=words["task"], organisation="urn:dinh:organisation:so-yt")
    assert words["task"] in page.locator("#tasks").inner_text()
    for step in ("start", "resolve"):
        visit.press(f'form[action$="/move/{step}/"] button')
    assert words["state"] in page.locator("#now").inner_text()
    visit.look("resolved")
    visit.go("/wall/")
    visit.look("wall", wall=True)

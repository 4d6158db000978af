"""The grid in a real Chromium: pasted from a sheet, walked by keyboard, saved by itself; axe-core finds nothing serious."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.spine.places import api as places

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[5]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
BUILT = Path(__file__).parents[3] / "web" / "static" / "built" / "manifest.json"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
OFFICE = "urn:dinh:organisation:so-y-te"


@pytest.fixture
def page(
    live_server: Any, client_of: Callable[..., Client], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    if not CHROMIUM or not BUILT.is_file():
        pytest.skip("needs Chromium and the built front end (`make assets`)")
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.ALLOWED_HOSTS = ["localhost"]
    parties.save_organisation(id="so-y-te", name_vi="Sở Y tế", name_en="Department of Health")
    client = client_of("official")
    parties.save_person(
        username="test-official", name="Người", email="", organisation=OFFICE, grants=[Grant("official", None)]
    )
    house = str(live_server.url).replace("127.0.0.1", "localhost")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(locale="vi-VN", base_url=house, bypass_csp=True)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": house}])
        yield context.new_page()
        browser.close()


def _form() -> int:
    """The number of a return of two rows and one column."""
    spec = IndicatorSpec(
        "test.births", Text("Trẻ sinh", "Births"), Text("Y tế", "Health"), "1", Kind.GAUGE, valid_min=0
    )
    observations.declare_indicators([spec], by=SYSTEM)
    spots = [
        places.save_place(
            kind="facility", id=f"clinic-{number}", level="clinic", name_vi=f"Trạm {number}",
            name_en=f"Clinic {number}", longitude=None, latitude=None,
        ).urn
        for number in (1, 2)
    ]  # fmt: skip
    row = reported.save_assignment(
        code="births", name_vi="Trẻ mới sinh", name_en="Births", organisation=OFFICE, place=spots[0], of_places=spots,
        columns=[{"indicator": "test.births"}], period="day", due_days=1, first_day=clock.today() - timedelta(days=1),
        by=SYSTEM,
    )  # fmt: skip
    reported.open_returns()
    official = parties.Actor("urn:dinh:person:test-official", "", (Grant("official", None),), OFFICE)
    return next(held.id for held in reported.duties(actor=official) if held.assignment.id == row.id)


def test_a_block_is_pasted_a_draft_saves_itself_and_the_page_is_accessible(page: Any) -> None:
    number = _form()
    page.goto(f"/reporting/returns/{number}/")
    page.focus("input[name=c-0-0]")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData('text/plain', '1.234\\n-5\\n');
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    assert page.input_value("input[name=c-1-0]") == "-5"
    page.wait_for_selector("td.reporting-error input[name=c-1-0][aria-invalid=true]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "c-1-0"
    page.fill("input[name=c-1-0]", "7")
    page.click("button[value=submit]")
    page.wait_for_selector("text=chờ duyệt")
    held = reported.one(number, actor=SYSTEM)
    assert [cell.value for cell in held.cells.values()] == [1234.0, 7.0]
    for path in (
        f"/reporting/returns/{number}/",
        "/reporting/",
        "/reporting/overview/?period=day",
        "/reporting/targets/",
        "/reporting/formulas/",
    ):
        page.goto(path)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']}).then(r => r.violations)")
        assert not [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]

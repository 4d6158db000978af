"""One journey in a real Chromium: a reader picks the commune, sees what is urgent there, opens it, is remembered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dinh.systems.local_news.actions import feeds
from dinh.systems.local_news.tests.factories import feed, item, message, rss, sent

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("units"),
]
ROOT = Path(__file__).parents[5]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
BUILT = Path(__file__).parents[3] / "web" / "static" / "built" / "manifest.json"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def page(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if not CHROMIUM or not BUILT.is_file():
        pytest.skip("needs Chromium and the built front end (`make assets`)")
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.ALLOWED_HOSTS = ["localhost"]
    house = str(live_server.url).replace("127.0.0.1", "localhost")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            locale="vi-VN", base_url=house, bypass_csp=True, viewport={"width": 390, "height": 800}
        )
        yield context.new_page()
        browser.close()


def _sound(page: Any) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_reader_sees_what_is_urgent_in_the_own_commune(page: Any) -> None:
    sent(message())
    feeds.take(feed(), rss(item("1", "Mỹ Tú thu hoạch lúa"), item("2", "Trần Đề ra khơi")))
    page.goto("/news/")
    with page.expect_navigation():
        page.locator("select[name=unit]").select_option("31673")
    assert page.locator(".news-warning__title").inner_text() == "Mưa lớn a1"
    assert page.locator(".news-item__title").count() == 1
    _sound(page)
    page.get_by_role("button", name="Trần Đề").click()
    page.goto("/news/")
    assert page.locator("select[name=unit]").input_value() == "31673"
    page.locator(".news-warning__title a").click()
    assert "Ở trong nhà." in page.locator("article").inner_text()
    _sound(page)

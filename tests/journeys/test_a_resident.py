"""Somebody who lives here: reports without a network and is heard once, follows it and opens it again, and needs no script for any of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Office

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PHONE = {"width": 360, "height": 740}
SEND = "**/app/report/send"
PATIENCE_MS = 8_000


@contextmanager
def phone(office: Office, language: str = "vi", **more: Any) -> Iterator[tuple[BrowserContext, Page]]:
    context = office.browser.new_context(viewport=PHONE, **more)
    context.add_cookies([{"name": "django_language", "value": language, "url": office.house.address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    try:
        yield context, page
    finally:
        context.close()


def write(page: Page, words: str, *, category: str = "noise") -> None:
    """Every step up to the last, without a photo."""
    page.locator("html[data-report=ready]").wait_for()
    page.click("[data-next]")
    page.fill("#id_address", "Trước chợ Mỹ Xuyên")
    page.click("[data-next]")
    page.fill("#id_description", words)
    page.fill("#kinds-find", "on")
    page.click(f"[data-kind={category}]")
    page.click("[data-next]")
    page.locator("[data-step=details]:not([hidden])").wait_for()
    page.click("[data-next]")
    page.click("[data-next]")
    page.locator("[data-step=check]:not([hidden])").wait_for()


def state(page: Page, wanted: str) -> None:
    page.locator(f'[data-mine-list] [data-state="{wanted}"]').first.wait_for()


def known(office: Office, words: str) -> list[dict[str, Any]]:
    """Reports of the register with these words, once the office has them."""
    import urllib.parse
    import urllib.request

    asked = f"{office.house.address}/app/reports/feed.geojson?q={urllib.parse.quote(words)}"
    deadline = time.monotonic() + 30
    while True:
        with urllib.request.urlopen(asked) as answer:
            found: list[dict[str, Any]] = json.load(answer)["features"]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def test_a_report_written_without_a_network_is_sent_later_and_only_once(office: Office) -> None:
    words = "Loa kéo hát đến khuya, mất mạng vẫn phản ánh"
    at = office.house.address
    with phone(office) as (context, page):
        page.goto(f"{at}/app/")
        page.evaluate(
            """async () => {
              await navigator.serviceWorker.ready;
              for (let tries = 0; tries < 100; tries += 1) {
                if (await caches.match('/app/shell/vi/report/')) return;
                await new Promise((resolve) => setTimeout(resolve, 100));
              }
            }"""
        )
        context.set_offline(True)
        page.goto(f"{at}/app/report/")
        write(page, words)
        page.click("[data-send]")
        assert "tự gửi" in page.locator("[data-sent-title]").inner_text()
        page.goto(f"{at}/app/mine/")
        state(page, "waiting")
        assert "Chờ mạng" in page.locator("[data-mine-list]").inner_text()

        lost = []

        def cut(route: Route) -> None:
            """The server takes it, and the answer is lost on the way."""
            lost.append(route.fetch().status)
            route.abort()

        page.route(SEND, cut)
        context.set_offline(False)
        page.locator('[data-mine-list] [data-state="waiting"]').first.wait_for()
        while not lost:
            page.wait_for_timeout(100)
        state(page, "waiting")
        page.unroute(SEND, cut)
        page.click("[data-mine-send]")
        state(page, "sent")
        assert lost[0] == 201
        (row,) = known(office, words)
        assert row["properties"]["number"] in page.locator("[data-mine-list]").inner_text()

"""The one journey, in a real browser and by keyboard: a reading over MQTT becomes an alert, a case, work done, a proof."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .house import House, desk, free_port

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.timeout(240)]


def test_a_reading_becomes_an_alert_a_case_and_a_proof_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    house = House(tmp_path, free_port())
    house.furnish()
    with house.with_broker(), house.served(), desk(browser) as page:
        page.goto(f"{house.address}/account/sign-in/?next=/")
        page.locator('form[action*="demo/demo-operator"] button').focus()
        page.keyboard.press("Enter")
        page.locator("html[data-live=on]").wait_for()
        page.goto(f"{house.address}/")
        page.locator("html[data-live=on]").wait_for()
        before = page.locator("[data-item]").count()
        page.evaluate("window.sameDocument = true")

        house.publish(9.7)
        row = page.locator("[data-item]", has_text="Độ mặn vượt ngưỡng").first
        row.wait_for()
        assert page.evaluate("window.sameDocument"), "the alert must come without a reload"
        assert page.locator("[data-item]").count() == before + 1
        assert "chưa có người nhận" in row.inner_text()

        page.keyboard.press("j")
        page.locator("#card button[data-key=o]:enabled").wait_for()
        assert "alert=" in page.url
        page.keyboard.press("o")
        page.wait_for_url(re.compile(r"/work/cases/"))
        page.locator("button[data-key=t]").wait_for()
        page.keyboard.press("t")
        for words in ("Bắt đầu xử lý", "Báo đã khắc phục"):
            button = page.locator(".work-acts button", has_text=words)
            button.wait_for()
            button.focus()
            page.keyboard.press("Enter")
        house.publish(1.2)  # the water is sweet again
        close = page.locator(".work-acts a", has_text="Đóng vụ việc")
        close.wait_for()
        close.focus()
        page.keyboard.press("Enter")
        reason = page.locator("#act textarea, #act input[name=reason], textarea[name=reason]").first
        reason.wait_for()
        reason.focus()
        page.keyboard.type("Đã đóng cống, độ mặn giảm")
        page.keyboard.press("Tab")
        page.locator("dialog[open] button[type=submit], dialog[open] .btn--primary").first.focus()
        page.keyboard.press("Enter")
        page.locator("text=Đã đóng").first.wait_for()

        number = page.url.split("/work/cases/")[1].split("/")[0].split("?")[0]
        page.goto(f"{house.address}/verify/cases/{number}/")
        assert number in page.locator("main").inner_text()
        page.locator('main a[href^="/verify/"]').first.wait_for()

        page.goto(f"{house.address}/fragments/attention/")
        assert page.locator("[data-item]", has_text="Độ mặn vượt ngưỡng").count() == 0

"""A reader on a phone finds a report on the map; an official keeps order by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as house_settings

from dinh.spine.requests import api as requests
from dinh.systems.citizen_app.tests.world import SOUTH, official, reported, signed_in

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standing_for_a_browser"),
]  # fmt: skip


def test_a_reader_on_a_phone_goes_from_the_map_to_a_report(chromium: Any, live_server: Any) -> None:
    _, number = reported("một", photos=1)
    reported("hai", category="street_light", latitude=9.7)
    page = chromium.new_context(viewport={"width": 390, "height": 800}, locale="vi-VN").new_page()
    page.goto(f"{live_server.url}/app/reports/")
    assert page.locator(".rcard").count() == 2
    page.select_option("select[name=category]", "road_damage")
    page.wait_for_url("**category=road_damage*")
    assert page.locator(".rcard").count() == 1
    assert page.locator(".rmap__list").is_hidden(), "a list without its words would say «Details»"
    page.locator("[data-view=map]").click()
    assert page.locator("[data-view=map]").get_attribute("aria-pressed") == "true"
    page.locator(".rmap__list summary", has_text="1 trong khung bản đồ").wait_for(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".rmap__list summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/app/reports/{number}/")
    assert page.locator("h1").inner_text() == "Đường hư, ổ gà"
    assert page.locator(".rphoto img").evaluate("image => image.complete && image.naturalWidth > 0")
    assert page.locator("#follow input[name=address]").is_visible()


def test_an_official_keeps_order_by_keyboard(chromium: Any, live_server: Any) -> None:
    official("binh", SOUTH)
    held = [reported(f"{word} gọi 0912 345 678")[1] for word in ("một", "hai")]
    client = signed_in("binh")
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    name = house_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/app/desk/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 1440, "height": 900})
    for key in ("j", "j", "x", "s"):
        page.keyboard.press(key)
    page.locator(".dentry").nth(1).wait_for(state="detached")
    shown = [number for number in held if page.request.get(f"{live_server.url}/app/reports/{number}/qr.svg").ok]
    assert shown == [held[1]]
    assert requests.request(held[1]).shown

"""Somebody who lives here: reports without a network and is heard once, follows it and opens it again, and needs no script for any of it."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Office
from .house import ARGUMENTS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PHONE = {"width": 360, "height": 740}
SEND = "**/app/report/send"
PATIENCE_MS = 30_000


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
    """Reports of the register with these words, once the office has them. Each time at an address of its own: what was answered is
    kept for a while."""
    asked = f"{office.house.address}/app/reports/feed.geojson?q={urllib.parse.quote(words)}"
    deadline = time.monotonic() + 30
    while True:
        with urllib.request.urlopen(f"{asked}&asked={time.monotonic_ns()}") as answer:
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
        page.wait_for_timeout(500)
        page.reload()
        page.locator("[data-step=check]:not([hidden])").wait_for()
        assert words in page.locator("[data-check]").inner_text()
        page.click("[data-send]")
        page.locator("[data-sent-title]", has_text="tự gửi").wait_for()
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
        sent = page.locator('[data-mine-list] [data-state="sent"]')
        while not lost and not sent.count():  # the browser may send it behind the page, where no answer is cut
            page.wait_for_timeout(100)
        if lost:
            assert lost[0] == 201
            state(page, "waiting")
            page.unroute(SEND, cut)
            page.click("[data-mine-send]")
        state(page, "sent")
        (row,) = known(office, words)
        assert row["properties"]["number"] in page.locator("[data-mine-list]").inner_text()


ENDED = """
import sys
import django
django.setup()
from dinh.spine.cases import api as cases
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.requests import api as requests
case = requests.request(sys.argv[1]).case
official = Actor("urn:dinh:person:demo-official", "Thạch Minh Sơn", (Grant("official", None),), is_staff=True)
cases.take(case, by=official)
cases.move(case, transition="fix", by=official, reason="Đã nhắc chủ quán, tắt loa sau 22 giờ.")
"""


def end(office: Office, number: str) -> None:
    """What the office does, at its own desk."""
    house = office.house
    subprocess.run([sys.executable, "-c", ENDED, number], env=house.environment, check=True, capture_output=True)


def reported(office: Office, page: Page, words: str) -> str:
    """Reports at once, opens the page of the report; its number, once an office has it."""
    page.goto(f"{office.house.address}/app/report/")
    write(page, words)
    page.click("[data-send]")
    page.locator("[data-sent] a.btn--primary").click()
    page.locator(".follow__facts").wait_for()
    return page.locator(".follow__head p").first.inner_text().split(" ")[0]


def test_what_is_not_fixed_is_opened_again_and_what_is_fixed_gets_its_stars(office: Office) -> None:
    with phone(office, "en") as (_context, page):
        number = reported(office, page, f"Loudspeakers until midnight, again and again {secrets.token_hex(2)}")
        assert "left" in page.locator(".follow__state").inner_text()
        end(office, number)
        page.wait_for_timeout(500)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.locator(".verdict").wait_for()
        page.locator(".verdict summary").click()
        page.fill("#why", "They play on; <b>nobody</b> came.")
        page.locator(".verdict details form button").click()
        page.locator(".verdict").wait_for(state="detached")
        happened = page.locator(".line").inner_text()
        assert "Opened again by the reporter" in happened
        assert "<b>nobody</b>" in happened
        end(office, number)
        page.reload()
        page.get_by_role("button", name="It is all right, thank you").click()
        page.locator(".stars input[value='4']").check(force=True)
        page.get_by_role("button", name="Send the survey").click()
        assert "You gave 4 stars" in page.locator(".verdict").inner_text()


COVERED = """() => {
  if (document.activeElement === document.body) return '';
  const at = document.activeElement.getBoundingClientRect();
  const bar = document.querySelector('.bar').getBoundingClientRect();
  const inside = document.activeElement.closest('.bar');
  return !inside && at.bottom > bar.top + 1 ? document.activeElement.textContent.trim() : '';
}"""


@pytest.mark.parametrize("path", ["/services/", "/news/", "/app/"])
def test_whoever_walks_by_keyboard_on_a_phone_sees_where_they_are(office: Office, path: str) -> None:
    with phone(office) as (_context, page):
        page.goto(office.house.address + path)
        for _ in range(30):
            page.keyboard.press("Tab")
            assert not page.evaluate(COVERED)


ROADS = """
import django
django.setup()
from django.conf import settings
from dinh.systems.maps import examples
examples.make(area=settings.AREA, seed=94)
"""


def test_the_map_on_which_a_place_is_chosen_shows_the_roads_around_it_and_fetches_none_before(office: Office) -> None:
    subprocess.run([sys.executable, "-c", ROADS], env=office.house.environment, check=True, capture_output=True)
    here = {"longitude": 105.985, "latitude": 9.5885}
    with phone(office, permissions=["geolocation"], geolocation=here, service_workers="block") as (_context, page):
        tiles: list[str] = []
        page.on("request", lambda request: tiles.append(request.url) if "/maps/roads/" in request.url else None)
        page.goto(f"{office.house.address}/app/report/")
        page.locator("html[data-report=ready]").wait_for()
        page.click("[data-next]")
        page.click("[data-where-me]")
        page.locator("[data-where-says]:not(:empty)").wait_for()
        assert not tiles
        with page.expect_response("**/maps/roads/**/*.mvt") as answer:
            page.click("[data-where-map]")
        assert answer.value.ok
        assert b"name" in answer.value.body()


def test_without_any_script_the_same_form_reports(office: Office) -> None:
    with phone(office, java_script_enabled=False) as (_context, page):
        page.goto(f"{office.house.address}/app/report/")
        page.fill("#id_description", "Nước ngập trước nhà, cống nghẹt")
        page.get_by_role("button", name="Gửi phản ánh").click()
        faults = page.locator("#faults").inner_text()
        assert "loại phản ánh" in faults
        assert page.input_value("#id_description") == "Nước ngập trước nhà, cống nghẹt"
        page.fill("#id_address", "Hẻm 12, Mỹ Xuyên")
        page.locator("summary", has_text="Môi trường").click()
        page.locator("[data-kind=flooding] input").check()
        page.get_by_role("button", name="Hiện câu hỏi").click()
        page.get_by_role("button", name="Gửi phản ánh").click()
        assert page.locator(".question:not([hidden]) .field__error:not([hidden])").count() == 1
        page.locator("input[name='answer.depth'][value=knee]").check()
        page.get_by_role("button", name="Gửi phản ánh").click()
        assert "/app/r/" in page.url
        assert "Cảm ơn" in page.locator("main").inner_text()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_with_type_twice_as_large_nothing_is_cut_off_and_nothing_is_unheard(office: Office, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    large = office.browser.browser_type.launch(
        executable_path=shutil.which("chromium"), args=[*ARGUMENTS, "--blink-settings=defaultFontSize=32"]
    )
    try:
        with phone(Office(office.house, large), language) as (_context, page):

            def look(name: str) -> None:
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{name} is {wide} px wider than the screen"
                found = Axe().run(page).response["violations"]
                serious = [
                    (one["id"], one["nodes"][0]["html"][:200])
                    for one in found
                    if one["impact"] in {"serious", "critical"}
                ]
                assert not serious, f"{name}: {serious}"

            for path in (
                "/app/",
                "/app/mine/",
                "/app/again/",
                "/app/privacy/",
                "/app/reports/",
                "/services/",
                "/news/",
            ):
                page.goto(office.house.address + path)
                look(path)
            page.goto(f"{office.house.address}/app/report/")
            page.locator("html[data-report=ready]").wait_for()
            look("photos")
            page.click("[data-next]")
            page.click("[data-next]")
            look("place, missing")
            page.fill("#id_address", "Chợ Mỹ Xuyên")
            page.click("[data-next]")
            page.fill("#id_description", "Có người câu điện trái phép, dây đứt")
            page.fill("#kinds-find", "dien")
            page.click("[data-kind=power]")
            look("danger")
            for name in ("details", "contact", "check"):
                page.click("[data-next]")
                look(name)
            page.click("[data-send]")
            page.locator("[data-sent] a.btn--primary").wait_for()
            look("sent")
            page.locator("[data-sent] a.btn--primary").click()
            page.locator(".follow__facts").wait_for()
            look("followed")
    finally:
        large.close()


def test_the_first_page_is_painted_from_one_small_answer(office: Office) -> None:
    """What a slow phone waits for: an answer of at most 40 kB paints the page, and all that comes before the map is less than 200 kB."""
    held: list[Route] = []
    with phone(office) as (context, page):
        page.route(lambda address: not address.endswith("/app/"), lambda route: held.append(route))
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        sizes: list[float] = []
        line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(f"{office.house.address}/app/", wait_until="commit")
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        assert page.locator("html[data-app=ready]").count() == 0
        assert held
        page.unroute_all()  # lets go what was held
        page.locator("html[data-app=ready]").wait_for()
        assert page.evaluate("performance.getEntriesByType('navigation')[0].transferSize") <= 40_000
        assert sum(sizes) < 200_000

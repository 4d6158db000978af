"""A person on a phone finds a hospital and the way there, prints it, and reads both when the network is gone."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as house

from dinh.spine.places import api as places
from dinh.systems.maps import examples
from dinh.systems.maps.routing.process import ways

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
BUILT = Path(__file__).parents[3] / "web" / "static" / "built" / "manifest.json"
AXE = Path(__file__).parents[5] / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # fmt: skip
DRAWN = "dinh-ways[data-map=idle]"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if not CHROMIUM or not BUILT.is_file():
        pytest.skip("needs Chromium and the built front end (`make assets`)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
            yield browser
        browser.close()


@pytest.fixture
def served(live_server: Any, settings: LazySettings, tmp_path: Path) -> Iterator[str]:
    """The demonstration's roads behind the test's own server."""
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    places.load_units()
    examples.make(area=house.AREA, seed=94)
    yield str(live_server.url).replace("127.0.0.1", "localhost")
    ways.end()


def serious(page: Any) -> list[tuple[str, str]]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']}).then(r => r.violations)")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in {"serious", "critical"}]


def test_a_hospital_and_the_way_there_are_found_printed_and_read_without_a_network(chromium: Any, served: str) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=served, bypass_csp=True, permissions=["geolocation"],
        geolocation={"longitude": 105.91312, "latitude": 9.55987},
    )  # fmt: skip
    context.add_cookies([{"name": "django_language", "value": "vi", "url": served}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/maps/")
    assert serious(page) == []
    page.get_by_role("searchbox", name="Tên hoặc loại địa điểm").fill("benh vien")
    page.locator("[data-ways-search] .btn--primary").click()
    page.wait_for_url(re.compile(r"q=benh"))
    page.get_by_role("button", name="Gần tôi").click()
    page.wait_for_url(re.compile(r"near=9\.560"))
    assert "105.913" in page.url, "rounded to a hundred metres"
    assert "105.91312" not in page.url
    page.wait_for_function("document.documentElement.dataset.areaKept")
    assert "Bệnh viện Mỹ Xuyên" in page.locator(".ways__row").first.inner_text()
    page.locator(DRAWN).wait_for(state="attached")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.locator(".ways__row a").first.click()
    page.locator("h1", has_text="Bệnh viện Mỹ Xuyên").wait_for()
    assert serious(page) == []
    page.get_by_role("link", name="Xe máy").click()
    page.get_by_label("Điểm đi", exact=True).fill("Trần Đề")
    page.get_by_role("button", name="Chỉ đường").click()
    page.wait_for_function("document.documentElement.dataset.wayKept")
    assert "đường mô phỏng" in page.locator(".ways__sum").inner_text()
    steps = page.locator(".ways__steps li").all_inner_texts()
    assert "Đi về hướng" in steps[0]
    assert "Bạn đã đến nơi" in steps[-1]
    page.locator(DRAWN).wait_for(state="attached")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    assert page.locator(".ways__print svg").is_visible()
    assert not page.locator(".ways__form--way").is_visible()
    assert not page.locator(".ways__map .map__buttons").is_visible()
    page.emulate_media(media="screen")

    page.goto("/maps/?q=nha+thuoc")
    page.wait_for_selector("[data-ways-search]")
    context.set_offline(True)
    page.get_by_role("searchbox", name="Tên hoặc loại địa điểm").fill("truong tieu hoc")
    page.locator("[data-ways-search] .btn--primary").click()
    page.locator("#places-found[data-kept=shown]").wait_for()
    assert "Không có kết nối" in page.locator("#places-found").inner_text()
    assert "Trường Tiểu học Mỹ Xuyên A" in page.locator("#places-found").inner_text()
    context.set_offline(False)

    page.goto("/maps/offline/")
    page.locator("[data-ways-offline][data-kept=shown]").wait_for()
    context.set_offline(True)
    page.get_by_role("button", name="Tải lại").click()
    page.get_by_text("Không tải được; đây là bản đã lưu.").wait_for()
    assert "Bệnh viện Mỹ Xuyên" in page.locator("[data-ways-offline]").inner_text()
    assert "Bạn đã đến nơi" in page.locator("[data-ways-offline]").inner_text()
    assert serious(page) == []
    page.get_by_role("button", name="Xoá khỏi thiết bị").click()
    page.get_by_text("Chưa lưu đường đi nào").wait_for()
    context.set_offline(False)
    assert complaints == []
    context.close()

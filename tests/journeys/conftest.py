"""One house and one browser for the journeys of the four persons."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .house import ARGUMENTS, House, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SCREENS = os.environ.get("DINH_JOURNEY_SCREENS", "")
"""A folder: then every step is pictured there, at the width of a desk and of a phone."""
DESK, PHONE, WALL = (1440, 900), (390, 844), (1920, 1080)


@dataclass(slots=True)
class Visit:
    """A person at a desk, in one language; what the page complains of fails the journey at its next look."""

    page: Page
    house: House
    username: str
    language: str
    complaints: list[str]
    steps: int = 0

    def go(self, path: str) -> None:
        answer = self.page.goto(self.house.address + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def look(self, name: str, *, wall: bool = False) -> None:
        """Every step ends here: the right language, no complaint, nothing serious or critical by axe-core."""
        from axe_playwright_python.sync_playwright import Axe

        self.steps += 1
        page = self.page
        page.wait_for_load_state("load")
        assert page.locator("html").get_attribute("lang") == self.language
        assert not self.complaints, self.complaints
        found = Axe().run(page).response["violations"]
        serious = [
            f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0].get('failureSummary', '')[:300]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        if SCREENS:
            self._picture(name, (WALL,) if wall else (DESK, PHONE))
        assert not serious, f"{name} at {page.url}: {serious}"

    def _picture(self, name: str, sizes: tuple[tuple[int, int], ...]) -> None:
        for width, height in sizes:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(150)
            wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            mark = f"-WIDE{wide}" if wide > 0 else ""
            path = f"{self.username[5:]}-{self.steps:02}-{name}-{self.language}-{width}{mark}.png"
            self.page.screenshot(path=Path(SCREENS) / path, full_page=width != WALL[0])
        self.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})

    def press(self, selector: str) -> None:
        """Presses the button or the link, and waits for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()


@dataclass(slots=True)
class Office:
    house: House
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def visit(self, username: str, language: str) -> Visit:
        """Signs the person in with the demonstration's one click."""
        house = self.house
        context = self.browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
        self.contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": house.address}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        visit = Visit(page, house, username, language, complaints)
        visit.go("/account/sign-in/?next=/verify/")
        visit.press(f'form[action*="demo/{username}/"] button')
        return visit


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys: two drivers cannot run beside each other in one process."""
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    house = House(tmp_path_factory.mktemp("office"), free_port())
    house.furnish(str(Path(__file__).with_name("furniture.py")))
    with house.served():
        yield Office(house, browser)

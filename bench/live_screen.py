"""A house with 100,000 assets and a real Chromium before it: what the benchmarks of the screen share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ASSETS = 100_000
OPERATOR = "demo-operator"
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent


def fill(*, assets: int = ASSETS) -> list[str]:
    """A province with its units, a day of readings at 43 stations, alerts, cases, and as many assets with a reading
    each. Returns the URNs of the stations."""
    from dinh.kernel.clock import now
    from dinh.spine.cases import api as cases
    from dinh.spine.observations import api as observations
    from dinh.spine.places import api as places
    from dinh.systems.operations_centre.tests import factories

    places.load_units()
    observations.start()
    factories.declare()
    operator = factories.person(OPERATOR, "operator", "Trần Thị Bình")
    stations = factories.stations()
    factories.a_day(stations)
    communes = places.area(factories.AREA)
    if assets:
        at = now() - timedelta(minutes=5)
        for start in range(0, assets, 10_000):
            rows = [_asset(number, communes) for number in range(start, min(assets, start + 10_000))]
            places.save_places(rows)
            factories.record(
                [factories.reading(f"urn:dinh:asset:{row['id']}", 80 + number % 20, at, "test.coverage", "do-thu")
                 for number, row in enumerate(rows)]
            )  # fmt: skip
    for number, alert in enumerate(observations.alerts(within=factories.AREA, limit=40)):
        row = cases.open_case(
            type="incident", title=alert.name_vi, by=operator, subject=alert.urn, place=alert.place,
            severity=alert.severity, organisation=operator.organisation, simulated=alert.simulated,
        )  # fmt: skip
        if number % 2:
            cases.take(row.urn, by=operator)
    observations.stop()
    return [station.urn for station in stations]


def _asset(number: int, communes: Any) -> dict[str, Any]:
    """Spread around the communes' centres, a few kilometres wide."""
    commune = communes[number % len(communes)]
    turn = number // len(communes)
    return {
        "kind": "asset", "id": f"cell-{number}", "level": "gnb_cell", "name_vi": f"Ô {number}", "name_en": f"Cell {number}",
        "longitude": commune.longitude + ((turn * 37) % 101 - 50) * 0.0004,
        "latitude": commune.latitude + ((turn * 53) % 97 - 48) * 0.0004,
        "parent": commune.urn, "simulated": True,
    }  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; drawn in software, as on a machine without a graphics card."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


def signed_in(browser: Browser, base: str) -> Page:
    """A desk of 1440 × 900 with the operator of the demonstration at it."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN").new_page()
    page.goto(f"{base}/account/sign-in/")
    page.locator(f'form[action*="demo/{OPERATOR}"] button').first.click()
    page.wait_for_load_state()
    return page

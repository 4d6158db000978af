"""One commune with its office, and a journal that is this test's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from dinh.spine.jobs import api as jobs
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app.tests.world import standing


@pytest.fixture(autouse=True)
def _journal(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    submissions.stop()
    settings.SUBMISSIONS_HOME = tmp_path / "submissions"
    yield
    submissions.stop()


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
BUILT = Path(__file__).parents[3] / "web" / "static" / "built" / "manifest.json"
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]  # fmt: skip


@pytest.fixture
def standing_for_a_browser(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with standing(monkeypatch, settings, tmp_path):
        yield


@pytest.fixture
def chromium() -> Iterator[Any]:
    if not CHROMIUM or not BUILT.is_file():
        pytest.skip("needs Chromium and the built front end (`make assets`)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def worked_off() -> None:
    submissions.work_off()
    jobs.deliver_pending()


def given(**changes: Any) -> dict[str, Any]:
    """A report as the form sends it."""
    values = {
        "category": "noise", "description": "Loa kéo hát đến nửa đêm", "address": "Hẻm 5, gần chợ", "phone": "0912 345 678",
        "name": "Trần Thị Mẫu",
    }  # fmt: skip
    return values | changes

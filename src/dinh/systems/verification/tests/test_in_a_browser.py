"""A stranger's browser checks proofs by itself, online and from a disk; one altered byte is found, in both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from dinh.spine.ledger import api as ledger

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
BUILT = Path(__file__).parents[3] / "web" / "static" / "built" / "manifest.json"
AXE = Path(__file__).parents[5] / "node_modules" / "axe-core" / "axe.min.js"
SAID = {
    "vi": ("Bằng chứng đúng", "Bằng chứng KHÔNG đúng"),
    "en": ("The proof holds", "The proof does NOT hold"),
}
WIDTHS = (1440, 390)


@pytest.fixture(autouse=True)
def _signed(settings: LazySettings, tmp_path: Path) -> None:
    """A ledger with two checkpoints, so that a bundle holds a proof, a signature and a consistency proof."""
    settings.LEDGER_KEY = tmp_path / "ledger_key"
    settings.CHECKPOINTS = tmp_path / "checkpoints"
    settings.CHECKPOINT_TO = ()
    for _checkpoint in (1, 2):
        ledger.append_many("case.commented", [("urn:dinh:case:2026-000001", {"n": n}) for n in range(9)])
        ledger.checkpoint()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if not CHROMIUM or not BUILT.is_file():
        pytest.skip("needs Chromium and the built front end (`make assets`)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
            yield browser
        browser.close()


def saved(client: Client, language: str, tmp_path: Path, altered: Callable[[str], str] = str) -> Path:
    """The downloaded page on a disk; `altered` gets the proof that it holds."""
    client.cookies.load({"django_language": language})
    text = client.get("/verify/4/bundle.html").content.decode()
    before, begin, rest = text.partition('id="verify-bundle">')
    data, end, after = rest.partition("</script>")
    path = tmp_path / f"kiem-chung-{language}.html"
    path.write_text(before + begin + altered(data) + end + after, encoding="utf-8")
    return path


def opened(chromium: Any, path: Path, *, width: int = 1440, may_test: bool = False) -> tuple[Any, list[str]]:
    """The page without a network, and what it asked for or complained of."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True, bypass_csp=may_test)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("request", lambda asked: None if asked.url == path.as_uri() else complaints.append(asked.url))
    page.goto(path.as_uri())
    page.locator(".verify-verdict").first.wait_for()
    return page, complaints


def serious(page: Any) -> list[tuple[str, str]]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']}).then(r => r.violations)")
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]


def pictured(page: Any, name: str) -> None:
    """For whoever wants to look: DINH_PICTURES names a folder."""
    if folder := os.environ.get("DINH_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_saved_page_checks_itself_from_a_disk_without_a_network(
    chromium: Any, client: Client, tmp_path: Path, language: str
) -> None:
    page, complaints = opened(chromium, saved(client, language, tmp_path))
    verdict = page.locator(".verify-verdict").first
    assert verdict.get_attribute("data-verdict") == "good"
    assert verdict.locator("p").first.inner_text() == SAID[language][0]
    assert page.locator('[data-holds="yes"]').count() >= 4, "path, two signatures and the growth between them"
    assert page.locator('[data-holds="no"]').count() == 0
    assert page.get_attribute("html", "lang") == language
    assert complaints == []


FIELDS = ("path", "leaf_hash", "root", "signature", "growth")


def flipped(data: str, field: str) -> str:
    """One letter of the proof, changed into another of its kind."""
    held = json.loads(data)
    old = {
        "path": held["proof"]["path"][0],
        "leaf_hash": held["proof"]["leaf_hash"],
        "root": held["proof"]["root"],
        "signature": held["proof"]["checkpoint"].rsplit(" ", 1)[1][10:],
        "growth": held["consistency"]["path"][-1],
    }[field]
    place = data.index(json.dumps(old)[1:-1]) + 8
    return data[:place] + ("a" if data[place] != "a" else "b") + data[place + 1 :]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("field", FIELDS)
def test_one_altered_byte_is_found(chromium: Any, client: Client, tmp_path: Path, language: str, field: str) -> None:
    page, complaints = opened(chromium, saved(client, language, tmp_path, lambda data: flipped(data, field)))
    verdict = page.locator(".verify-verdict").first
    assert verdict.get_attribute("data-verdict") == "bad"
    assert verdict.locator("p").first.inner_text() == SAID[language][1]
    assert page.locator('[data-holds="no"]').count() >= 1
    assert complaints == []


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_saved_page_is_accessible_and_fits(
    chromium: Any, client: Client, tmp_path: Path, language: str, width: int
) -> None:
    for altered, kind in ((str, "good"), (lambda data: flipped(data, "path"), "bad")):
        path = saved(client, language, tmp_path, altered)
        page, _ = opened(chromium, path, width=width, may_test=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictured(page, f"bundle-{kind}-{language}-{width}")
        assert serious(page) == []


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_checks_a_proof_in_the_browser_and_sends_nothing(
    chromium: Any, live_server: Any, client: Client, settings: LazySettings, tmp_path: Path, language: str, width: int
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    house = str(live_server.url).replace("127.0.0.1", "localhost")
    file = tmp_path / "proof.json"
    sound = client.get("/verify/4/proof.json").content.decode()
    context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=house, bypass_csp=True)
    context.add_cookies([{"name": "django_language", "value": language, "url": house}])
    page = context.new_page()
    page.goto("/verify/check/")
    posts: list[str] = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    for text, said, kind in (
        (sound, SAID[language][0], "good"),
        (re.sub(r'("path": \[\s*")(.)', lambda found: found[1] + ("0" if found[2] != "0" else "1"), sound, count=1),
         SAID[language][1], "bad"),
    ):  # fmt: skip
        file.write_text(text, encoding="utf-8")
        page.set_input_files("#file", str(file))
        page.locator("[data-verify-form] button.btn--primary").click()
        page.locator(f'.verify-verdict[data-verdict="{kind}"]').wait_for()
        assert page.locator(".verify-verdict p").first.inner_text() == said
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictured(page, f"check-{kind}-{language}-{width}")
        assert serious(page) == []
    assert posts == []
    for path in ("/verify/", "/verify/4/", "/verify/checkpoints/", "/verify/keys/", "/verify/document/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictured(page, f"{path.strip('/').replace('/', '-')}-{language}-{width}")
        assert serious(page) == [], path

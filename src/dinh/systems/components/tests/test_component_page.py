"""The component page in a real Chromium: accessible, within its width, by keyboard, from this host alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page

ROOT = Path(__file__).resolve().parents[5]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.browser


@contextmanager
def page_at(
    chromium: Browser, address: str, path: str, *, width: int, language: str = "vi", theme: str = "light"
) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: faults.append(request.url) if not request.url.startswith((address, "data:")) else None,
    )
    page.set_default_timeout(20_000)
    answer = page.goto(f"{address}{path}", wait_until="load")
    assert answer is not None
    assert answer.status == 200
    try:
        yield page
        assert faults == []
    finally:
        context.close()


def violations(page: Page) -> list[dict[str, Any]]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    found = page.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
    return [
        {"rule": fault["id"], "help": fault["help"], "where": [node["html"][:160] for node in fault["nodes"][:4]]}
        for fault in found
    ]


# The page shows both themes beside each other; its own frame takes turns, so that every pair of values occurs.
@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [
        (390, "vi", "light"),
        (390, "en", "dark"),
        (1440, "vi", "dark"),
        (1440, "en", "light"),
        (1920, "vi", "light"),
        (1920, "en", "dark"),
    ],
)
def test_the_component_page_has_no_accessibility_fault(
    chromium: Browser, address: str, width: int, language: str, theme: str
) -> None:
    with page_at(chromium, address, "/components/", width=width, language=language, theme=theme) as page:
        assert page.evaluate("document.documentElement.lang") == language
        assert violations(page) == []


@pytest.mark.parametrize("path", ["/components/wall/", "/components/error/403/", "/components/error/503/"])
def test_walls_and_error_pages_have_no_accessibility_fault(chromium: Browser, address: str, path: str) -> None:
    with page_at(chromium, address, path, width=1920) as page:
        assert violations(page) == []


def test_nothing_sticks_out_at_any_width(chromium: Browser, address: str) -> None:
    with page_at(chromium, address, "/components/", width=1920) as page:
        for width in (1440, 1024, 768, 390, 360, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width
            last = page.locator(".house__end").bounding_box()
            assert last is not None
            assert last["x"] + last["width"] <= width, f"the header sticks out at {width}"


def test_the_page_is_worked_by_keyboard(chromium: Browser, address: str) -> None:
    with page_at(chromium, address, "/components/", width=1440) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("?")
        assert page.locator("#help").evaluate("dialog => dialog.open")
        page.keyboard.press("Escape")
        assert not page.locator("#help").evaluate("dialog => dialog.open")
        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("j")
        second = page.evaluate("document.activeElement.textContent")
        assert "chưa có người nhận" in second or "chưa có người nhận" in first
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.textContent") == first


def test_the_chosen_theme_stays_and_is_drawn_by_the_server(chromium: Browser, address: str) -> None:
    with page_at(chromium, address, "/components/", width=1440) as page:
        page.click("[data-menu-box] summary")
        page.click("[data-theme-choice=dark]")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 19, 22)"


def test_the_language_is_switched_and_kept_and_never_guessed(chromium: Browser, address: str) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/components/")
    assert page.locator("h1").inner_text() == "Thành phần giao diện"
    page.click("[data-menu-box] summary")
    page.click("button[lang=en]")
    assert page.locator("h1").inner_text() == "Components"
    page.goto(f"{address}/components/")
    assert page.locator("html").get_attribute("lang") == "en"
    context.close()


def test_the_page_says_that_it_is_live_and_when_it_is_not(chromium: Browser, address: str) -> None:
    with page_at(chromium, address, "/components/", width=1920) as page:
        page.wait_for_selector("html[data-live=on]", timeout=20_000)
        assert page.locator(".now__word--on").is_visible()
        page.evaluate("dispatchEvent(new Event('offline'))")
        assert page.locator(".banner--off").is_visible()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_selector("html[data-live=on]", timeout=20_000)
        assert not page.locator(".banner--off").is_visible()


def test_dialogs_and_messages_open_and_close(chromium: Browser, address: str) -> None:
    with page_at(chromium, address, "/components/", width=1440) as page:
        page.locator("[data-dialog=sample-dialog]").first.click()
        assert page.locator("#sample-dialog").evaluate("dialog => dialog.open")
        page.mouse.click(5, 5)
        assert not page.locator("#sample-dialog").evaluate("dialog => dialog.open")
        page.locator("[data-toast]").first.click()
        assert page.locator("#toasts .toast").is_visible()


def test_no_page_reflows_when_its_text_is_doubled(chromium: Browser, address: str) -> None:
    """WCAG 1.4.4 and 1.4.10: at twice the text size, a desk 1280 wide needs no sideways scrolling."""
    with page_at(chromium, address, "/components/", width=1280) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def sent(*names: str, content: bytes = b"x") -> list[FilePayload]:
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name in names]


def test_files_are_chosen_joined_and_taken_out_by_keyboard(chromium: Browser, address: str) -> None:
    with page_at(chromium, address, "/components/", width=390) as page:
        field = page.locator("#light-upload-many")
        field.set_input_files(sent("a.pdf"))
        field.set_input_files(sent("a.pdf", "b.txt"))
        rows = page.locator(".upload:has(#light-upload-many) .upload__file")
        assert rows.locator(".upload__name").all_inner_texts()[-1] == "b.txt"
        number = rows.count()
        rows.last.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert rows.count() == number - 1 == field.evaluate("input => input.files.length")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Bỏ tệp")
        field.set_input_files(sent("rỗng.pdf", content=b""))
        assert "Tệp rỗng" in rows.last.inner_text()
        assert not field.evaluate("input => input.checkValidity()")
        page.locator(".upload:has(#light-upload-many) [data-upload-drop]").evaluate(
            "box => { const held = new DataTransfer(); held.items.add(new File(['x'], 'c.txt'));"
            " box.dispatchEvent(new DragEvent('drop', { dataTransfer: held, bubbles: true, cancelable: true })); }"
        )
        assert "c.txt" in rows.last.inner_text()

"""A photo that the browser cannot read is covered all the same; without a network it says what cannot be done and what can."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

register_heif_opener()
pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standing_for_a_browser"),
]  # fmt: skip


@pytest.fixture
def page(chromium: Any) -> Any:
    return chromium.new_context(viewport={"width": 390, "height": 800}, locale="vi-VN").new_page()


def test_a_heic_photo_is_opened_by_the_server_and_covered(page: Any, live_server: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), (90, 140, 90)).save(out, "HEIF")
    page.goto(f"{live_server.url}/app/report/")
    with page.expect_file_chooser() as chosen:
        page.click("[data-photo-choose]")
    chosen.value.set_files({"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": out.getvalue()})
    page.locator(".photos__picture--none", has_text="Bấm «Che»").wait_for()
    cover = page.locator(".photos__acts button").first
    page.context.set_offline(True)
    cover.click()
    page.locator("[data-photos-fault]", has_text="chỉ cho cơ quan xem").wait_for()
    page.context.set_offline(False)
    cover.click()
    page.locator("dialog#blur[open]").wait_for(timeout=30_000)
    page.locator("[data-blur-canvas]").focus()
    page.keyboard.press("Enter")
    page.click("[data-blur-done]")
    page.locator('.photos__one img[alt="Ảnh 1, Đã che"]').wait_for()
    assert page.locator("[data-photos-fault]").is_hidden()

"""Both second factors in a real Chromium: a virtual authenticator signs, a computed phone shows codes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dinh.spine.parties.api import Grant
from dinh.systems.account.tests.factories import PASSWORD, code_of, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
BUILT = Path(__file__).parents[3] / "web" / "static" / "built" / "manifest.json"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A page that fails the test when its console tells of an error: a broken policy shows there."""
    if not CHROMIUM or not BUILT.is_file():
        pytest.skip("needs Chromium and the built front end (`make assets`)")
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(locale="vi-VN")
        opened = context.new_page()
        faults: list[str] = []
        opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        yield opened
        browser.close()
    ours = [fault for fault in faults if "/live" not in fault and "ERR_INCOMPLETE" not in fault]
    assert not [fault for fault in ours if "404 (Not Found)" not in fault], faults


@pytest.fixture
def house(live_server: Any, settings: Any) -> str:
    """The server's address by the name `localhost`: passkeys need a secure context."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["localhost"]
    return str(live_server.url).replace("127.0.0.1", "localhost")


def virtual_key(page: Any, *, verifies: bool = True) -> tuple[Any, str]:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": verifies,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devices, made["authenticatorId"]


def sign_in_by_password(page: Any, house: str) -> None:
    page.goto(f"{house}/account/sign-in/")
    page.fill("#id_login", "an")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def sign_out(page: Any, house: str) -> None:
    page.goto(f"{house}/account/")
    page.locator("main form[action='/account/sign-out/'] button").click()
    page.wait_for_url("**/account/sign-in/")


def test_a_passkey_is_set_up_and_signs_in_without_the_password(page: Any, house: str) -> None:
    person("an", Grant("operator", None))
    devices, authenticator = virtual_key(page)
    sign_in_by_password(page, house)
    page.wait_for_url("**/account/second-factor/")
    page.get_by_role("link", name="Thêm khoá truy cập").click()
    page.fill("#id_name", "Máy trực ban")
    page.get_by_role("button", name="Tiếp tục trên thiết bị").click()
    page.wait_for_url("**/account/second-factor/codes/")
    assert len(page.locator("#recovery_codes").text_content().split()) == 10
    credentials = devices.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert len(credentials) == 1
    assert credentials[0]["isResidentCredential"]
    page.goto(f"{house}/account/second-factor/codes/")
    assert page.locator("#recovery_codes").count() == 0
    sign_out(page, house)
    page.get_by_role("button", name="Đăng nhập bằng khoá truy cập").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{house}/account/")
    assert "Máy trực ban" in page.locator("main").text_content()


def test_a_passkey_is_the_second_factor_after_the_password(page: Any, house: str) -> None:
    person("an", Grant("operator", None))
    virtual_key(page)
    sign_in_by_password(page, house)
    page.goto(f"{house}/account/second-factor/keys/add/")
    page.get_by_role("button", name="Tiếp tục trên thiết bị").click()
    page.wait_for_url("**/account/second-factor/codes/")
    sign_out(page, house)
    sign_in_by_password(page, house)
    page.wait_for_url("**/account/second-factor/check/")
    page.get_by_role("button", name="Dùng khoá truy cập").click()
    page.wait_for_url(lambda url: "/check/" not in url)
    page.goto(f"{house}/account/")
    assert page.url.endswith("/account/")


def test_a_device_that_cannot_verify_its_user_says_so_in_words(page: Any, house: str) -> None:
    person("an", Grant("operator", None))
    virtual_key(page, verifies=False)
    sign_in_by_password(page, house)
    page.goto(f"{house}/account/second-factor/keys/add/")
    page.get_by_role("button", name="Tiếp tục trên thiết bị").click()
    told = page.locator("[data-key-fault]")
    told.wait_for(state="visible")
    assert "Hãy thử lại" in told.text_content()
    assert page.url.endswith("/keys/add/")


def test_an_app_with_codes_is_set_up_and_signs_in(page: Any, house: str) -> None:
    person("an", Grant("operator", None))
    sign_in_by_password(page, house)
    page.get_by_role("link", name="Thiết lập ứng dụng").click()
    picture = page.locator(".account-qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    secret = page.locator(".account-secret").text_content()
    page.fill("#id_code", code_of(secret))
    page.get_by_role("button", name="Thiết lập", exact=True).click()
    page.wait_for_url("**/account/second-factor/codes/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải về").click()
    assert len(Path(download.value.path()).read_text().split()) == 10
    page.get_by_role("link", name="Tôi đã cất giữ").click()
    page.wait_for_url("**/account/")
    sign_out(page, house)
    sign_in_by_password(page, house)
    page.wait_for_url("**/account/second-factor/check/")
    page.fill("#id_code", code_of(secret, 1))
    page.get_by_role("button", name="Tiếp tục").click()
    page.wait_for_url(lambda url: "/check/" not in url)
    page.goto(f"{house}/account/")
    assert page.url.endswith("/account/")

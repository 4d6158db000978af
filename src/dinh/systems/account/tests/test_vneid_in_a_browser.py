"""The way of a citizen through the simulated VNeID in a real Chromium: there, back, out, and back to the same account."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings as present

from dinh.systems.account.feeds import vneid
from dinh.systems.account.tests.issuer import NUMBER
from dinh.systems.account.tests.test_in_a_browser import house, page, sign_out

__all__ = ["house", "page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def simulated(settings: Any) -> Iterator[None]:
    """Talked to over HTTP only, as the demonstration does."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dinh_simulator.vneid", "--port", str(port), "--secret", "-"]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert running.stdin is not None
    running.stdin.write("geheim\n")
    running.stdin.close()
    issuer = f"http://127.0.0.1:{port}"
    settings.VNEID = {"issuer": issuer, "client_id": "dinh", "secret": "geheim", "hosts": [], "simulated": True}
    settings.REGISTRATION = True
    policy: Any = deepcopy(present.SECURE_CSP)
    policy["form-action"] = [*policy["form-action"], issuer]
    settings.SECURE_CSP = policy
    vneid.forget()
    for _ in range(200):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield
    running.terminate()
    running.wait(timeout=10)
    vneid.forget()


def test_a_citizen_signs_in_by_vneid_sees_who_they_are_and_comes_back_to_the_same_account(
    simulated: None, page: Any, house: str
) -> None:
    def sign_in() -> None:
        page.goto(f"{house}/account/sign-in/?next=/account/")
        page.get_by_role("button", name="Đăng nhập bằng VNeID (mô phỏng)").click()
        page.wait_for_url("**/authorize?*")
        assert "VNeID mô phỏng" in page.locator("h1").text_content()
        page.get_by_role("button", name="Lâm Thị Sương").click()
        page.wait_for_url(f"{house}/account/")

    sign_in()
    assert "9********001" in page.locator("#identity").text_content()
    page.get_by_role("button", name="Hiện đầy đủ").click()
    shown = page.locator("#identity").text_content()
    assert NUMBER in shown
    assert "VNeID mô phỏng" in shown
    page.goto(f"{house}/account/")
    page.fill("#id_name", "Sương của tôi")
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_url(f"{house}/account/")
    sign_out(page, house)
    sign_in()
    assert page.locator("h1").text_content().strip() == "Sương của tôi"
    sign_out(page, house)
    page.get_by_role("button", name="Đăng nhập bằng VNeID (mô phỏng)").click()
    page.get_by_role("button", name="Quay lại, không đăng nhập").click()
    page.wait_for_url(f"{house}/account/sign-in/")
    assert "quay lại từ VNeID mà chưa đăng nhập" in page.locator("main").text_content()

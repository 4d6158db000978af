"""A served house of its own and a Chromium, once for all tests of the component page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a fresh house answers; its data folder is thrown away with the test's."""
    home = tmp_path_factory.mktemp("house")
    surroundings = {**os.environ, "DINH_HOME": str(home), "DINH_DATABASE_URL": "", "DINH_DEMO": "1"}
    migrate = [sys.executable, "-c", "from dinh.project.cli import main; main()", "migrate"]
    subprocess.run(migrate, check=True, env=surroundings, cwd=ROOT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "dinh.project.asgi:application",
        "--port",
        str(port),
        "--lifespan",
        "off",
    ]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=log, stderr=log)
    where = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{where}/healthz", timeout=2)
                break
            except httpx.TransportError:
                assert server.poll() is None, (home / "server.log").read_text()
                time.sleep(0.1)
        yield where
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()

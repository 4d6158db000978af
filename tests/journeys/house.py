"""A house to walk through: units, three stations, an operator of the demonstration, a key, a broker, `dinh serve`."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt

from dinh.project.demo import broker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DINH = str(Path(sys.executable).with_name("dinh"))
STATION = "urn:dinh:asset:tram-0"
SALINITY = "test.salinity"
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]  # fmt: skip
FURNISH = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.operations_centre.tests import factories
places.load_units()
observations.start()
factories.declare()
factories.a_day(factories.stations(3), hours=2)
person = factories.person("demo-operator", "operator", "Trần Thị Bình")
observations.stop()
print(parties.issue_key(label="journey", owner=person.organisation, scopes=["observations.record"], by=parties.SYSTEM)[1])
"""


@dataclass(slots=True)
class House:
    home: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    key: str = ""
    publisher: str = ""
    """Address, with name and password, at which a device may publish."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def furnish(self, program: Path | None = None) -> None:
        """With little, or with what a program of this folder puts in; it prints a key last."""
        self.environment = os.environ | {
            "DINH_HOME": str(self.home), "DINH_DATABASE_URL": "", "DINH_DEMO": "1", "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
        }  # fmt: skip
        what = ["-c", FURNISH] if program is None else [str(program)]
        done = subprocess.run(
            [sys.executable, *what], env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        self.key = done.stdout.split()[-1]

    @contextmanager
    def served(self) -> Iterator[None]:
        log = self.home / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen([DINH, "serve"], env=self.environment, stdout=output, stderr=output)
        try:
            self._wait(process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-3000:])

    @contextmanager
    def with_broker(self) -> Iterator[None]:
        """A real Mosquitto that Đình hears and a device may publish to."""
        program = broker.executable()
        assert program, "tools/debian_packages installs mosquitto"
        made = broker.configure(program, self.home)
        self.publisher = made.for_simulator
        self.environment["DINH_MQTT_URL"] = made.for_dinh
        with (self.home / "mosquitto.log").open("wb") as output:
            process = subprocess.Popen(made.command, stdout=output, stderr=output)
        try:
            assert broker.answers(made.port, within_s=10)
            yield
        finally:
            process.terminate()
            process.wait(10)

    def publish(self, value: float) -> None:
        """One reading of salinity at the station, over MQTT at QoS 1, as a device sends it; waits for the broker."""
        address = urlsplit(self.publisher)
        device = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        device.username_pw_set(address.username, address.password)
        device.connect(str(address.hostname), int(address.port or 0))
        device.loop_start()
        payload = {"value": value, "unit": "g/L", "observed_at": datetime.now(UTC).isoformat()}
        try:
            device.publish(f"dinh/mo-phong/{STATION}/{SALINITY}", json.dumps(payload), qos=1).wait_for_publish(10)
        finally:
            device.disconnect()
            device.loop_stop()

    def post(self, value: float, subject: str = STATION) -> dict[str, Any]:
        """One reading of salinity at a station, over HTTP; its receipt."""
        reading = {
            "indicator": SALINITY, "subject": subject, "observed_at": datetime.now(UTC).isoformat(), "value": value,
            "unit": "g/L", "source": "mo-phong",
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        connection.request("POST", "/api/v1/observations", json.dumps([reading]), headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for as many people as come."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def desk() -> Iterator[Page]:
    """A desk of 1440 × 900 in a real Chromium; what the page complains of fails the journey."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN").new_page()
        page.set_default_timeout(30_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else complaints.append(r.url),
        )
        yield page
        browser.close()
        assert not complaints, complaints

"""A real Mosquitto on a port of its own, with a password, that can be stopped and started again."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from dinh.gateways.mqtt import service
from dinh.spine.observations import api as observations

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Broker:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def url(self, user: str = "dinh", password: str = "secret") -> str:
        return f"mqtt://{user}:{password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        assert PROGRAM is not None
        self.process = subprocess.Popen(
            [PROGRAM, "-c", str(self.folder / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("Mosquitto did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if PROGRAM is None:
        pytest.skip("Mosquitto is not installed (Debian: apt install mosquitto)")
    import getpass

    broker = Broker(tmp_path, free_port())
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    for user in ("dinh", "device"):
        subprocess.run(["mosquitto_passwd", "-b", str(passwords), user, "secret"], check=True, capture_output=True)
    (tmp_path / "acl").write_text("user dinh\ntopic read #\n\nuser device\ntopic write #\n")
    (tmp_path / "mosquitto.conf").write_text(
        f"listener {broker.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nacl_file {tmp_path}/acl\n"
        f"user {getpass.getuser()}\npersistence true\npersistence_location {tmp_path}/\nmax_queued_messages 0\n"
    )
    broker.start()
    yield broker
    broker.stop()


@asynccontextmanager
async def gateway(url: str) -> AsyncIterator[asyncio.Task[None]]:
    """The service as `dinh serve` runs it, for the length of the block."""
    stop = asyncio.Event()
    before = django_settings.MQTT_URL
    django_settings.MQTT_URL = url
    task = asyncio.create_task(service.serve(stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)
        django_settings.MQTT_URL = before


@pytest.fixture
def history(transactional_db: None) -> Iterator[None]:
    """The observations' history of this process, with one station, one source and one indicator to write for."""
    from datetime import timedelta

    from dinh.kernel.manifests import IndicatorSpec, Kind, Text
    from dinh.spine.parties.api import SYSTEM
    from dinh.spine.places import api as places

    observations.declare_indicators(
        [IndicatorSpec("test.salinity", Text("Độ mặn", "Salinity"), Text("Thử", "Test"), "g/L", Kind.GAUGE)], by=SYSTEM
    )
    observations.save_source(
        code="tram-thu",
        name_vi="Trạm thử",
        name_en="Test station",
        owner="",
        licence="CC0-1.0",
        simulated=True,
        period=timedelta(minutes=1),
    )
    places.save_place(
        kind="asset", id="tram-thu", level="salinity_station", name_vi="Trạm thử", name_en="Test station",
        longitude=None, latitude=None,
    )  # fmt: skip
    observations.start()
    yield
    observations.stop()

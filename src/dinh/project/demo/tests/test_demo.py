"""One command shows a province, and ends as cleanly as it began."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from dinh.project.demo import broker, scattering
from dinh.spine.places.api import PlaceRow

COMMAND = [sys.executable, "-c", "from dinh.project.cli import main; main()", "demo"]


class Demo:
    """`dinh demo` as a person starts it, with what it prints."""

    def __init__(self, home: Path, *arguments: str, port: int | None = None) -> None:
        self.port = port or broker.free_port()
        environment = {**os.environ, "DINH_HOME": str(home), "PORT": str(self.port)}
        environment.pop("DINH_DATABASE_URL", None)
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.printed = ""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line

    def wait_for(self, text: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.1)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, signum: int = signal.SIGINT) -> int:
        self.process.send_signal(signum)
        status = self.process.wait(15)
        self.reader.join(5)
        return status


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Demo]]:
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_it_shows_soc_trang_and_leaves_no_process_behind(tmp_path: Path, started: list[Demo]) -> None:
    home = tmp_path / "home"
    demo = Demo(home, "--history", "0.2", "--rate", "400")
    started.append(demo)
    demo.wait_for("Ready after", 150)
    children = demo.children()
    assert len(children) >= (3 if broker.executable() else 2)
    page = httpx.get(f"http://localhost:{demo.port}/", trust_env=False)
    assert page.status_code == 200
    assert "Sóc Trăng" in page.text
    assert "demo-operator" in demo.printed
    assert len(_salinity(demo.port)) >= 10
    assert all(reading["simulated"] for reading in _salinity(demo.port))
    deadline = time.monotonic() + 60
    while all(reading["source"] != "sim-thuy-van" for reading in _salinity(demo.port)):
        assert time.monotonic() < deadline, "nothing came of the present"
        time.sleep(0.5)
    began = time.monotonic()
    assert demo.end() == 0, demo.printed
    assert time.monotonic() - began < 12
    _, alive = psutil.wait_procs(children, timeout=1)
    assert not alive

    # The second start finds everything there; killed without a word, it takes its children with it.
    again = Demo(home, "--no-broker")
    started.append(again)
    again.wait_for("  server\n", 120)
    children = again.children()
    assert children
    again.end(signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=12)
    assert not alive


def _salinity(port: int) -> list[dict[str, Any]]:
    answer = httpx.get(f"http://localhost:{port}/api/v1/latest?indicator=water.salinity", trust_env=False)
    found: list[dict[str, Any]] = answer.raise_for_status().json()
    return found


def test_a_busy_port_is_named_in_one_plain_line(tmp_path: Path, started: list[Demo]) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(tmp_path / "home", port=port)
        started.append(demo)
        assert demo.process.wait(60) == 1
        demo.reader.join(5)
    assert f"port {port} cannot be taken" in demo.printed
    assert f"PORT={port + 1} make demo" in demo.printed
    assert "Traceback" not in demo.printed


def _commune(code: str, full_name: str) -> PlaceRow:
    return PlaceRow(
        urn=f"urn:dinh:unit:2025:{code}", kind="unit", level="commune", name_vi=full_name.split(" ", 1)[1],
        name_en=full_name, full_name_vi=full_name, code=code, parent=None, longitude=105.9, latitude=9.6,
    )  # fmt: skip


def test_what_is_strewn_is_simulated_unique_and_the_same_again() -> None:
    communes = scattering.communes([_commune("31783", "phường Vĩnh Châu"), _commune("31673", "xã Trần Đề")])
    strewn = list(scattering.scatter(communes, 94))
    assert strewn == list(scattering.scatter(communes, 94))
    assert strewn != list(scattering.scatter(communes, 95))
    assert all(row["simulated"] for row in strewn)
    urns = [f"urn:dinh:{row['kind']}:{row['id']}" for row in strewn]
    assert len(set(urns)) == len(urns)
    seen: set[str] = set()
    for urn, row in zip(urns, strewn, strict=True):
        assert row.get("parent") is None or row["parent"] in seen
        assert abs(row["longitude"] - 105.9) < 0.05
        assert abs(row["latitude"] - 9.6) < 0.05
        seen.add(urn)


@pytest.mark.broker
def test_its_broker_lets_in_with_the_passwords_of_this_start_only(tmp_path: Path) -> None:
    import asyncio

    import aiomqtt

    from dinh.gateways.mqtt.broker import broker_at

    program = broker.executable()
    if program is None:
        pytest.skip("Mosquitto is not installed (Debian: apt install mosquitto)")
    mosquitto = broker.configure(program, tmp_path)
    process = subprocess.Popen(mosquitto.command, stderr=subprocess.DEVNULL)
    try:
        assert broker.answers(mosquitto.port, within_s=10)

        async def connect(url: str) -> None:
            there = broker_at(url)
            async with aiomqtt.Client(there.host, there.port, username=there.username, password=there.password):
                pass

        asyncio.run(connect(mosquitto.for_dinh))
        asyncio.run(connect(mosquitto.for_simulator))
        for wrong in (f"mqtt://dinh:guessed@127.0.0.1:{mosquitto.port}", f"mqtt://127.0.0.1:{mosquitto.port}"):
            with pytest.raises(aiomqtt.MqttError):
                asyncio.run(connect(wrong))
    finally:
        process.terminate()
        process.wait(10)
    for name in ("mosquitto.conf", "mosquitto.passwords", "mosquitto.acl"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_its_catalogue_names_only_what_the_data_files_hold() -> None:
    from importlib.resources import as_file

    from dinh.project.demo.preparing import DATA, _table
    from dinh.spine.observations import declaration_file

    with as_file(DATA / "indicators.toml") as path:
        declared = declaration_file.read(path)
    codes = {spec.code for spec in declared.indicators}
    sources = {row.code: row for row in declared.sources}
    organisations = {f"urn:dinh:organisation:{row['id']}" for row in _table("organisations.toml", "organisation")}
    assert len({spec.domain.vi for spec in declared.indicators}) >= 9
    assert 8 <= sum(spec.headline is not None for spec in declared.indicators) <= 12
    for spec in declared.indicators:
        assert spec.source in sources
        assert spec.owner in organisations
        assert {spec.numerator, spec.denominator} <= {*codes, None}
    for row in declared.sources:
        assert row.simulated == ("mô phỏng" in row.name_vi)
        assert row.owner in organisations
    for fact in _table("facts.toml", "fact"):
        assert fact["indicator"] in codes
        assert not sources[fact["source"]].simulated
    for place in _table("places.toml", "place"):
        assert f"urn:dinh:organisation:{place['operator']}" in organisations
    json.dumps(_table("places.toml", "place"))

"""A house of its own for each test: data folder, catalogue, key, and `dinh serve` as a process that can be killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DINH = str(Path(sys.executable).with_name("dinh"))
NDJSON = "application/x-ndjson"
SUBJECT = "urn:dinh:organisation:crash"
DECLARE = """
import django
django.setup()
from django.core.management import call_command
from dinh.kernel.manifests import IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
call_command("migrate", interactive=False, verbosity=0)
name = Text("Thử", "Trial")
observations.declare_indicators(
    [IndicatorSpec(code=f"crash.level{i}", name=name, domain=name, unit="m", kind=Kind.GAUGE) for i in range(5)],
    by=parties.SYSTEM,
)
observations.save_source(
    code="crash", name_vi="Thử", name_en="Trial", owner="", licence="CC0-1.0", simulated=True, period=None
)
owner = parties.save_organisation(id="crash", name_vi="Thử", name_en="Trial")
print(parties.issue_key(label="crash", owner=owner.urn, scopes=["observations.record"], by=parties.SYSTEM)[1])
"""


@dataclass(slots=True)
class House:
    home: Path
    port: int
    key: str = ""
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    under_another: bool = False

    def declare(self) -> None:
        self.environment = os.environ | {
            "DINH_HOME": str(self.home),
            "DINH_DATABASE_URL": "",
            "DINH_MQTT_URL": "",
            "DINH_DEMO": "",
            "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", DECLARE], env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        self.key = done.stdout.split()[-1]

    def start(self, *before: str) -> None:
        """Runs `dinh serve` (under another command where one is given) until it answers."""
        self.under_another = bool(before)
        log = (self.home / "serve.log").open("ab")
        command = [*before, DINH, "serve", "--no-worker", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if self.get("/healthz") == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.home / "serve.log").read_text(errors="replace")[-3000:])

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def post(
        self, rows: Sequence[Mapping[str, Any]], connection: http.client.HTTPConnection | None = None
    ) -> dict[str, Any]:
        """The acknowledgement. Raises OSError or HTTPException where the server died before it answered."""
        used = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        told = self.post_body(used, b"\n".join(json.dumps(row).encode() for row in rows), NDJSON)
        if connection is None:
            used.close()
        return told

    def post_body(self, connection: http.client.HTTPConnection, body: bytes, form: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": form}
        connection.request("POST", "/api/v1/observations", body, headers)
        answer = connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        return told | {"status": answer.status}

    def end(self) -> None:
        """Stops the server gracefully; under another command it is that command's child."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(children[0]) if self.under_another and children else pid, signal.SIGTERM)
        self.process.wait(60)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

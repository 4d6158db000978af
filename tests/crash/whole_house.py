"""A house with a day's work: cases to hand on, tables to import, returns to approve, texts to publish, people to tell.

Web and worker are processes of their own, killed each by itself. Both are forked from a process that has read the
program already, so that a round lasts as long as its work; what waits for a dead one (leases, pauses, claims) waits
seconds here, not minutes. Everything else is as it is.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from .house import House

ROUNDS = 20
CASES = 30
"""For one bulk act of each round."""
ROWS = 600
"""Of the table of each round; the worker takes a hundred at a time."""
BY_CLOCK = 40
"""Texts that are published at their time; by hand one a round."""
DAYS = 2 * ROUNDS
"""Returns to approve, with four figures each; two a round."""
OFFICE = "urn:dinh:organisation:crash-office"

FURNISH = f"""
import json, sys
from datetime import time, timedelta
import django
django.setup()
from dinh.spine.observations.tests import approvals
approvals.DAYS = {DAYS}
approvals.prepare()
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import setup_test_environment
from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, Text
from dinh.spine.cases import api as cases
from dinh.spine.cases.models import Case
from dinh.spine.cases.rows import row_of
from dinh.spine.notices import api as notices
from dinh.spine.observations import api as observations
from dinh.spine.observations.models import Return
from dinh.spine.observations.tests import offices
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.spine.publications.tests.factories import CHI, checked

name = Text("Mực", "Level")
observations.declare_indicators(
    [IndicatorSpec(code="crash.level", name=name, domain=name, unit="m", kind=Kind.GAUGE)], by=parties.SYSTEM
)
observations.save_source(
    code="crash", name_vi="Thử", name_en="Trial", owner="", licence="CC0-1.0", simulated=False, period=None
)
places.save_places([{{
    "kind": "asset", "id": "crash-station", "level": "water_gauge", "name_vi": "Trạm thử", "name_en": "Station",
    "longitude": 105.9, "latitude": 9.5, "simulated": True,
}}])
desk = parties.save_organisation(id="crash-desk", name_vi="Trực", name_en="Desk").urn
office = parties.save_organisation(id="crash-office", name_vi="Sở", name_en="Office").urn
leader = parties.save_person(
    username="told", name="Người nhận", email="told@example.vn", organisation=office,
    grants=[parties.Grant("leader", None)],
)
told = parties.actor_for_work(leader.urn)
notices.save_wanted(told, {{("case.handed_on", "email"): "now"}})
notices.save_times(told, quiet_from=time(0), quiet_to=time(0), digest_at=time(7))
roles = ("operator", "leader", "engineer", "administrator")
parties.save_person(
    username="head", name="Người làm", email="", organisation=desk, grants=[parties.Grant(role, None) for role in roles]
)
now, unit = clock.now(), next(iter(places.area(offices.AREA))).urn
cases.import_past((
    cases.PastCase(
        key=f"crash:{{n}}", type="incident", title=f"Cống {{n}}", opened_at=now,
        due_at=now + timedelta(days=9), organisation=desk, place=unit, category="water", severity="minor",
    ) for n in range({CASES * ROUNDS})
), by=parties.SYSTEM)
for number in range({ROUNDS}):
    checked(f"hand-{{number}}")
for number in range({BY_CLOCK}):
    checked(f"clock-{{number}}")
    publications.schedule(f"clock-{{number}}", at=clock.now() + timedelta(seconds=4 + number), by=CHI)

setup_test_environment()
client = Client(headers={{"host": "localhost"}})
client.force_login(get_user_model().objects.get(username="head"))
session = client.session
session["account_authentication_methods"] = [{{"method": "mfa", "at": 0, "type": "totp"}}]
session["account_authentication_methods_user"] = session["_auth_user_id"]
session.save()
observations.start()  # the form of an import as the page shows it
sample = SimpleUploadedFile("sample.csv", sys.stdin.read().encode())
path = client.post("/import/new/", {{"file": sample}}).headers["Location"]
shown = client.get(path).context["shown"]
observations.stop()
form = {{"source": "crash", "decimal": "", "totals": "skip", "level": ""}}
for group in shown.groups:
    form[f"role_{{group.number}}"] = group.use.role
print(json.dumps({{
    "session": session.session_key, "form": form,
    "cases": [[row.number_text, row.version] for row in map(row_of, Case.objects.order_by("number"))],
    "returns": list(Return.objects.order_by("pk").values_list("pk", "version")),
}}))
"""

NURSERY = """
import json, os, signal, sys
from datetime import timedelta
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
from dinh.gateways.tabular import taking
from dinh.project import asgi, cli
from dinh.spine.jobs import running, worker
from dinh.spine.notices import dispatching
running.LEASE, running.RENEWED_EVERY_S, running.FIRST_PAUSE = timedelta(seconds=1), 0.25, timedelta(seconds=0.5)
worker.LEASE, worker.RENEWED_EVERY = timedelta(seconds=1), timedelta(seconds=0.3)
dispatching.CLAIM, dispatching.LONGEST = timedelta(seconds=3), timedelta(seconds=1)
taking.ROWS = 100
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:  # a `dinh` command for each
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sys.argv = ["dinh", *json.loads(line)]
        cli.main()
    print(child, flush=True)
"""


def alive(number: int) -> bool:
    return Path(f"/proc/{number}").exists()


def gone(number: int, by: signal.Signals) -> None:
    """Sends the signal and waits for the end; nothing happens to what has ended."""
    if alive(number):
        os.kill(number, by)
    ends = time.monotonic() + 60
    while alive(number):
        assert time.monotonic() < ends, f"process {number} outlives {by.name}"
        time.sleep(0.01)


def table(number: int) -> str:
    """The table of a round: readings that no other table has."""
    lines = ["Trạm;Chỉ tiêu;Thời gian;Giá trị"]
    for row in range(ROWS):
        minute = number * ROWS + row
        day, left = divmod(minute, 1440)
        at = f"{day % 28 + 1:02}/{day // 28 + 1:02}/2025 {left // 60:02}:{left % 60:02}"
        lines.append(f"crash-station;crash.level;{at};{minute}")
    return "\r\n".join(lines) + "\r\n"


@dataclass(slots=True)
class WholeHouse(House):
    """`head` is what the furnishing told: session, form of an import, cases, returns."""

    head: Mapping[str, Any] = field(default_factory=dict)
    nursery: subprocess.Popen[bytes] | None = None
    web: int = 0
    worker: int = 0
    """The processes' numbers; 0 before the first."""
    imports: dict[int, str] = field(default_factory=dict)

    def furnish(self) -> None:
        self.environment = os.environ | {
            "DINH_HOME": str(self.home), "DINH_DATABASE_URL": "", "DINH_MQTT_URL": "", "DINH_DEMO": "",
            "DINH_EMAIL": "file", "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
        }  # fmt: skip
        self.head = self.ask(FURNISH, table(0))

    def ask(self, code: str, given: str = "") -> Any:
        """What a process of the house prints last."""
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def _begun(self, *command: str) -> int:
        if self.nursery is None:
            log = (self.home / "house.log").open("ab")
            self.nursery = subprocess.Popen(
                [sys.executable, "-c", NURSERY], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=log,
            )  # fmt: skip
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(json.dumps(command).encode() + b"\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def start_worker(self) -> None:
        self.worker = self._begun("worker")

    def start_web(self) -> None:
        self.web = self._begun("serve", "--no-worker", "--port", str(self.port))
        ends = time.monotonic() + 60
        while time.monotonic() < ends and alive(self.web):
            try:
                if self.get("/healthz") == 200:
                    return
            except OSError:
                time.sleep(0.03)
        raise AssertionError((self.home / "house.log").read_text(errors="replace")[-3000:])

    def leave(self) -> None:
        """Nothing is left running, whatever happened."""
        for number in (self.web, self.worker):
            if number:
                gone(number, signal.SIGKILL)
        if self.nursery is not None:
            self.nursery.kill()
            self.nursery.wait()

    def act(self, path: str, form: Mapping[str, Any], *, file: str = "") -> tuple[int, str]:
        """Posts as the signed-in person; status and where the answer leads. Raises OSError, HTTPException where the
        web died before it answered."""
        token = "k" * 32
        headers = {
            "Cookie": f"dinh_session={self.head['session']}; csrftoken={token}", "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        body = urlencode(form, doseq=True)
        if file:
            headers["Content-Type"] = "multipart/form-data; boundary=cut"
            body = (
                '--cut\r\nContent-Disposition: form-data; name="file"; filename="table.csv"\r\n'
                f"Content-Type: text/csv\r\n\r\n{file}\r\n--cut--\r\n"
            )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body.encode(), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()

    # --- the acts of a person, each of which may be done again by somebody who got no answer ---

    def hand_on(self, number: int) -> None:
        lines = self.head["cases"][number * CASES : (number + 1) * CASES]
        form = {
            "act": "hand_on", "organisation": OFFICE, "reason": f"lượt {number}", "start": "1",
            "chosen": " ".join(line[0] for line in lines), "lines": " ".join(f"{line[0]}@{line[1]}" for line in lines),
        }  # fmt: skip
        self._done(self.act("/work/bulk/", form))

    def give_table(self, number: int) -> None:
        if number not in self.imports:
            self.imports[number] = self._done(self.act("/import/new/", {}, file=table(number)))
        self._done(self.act(self.imports[number], {**self.head["form"], "act": "import"}), again=(200, 302))

    def approve(self, number: int) -> None:
        key, version = self.head["returns"][number]
        self._done(self.act(f"/reporting/returns/{key}/decide/", {"act": "approve", "version": version}))

    def retry_table(self, number: int) -> None:
        """What the page of an import offers where it failed; nothing happens where it did not."""
        self._done(self.act(f"{self.imports[number]}retry/", {}))

    def publish(self, number: int) -> None:
        self._done(self.act(f"/publications/desk/hand-{number}/do/publish/", {}))

    def _done(self, told: tuple[int, str], again: tuple[int, ...] = (302,)) -> str:
        assert told[0] in again, told
        assert "sign-in" not in told[1], told
        return told[1]

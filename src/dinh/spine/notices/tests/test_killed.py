"""`kill -9` of whoever tells and sends: at the end each message is there, once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(180)]
KILLS = 20
EVENTS = 400
BEGIN = """
import django
django.setup()
from django.core.management import call_command
from dinh.spine.parties import api as parties
call_command("migrate", interactive=False, verbosity=0)
office = parties.save_organisation(id="so", name_vi="Sở", name_en="Office").urn
for name in ("an", "binh", "chi"):
    parties.save_person(username=name, name=name, email=f"{name}@example.vn", organisation=office, grants=[])
"""
WORK = """
import sys
from datetime import timedelta
import django
django.setup()
from django.db import transaction
from dinh.kernel.specs import NoticeSpec, Text
from dinh.spine.notices import api, dispatching
KIND = NoticeSpec("crash.told", Text("", ""), Text("{n}", "{n}"), Text("{n}", "{n}"), channels=("inbox", "email"), emergency=True)
api.declare([KIND])
dispatching.CLAIM = dispatching.LONGEST + timedelta(seconds=5)
first, last = int(sys.argv[1]), int(sys.argv[2])
if sys.argv[3:] == ["rest"]:
    from dinh.kernel import clock
    now = clock.now
    clock.now = lambda: now() + timedelta(minutes=10)  # every claim of a dead sender has ended
print("ready", flush=True)
for n in range(first, last):
    with transaction.atomic():
        api.notify("crash.told", to=["urn:dinh:organisation:so"], key=f"event:{n}", params={"n": n})
    print(n, flush=True)
    if n % 4 == 0:
        api.dispatch_due()
api.dispatch_due()
"""
COUNT = """
import django, json
django.setup()
from django.db.models import Count
from dinh.spine.notices import models
rows = models.Delivery.objects.values_list("channel", "state").annotate(n=Count("pk"))
print(json.dumps([list(models.Delivery.objects.filter(channel="email").values_list("ref", flat=True)), [list(row) for row in rows.order_by()]]))
"""


def test_twenty_kills_lose_no_message_and_double_none(tmp_path: Path) -> None:
    environment = os.environ | {
        "DINH_HOME": str(tmp_path),
        "DINH_DATABASE_URL": "",
        "DINH_EMAIL": "file",
        "DINH_DEMO": "",
        "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
    }

    def run(code: str, *arguments: object) -> str:
        command = [sys.executable, "-c", code, *(str(one) for one in arguments)]
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    run(BEGIN)
    chance = random.Random(7)
    told, killed = -1, 0
    while killed < KILLS:
        command = [sys.executable, "-c", WORK, str(told + 1), str(EVENTS)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for _events in range(chance.randrange(1, 12)):
                told = int(process.stdout.readline())
            time.sleep(chance.random() * 0.05)
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
            lines = process.stdout.read().split()
        if lines:
            told = int(lines[-1])  # what the dead one still said it had committed
    last = told + 2
    run(WORK, max(0, told - 3), last, "rest")  # the last ones again, as somebody who is not sure would
    refs, tally = json.loads(run(COUNT).splitlines()[-1])
    counts = {(channel, state): n for channel, state, n in tally}
    assert counts == {("email", "sent"): 3 * last, ("inbox", "delivered"): 3 * last}
    files = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "outgoing" / "email").glob("*.json")}
    assert set(files) == set(refs)
    written = [(told["title"], told["to"]) for told in files.values()]
    assert len(written) == len(set(written)) == 3 * last

"""`kill -9` while a version is being published: it is public once, with one leaf, or it still waits."""

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
ROUNDS = 20
PREPARE = """
import django
django.setup()
from datetime import timedelta
from django.core.management import call_command
from dinh.kernel import clock
from dinh.spine.publications import api
from dinh.spine.publications.tests.factories import CHI, checked
call_command("migrate", interactive=False, verbosity=0)
for number in range(200):
    slug = f"so-{number}"
    checked(slug)
    api.schedule(slug, at=clock.now() + timedelta(seconds=1), by=CHI)
"""
WORK = """
import django, sys
django.setup()
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.publications import actions, api
# What is imported and opened at first use is behind it when the kill is timed.
ledger.head(), api.public_kinds()
print("ready", flush=True)
jobs.run_due_tasks()
api.publish_due()
print("done", flush=True)
"""
TELL = """
import django, json
django.setup()
from collections import Counter
from dinh.spine.jobs import api as jobs, registrations
from dinh.spine.ledger import api as ledger
from dinh.spine.publications import api
heard = Counter()
jobs.listen("publication.published", "tests.kill", lambda event: heard.update([event.payload["slug"]]))
jobs.deliver_pending()
leaves = Counter(entry.data["slug"] for entry in ledger.entries(kind="publication.published", limit=1000))
public = [f"so-{n}" for n in range(200) if api.publication(f"so-{n}").state == "published"]
print(json.dumps({
    "leaves": leaves, "heard": heard, "public": public, "sound": ledger.verify().ok,
    "altered": [slug for slug in public if api.altered_versions(slug)],
}))
"""


def python(code: str, home: Path) -> subprocess.Popen[str]:
    environment = os.environ | {
        "DINH_HOME": str(home),
        "DINH_DATABASE_URL": "",
        "DINH_DEMO": "",
        "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
    }
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)


def test_twenty_kills_during_publication_lose_nothing_and_publish_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(11)
    prepared = python(PREPARE, tmp_path)
    prepared.communicate(timeout=90)
    assert prepared.returncode == 0
    in_the_middle = 0
    for _round in range(ROUNDS):
        worker = python(WORK, tmp_path)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.08))
        worker.send_signal(signal.SIGKILL)
        rest, _errors = worker.communicate(timeout=30)
        in_the_middle += "done" not in rest
    told, _errors = python(TELL, tmp_path).communicate(timeout=60)
    half = json.loads(told.splitlines()[-1])
    assert in_the_middle == ROUNDS
    assert 0 < len(half["public"]) < 200, "the kills came before anything began, or after all of it"
    assert set(half["leaves"]) == set(half["public"]), "a leaf without a public version, or the other way round"
    last = python(WORK, tmp_path)
    last.communicate(timeout=60)
    assert last.returncode == 0
    told, _errors = python(TELL, tmp_path).communicate(timeout=60)
    whole = json.loads(told.splitlines()[-1])
    wanted = {f"so-{number}": 1 for number in range(200)}
    assert whole["leaves"] == wanted
    assert set(whole["public"]) == set(wanted)
    assert {**half["heard"], **whole["heard"]} == wanted
    assert not set(half["heard"]) & set(whole["heard"]), "told of twice"
    assert whole["sound"]
    assert not whole["altered"]

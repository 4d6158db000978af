"""`kill -9` of the worker in the middle of long work: at the end every part was done, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(180)]
KILLS = 20

# One process prepares Django once and forks a worker a round: a round then lasts its lease, not a start.
HOUSE = """
    import json, os, random, signal, sys, time
    from datetime import timedelta
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connections, transaction
    from dinh.spine.jobs import api, models, registrations, running
    from dinh.spine.ledger import api as ledger

    running.LEASE, running.RENEWED_EVERY_S = timedelta(seconds=0.6), 0.15
    registrations.listeners.clear(); registrations.works.clear(); registrations.kinds.clear()
    PARTS, KILLS, ROWS = int(sys.argv[1]), int(sys.argv[2]), 3

    def insert(work):
        for part in range(work.checkpoint.get("next", 0), PARTS):
            with transaction.atomic():
                rows = range(part * ROWS, part * ROWS + ROWS)
                ledger.append_many("row", [("urn:dinh:organisation:crash", {"n": n}) for n in rows])
                work.save({"next": part + 1})
            work.report(part + 1, PARTS)
            time.sleep(0.01 if killing else 0)
        return {"parts": PARTS}

    killing = True
    call_command("migrate", interactive=False, verbosity=0)
    api.task_kind("crash.insert", insert)
    task = api.start("crash.insert", {}, title="Thử", by="urn:dinh:organisation:crash")
    chance = random.Random(11)

    def worker():
        connections.close_all()
        pid = os.fork()
        if pid == 0:
            api.work_until(lambda: False)
        return pid

    killed = 0
    for _ in range(KILLS):
        pid = worker()
        while not models.Task.objects.filter(state="running", holder__contains=f":{pid}:").exists():
            connections.close_all()
            time.sleep(0.01)
        time.sleep(chance.uniform(0.02, 0.25))
        killed += api.task(task.id).state == "running"
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    killing = False
    interrupted_at = models.Task.objects.get().checkpoint.get("next", 0)
    ends = time.monotonic() + 20
    while api.task(task.id).state != "done" and time.monotonic() < ends:
        api.run_due_tasks()
        time.sleep(0.05)
    row = api.task(task.id)
    leaves = ledger.entries(kind="row", limit=10 * PARTS * ROWS)
    print(json.dumps({
        "killed": killed, "at": interrupted_at, "state": row.state, "result": row.result, "attempts": row.attempts,
        "rows": [leaf.data["n"] for leaf in leaves], "sound": ledger.verify().ok,
        "ended": models.Event.objects.filter(name="task.ended").count(),
    }))
"""


def test_twenty_kills_of_the_worker_leave_every_row_of_a_task_once(tmp_path: Path) -> None:
    script = tmp_path / "house.py"
    script.write_text(textwrap.dedent(HOUSE))
    environment = os.environ | {
        "DINH_HOME": str(tmp_path),
        "DINH_DATABASE_URL": "",
        "DINH_DEMO": "",
        "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
    }
    parts = 600
    command = [sys.executable, str(script), str(parts), str(KILLS)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["killed"] == KILLS, "the work was over before the last kill"
    assert KILLS < told["at"] < parts
    assert told["rows"] == list(range(parts * 3))
    assert (told["state"], told["result"], told["ended"]) == ("done", {"parts": parts}, 1)
    assert told["sound"]

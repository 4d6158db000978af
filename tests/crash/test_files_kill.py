"""`kill -9` while files are kept and erased: what was acknowledged is there, and no row lacks its content."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(240)]
KILLS = 20
SAVING = """
import django, itertools, os, sys
django.setup()
from django.core.management import call_command
from django.db import connections
from dinh.spine.files import api as files
call_command("migrate", verbosity=0)
connections.close_all()

def work(start):
    last = None
    for n in itertools.count():
        content = f"file {start}.{n if n % 5 else 0} ".encode() * 200
        row = files.save(content, name=f"{n}.txt", about=f"urn:dinh:case:{start}-{n}", by="")
        os.write(1, f"kept {row.urn} {row.sha256}\\n".encode())
        if n % 3 == 2:
            files.erase(last, by="", reason="thử")
            os.write(1, f"erased {last}\\n".encode())
        last = row.urn

for start in range(int(sys.argv[1])):  # each round is a process of its own, without the time of a start
    child = os.fork()
    if child == 0:
        work(start)
    os.write(1, f"child {child}\\n".encode())
    os.waitpid(child, 0)
"""
ASKING = """
import django, json, sys
django.setup()
import hashlib
from dinh.kernel.errors import DinhError
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger
def state(urn):
    try:
        return hashlib.sha256(files.read(urn)).hexdigest()
    except DinhError as error:
        return error.code
verdict = files.verify()
print(json.dumps({
    "files": {urn: state(urn) for urn in json.load(sys.stdin)}, "faults": list(verdict.faults), "contents": verdict.contents,
    "ledger": ledger.verify().ok, "saved": len(ledger.entries(kind="file.saved", limit=100000)),
    "erased": len(ledger.entries(kind="file.erased", limit=100000)),
}))
"""


def _python(home: Path, code: str, *arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    surroundings = os.environ | {
        "DINH_HOME": str(home),
        "DINH_DATABASE_URL": "",
        "DINH_MQTT_URL": "",
        "DJANGO_SETTINGS_MODULE": "dinh.project.settings",
    }
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=surroundings, stdout=subprocess.PIPE, **more)


def test_every_acknowledged_file_survives_twenty_kills_and_every_row_has_its_content(tmp_path: Path) -> None:
    chance = random.Random(11)
    kept: dict[str, str] = {}
    erased: set[str] = set()
    rounds = _python(tmp_path, SAVING, str(KILLS))
    assert rounds.stdout is not None
    killed = 0
    child = 0
    for line in rounds.stdout:
        what, _, rest = line.decode().strip().partition(" ")
        if what == "child":
            child = int(rest)
        elif what == "kept":
            urn, _, sha256 = rest.partition(" ")
            kept[urn] = sha256
            if child:
                time.sleep(chance.uniform(0.02, 0.3))
                os.kill(child, signal.SIGKILL)
                killed, child = killed + 1, 0
        else:
            erased.add(rest)
    assert rounds.wait(20) == 0
    assert killed == KILLS
    asking = _python(tmp_path, ASKING, stdin=subprocess.PIPE)
    answer = json.loads(asking.communicate(json.dumps(list(kept)).encode(), timeout=60)[0])

    assert len(kept) > KILLS * 2, "hardly a file was kept before the kills"
    assert len(erased) > KILLS / 2
    lost = [urn for urn, sha256 in kept.items() if urn not in erased and answer["files"][urn] != sha256]
    # The last erasure of a round may have been committed and not yet told.
    untold = [urn for urn in lost if answer["files"][urn] == "files.not_given_out"]
    assert len(untold) <= KILLS
    assert set(lost) == set(untold), lost[:3]
    assert {answer["files"][urn] for urn in erased} == {"files.not_given_out"}
    assert answer["faults"] == []
    assert answer["ledger"]
    assert len(kept) <= answer["saved"] <= len(kept) + KILLS
    assert len(erased) <= answer["erased"] <= len(erased) + KILLS

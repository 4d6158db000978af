"""`kill -9` while reports with photos come in: every number that was given is a request in the end, once, with its picture."""

from __future__ import annotations

import http.client
import io
import json
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .house import House

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(180)]
BOUNDARY = "dinh-crash"
ROUNDS = 3
TELL = """
import django, json
django.setup()
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.requests.models import Photo, Request
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.models import Submission
while submissions.work_off():
    pass
print(json.dumps({
    "faults": list(ledger.verify().faults),
    "requests": {str(row.pk): [row.number, row.case, row.photos.count()] for row in Request.objects.all()},
    "states": [[str(row.pk), row.number, row.state, row.fault] for row in Submission.objects.all()],
    "leaves": len(ledger.entries(kind="submission.received", limit=100000)),
    "cases": len(ledger.entries(kind="case.opened", limit=100000)),
}))
"""


def _picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 50).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _body(id: str, photo: bytes) -> bytes:
    values = {"id": id, "category": "waste", "description": f"Rác chưa thu gom {id}", "address": "Chợ"}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return b"".join(parts) + head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()


def _send(port: int, id: str, photo: bytes) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            "POST", "/app/report/send", _body(id, photo), {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        )
        answer = connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        return told | {"status": answer.status}
    finally:
        connection.close()


def _client(port: int, photo: bytes, given: dict[str, str], sent: list[str], over: threading.Event) -> None:
    """Sends a report again and again until it has its number, as the app does; then the next one."""
    while not over.is_set():
        id = str(uuid.uuid4())
        sent.append(id)
        while not over.is_set():
            try:
                told = _send(port, id, photo)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
                continue
            assert told["status"] in (200, 201), told
            assert given.setdefault(id, told["number"]) == told["number"]
            if len(sent) % 3 == 0:
                assert _again(port, id, photo) in (given[id], "")
            break


def _again(port: int, id: str, photo: bytes) -> str:
    try:
        return str(_send(port, id, photo)["number"])
    except (OSError, http.client.HTTPException, ValueError):
        return ""


def test_what_has_a_number_survives_kill_9_and_is_a_request_once(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = House(tmp_path, port)
    house.declare()
    photo, given, sent, over = _picture(), dict[str, str](), list[str](), threading.Event()
    clients = [threading.Thread(target=_client, args=(port, photo, given, sent, over)) for _ in range(4)]
    house.start()
    for client in clients:
        client.start()
    try:
        for round in range(ROUNDS):
            time.sleep(1.5)
            if round == ROUNDS - 1:
                over.set()
            house.kill()
            if round < ROUNDS - 1:
                house.start()
    finally:
        over.set()
        for client in clients:
            client.join(40)
    house.start()
    house.end()
    done = subprocess.run(
        [sys.executable, "-c", TELL], env=house.environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(given) > 20
    assert found["faults"] == []
    assert {id: found["requests"][id][0] for id in given} == given
    assert [row for row in found["states"] if row[2] != "done"] == []
    assert {row[2] for row in found["requests"].values()} == {1}, "each with its picture, once"
    numbers = [row[0] for row in found["requests"].values()]
    assert len(set(numbers)) == len(numbers)
    assert found["leaves"] == found["cases"] == len(found["requests"]) <= len(sent)

"""`kill -9` in the middle of intake: what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .house import SUBJECT, House

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(600)]
KILLS = 20
CLIENTS = 3
ROWS = 200
START = datetime(2026, 1, 1, tzinfo=UTC)
type Key = tuple[int, int]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = House(tmp_path, port)
    made.declare()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


def batch(client: int, number: int) -> list[dict[str, Any]]:
    """Readings that no other batch has; every fourth batch is sent late, behind its successors."""
    place = number + 6 if number % 4 == 0 else number
    return [
        {
            "indicator": f"crash.level{client}",
            "subject": SUBJECT,
            "observed_at": (START + timedelta(seconds=place * ROWS + row, milliseconds=number % 4)).isoformat(),
            "value": float(number * ROWS + row),
            "source": "crash",
        }
        for row in range(ROWS)
    ]


class Client(threading.Thread):
    """Posts batch after batch until the server dies; the batch in flight is sent again to the next server."""

    def __init__(self, house: House, number: int, first: int) -> None:
        super().__init__(name=f"client {number}")
        self.house, self.number, self.next = house, number, first
        self.acknowledged: list[int] = []
        self.faults: list[dict[str, Any]] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)
        try:
            while True:
                told = self.house.post(batch(self.number, self.next), connection)
                if told["status"] != 200 or told["accepted"] + told["duplicates"] != ROWS:
                    self.faults.append(told)
                    return
                self.acknowledged.append(self.next)
                self.next += 1
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


def test_every_acknowledged_reading_survives_twenty_kills_and_none_is_there_twice(house: House) -> None:
    chance = random.Random(7)
    acknowledged: dict[int, set[int]] = {client: set() for client in range(CLIENTS)}
    firsts = [0] * CLIENTS
    for _ in range(KILLS):
        house.start()
        clients = [Client(house, number, firsts[number]) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.05, 0.6))
        house.kill()
        for client in clients:
            client.join(60)
            assert not client.faults, client.faults[:1]
            acknowledged[client.number].update(client.acknowledged)
            firsts[client.number] = client.next
    house.start()
    time.sleep(2.5)  # the leaves of what the last crash left come within a second or two
    house.end()

    history = duckdb.connect(str(house.home / "history.duckdb"), read_only=True)
    counted, distinct = history.execute(
        "SELECT count(*), count(DISTINCT (series, source, observed_at)) FROM observation"
    ).fetchall()[0]
    held = {row[0] for row in history.execute("SELECT value::BIGINT * 8 + series % 8 FROM observation").fetchall()}
    series = _series_of_clients(house)
    sent = sum(len(numbers) for numbers in acknowledged.values())
    assert sent > KILLS, "the clients hardly got to send anything"
    assert counted == distinct
    lost = [
        (client, number, row)
        for client, numbers in acknowledged.items()
        for number in numbers
        for row in range(ROWS)
        if (number * ROWS + row) * 8 + series[client] % 8 not in held
    ]
    assert not lost, f"{len(lost)} of {sent * ROWS} acknowledged readings are gone, such as {lost[:3]}"
    assert history.execute("SELECT count(*) FROM superseded").fetchall() == [(0,)]
    assert _batches_in_ledger(house) == [
        row[0] for row in history.execute("SELECT id FROM batch ORDER BY id").fetchall()
    ]


def _ask(house: House, code: str) -> Any:
    import json

    told = subprocess.run(
        [sys.executable, "-c", f"import django, json; django.setup()\n{code}"],
        env=house.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(told.stdout.splitlines()[-1])


def _series_of_clients(house: House) -> dict[int, int]:
    told = _ask(
        house,
        "from dinh.spine.observations import api\n"
        "print(json.dumps({row.indicator[-1]: row.id for row in api.series_of()}))",
    )
    return {int(client): number for client, number in told.items()}


def _batches_in_ledger(house: House) -> list[int]:
    told: list[int] = _ask(
        house,
        "from dinh.spine.ledger import api\n"
        "leaves = api.entries(kind='observations.batch', limit=100000)\n"
        "print(json.dumps([batch['batch'] for leaf in leaves for batch in leaf.data['batches']]))",
    )
    return told

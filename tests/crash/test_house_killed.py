"""`kill -9` of web and worker in turn, as processes of their own, while bulk acts, imports, approvals, publications and
notices go on: at the end everything is there, once."""

from __future__ import annotations

import http.client
import json
import random
import signal
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .whole_house import BY_CLOCK, CASES, DAYS, ROUNDS, ROWS, WholeHouse, gone

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(600)]
UNDER_WAY = {
    "tasks": "SELECT state, count(*) FROM jobs_task GROUP BY state",
    "returns": "SELECT state, count(*) FROM observations_return GROUP BY state",
    "versions": "SELECT state, count(*) FROM publications_version GROUP BY state",
    "mail": "SELECT state, count(*) FROM notices_delivery WHERE channel = 'email' GROUP BY state",
}
TELL = """
import django, json
django.setup()
from collections import Counter
from dinh.gateways.tabular.models import TableImport
from dinh.spine.cases.models import Act, Case
from dinh.spine.jobs.models import Task
from dinh.spine.ledger import api as ledger
from dinh.spine.notices.models import Delivery
from dinh.spine.observations.history import owner
from dinh.spine.observations.models import Return, ReturnAct
from dinh.spine.publications import api as publications
def count(rows):
    return sorted(Counter(Counter(rows).values()).items())
def readings(indicators):
    from dinh.spine.observations import api as observations
    series = ",".join(str(row.id) for row in observations.series_of() if row.indicator in indicators) or "0"
    return owner.query(f"SELECT value FROM observation WHERE series IN ({series})", {}).column("value").to_pylist()
def leaves(kind):
    return ledger.entries(kind=kind, limit=100000)
verdict = ledger.verify()
print(json.dumps({
    "faults": list(verdict.faults),
    "cases": count(Act.objects.filter(what="handed_on").values_list("case", flat=True)),
    "cases_there": Case.objects.filter(organisation="urn:dinh:organisation:crash-office").count(),
    "case_leaves": count(leaf.subject for leaf in leaves("case.handed_on")),
    "bulks": [task.result for task in Task.objects.filter(kind="cases.bulk")],
    "notices": count(Delivery.objects.filter(recipient__contains="told").values_list("channel", "key")),
    "channels": Counter(Delivery.objects.filter(recipient__contains="told").values_list("channel", flat=True)),
    "mail": list(Delivery.objects.filter(channel="email").values_list("ref", "state")),
    "imports": [[row.state, row.result] for row in TableImport.objects.exclude(state="preview")],
    "import_leaves": count(leaf.data["import"] for leaf in leaves("tabular.imported")),
    "rows": readings(["crash.level"]),
    "figures": len(readings(["test.births", "test.girls"])),
    "superseded": owner.query("SELECT count(*) AS n FROM superseded", {}).to_pylist()[0]["n"],
    "returns": Counter(Return.objects.values_list("state", flat=True)),
    "return_acts": count(ReturnAct.objects.values_list("of", "what")),
    "published": count(leaf.data["slug"] for leaf in leaves("publication.published")),
}))
"""
type ToDo = tuple[Callable[[int], None], int]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = WholeHouse(tmp_path_factory.mktemp("house"), port)
    try:
        house.furnish()
        yield _twenty_kills(house)
    finally:
        house.leave()


class Person(threading.Thread):
    """Does what is to be done until the web dies; what got no answer is done again."""

    def __init__(self, todo: list[ToDo]) -> None:
        super().__init__(name="person")
        self.todo = todo
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while self.todo:
                act, number = self.todo[0]
                act(number)
                del self.todo[0]
        except (OSError, http.client.HTTPException):
            return
        except AssertionError as error:
            self.fault = error


def _twenty_kills(house: WholeHouse) -> dict[str, Any]:
    chance = random.Random(7)
    todo: list[ToDo] = []
    house.start_worker()
    house.start_web()
    for number in range(ROUNDS):
        todo += [(house.hand_on, number), (house.give_table, number), (house.approve, 2 * number)]
        todo += [(house.publish, number), (house.approve, 2 * number + 1)]
        person = Person(todo)
        person.start()
        time.sleep(chance.uniform(0.05, 0.9))
        gone(house.web if number % 2 else house.worker, signal.SIGKILL)
        person.join(60)
        assert person.fault is None, person.fault
        if number == ROUNDS - 1:
            told: dict[str, Any] = {"half": _under_way(house)}
        if number % 2:
            house.start_web()
        else:
            house.start_worker()
    rest = Person(todo + [(house.retry_table, number) for number in range(ROUNDS)])
    rest.run()
    assert not rest.todo, rest.fault
    ends = time.monotonic() + 60
    while not _over(at := _under_way(house)) and time.monotonic() < ends:
        time.sleep(0.3)
    assert _over(at), at
    gone(house.worker, signal.SIGTERM)
    gone(house.web, signal.SIGTERM)
    return told | house.ask(TELL) | {"outgoing": _outgoing(house.home)}


def _under_way(house: WholeHouse) -> dict[str, Any]:
    """How many there are in each state, read beside the processes that are at it."""
    with closing(sqlite3.connect(house.home / "registers.sqlite3", timeout=30)) as registers:
        return {name: dict(registers.execute(sql).fetchall()) for name, sql in UNDER_WAY.items()}


def _over(at: dict[str, Any]) -> bool:
    """Nothing is under way; what failed is told by the tests."""
    return (
        not set(at["tasks"]) & {"waiting", "running"}
        and set(at["returns"]) == {"recorded"}
        and set(at["versions"]) == {"published"}
        and set(at["mail"]) == {"sent"}
    )


def _outgoing(home: Path) -> list[list[str]]:
    files = (home / "outgoing" / "email").glob("*.json")
    return [[path.stem, json.loads(path.read_text())["title"]] for path in files]


def test_the_kills_came_in_the_middle_of_the_work(found: dict[str, Any]) -> None:
    half = found["half"]
    assert half["tasks"].get("done", 0) > 0
    assert half["tasks"].get("waiting", 0) + half["tasks"].get("running", 0) > 0
    assert found["faults"] == []


def test_every_case_of_a_bulk_act_is_handed_on_once_with_one_leaf(found: dict[str, Any]) -> None:
    assert found["bulks"] == [{"done": CASES, "refused": []}] * ROUNDS
    assert found["cases_there"] == CASES * ROUNDS
    assert found["cases"] == found["case_leaves"] == [[1, CASES * ROUNDS]]


def test_every_notice_of_a_bulk_act_is_there_once_and_sent_once(found: dict[str, Any]) -> None:
    assert [times for times, _count in found["notices"]] == [1]
    assert found["channels"] == {"inbox": CASES * ROUNDS, "email": CASES * ROUNDS}
    assert {state for _ref, state in found["mail"]} == {"sent"}
    assert Counter(ref for ref, _title in found["outgoing"]) == Counter(ref for ref, _state in found["mail"])
    assert len({title for _ref, title in found["outgoing"]}) == CASES * ROUNDS


def test_imported_rows_are_those_of_the_files_once(found: dict[str, Any]) -> None:
    assert [state for state, _result in found["imports"]] == ["done"] * ROUNDS
    assert sorted(found["rows"]) == [float(n) for n in range(ROWS * ROUNDS)]
    assert {(result["rows"], result["refused_rows"]) for _state, result in found["imports"]} == {(ROWS, 0)}
    assert found["import_leaves"] == [[1, ROUNDS]]
    assert found["superseded"] == 0


def test_every_approved_return_is_recorded_once(found: dict[str, Any]) -> None:
    assert found["returns"] == {"recorded": DAYS}
    assert found["figures"] == 4 * DAYS
    assert found["return_acts"] == [[1, 2 * DAYS]]


def test_every_text_is_published_once_by_hand_and_by_the_clock(found: dict[str, Any]) -> None:
    assert found["published"] == [[1, ROUNDS + BY_CLOCK]]

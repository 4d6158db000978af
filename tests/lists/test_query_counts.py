"""Every list asks the registers as often for many rows as for few: the count of each stands in queries.json."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinh.project.tests import growth, province, walking
from dinh.project.tests.sides import Side, found, username
from dinh.project.tests.walking import Visitor
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Grant

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]

SNAPSHOT: Final = Path(__file__).with_name("queries.json")
WRITE: Final = "DINH_WRITE_SNAPSHOTS"
FEW, MANY = 5, 60
APART: Final = re.compile(
    r"^(BEGIN|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK)"
    r"|FROM \"places_version\""  # read at most once a second, so that the clock decides
    r"|^INSERT INTO \"parties_securityevent\""  # written when enough time has passed
    r"|INSERT INTO \"ledger_node\"|JOIN ledger_node node|FROM \"ledger_entry\" WHERE \"ledger_entry\".\"index\" IN"  # by the shape of the tree: log n
)
"""Statements that are not counted."""


class Counted:
    """`asked` by path the SQL of its second drawing: the first one fills what is kept in memory."""

    def __init__(self, side: Side, visitor: Visitor) -> None:
        self.asked: dict[str, list[str]] = {}
        for name, path in _paths(side):
            if walking.ask(visitor, "GET", path).status != 200:
                continue
            connection.queries_log.clear()  # it holds nine thousand at most, and would hide the rest
            with CaptureQueriesContext(connection) as captured:
                walking.ask(visitor, "GET", path)
            found = [str(query["sql"]) for query in captured.captured_queries]
            self.asked[name] = [sql for sql in found if not APART.search(sql)]


def _paths(side: Side) -> Iterator[tuple[str, str]]:
    """By a name that holds no identifier: every address, and the questions that lists are asked."""
    for address in walking.every():
        if not address.name.startswith("api:openapi"):
            yield address.route, address.planted(side)
    for template in walking.ASKED:
        (path,) = walking.filled([template], side)
        yield template, path


@pytest.fixture(scope="module")
def counted(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Counted, Counted]]:
    with django_db_blocker.unblock(), province.alone():
        sides = found()
        side = sides["A"]
        for one in sides.values():
            province.plant(one)
        side.ids["size"] = sides["B"].ids["size"] = province.seal()
        observations.start()
        name = username("official", "A")  # whose notices, keys, work and duties there are
        grants = [Grant(role, None) for role in parties.roles()]
        everything = walking.person("all", *grants, organisation=side.office, username=name)
        growth.grow(side, range(FEW))
        few = Counted(side, everything)
        growth.grow(side, range(FEW, MANY))
        many = Counted(side, everything)
    yield few, many
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def test_the_counts_are_those_of_the_snapshot_with_few_rows_and_with_many(counted: tuple[Counted, Counted]) -> None:
    few, many = counted
    assert len(few.asked) > 100
    assert few.asked.keys() == many.asked.keys()
    if os.environ.get(WRITE):
        lines = {name: len(few.asked[name]) for name in few.asked}
        SNAPSHOT.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    wrong = [f"{name}: no longer answers" for name in kept.keys() - few.asked.keys()]
    for name, asked in few.asked.items():
        more = many.asked[name]
        if len(asked) != len(more):
            wrong.append(f"{name}: {len(asked)} queries for {FEW} rows, {len(more)} for {MANY}{_other(asked, more)}")
        elif kept.get(name) != len(asked):
            wrong.append(f"{name}: {kept.get(name)} queries in the snapshot, {len(asked)} now{_repeated(asked)}")
    assert not wrong, f"mend it, or write {SNAPSHOT.name} anew with {WRITE}=1:\n" + "\n".join(wrong)


def _shapes(asked: list[str]) -> Counter[str]:
    """Statements without their values."""
    return Counter(re.sub(r"'(?:[^']|'')*'|\b\d+\b|\?(?:, \?)+", "?", sql)[:300] for sql in asked)


def _other(few: list[str], many: list[str]) -> str:
    """The statements that are asked more often for one of the two."""
    a, b = _shapes(few), _shapes(many)
    return "".join(f"\n    {a[shape]} → {b[shape]} × {shape}" for shape in a | b if a[shape] != b[shape])


def _repeated(asked: list[str]) -> str:
    """The statements that are asked more than once, without their values."""
    return "".join(f"\n    {times} × {shape}" for shape, times in _shapes(asked).most_common(6) if times > 1)

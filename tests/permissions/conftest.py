"""The whole walk, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command

from dinh.project.tests import province, walking
from dinh.project.tests.province import Side
from dinh.project.tests.walking import Address, Answer, Visitor
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant

METHODS = ("GET", "POST")
CENTRE = "urn:dinh:organisation:trung-tam"


@dataclass
class Walk:
    """`answers` by visitor's name, method and address, for what was planted in commune A; `ghosts` for what is not there."""

    sides: dict[str, Side]
    visitors: list[Visitor]
    keys: list[Visitor]
    addresses: list[Address]
    answers: dict[tuple[str, str, str], Answer] = field(default_factory=dict)
    ghosts: dict[tuple[str, str, str], Answer] = field(default_factory=dict)
    asked: dict[tuple[str, str], Answer] = field(default_factory=dict)
    """By visitor's name and path with its query: questions to lists."""

    def go(self) -> None:
        a = self.sides["A"]
        for address in self.addresses:
            planted, ghost = address.planted(a), address.ghost(a)
            for method in METHODS:
                for visitor in self.visitors:
                    self.answers[visitor.name, method, address.name] = walking.ask(visitor, method, planted)
                    if ghost != planted and visitor.name.endswith(("@B", "anyone")):
                        self.ghosts[visitor.name, method, address.name] = walking.ask(visitor, method, ghost)
                if address.name[:4] != "api:" and (method == "POST" or self.answers["anyone", method, address.name].status == 200):
                    continue  # forms need a token that keys do not have; and no key sees more of a page than anyone does
                for key in self.keys:
                    self.answers[key.name, method, address.name] = walking.ask(key, method, planted)
        for path in walking.questions(self.sides):
            for visitor in self.visitors:
                self.asked[visitor.name, path] = walking.ask(visitor, "GET", path)


def visitors(sides: dict[str, Side]) -> list[Visitor]:
    parties.save_organisation(id="trung-tam", name_vi="Trung tâm", name_en="Centre")
    found = [Visitor("anyone")]
    for role in parties.roles():
        for letter in sides:
            found.append(walking.person(f"{role}@{letter}", username=province.username(role, letter)))
        found.append(walking.person(f"{role}@all", Grant(role, None), organisation=CENTRE))
    return found


def keys(side: Side) -> list[Visitor]:
    """An organisation's key of each scope, and a key of a person of the commune with all that the person may."""
    issued = [(scope, CENTRE, [scope]) for scope in sorted(parties.permissions())]
    leader = side.actor("leader")
    held = [scope for scope in sorted(parties.permissions()) if parties.may(leader, scope)]
    issued.append(("leader@B", leader.urn, held))
    return [
        Visitor(f"key {name}", bearer=parties.issue_key(label="walk", owner=owner, scopes=scopes, by=SYSTEM)[1])
        for name, owner, scopes in issued
    ]


@pytest.fixture(scope="package")
def walk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walk]:
    with django_db_blocker.unblock():
        sides = dict(province.found())
        for side in sides.values():
            province.plant(side)
        size = province.seal()
        for side in sides.values():
            side.ids["size"] = size
        walked = Walk(sides, visitors(sides), keys(sides["B"]), walking.every())
        observations.start()  # one history that is open all the time, not one that is opened for each question
        walked.go()
    yield walked
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)

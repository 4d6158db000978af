"""The whole walk, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command

from dinh.project.tests import province, walking
from dinh.project.tests.sides import Side, found, username
from dinh.project.tests.walking import Address, Answer, Visitor
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant

METHODS = ("GET", "POST")
BLIND = frozenset({"api:openapi-json", "api/v1/docs", "api:api-root"})
"""Large, and the same for whoever asks."""
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
    """By visitor's name and path with its query: questions about the commune that is not theirs."""

    def go(self) -> None:
        for address in self.addresses:
            planted, ghost = address.planted(self.sides["A"]), address.ghost(self.sides["A"])
            for method in METHODS:
                answers = self._visits(address, method, planted)
                self.answers |= {(name, method, address.name): answer for name, answer in answers.items()}
                for visitor in self.visitors:
                    refused = answers[visitor.name].status in {403, 404}
                    if ghost != planted and refused and visitor.name.endswith(("@B", "anyone")):
                        self.ghosts[visitor.name, method, address.name] = walking.ask(visitor, method, ghost)
        for visitor in self.visitors:
            if not visitor.name.endswith("@all"):
                for path in walking.questions(self.sides["B" if visitor.name.endswith("@A") else "A"]):
                    self.asked[visitor.name, path] = walking.ask(visitor, "GET", path)

    def _visits(self, address: Address, method: str, path: str) -> dict[str, Answer]:
        """A method that an address does not know it knows for nobody; and pages that look the same to everyone are
        drawn once."""
        first = walking.ask(self.visitors[0], method, path)
        found = {self.visitors[0].name: first}
        if first.status == 405 or address.name in BLIND:
            return found | {visitor.name: first for visitor in (*self.visitors, *self.keys)}
        for visitor in self.visitors[1:]:
            found[visitor.name] = walking.ask(visitor, method, path)
        machine = address.name.startswith("api:")
        if machine or (method == "GET" and first.status != 200):
            # Forms need a token that keys do not have; a public page shows a key what it shows its holder.
            for key in self.keys:
                found[key.name] = walking.ask(key, method, path)
        return found


def visitors(sides: dict[str, Side]) -> list[Visitor]:
    parties.save_organisation(id="trung-tam", name_vi="Trung tâm", name_en="Centre")
    found = [Visitor("anyone")]
    for role in parties.roles():
        found += [walking.person(f"{role}@{letter}", username=username(role, letter)) for letter in sides]
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
    with django_db_blocker.unblock(), province.alone():
        sides = dict(found())
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

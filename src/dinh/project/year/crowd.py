"""The people: who works where, how fast, how carefully, and when they are ill."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.places.api import PlaceRow

SURNAMES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Thạch", "Lâm", "Huỳnh", "Võ", "Sơn", "Kim")
GIVEN: Final = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Em",
    "Giang",
    "Hân",
    "Khang",
    "Liên",
    "Minh",
    "Nga",
    "Phúc",
    "Quân",
    "Tâm",
    "Út",
)
ILL_A_YEAR: Final = 3.0
"""Illnesses a person and year, on average."""


@dataclass(slots=True)
class Person:
    """`forgets` and `slips` are chances per piece of work; `pace` multiplies the time that work takes."""

    actor: Actor
    office: str
    leader: bool
    forgets: float
    slips: float
    pace: float
    ill: Sequence[tuple[datetime, datetime]]

    def is_ill(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.ill)


@dataclass(slots=True)
class Crowd:
    people: Mapping[str, Person]
    by_office: Mapping[str, Sequence[Person]] = field(default_factory=dict)

    def workers(self, office: str, at: datetime) -> Sequence[Person]:
        """Those of an office who are not ill and do not lead it; its leaders where there is nobody else."""
        well = [person for person in self.by_office.get(office, ()) if not person.is_ill(at)]
        return [person for person in well if not person.leader] or well

    @property
    def departments(self) -> Sequence[str]:
        """Offices without a commune of their own."""
        return [office for office in self.by_office if not office.startswith("urn:dinh:organisation:ubnd-3")]


def gather(communes: Sequence[PlaceRow], offices: Sequence[str], start: datetime, days: int, seed: int) -> Crowd:
    """Two officials and a leader for each commune, three and a leader for each department; written into the registers."""
    pick = random.Random(seed)  # noqa: S311 - the same crowd each time
    people: dict[str, Person] = {}
    by_office: dict[str, list[Person]] = {}
    posts: list[tuple[str, str | None, int]] = [
        (f"urn:dinh:organisation:ubnd-{row.code}", row.urn, 2) for row in communes
    ]
    posts += [(office, None, 3) for office in offices]
    for number, (office, place, officials) in enumerate(posts):
        for seat in range(officials + 1):
            leader = seat == officials
            grants = (Grant("leader" if leader else "operator", place),)
            row = parties.save_person(
                username=f"nam-{number:02}-{seat}",
                name=f"{pick.choice(SURNAMES)} {pick.choice(GIVEN)} {number:02}{seat}",
                email=f"nam-{number:02}-{seat}@example.vn",
                organisation=office,
                grants=grants,
                place=place,
            )
            person = Person(
                Actor(row.urn, row.name_vi, grants, office, is_staff=True),
                office,
                leader,
                forgets=pick.choice((0.01, 0.05, 0.15)),
                slips=pick.choice((0.01, 0.03, 0.08)),
                pace=pick.uniform(0.6, 1.8),
                ill=_illnesses(pick, start, days),
            )
            people[row.urn] = person
            by_office.setdefault(office, []).append(person)
    return Crowd(people, by_office)


def _illnesses(pick: random.Random, start: datetime, days: int) -> Sequence[tuple[datetime, datetime]]:
    found = []
    day = pick.expovariate(ILL_A_YEAR / 365)
    while day < days + 60:
        begins = start + timedelta(days=day)
        found.append((begins, begins + timedelta(days=pick.choice((1, 1, 2, 3, 5, 10)))))
        day += pick.expovariate(ILL_A_YEAR / 365)
    return found

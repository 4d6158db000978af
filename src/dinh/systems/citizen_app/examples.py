"""Simulated reports with histories, for a demonstration: handed in and worked on by the same functions as real ones.

The clock of this process stands at each moment of the past in turn, so this never runs in a serving process.
"""

from __future__ import annotations

import heapq
import math
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.cases import api as cases
from dinh.spine.jobs import api as jobs
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import Draft
from dinh.spine.submissions import api as submissions
from dinh.systems.citizen_app import example_words as words
from dinh.systems.citizen_app.example_pictures import picture
from dinh.systems.citizen_app.example_words import Story
from dinh.systems.citizen_app.report_type import CITIZEN_REPORT

MANY: Final = 60
ABOUT_DAYS: Final = 50
COMMUNES: Final = 9
NAMES: Final = uuid.UUID("6b0d5e0c-4a0e-4d66-9a53-8b1f6a7c2f10")
"""Of the names from which ids are made: done again, the same reports are the same."""
FATES: Final = (
    ("fixed", 23), ("rated", 8), ("unfixed", 7), ("reopened", 4), ("working", 6), ("asked", 2), ("late", 3), ("new", 4), ("joined", 3),
)  # fmt: skip
"""What becomes of the public ones, and of how many: 60 with the private and the held ones below."""


@dataclass(frozen=True, slots=True)
class Given:
    """A report to be handed in at a moment."""

    story: Story
    fate: str
    at: datetime
    place: PlaceRow
    number: int
    private: bool = False

    @property
    def id(self) -> uuid.UUID:
        return uuid.uuid5(NAMES, str(self.number))


@dataclass(slots=True)
class Stage:
    """What happens in the order of time, whoever planned it."""

    chance: random.Random
    workers: Iterator[Actor]
    end: datetime
    queue: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    planned: int = 0
    main: str = ""
    """The case that the duplicates are joined to."""
    refused: list[str] = field(default_factory=list)

    def plan(self, at: datetime, act: Callable[[], object]) -> None:
        self.planned += 1
        if at < self.end:
            heapq.heappush(self.queue, (at, self.planned, act))

    def play(self) -> None:
        while self.queue:
            at, _order, act = heapq.heappop(self.queue)
            clock.move_to(at)
            try:
                act()
            except DinhError as error:  # a step that the state of things does not permit is left out
                self.refused.append(error.message)
            jobs.deliver_pending()


def route() -> None:
    """Rules by which the demonstration's departments get their categories, where these departments are there."""
    for category, office in words.ROUTES.items():
        urn = f"urn:dinh:organisation:{office}"
        if urn in parties.parties([urn]):
            cases.set_routing(type=CITIZEN_REPORT.code, category=category, place="", organisation=urn, by=SYSTEM)


def make(seed: int = 94) -> int:
    """How many there are now. Raises Conflict `citizen_app.no_ground` where units or people are missing."""
    grounds = _grounds()
    workers = [
        Actor(row.urn, row.name_vi, (Grant("leader", None),), row.parent, is_staff=True)
        for row in parties.people_who_may("cases.act", limit=6)
    ]
    if not grounds or not workers:
        raise Conflict(
            "citizen_app.no_ground",
            "examples need communes with a centre and people who may work on cases; load them first",
        )
    route()
    now = clock.now()
    # The last moments are left to what the people who look at it do themselves.
    stage = Stage(random.Random(seed), cycle(workers), now - timedelta(minutes=10))  # noqa: S311 - a picture to look at
    given = [one for one in _given(stage, grounds, now) if submissions.of(one.id) is None]
    for one in given:
        stage.plan(one.at, _hand_in(stage, one))
    try:
        stage.play()
    finally:
        clock.move_to(None)
    jobs.deliver_pending()
    return len(given)


def _grounds() -> Sequence[PlaceRow]:
    """Towns first: there most is reported."""
    known = [row for row in places.area(settings.AREA) if row.longitude is not None]
    return sorted(known, key=lambda row: (not row.full_name_vi.startswith("Phường"), row.code))[:COMMUNES]


def _given(stage: Stage, grounds: Sequence[PlaceRow], now: datetime) -> Iterator[Given]:
    chance = stage.chance
    fates = [fate for fate, many in FATES for _ in range(many)]
    stories = cycle(words.STORIES)
    number = 0

    def day(least: float, most: float) -> datetime:
        return now - timedelta(days=chance.uniform(least, most))

    for fate in fates:
        number += 1
        story = next(stories)
        if fate == "joined":
            story = words.STORIES[6]
        when = {
            "new": day(0.05, 0.6), "working": day(0.3, 1.2), "asked": day(1, 4), "late": day(16, 28), "joined": day(2, 9),
        }.get(fate) or day(6, ABOUT_DAYS)  # fmt: skip
        place = grounds[0 if fate == "joined" else number % len(grounds)]
        yield Given(story, fate, when, place, number)
    for story in (*words.PRIVATE, words.STORIES[19]):
        number += 1
        yield Given(story, "fixed", day(5, 25), grounds[number % len(grounds)], number, private=True)
    for story in words.HELD:
        number += 1
        yield Given(story, "held", day(0.1, 2), grounds[number % len(grounds)], number)


def _hand_in(stage: Stage, one: Given) -> Callable[[], None]:
    def act() -> None:
        longitude, latitude = _near(one.place, stage.chance)
        draft = Draft(
            id=one.id, category=one.story.category, description=_words(one), longitude=longitude, latitude=latitude,
            address=one.story.address, answers=one.story.answers, private=one.private, name="Người dân (mô phỏng)",
            sender=f"mo-phong-{one.number}", simulated=True,
        )  # fmt: skip
        photos = [("anh.jpg", picture(one.story.category, str(one.number)))] if one.number % 5 else []
        receipt = requests.hand_in(draft, photos)
        submissions.work_off()
        _go_on(stage, one, receipt.number)

    return act


def _words(one: Given) -> str:
    """The same words again within a day would be held back."""
    again = one.number // len(words.STORIES)
    return f"{one.story.words} {words.SAID_AGAIN[again % len(words.SAID_AGAIN)]}".strip()


def _near(place: PlaceRow, chance: random.Random) -> tuple[float, float]:
    assert place.longitude is not None
    assert place.latitude is not None
    reach, angle = 0.02 * math.sqrt(chance.random()), chance.random() * 2 * math.pi
    return round(place.longitude + reach * math.cos(angle), 6), round(place.latitude + reach * math.sin(angle), 6)


def _go_on(stage: Stage, one: Given, number: str) -> None:
    """The steps that lead to the fate, each some hours after the one before."""
    chance, who = stage.chance, next(stage.workers)
    case = requests.request(number, actor=SYSTEM).case
    at = one.at

    def later(hours: float, act: Callable[[], object]) -> None:
        nonlocal at
        at += timedelta(hours=hours * chance.uniform(0.6, 1.4))
        stage.plan(at, act)

    def move(step: str, reason: str = "") -> Callable[[], object]:
        return lambda: cases.move(case, transition=step, by=who, reason=reason)

    def show_after() -> None:
        if one.number % 2 and not one.private:
            content = picture(one.story.category, str(one.number), after=True)
            requests.add_photo(number, name="sau.jpg", content=content, by=SYSTEM)

    if one.fate in ("new", "held"):
        return
    if one.fate == "joined" and stage.main:
        later(3, lambda: cases.join(case, into=stage.main, by=who, reason="Cùng một chỗ"))
        return
    if one.fate == "joined":
        stage.main = case
    later(2.5, lambda: cases.take(case, by=who))
    if one.number % 3 == 0:
        later(2, lambda: cases.reply(case, text=chance.choice(words.REPLIES), by=who))
    if one.fate == "asked":
        later(2, lambda: cases.ask(case, text=words.QUESTION, by=who))
        return
    later(4, move("start"))
    if one.fate in ("working", "late", "joined"):
        return
    slow = chance.random() < 0.25
    if one.fate == "unfixed":
        later(60, move("close_unfixed", chance.choice(words.NOT_FIXED)))
        return
    later(140 if slow else 20, move("fix", chance.choice(words.FIXED)))
    later(1, show_after)
    if one.fate == "rated":
        later(20, lambda: requests.say_fixed(one.id, text=chance.choice(words.THANKS)))
        later(0.2, lambda: requests.rate(one.id, stars=chance.choice((3, 4, 5, 5))))
    elif one.fate == "reopened":
        later(40, lambda: requests.say_not_fixed(one.id, text=words.AGAIN))
        if one.number % 2:
            later(30, move("fix", words.FIXED[0]))

"""The play: events in the order of their time; each moves the clock, does one thing, and lets the spine hear of it."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.project.year.crowd import Crowd, Person
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.jobs import api as jobs
from dinh.spine.jobs.api import Event
from dinh.spine.notices import api as notices
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places.api import PlaceRow

ESCALATE_EVERY: Final = timedelta(minutes=15)
SOURCE: Final = "year.play"
MOST_DRAIN: Final = timedelta(days=30)
REPORTS: Final = (
    ("Ổ gà trên đường", "road"), ("Đèn đường không sáng", "light"), ("Rác không được thu gom", "waste"),
    ("Nước sinh hoạt yếu", "water"), ("Cây đổ chắn đường", "road"), ("Tiếng ồn ban đêm", "noise"),
    ("Cống thoát nước bị tắc", "water"), ("Mất sóng di động", "telecom"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """A series that is played: quiet at `usual`, beyond its rule's threshold at `bad`."""

    indicator: str
    subject: str
    usual: float
    bad: float
    spells: Sequence[tuple[datetime, datetime]]

    def value(self, at: datetime, pick: random.Random) -> float:
        level = self.bad if any(start <= at < end for start, end in self.spells) else self.usual
        return round(level * pick.uniform(0.96, 1.0), 3) if level > 1 else level


@dataclass(slots=True)
class Play:
    """State of the play. `tally` counts what happened, mistakes and refusals too."""

    crowd: Crowd
    communes: Sequence[PlaceRow]
    watched: Sequence[Watched]
    start: datetime
    end: datetime
    reports_a_day: float
    pick: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    _queue: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _working: dict[str, str] = field(default_factory=dict)
    """Who is at a case at this moment, by case: a person who took it and has not forgotten it."""

    # --- the queue -------------------------------------------------------------

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._count), act))

    def later(self, minutes: float, act: Callable[[], None]) -> None:
        self.at(clock.now() + timedelta(minutes=minutes), act)

    def run(self, tell: Callable[[str], None]) -> datetime:
        """Plays until the year is over and no case is open any more; returns when that was."""
        jobs.listen("case.opened", "year.opened", lambda event: self._noticed(event))
        jobs.listen("case.handed_on", "year.handed_on", lambda event: self._noticed(event))
        jobs.listen("case.escalated", "year.escalated", lambda event: self._escalated(event))
        self.at(self.start, self._readings)
        self.at(self.start, self._upkeep)
        self.at(self.start + timedelta(hours=1), self._morning)
        self.at(self.start + timedelta(minutes=self._pause()), self._report)
        month = None
        moment = self.start
        while self._queue:
            moment, _number, act = heapq.heappop(self._queue)
            clock.move_to(moment)
            if moment > self.end + MOST_DRAIN:
                break
            act()
            jobs.deliver_pending()
            local = moment.astimezone(VIETNAM)
            if local.month != month:
                month = local.month
                tell(f"{local:%m/%Y}: {dict(self.tally)}")
        return moment

    def _open(self) -> bool:
        return cases.cases(cases.CaseQuery(limit=1), actor=SYSTEM).total > 0

    # --- what comes ------------------------------------------------------------

    def _readings(self) -> None:
        """Every hour one reading of each series; after the year until all is quiet."""
        now = clock.now()
        rows: list[dict[str, Any]] = [
            {
                "indicator": series.indicator, "subject": series.subject, "observed_at": now.isoformat(),
                "value": series.value(now, self.pick), "source": SOURCE,
            }
            for series in self.watched
        ]  # fmt: skip
        receipt = observations.record(rows, by=SYSTEM, channel="year")
        observations.settle()
        self.tally["readings"] += receipt.accepted
        assert not receipt.rejected, receipt.rejected[:2]
        if now < self.end or self._open():
            self.at(now + timedelta(hours=1), self._readings)

    def _upkeep(self) -> None:
        cases.escalate_overdue()
        notices.dispatch_due()
        jobs.run_due_tasks()
        now = clock.now()
        if now < self.end or self._open():
            self.at(now + ESCALATE_EVERY, self._upkeep)

    def _pause(self) -> float:
        return self.pick.expovariate(self.reports_a_day / 1440)

    def _report(self) -> None:
        """A citizen reports something; now and then the same thing twice."""
        title, _category = self.pick.choice(REPORTS)
        commune = self.pick.choice(self.communes)
        for number in range(2 if self.pick.random() < 0.05 else 1):
            cases.open_case(
                type="task",
                title=f"{title} tại {commune.name_vi}",
                by=SYSTEM,
                place=commune.urn,
                requester=f"mailto:dan-{self.tally['reports']}@example.vn",
                simulated=True,
                severity=self.pick.choice(("minor", "minor", "major", "information")),
            )
            self.tally["reports"] += 1
            self.tally["twice"] += number
        if clock.now() < self.end:
            self.later(self._pause(), self._report)

    def _morning(self) -> None:
        """At eight in the morning everybody looks at the open cases: one's own that lie, and leaders at what nobody has."""
        now = clock.now()
        offset = 0
        while True:
            rows = cases.cases(cases.CaseQuery(order="number", offset=offset, limit=1000), actor=SYSTEM).rows
            for row in rows:
                self._look_at(row)
            offset += 1000
            if len(rows) < 1000:
                break
        if now < self.end or self._open():
            self.at(now + timedelta(days=1), self._morning)

    def _look_at(self, row: CaseRow) -> None:
        now = clock.now()
        at_it = self.crowd.people.get(self._working.get(row.urn, ""))
        if at_it is not None and at_it.actor.urn == row.owner and not at_it.is_ill(now):
            return
        owner = self.crowd.people.get(row.owner or "")
        late = row.deadline_at is not None and row.deadline_at < now
        if owner is not None and not owner.is_ill(now):
            if self.pick.random() > owner.forgets * 3:
                self.tally["found again in the morning"] += 1
                self._working[row.urn] = owner.actor.urn
                self.later(self.pick.uniform(5, 90), lambda: self._work(row.urn, owner))
        elif late:
            chiefs = [person for person in self.crowd.by_office.get(row.organisation or "", ()) if person.leader]
            for chief in chiefs:
                if not chief.is_ill(now) and self.pick.random() > chief.forgets:
                    self.later(self.pick.uniform(5, 60), lambda chief=chief: self._step_in(row.urn, chief))  # type: ignore[misc]
                    return

    # --- what people do ----------------------------------------------------------

    def _noticed(self, event: Event) -> None:
        """Somebody of the office sees it, sooner in working time; or forgets it until a reminder."""
        urn, office = str(event.payload["urn"]), str(event.payload["organisation"] or "")
        workers = self.crowd.workers(office, clock.now())
        if not workers:
            self.tally["nobody there"] += 1
            return
        person = self.pick.choice(workers)
        if self.pick.random() < person.forgets:
            self.tally["forgotten"] += 1
            return
        self.later(self._until_seen(person), lambda: self._take(urn, person))

    def _until_seen(self, person: Person) -> float:
        local = clock.now().astimezone(VIETNAM)
        night = 0 if 6 <= local.hour < 22 else 60
        return self.pick.lognormvariate(1.8, 0.8) * person.pace + night * self.pick.random()

    def _escalated(self, event: Event) -> None:
        """Whoever was told takes it, or gives it to somebody who is there."""
        if event.payload["number"] is None:
            return
        urn = str(event.payload["urn"])
        act = [act for act in cases.acts(urn) if act.what == "escalated"][-1]
        told = [self.crowd.people[to] for to in act.detail["to"] if to in self.crowd.people]
        well = [person for person in told if not person.is_ill(clock.now())]
        self.tally[f"escalated {act.detail['because']}"] += 1
        if not well:
            self.tally["nobody well was told"] += 1
            return
        person = well[0]
        if self.pick.random() < person.forgets:
            self.tally["forgotten"] += 1
            return
        self.later(self.pick.uniform(3, 25) * person.pace, lambda: self._step_in(urn, person))

    def _step_in(self, urn: str, leader: Person) -> None:
        row = cases.case(urn)
        if row.closed_at is not None:
            return
        at_it = self.crowd.people.get(self._working.get(urn, ""))
        if row.owner and at_it is not None and at_it.actor.urn == row.owner and not at_it.is_ill(clock.now()):
            return  # it is late, but somebody works on it
        others = [person for person in self.crowd.workers(row.organisation or "", clock.now()) if person is not leader]
        others = [person for person in others if person.actor.urn != row.owner] or others
        if others and leader.leader:
            person = self.pick.choice(others)
            if self._try(lambda: cases.assign(urn, to=person.actor.urn, by=leader.actor)):
                self.tally["assigned"] += 1
                self._working[urn] = person.actor.urn
                self.later(10 * person.pace, lambda: self._work(urn, person))
                return
        self._take(urn, leader)

    def _take(self, urn: str, person: Person) -> None:
        row = cases.case(urn)
        if (
            person.is_ill(clock.now())
            or row.closed_at is not None
            or (row.owner and row.owner != person.actor.urn and not person.leader)
        ):
            return
        if self._try(lambda: cases.take(urn, by=person.actor, version=row.version)):
            self.tally["taken"] += 1
            self._working[urn] = person.actor.urn
            self.later(self.pick.uniform(2, 20) * person.pace, lambda: self._work(urn, person))

    def _mine(self, urn: str, person: Person) -> CaseRow | None:
        """The case while it goes on and is this person's, who is well; else nothing comes of it now."""
        row = cases.case(urn)
        if row.closed_at is not None or row.owner != person.actor.urn:
            return None
        if person.is_ill(clock.now()):
            self.tally["left by an ill person"] += 1
            self._working.pop(urn, None)
            back = next(end for start, end in person.ill if start <= clock.now() < end)
            self.at(back + timedelta(minutes=30), lambda: self._work(urn, person))
            return None
        return row

    def _work(self, urn: str, person: Person) -> None:
        row = self._mine(urn, person)
        if row is None:
            return
        self._working[urn] = person.actor.urn
        luck = self.pick.random()
        if luck < person.slips:
            self._slip(row, person)
        if row.paused:
            return
        if luck < 0.03 and row.state in ("new", "todo", "acknowledged"):
            wrong = self.pick.choice(self.crowd.departments)
            reason = "Không thuộc phạm vi của đơn vị"
            if wrong != row.organisation and self._try(
                lambda: cases.hand_on(urn, organisation=wrong, by=person.actor, reason=reason)
            ):
                self.tally["handed on"] += 1
                self._working.pop(urn, None)
                return
        if luck < 0.06 and row.requester and not cases.questions(urn):
            if self._try(lambda: cases.ask(urn, text="Xin cho biết rõ hơn vị trí.", by=person.actor)):
                self.tally["asked"] += 1
                self._await_answer(urn, person)
                return
        elif luck < 0.1 and not cases.tasks(urn):
            office = self.pick.choice(self.crowd.departments)
            if office != row.organisation and self._try(
                lambda: cases.add_task(urn, title="Phối hợp kiểm tra", organisation=office, by=person.actor)
            ):
                self.tally["tasks"] += 1
                self._await_task(urn, office)
        elif luck < 0.14 and (likely := cases.likely_duplicates(urn, actor=person.actor)):
            older = min(likely, key=lambda other: other.opened_at)
            if older.opened_at < row.opened_at and self._try(
                lambda: cases.join(urn, into=older.urn, by=person.actor, reason="Cùng một việc")
            ):
                self.tally["joined"] += 1
                return
        start = next((step for step in ("start", "resume") if self._can(row, step)), None)
        if start:
            self._try(lambda: cases.move(urn, transition=start, by=person.actor))
        if self.pick.random() < person.forgets:
            self.tally["forgotten"] += 1
            self._working.pop(urn, None)
            return
        hours = self.pick.lognormvariate(0.3, 0.7) if row.type == "incident" else self.pick.lognormvariate(2.2, 0.9)
        self.later(hours * 60 * person.pace, lambda: self._finish(urn, person))

    def _can(self, row: CaseRow, step: str) -> bool:
        spec = next(spec for spec in cases.types(actor=SYSTEM) if spec.code == row.type)
        return any(known.code == step and row.state in known.from_states for known in spec.transitions)

    def _await_answer(self, urn: str, person: Person) -> None:
        if self.pick.random() < 0.75:
            self.later(60 * self.pick.uniform(1, 72), lambda: self._answered(urn, person))
        else:
            self.later(5 * 1440, lambda: self._unanswered(urn, person))

    def _answered(self, urn: str, person: Person) -> None:
        self._try(lambda: cases.answer(urn, question=1, text="Trước số nhà 12.", by=SYSTEM))
        self.later(30 * person.pace, lambda: self._work(urn, person))

    def _unanswered(self, urn: str, person: Person) -> None:
        self._try(lambda: cases.withdraw_question(urn, question=1, by=person.actor))
        self.later(30 * person.pace, lambda: self._work(urn, person))

    def _await_task(self, urn: str, office: str) -> None:
        def answer() -> None:
            workers = self.crowd.workers(office, clock.now())
            if not workers:
                self.later(1440, answer)
                return
            helper = self.pick.choice(workers)
            outcome = "refused" if self.pick.random() < 0.1 else "done"
            self._try(lambda: cases.end_task(urn, task=1, outcome=outcome, answer="Đã kiểm tra.", by=helper.actor))

        self.later(60 * self.pick.uniform(1, 48), answer)

    def _finish(self, urn: str, person: Person) -> None:
        row = self._mine(urn, person)
        if row is None or row.paused:
            return
        if any(task.state == "open" for task in cases.tasks(urn)):
            self.later(4 * 60, lambda: self._finish(urn, person))
            return
        if row.requester and self.pick.random() < 0.5:
            self._try(lambda: cases.reply(urn, text="Đã xử lý, cảm ơn bà con.", by=person.actor))
        for step in ("resolve", "close"):
            row = cases.case(urn)
            if self._can(row, step):
                self._try(lambda step=step: cases.move(urn, transition=step, by=person.actor, reason="Đã xử lý xong"))  # type: ignore[misc]
        row = cases.case(urn)
        if row.closed_at is not None:
            self.tally["closed"] += 1
            self._working.pop(urn, None)
            if self.pick.random() < 0.04:
                self.later(60 * self.pick.uniform(2, 48), lambda: self._again(urn, person))
        else:
            self.later(60, lambda: self._work(urn, person))

    def _again(self, urn: str, person: Person) -> None:
        """It was not good: it is opened again, and whoever had it hears of it."""
        if cases.case(urn).counts_as == "done" and self._try(
            lambda: cases.move(urn, transition="reopen", by=SYSTEM, reason="Chưa xong, người dân phản ánh lại")
        ):
            self.tally["reopened"] += 1
            self.later(60 * person.pace, lambda: self._work(urn, person))

    def _slip(self, row: CaseRow, person: Person) -> None:
        """A mistake that the house has to refuse: a step that is not possible, an end without a reason, an old page."""
        self.tally["slips"] += 1
        wrong: Sequence[Callable[[], object]] = (
            lambda: cases.move(row.urn, transition="close", by=person.actor, reason=""),
            lambda: cases.move(row.urn, transition="reopen", by=person.actor, reason="Nhầm"),
            lambda: cases.comment(row.urn, text="  ", by=person.actor),
            lambda: cases.assign(row.urn, to="urn:dinh:organisation:cong-an", by=person.actor),
        )
        try:
            self.pick.choice(wrong)()
        except (Conflict, Invalid, DinhError):
            self.tally["slips refused"] += 1

    def _try(self, act: Callable[[], object]) -> bool:
        """False where the house refused: two people at once, or no longer possible. Nothing is changed then."""
        try:
            act()
        except DinhError as error:
            self.tally[f"refused {error.code}"] += 1
            return False
        return True

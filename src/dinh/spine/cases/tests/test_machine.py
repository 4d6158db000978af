"""Whatever people do in whatever order, a case stays whole."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dinh.kernel.errors import DinhError
from dinh.spine.cases import api, domain, models
from dinh.spine.cases.tests.factories import KIND, STATION, person
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

PEOPLE = st.sampled_from(["dao", "binh", "em"])
STEPS = st.sampled_from([step.code for step in KIND.transitions])
OWNER_CHANGES = {"opened", "assigned", "taken", "handed_on"}


class Work(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.case: api.CaseRow | None = None

    @initialize()
    def begin(self) -> None:
        self.people: dict[str, Actor] = {
            "dao": person("dao", "operator"),
            "binh": person("binh", "official"),
            "em": person("em", "engineer"),
        }
        self.offices = [
            parties.save_organisation(id=name, name_vi=name, name_en=name).urn for name in ("so-nnmt", "dien-luc")
        ]
        self.case = api.open_case(
            type="test_incident", title="Mất điện", by=self.people["dao"], place=STATION, organisation=self.offices[0]
        )

    def act(self, change: object) -> None:
        """Does it, or is refused and then changes nothing."""
        assert self.case is not None
        assert callable(change)
        before, leaves = self.case, ledger.head().size
        try:
            with transaction.atomic():
                change()
        except DinhError:
            assert api.case(before.urn) == before
            assert ledger.head().size == leaves
        self.case = api.case(before.urn)
        assert self.case.version - before.version == ledger.head().size - leaves
        assert self.case.version - before.version <= 1
        if self.case.owner != before.owner:
            assert api.acts(before.urn)[-1].what in OWNER_CHANGES
        if self.case.state != before.state:
            assert api.acts(before.urn)[-1].what.startswith(("transition:", "taken"))

    @property
    def urn(self) -> str:
        assert self.case is not None
        return self.case.urn

    @rule(by=PEOPLE, to=PEOPLE)
    def assign(self, by: str, to: str) -> None:
        self.act(lambda: api.assign(self.urn, to=self.people[to].urn, by=self.people[by]))

    @rule(by=PEOPLE, behind=st.integers(0, 3))
    def take(self, by: str, behind: int) -> None:
        assert self.case is not None
        version = max(1, self.case.version - behind)
        self.act(lambda: api.take(self.urn, by=self.people[by], version=version))

    @rule(by=PEOPLE, office=st.integers(0, 1))
    def hand_on(self, by: str, office: int) -> None:
        self.act(
            lambda: api.hand_on(self.urn, organisation=self.offices[office], by=self.people[by], reason="đúng nơi")
        )

    @rule(by=PEOPLE, step=STEPS, reason=st.sampled_from(["", "vì thế"]))
    def move(self, by: str, step: str, reason: str) -> None:
        self.act(lambda: api.move(self.urn, transition=step, by=self.people[by], reason=reason))

    @precondition(lambda self: self.case is not None)
    @rule(by=st.sampled_from(["dao", "binh"]), data=st.data())
    def move_as_permitted(self, by: str, data: st.DataObject) -> None:
        """Every step that is said to be allowed can be taken."""
        assert self.case is not None
        allowed = [step for step in api.next_steps(self.urn, actor=self.people[by]) if step.allowed]
        if allowed:
            step = data.draw(st.sampled_from([step.code for step in allowed]))
            version = self.case.version
            self.act(lambda: api.move(self.urn, transition=step, by=self.people[by], reason="vì thế"))
            assert self.case.version == version + 1

    @rule(by=PEOPLE)
    def comment(self, by: str) -> None:
        self.act(lambda: api.comment(self.urn, text="Đã xem", by=self.people[by]))

    @rule(by=PEOPLE, step=st.integers(0, 3), done=st.booleans())
    def tick(self, by: str, step: int, done: bool) -> None:
        self.act(lambda: api.tick_step(self.urn, step=step, by=self.people[by], done=done))

    @invariant()
    def it_is_whole(self) -> None:
        if self.case is None:
            return
        ended = self.case.counts_as in domain.ENDED
        assert (self.case.closed_at is not None) == ended
        assert (self.case.deadline_at is None) == ended
        acts = api.acts(self.urn)
        assert [act.version for act in acts] == list(range(1, self.case.version + 1))
        leaves = ledger.entries(subject=self.urn, limit=1000)
        assert [act.ledger_index for act in acts] == [leaf.index for leaf in leaves]
        assert acts[-1].state == self.case.state
        assert self.case.steps_done == sum(step.done_at is not None for step in api.steps(self.urn))
        newest = models.Act.objects.get(case__number=self.case.number, until__isnull=True)
        assert (newest.version, newest.owner or None) == (self.case.version, self.case.owner)

    def teardown(self) -> None:
        try:
            if self.case is not None:
                assert ledger.verify().ok
                assert api.altered_acts(self.urn) == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)


@pytest.mark.django_db
def test_whatever_people_do_a_case_stays_whole() -> None:
    run_state_machine_as_test(
        Work,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

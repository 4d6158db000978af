"""The declared kinds of work hold together: every state is reached, every case can be ended and reopened."""

from __future__ import annotations

import pytest

from dinh.kernel.manifests import CaseTypeSpec
from dinh.systems.work.system import INCIDENT, TASK


@pytest.mark.parametrize("spec", [INCIDENT, TASK], ids=lambda spec: spec.code)
def test_every_state_is_reached_and_none_is_a_dead_end(spec: CaseTypeSpec) -> None:
    states = {state.code: state for state in spec.states}
    reached, frontier = {spec.initial}, [spec.initial]
    while frontier:
        here = frontier.pop()
        for step in spec.transitions:
            assert set(step.from_states) <= set(states)
            if here in step.from_states and step.to_state not in reached:
                reached.add(step.to_state)
                frontier.append(step.to_state)
    assert reached == set(states)
    for code in states:
        assert any(code in step.from_states for step in spec.transitions), f"{code} is a dead end"
    for step in spec.transitions:
        if states[step.to_state].final or any(states[code].final for code in step.from_states):
            assert step.needs_reason, f"{step.code} ends or reopens without a reason"

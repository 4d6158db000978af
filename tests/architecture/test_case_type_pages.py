"""The drawing of a kind of case says what its manifest says."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from tools import case_type_pages

from dinh.kernel.specs import CaseTypeSpec

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("spec", case_type_pages.declared(), ids=lambda spec: spec.code)
def test_every_state_and_every_step_is_drawn_once(spec: CaseTypeSpec) -> None:
    picture = ElementTree.fromstring(case_type_pages.drawing(spec))
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert [text for text in texts if text in {state.name.vi for state in spec.states}] == [
        state.name.vi for state in spec.states
    ]
    numbers = [text for text in texts if text is not None and text.isdigit()]
    assert sorted(numbers) == sorted(
        str(n) for n, step in enumerate(spec.transitions, start=1) for _ in step.from_states
    )
    assert len({(arc[3], arc[2] > arc[1], min(arc[1], arc[2])) for arc in case_type_pages.arcs(spec)}) == len(
        numbers
    ), "two arcs would lie upon each other"


def test_a_step_that_is_taken_away_is_no_longer_drawn() -> None:
    spec = case_type_pages.declared()[0]
    fewer = replace(spec, transitions=spec.transitions[:-1])
    assert case_type_pages.drawing(fewer).count("<circle") < case_type_pages.drawing(spec).count("<circle")
    assert spec.transitions[0].name.vi in case_type_pages.page()

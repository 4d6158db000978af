"""Blocks, comparison and the machine of states, by examples that Hypothesis thinks of."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.ledger import api as ledger
from dinh.spine.publications import api, blocks, domain, models, warnings
from dinh.spine.publications.tests.factories import AN, BINH, BODY, CHI, REASON, SUMMARY, TITLE, draft

texts = st.text(max_size=30)
words = st.fixed_dictionaries({"vi": texts, "en": texts})
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def tables(width: int) -> Any:
    return st.fixed_dictionaries(
        {
            "type": st.just("table"),
            "caption": words,
            "columns": st.lists(words, min_size=width, max_size=width),
            "numeric": st.lists(st.booleans(), min_size=width, max_size=width),
            "rows": st.lists(st.lists(words, min_size=width, max_size=width), max_size=3),
        }
    )


figures = st.fixed_dictionaries(
    {
        "name": words,
        "value": st.floats(-1e6, 1e6),
        "target": numbers,
        "places": st.integers(0, 9),
        "trend": st.lists(numbers),
    }
)
block = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["heading", "paragraph", "note"]), "text": words}),
    st.fixed_dictionaries({"type": st.just("list"), "items": st.lists(words, max_size=4)}),
    st.integers(1, 3).flatmap(tables),
    st.fixed_dictionaries({"type": st.just("figures"), "items": st.lists(figures, max_size=3)}),
    st.fixed_dictionaries(
        {
            "type": st.just("warning"),
            **{name: st.sampled_from(values) for name, values in warnings.VALUES.items()},
            "event": words,
            "instruction": words,
            "from": st.sampled_from(["2026-11-22T11:42:00+07:00", "2026-11-22T00:00:00Z"]),
            "until": st.just("2026-11-23T11:42:00+07:00"),
            "areas": st.lists(
                st.fixed_dictionaries({"urn": st.just("urn:dinh:unit:2025:31673"), "name": words}),
                min_size=1,
                max_size=2,
            ),
        }
    ),
    st.fixed_dictionaries({"type": st.just("link"), "text": words, "url": st.sampled_from(["/x", "https://a.vn/b"])}),
)


@given(st.lists(block, max_size=5))
@settings(max_examples=60, deadline=None)
def test_checking_a_body_twice_changes_nothing_and_it_survives_being_written(body: list[Any]) -> None:
    once = blocks.checked(body)
    assert blocks.checked(once) == once
    assert blocks.checked(json.loads(blocks.written(once))) == once
    for one in once:
        for language in ("vi", "en"):
            assert all(isinstance(line, str) for line in blocks.lines(one, language))


@given(st.lists(block, max_size=4), st.lists(block, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_comparison_holds_both_texts_whole(old: list[Any], new: list[Any]) -> None:
    before, after = blocks.checked(old), blocks.checked(new)
    found = domain.differences(before, after, "vi")

    def told(without: str) -> list[str]:
        skip = {"added": "added", "removed": "removed"}[without]
        return ["".join(part.text for part in one.parts if part.what != skip) for one in found if one.what != without]

    assert told("added") == ["\n".join(blocks.lines(one, "vi")) for one in before]
    assert told("removed") == ["\n".join(blocks.lines(one, "vi")) for one in after]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("text", "body"),
        ([{"type": "script", "text": {"vi": "", "en": ""}}], "body[1].type"),
        ([{"type": "paragraph", "text": "bare"}], "body[1].text"),
        ([{"type": "paragraph", "text": {"vi": 1}}], "body[1].text.vi"),
        ([{"type": "paragraph", "text": {}, "onclick": "x"}], "body[1].onclick"),
        ([{"type": "link", "text": {}, "url": "javascript:alert(1)"}], "body[1].url"),
        ([{"type": "link", "text": {}, "url": "//elsewhere"}], "body[1].url"),
        ([{"type": "table", "columns": [{}], "rows": [[{}, {}]]}], "body[1].rows[1]"),
        ([{"type": "figures", "items": [{"name": {}, "value": None}]}], "body[1].items[1].missing"),
        ([{"type": "figures", "items": [{"name": {}, "value": float("nan")}]}], "body[1].items[1].value"),
        ([{"type": "note", "tone": "loud", "text": {}}], "body[1].tone"),
    ],
)
def test_a_fault_in_a_block_is_named_by_its_place(body: Any, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        blocks.checked(body)
    assert refused.value.params["place"] == place


class Machine(RuleBasedStateMachine):
    """Any order of acts by the three: what the house promises holds after each."""

    def __init__(self) -> None:
        super().__init__()
        models.Act.objects.all().delete()
        models.Version.objects.all().delete()
        models.Publication.objects.all().delete()
        self.slug = draft(f"m-{ledger.head().size}").slug
        self.seen: dict[int, str] = {}

    def attempt(self, act: Any) -> None:
        with contextlib.suppress(DinhError):
            act()

    @rule(by=st.sampled_from([AN, BINH, CHI]), title=st.sampled_from(["Một", "Hai"]), stale=st.booleans())
    def save(self, by: Any, title: str, stale: bool) -> None:
        present = api.open_version(self.slug)
        revision = (present.revision if present else 1) - stale
        words = {"vi": title, "en": title}
        self.attempt(
            lambda: api.save(self.slug, revision=revision, title=words, summary=SUMMARY, body=BODY, note=TITLE, by=by)
        )

    @rule(by=st.sampled_from([AN, BINH, CHI]))
    def approve(self, by: Any) -> None:
        present = api.open_version(self.slug)
        if present is not None:
            self.attempt(lambda: api.approve(self.slug, revision=present.revision, by=by))

    @rule(what=st.sampled_from(["submit", "publish", "correct", "unschedule"]), by=st.sampled_from([AN, CHI]))
    def act(self, what: str, by: Any) -> None:
        self.attempt(lambda: getattr(api, what)(self.slug, by=by))

    @rule(what=st.sampled_from(["send_back", "withdraw", "drop"]), really=st.integers(0, 3))
    def rarer(self, what: str, really: int) -> None:
        if what == "send_back":
            self.attempt(lambda: api.send_back(self.slug, remark="Sửa", by=BINH))
        elif really == 0:
            self.attempt(
                lambda: api.drop(self.slug, by=AN) if what == "drop" else api.withdraw(self.slug, reason=REASON, by=CHI)
            )

    @invariant()
    def what_is_promised_holds(self) -> None:
        versions = api.versions(self.slug, public=False)
        row = api.publication(self.slug)
        in_force = [one for one in versions if one.state == "published"]
        assert len(in_force) == (row.state == "published")
        assert sum(one.state in domain.OPEN for one in versions) <= 1
        told = [one for one in versions if one.state in ("published", "corrected", "withdrawn")]
        for one in told:
            assert one.checked_by
            assert one.checked_by not in one.authors
        entries = ledger.entries(subject=row.urn, kind="publication.published")
        assert sorted(entry.data["version"] for entry in entries) == sorted(one.number for one in told)
        assert api.altered_versions(self.slug) == ()
        for one in told:
            text = api.canonical(self.slug, one.number)
            assert self.seen.setdefault(one.number, text) == text, "what was public was changed"
        if in_force:
            assert in_force[0].number == max(one.number for one in told) == row.current


class TestMachine(TestCase):
    def test_any_order_of_acts_keeps_the_promises(self) -> None:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )

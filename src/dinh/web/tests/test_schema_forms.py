"""Forms from schemas: what a form takes the schema accepts, whatever a browser sends; nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from dinh.web import schema_forms
from dinh.web.schema_forms.forms import SchemaForm
from dinh.web.schema_forms.forms import given as given_by

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "kind", "agreed"],
    "allOf": [
        {"if": {"properties": {"kind": {"const": "firm"}}, "required": ["kind"]}, "then": {"required": ["tax"]}},
        {"if": {"properties": {"kind": {"const": "family"}}, "required": ["kind"]}, "then": {"required": ["people"]}},
    ],
    "dependentRequired": {"until": ["since"]},
    "x-pages": [
        {"code": "one", "title": "Một", "title_en": "One", "fields": ["name", "kind", "tax", "people"]},
        {"code": "two", "title": "Hai", "title_en": "Two", "fields": ["since", "until", "area", "count", "wants", "agreed"]},
    ],
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 40, "title": "Tên", "title_en": "Name", "x-personal": True},
        "kind": {
            "type": "string", "enum": ["one", "firm", "family"], "title": "Loại", "title_en": "Kind",
            "x-names": {"one": "Một", "firm": "Công ty", "family": "Hộ"}, "x-names-en": {"one": "One", "firm": "Firm", "family": "Family"},
        },
        "tax": {
            "type": "string", "pattern": "^[0-9]{10}$", "maxLength": 10, "title": "Mã số thuế", "title_en": "Tax number",
            "x-show-if": {"kind": "firm"}, "x-pattern-text": "Có 10 chữ số.", "x-pattern-text-en": "It has 10 digits.",
        },
        "people": {
            "type": "array", "minItems": 1, "maxItems": 3, "title": "Người", "title_en": "People", "x-show-if": {"kind": "family"},
            "items": {
                "type": "object", "additionalProperties": False, "required": ["who"],
                "properties": {
                    "who": {"type": "string", "minLength": 1, "maxLength": 40, "title": "Ai", "title_en": "Who", "x-personal": True},
                    "age": {"type": "integer", "minimum": 0, "maximum": 150, "title": "Tuổi", "title_en": "Age"},
                },
            },
        },
        "since": {"type": "string", "format": "date", "title": "Từ", "title_en": "Since", "x-not-after": "today"},
        "until": {"type": "string", "format": "date", "title": "Đến", "title_en": "Until", "x-not-before": "since"},
        "area": {"type": "number", "minimum": 0.5, "maximum": 1000, "title": "Diện tích", "title_en": "Area"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "title": "Số", "title_en": "Count"},
        "wants": {
            "type": "array", "title": "Cần", "title_en": "Wants",
            "items": {"type": "string", "enum": ["a", "b"], "x-names": {"a": "A", "b": "B"}, "x-names-en": {"a": "A", "b": "B"}},
        },
        "agreed": {"type": "boolean", "const": True, "x-widget": "checkbox", "title": "Đồng ý", "title_en": "Agreed"},
    },
}  # fmt: skip
NAMES = list(SCHEMA["properties"])
typed = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "one",
            "firm",
            "family",
            "0123456789",
            "2026-01-02",
            "31/12/2025",
            "31/02/2025",
            "3,5",
            "1.5",
            "7",
            "-1",
            "on",
            "true",
            "a",
            "Đào",
            "\x00",
            " ",
        ]
    ),
)
posts = st.dictionaries(
    st.sampled_from(
        [*NAMES, "people-0-who", "people-0-age", "people-2-who", "people-99-who", "people-x-who", "wants", "strange"]
    ),
    st.lists(typed, min_size=1, max_size=2),
    max_size=14,
)


def sent(**values: Any) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return query


@settings(max_examples=60, deadline=None)
@given(posts)
def test_what_the_form_accepts_the_schema_accepts(posted: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name, sent in posted.items():
        query.setlist(name, sent)
    values = {name: value for name, value in given_by(SCHEMA, NAMES, query).items() if value is not None}
    counted = schema_forms.pruned(SCHEMA, values)
    faults = schema_forms.faults_of(SCHEMA, counted)
    accepted = Draft202012Validator(SCHEMA, format_checker=FormatChecker()).is_valid(counted)
    if not faults:
        assert accepted
    if not accepted:
        assert faults
        assert all(said.strip() for said in faults.values())
    asked = schema_forms.shown(SCHEMA, values)
    assert set(counted) <= asked
    # Drawn again it shows what was typed, and reading that changes nothing.
    assert schema_forms.pruned(SCHEMA, counted) == counted


@settings(max_examples=25, deadline=None)
@given(posts)
def test_every_form_can_be_drawn_whatever_it_holds(posted: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name, sent in posted.items():
        query.setlist(name, sent)
    held = given_by(SCHEMA, NAMES, query)
    form = SchemaForm(SCHEMA, NAMES, held, faults=schema_forms.faults_of(SCHEMA, schema_forms.pruned(SCHEMA, held)))
    assert "id_name" in render_to_string("ui/forms/schema.html", {"form": form})


def test_every_fault_is_told_at_its_field_in_both_languages() -> None:
    values = {"name": "A", "kind": "family", "people": [{"age": 200}], "until": "2020-01-01", "count": 99}
    for language, says in (("vi", "Hãy điền mục này."), ("en", "Fill this in.")):
        with override(language):
            faults = schema_forms.faults_of(SCHEMA, values)
            assert set(faults) == {"name", "people-0-who", "people-0-age", "since", "count", "agreed"}
            assert faults["agreed"] == faults["people-0-who"] == says
    with override("en"):
        assert schema_forms.faults_of(SCHEMA, {"name": "An", "kind": "firm", "agreed": True, "tax": "1"}) == {
            "tax": "It has 10 digits."
        }
        late = {"name": "An", "kind": "one", "agreed": True, "since": "2026-02-02", "until": "2026-01-01"}
        assert schema_forms.faults_of(SCHEMA, late) == {"until": "It cannot lie before “Since”, 2 Feb 2026."}


def test_a_day_may_be_written_as_people_write_it_and_what_is_none_is_kept_as_typed() -> None:
    with override("vi"):
        found = given_by(
            SCHEMA,
            ["since", "until", "area", "count"],
            sent(since="31/12/2025", until="hôm qua", area="3,5", count="ba"),
        )
    assert (found["since"], found["until"], found["area"], found["count"]) == ("2025-12-31", "hôm qua", 3.5, "ba")
    form = SchemaForm(SCHEMA, ["count"], found)
    assert 'value="ba"' in render_to_string("ui/forms/schema.html", {"form": form})


def test_what_is_not_asked_does_not_count_and_comes_back_when_it_is_asked_again() -> None:
    values = {"name": "An Bình", "kind": "one", "tax": "0123456789", "agreed": True}
    assert "tax" not in schema_forms.pruned(SCHEMA, values)
    assert "tax" in schema_forms.pruned(SCHEMA, {**values, "kind": "firm"})
    drawn = render_to_string("ui/forms/schema.html", {"form": SchemaForm(SCHEMA, ["name", "kind", "tax"], values)})
    assert 'data-part="tax" data-show-if="{&quot;kind&quot;: &quot;firm&quot;}" data-prefix="" hidden' in drawn


def test_what_tells_of_people_is_masked_where_it_is_asked_to_be() -> None:
    values = {"name": "Trần Thị Bé", "kind": "family", "people": [{"who": "Lý Văn Tám", "age": 7}], "agreed": True}
    told = schema_forms.told_values(SCHEMA, values, hide=True)
    assert "Bé" not in str(told)
    assert "Tám" not in str(told)
    assert schema_forms.personal_names(SCHEMA) == {"name", "people"}


@pytest.mark.parametrize(
    ("name", "part", "says"),
    [
        ("a", {"type": "string", "maxLength": 5, "title": "A"}, "has no title_en"),
        ("a", {"type": "string", "title": "A", "title_en": "A"}, "has no maxLength"),
        ("a", {"enum": ["x"], "title": "A", "title_en": "A"}, "x-names lacks x"),
        ("a", {"type": "object", "title": "A", "title_en": "A"}, "none of string"),
        (
            "a",
            {"type": "string", "maxLength": 5, "title": "A", "title_en": "A", "x-show-if": {"later": 1}},
            "does not stand before",
        ),
        ("a", {"type": "string", "maxLength": 5, "title": "A", "title_en": "A", "pattern": "^x$"}, "x-pattern-text"),
        ("á b", {"type": "boolean", "title": "A", "title_en": "A"}, "letters a to z"),
    ],
)
def test_an_author_hears_what_cannot_be_drawn(name: str, part: dict[str, Any], says: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {name: part}}
    assert any(says in fault for fault in schema_forms.unsound(schema))
    assert schema_forms.unsound(SCHEMA) == []


def test_a_yes_or_no_that_was_chosen_from_a_list_is_still_chosen_when_the_page_is_drawn_again() -> None:
    schema = {"type": "object", "properties": {"cellar": {"type": "boolean", "title": "Hầm", "title_en": "Cellar"}}}
    for value, said in ((True, "true"), (False, "false")):
        drawn = str(SchemaForm(schema, ["cellar"], {"cellar": value})["cellar"])
        assert f'value="{said}" selected' in drawn


def test_no_register_is_sent_a_character_that_it_cannot_hold() -> None:
    sent = QueryDict(mutable=True)
    sent.setlist("wants", ["light\x00", "no\x00ne"])
    sent["name"] = "An\x00h"
    found = given_by(SCHEMA, ["name", "wants"], sent)
    assert (found["name"], found["wants"]) == ("Anh", ["light", "none"])

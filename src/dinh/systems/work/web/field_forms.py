"""A form drawn from the JSON Schema of a kind of case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import CaseTypeSpec
from dinh.spine.cases.api import Meanwhile

SHORT = 200
"""Letters that a text may have and still be asked for on one line."""


def _title(name: str, schema: Mapping[str, Any]) -> str:
    vi = str(schema.get("title", name))
    return vi if (get_language() or "vi").startswith("vi") else str(schema.get("title_en", vi))


def _choices(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`enum` with names in `x-names` (Vietnamese) and `x-names-en`."""
    vi = (get_language() or "vi").startswith("vi")
    names = schema.get("x-names" if vi else "x-names-en", {})
    return [("", "–"), *((str(value), str(names.get(str(value), value))) for value in schema["enum"])]


def _field(name: str, schema: Mapping[str, Any], *, needed: bool) -> forms.Field:
    common: dict[str, Any] = {"label": _title(name, schema), "required": needed}
    kind = schema.get("type")
    if "enum" in schema:
        return forms.ChoiceField(choices=_choices(schema), **common)
    if kind == "boolean":
        return forms.NullBooleanField(
            **common, widget=forms.Select(choices=[("", "–"), ("true", _("Yes")), ("false", _("No"))])
        )
    bounds: dict[str, Any] = {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
    if kind == "integer":
        return forms.IntegerField(**common, **bounds)
    if kind == "number":
        return forms.FloatField(**common, **bounds, localize=True)
    if schema.get("format") == "date":
        return forms.DateField(**common, widget=forms.DateInput(attrs={"type": "date"}))
    most = int(schema.get("maxLength", 10_000))
    widget = forms.TextInput() if most <= SHORT else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(**common, max_length=most, widget=widget)


class Described(forms.Form):
    """The title and the fields of one case."""

    version: int | None = None

    def __init__(self, *arguments: Any, spec: CaseTypeSpec | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["title"] = forms.CharField(label=_("Title"), max_length=300)
        schema = spec.fields if spec else {}
        needed = set(schema.get("required", ()))
        for name, part in schema.get("properties", {}).items():
            self.fields[name] = _field(name, part, needed=name in needed)

    def changed_from(self, present: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the person changed, as JSON values; all that was sent where `present` is None."""
        return {
            name: _plain(self.cleaned_data.get(name))
            for name in (self.fields if present is None else self.changed_data)
            if name in self.fields
        }

    def take_faults(self, error: Invalid) -> None:
        faults = error.params.get("fields")
        if not isinstance(faults, dict):
            faults = {}
        for name, said in faults.items():
            self.add_error(name if name in self.fields else None, said)
        if not faults:
            self.add_error(None, error.message)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


@dataclass(frozen=True, slots=True)
class Told:
    """A field of a case in words."""

    name: str
    title: str
    value: str


def in_words(spec: CaseTypeSpec | None, name: str, value: Any) -> str:
    schema = (spec.fields if spec else {}).get("properties", {}).get(name, {})
    if value in (None, ""):
        return "–"
    if "enum" in schema:
        return dict(_choices(schema)).get(str(value), str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if (get_language() or "vi").startswith("vi") else f"{value:g}"
    return str(value)


def titles(spec: CaseTypeSpec | None) -> Mapping[str, str]:
    found = {name: _title(name, part) for name, part in (spec.fields if spec else {}).get("properties", {}).items()}
    return found | {"title": _("Title")}


def told_fields(spec: CaseTypeSpec | None, fields: Mapping[str, Any]) -> Sequence[Told]:
    """In the order of the schema; those that it does not know any more come last."""
    known = titles(spec)
    order = [name for name in known if name in fields] + [name for name in fields if name not in known]
    return [Told(name, known.get(name, name), in_words(spec, name, fields[name])) for name in order]


@dataclass(frozen=True, slots=True)
class Side:
    """One field as it was, as somebody else left it, as this person wants it."""

    name: str
    title: str
    base: str
    theirs: str
    ours: str
    conflicts: bool
    value: Any


def side_by_side(spec: CaseTypeSpec | None, both: Meanwhile) -> Sequence[Side]:
    known = titles(spec)
    return [
        Side(
            change.name,
            known.get(change.name, change.name),
            in_words(spec, change.name, change.base),
            in_words(spec, change.name, change.theirs),
            in_words(spec, change.name, change.ours),
            change.conflicts,
            change.ours,
        )
        for change in both.changes
        if change.theirs != change.ours or change.conflicts
    ]

"""A form drawn from the JSON Schema of a kind of case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import CaseTypeSpec
from dinh.spine.cases.api import Meanwhile
from dinh.systems.work.field_words import in_words, titles
from dinh.web.schema_forms import field_for, plain


def personal_fields(spec: CaseTypeSpec | None) -> list[str]:
    parts = (spec.fields if spec else {}).get("properties", {})
    return [name for name, part in parts.items() if part.get("x-personal") is True]


class Described(forms.Form):
    """The title and the fields of one case."""

    version: int | None = None

    def __init__(
        self, *arguments: Any, spec: CaseTypeSpec | None, present: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        """`present` is what the case holds, with masks for what is hidden; a mask is shown beside its field, never in it."""
        held = dict(present or {})
        masks = {name: held.pop(name) for name in personal_fields(spec) if held.get(name) not in (None, "")}
        options.setdefault("initial", held)
        super().__init__(*arguments, **options)
        self.fields["title"] = forms.CharField(label=_("Title"), max_length=300)
        schema = spec.fields if spec else {}
        needed = set(schema.get("required", ()))
        self._hidden = frozenset(masks)
        for name, part in schema.get("properties", {}).items():
            self.fields[name] = field_for(name, part, needed=name in needed and name not in masks)
            if name in masks:
                self.fields[name].help_text = _("Hidden. Leave it empty to keep what is recorded: %(value)s") % {
                    "value": masks[name]
                }

    def changed_from(self, present: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the person changed, as JSON values; all that was sent where `present` is None."""
        return {
            name: plain(self.cleaned_data.get(name))
            for name in (self.fields if present is None else self.changed_data)
            if name in self.fields and not (name in self._hidden and self.cleaned_data.get(name) in (None, ""))
        }

    def take_faults(self, error: Invalid) -> None:
        faults = error.params.get("fields")
        if not isinstance(faults, dict):
            faults = {}
        for name, said in faults.items():
            self.add_error(name if name in self.fields else None, said)
        if not faults:
            self.add_error(None, error.message)


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
        if change.touched
    ]


def settled(spec: CaseTypeSpec | None, both: Meanwhile) -> Described:
    """The form as this person wants the case: own values where they were changed, the others' elsewhere."""
    values = {change.name: change.ours if change.touched else change.theirs for change in both.changes}
    return Described(spec=spec, initial=values)

"""The fields of a case in words: titles and values as the JSON Schema of its kind names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dinh.kernel.manifests import CaseTypeSpec
from dinh.web import schema_forms
from dinh.web.schema_forms import Told, title_of


def in_words(spec: CaseTypeSpec | None, name: str, value: Any) -> str:
    return schema_forms.in_words((spec.fields if spec else {}).get("properties", {}).get(name, {}), value)


def titles(spec: CaseTypeSpec | None) -> Mapping[str, str]:
    found = {name: title_of(name, part) for name, part in (spec.fields if spec else {}).get("properties", {}).items()}
    return found | {"title": _("Title")}


def told_fields(spec: CaseTypeSpec | None, fields: Mapping[str, Any]) -> Sequence[Told]:
    """In the order of the schema; those that it does not know any more come last."""
    known = titles(spec)
    order = [name for name in known if name in fields] + [name for name in fields if name not in known]
    return [Told(name, known.get(name, name), in_words(spec, name, fields[name])) for name in order]


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that an act changed."""

    title: str
    before: str
    after: str


def changes(spec: CaseTypeSpec | None, detail: Mapping[str, Any]) -> Sequence[Changed]:
    """What the act that described a case changed."""
    known = titles(spec)
    after, before = detail.get("fields", {}), detail.get("before", {})
    return [
        Changed(known.get(name, name), in_words(spec, name, before.get(name)), in_words(spec, name, value))
        for name, value in after.items()
    ]


def category_change(spec: CaseTypeSpec | None, detail: Mapping[str, Any]) -> Sequence[Changed]:
    speech = get_language() or "vi"

    def named(code: str) -> str:
        found = spec.category(code) if spec else None
        return found.name.in_(speech) if found else code or "–"

    before, after = str(detail.get("from_category", "")), str(detail.get("category", ""))
    return [Changed(_("Category"), named(before), named(after))]

"""What a case is described by: values checked by the JSON Schema of its type, every fault told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.manifests import CaseTypeSpec, registry
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.cases import models, scope
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import checked_title, moment_for, require_going_on
from dinh.spine.cases.office_rows import Change, Meanwhile
from dinh.spine.cases.queries import locked, stored
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.parties.api import Actor

EMPTY: Final[tuple[Any, ...]] = ("", None, [])
LARGEST: Final = 200
"""Fields of one case."""


def checked(spec: CaseTypeSpec | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields in NFC, without empty ones. Raises Invalid `cases.fields` that names each fault and its field."""
    given = {name: nfc(value) if isinstance(value, str) else value for name, value in fields.items()}
    given = {name: value for name, value in given.items() if value not in EMPTY}
    schema = dict(spec.fields) if spec else {}
    if not schema:
        if given:
            raise Invalid(
                "cases.no_fields",
                "this kind of case has no fields of its own; leave out {names}",
                names=", ".join(sorted(given))[:200],
            )
        return {}
    schema.setdefault("additionalProperties", False)
    faults: dict[str, str] = {}
    for error in sorted(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(given), key=str):
        for name in _names(error):
            faults.setdefault(name, error.message[:200])
    if faults or len(given) > LARGEST:
        raise Invalid(
            "cases.fields",
            "these fields are not right: {faults}",
            faults="; ".join(f"{name}: {told}" for name, told in faults.items())[:1000],
            fields=faults,
        )
    return given


def _names(error: ValidationError) -> list[str]:
    if error.validator == "required" and isinstance(error.instance, dict):
        needed: list[str] = list(error.schema["required"]) if isinstance(error.schema, dict) else []
        return [name for name in needed if name not in error.instance and f"'{name}'" in error.message]
    return [str(error.absolute_path[0])] if error.absolute_path else ["*"]


@transaction.atomic
def describe(urn: str, *, fields: Mapping[str, Any], title: str | None, by: Actor, version: int | None) -> CaseRow:
    """Changes the named fields (None takes one away) and the title. What somebody else changed meanwhile and is changed
    here too is a Conflict `cases.edited_meanwhile`; other changes stand beside each other."""
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_going_on(row)
    wanted = dict(fields) | ({} if title is None else {"title": title})
    if version is not None and version < case.version:
        seen = meanwhile(urn, version=version, fields=wanted)
        if any(change.conflicts for change in seen.changes):
            raise Conflict(
                "cases.edited_meanwhile",
                "{number} was edited meanwhile by {names}: {fields}; compare and choose",
                number=row.number_text,
                names=", ".join(seen.by),
                fields=", ".join(change.name for change in seen.changes if change.conflicts),
                version=case.version,
            )
        wanted = {change.name: change.ours for change in seen.changes if change.touched}
        title = wanted.pop("title", None)
        fields = wanted
    after = checked(registry.case_type(case.type), case.fields | dict(fields))
    heading = case.title if title is None else checked_title(title)
    if after == case.fields and heading == case.title:
        return row
    changed = {name for name in case.fields.keys() | after.keys() if case.fields.get(name) != after.get(name)}
    before: dict[str, Any] = {name: case.fields.get(name) for name in sorted(changed)}
    told: dict[str, Any] = {name: after.get(name) for name in sorted(changed)}
    if heading != case.title:
        before["title"], told["title"] = case.title, heading
    case.search = case.search.replace(fold(case.title), fold(heading), 1)
    case.fields, case.title = after, heading
    record(
        case, what="described", kind="described", by=by, at=moment_for(case), detail={"fields": told, "before": before}
    )
    return row_of(case)


def meanwhile(urn: str, *, version: int, fields: Mapping[str, Any]) -> Meanwhile:
    """Each wanted field as it was at `version`, as it is now, and as it is wanted; and who changed any of them."""
    case = stored(urn)
    acts = models.Act.objects.filter(case=case, version__gt=version, what="described").order_by("version")
    base: dict[str, Any] = {}
    by: dict[str, None] = {}
    for act in acts:
        for name, value in act.detail.get("before", {}).items():
            base.setdefault(name, value)
            if name in fields:
                by[act.by_name] = None
    present = case.fields | {"title": case.title}
    changes = [
        Change(name, base.get(name, present.get(name)), present.get(name), None if value in EMPTY else value)
        for name, value in fields.items()
    ]
    return Meanwhile(changes, tuple(by))

"""Fields that tell of people: hidden from lists, pages and histories, shown to whoever may see them, on the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dinh.kernel.manifests import CaseTypeSpec, registry
from dinh.kernel.masking import masked
from dinh.spine.cases import models, scope
from dinh.spine.cases.api.words import PersonalRow
from dinh.spine.cases.office_rows import Change, Meanwhile
from dinh.spine.cases.queries import stored
from dinh.spine.cases.rows import row_of
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

MARK: Final = "x-personal"
SEE: Final = "cases.see_personal"
REQUESTER: Final = "requester"
CHANGED: Final = " *"
"""After a masked value that somebody changed: two values may look the same."""


def among(type: str, names: Iterable[str]) -> frozenset[str]:
    """Those of the fields that tell of people; where nobody knows the kind of case any more, all of them."""
    spec = registry.case_type(type)
    return frozenset(names) & marked(spec) if spec else frozenset(names)


def marked(spec: CaseTypeSpec) -> frozenset[str]:
    return frozenset(name for name, part in spec.fields.get("properties", {}).items() if part.get(MARK) is True)


def masked_fields(type: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    hidden = among(type, fields)
    return {name: masked(value) if name in hidden else value for name, value in fields.items()}


def masked_detail(type: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Of an act: what it changed and from what."""
    return {
        name: masked_fields(type, value)
        if name in ("fields", "before") and isinstance(value, Mapping)
        else masked(value)
        if name == "address"
        else value
        for name, value in detail.items()
    }


def fields_of(urn: str) -> Mapping[str, Any]:
    case = stored(urn)
    return masked_fields(case.type, case.fields)


def masked_meanwhile(urn: str, both: Meanwhile) -> Meanwhile:
    """What this person typed stays; of a hidden field that the person left alone nothing is told, so that no mask is
    ever saved in the place of a value."""
    hidden = among(stored(urn).type, (change.name for change in both.changes)) - {"title"}
    changes: list[Change] = []
    for change in both.changes:
        if change.name not in hidden:
            changes.append(change)
        elif change.touched:
            mark = CHANGED if change.theirs != change.base else ""
            changes.append(Change(change.name, masked(change.base), f"{masked(change.theirs)}{mark}", change.ours))
    return Meanwhile(changes, both.by)


def may_read(urn: str, by: Actor) -> bool:
    """True where something is hidden that the actor may see."""
    case = stored(urn)
    row = row_of(case)
    own = bool(by.urn) and by.urn == row.requester
    return (own or scope.may(row, SEE, by)) and bool(_present(case))


def read(urn: str, by: Actor) -> PersonalRow:
    """The hidden fields and the requester. Raises Refused `parties.not_permitted`."""
    case = stored(urn)
    row = row_of(case)
    if not (by.urn and by.urn == row.requester):
        scope.require(row, SEE, by)
    present = _present(case)
    party = parties.parties([case.requester]).get(case.requester) if case.requester else None
    if present:
        parties.personal.record_reading(by=by, whose=case.requester or None, about=row.urn, fields=present)
    return PersonalRow(
        fields={name: case.fields[name] for name in present if name in case.fields},
        requester=party.name_vi if party else case.requester.partition(":")[2] if case.requester else "",
    )


def _present(case: models.Case) -> Sequence[str]:
    hidden = sorted(among(case.type, case.fields))
    return (
        [*hidden, REQUESTER] if case.requester and not case.requester.startswith("urn:dinh:organisation:") else hidden
    )

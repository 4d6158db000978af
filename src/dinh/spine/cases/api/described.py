"""What a case is described by, and what of it is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dinh.spine.cases.api.words import CaseRow, PersonalRow
from dinh.spine.cases.office_rows import Meanwhile
from dinh.spine.parties.api import Actor


def describe(
    case: str, *, fields: Mapping[str, Any], by: Actor, title: str | None = None, version: int | None = None
) -> CaseRow:
    """Changes fields (None takes one away) and the title; what somebody else changed meanwhile too is a Conflict
    `cases.edited_meanwhile`, and `meanwhile` shows both sides."""
    from dinh.spine.cases import fields as room

    return room.describe(case, fields=fields, title=title, by=by, version=version)


def fields_of(case: str) -> Mapping[str, Any]:
    """Values of fields that tell of people (`x-personal` in the JSON Schema) are masked."""
    from dinh.spine.cases import personal

    return personal.fields_of(case)


def may_read_personal(case: str, *, by: Actor) -> bool:
    """True where something of the case is hidden that the actor may see."""
    from dinh.spine.cases import personal

    return personal.may_read(case, by)


def read_personal(case: str, *, by: Actor) -> PersonalRow:
    """What is hidden, on the record: a leaf `personal.read` is written before it is shown. Raises Refused
    `parties.not_permitted`."""
    from dinh.spine.cases import personal

    return personal.read(case, by)


def meanwhile(case: str, *, version: int, fields: Mapping[str, Any]) -> Meanwhile:
    """Each field that a person wants to change: as it was, as it is now, as the person wants it."""
    from dinh.spine.cases import fields as room
    from dinh.spine.cases import personal

    return personal.masked_meanwhile(case, room.meanwhile(case, version=version, fields=fields))

"""Names for what grants and keys refer to by code and URN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dinh.kernel.manifests import Text
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ApiKeyRow, Grant
from dinh.spine.places import api as places


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as it is shown: names for role and place; `value` is what a form sends back."""

    role: Text
    place: Text | None
    system: str
    value: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    key: ApiKeyRow
    scopes: Sequence[Text]
    sources: Sequence[str]
    owner: Text
    state: str
    """in_force, expired or revoked."""


def value_of(grant: Grant) -> str:
    return "|".join((grant.role, grant.place or "", grant.system))


def grant_rows(grants: Iterable[Grant]) -> Sequence[GrantRow]:
    held = list(grants)
    known = parties.roles()
    found = places.places({grant.place for grant in held if grant.place})
    rows = []
    for grant in held:
        role = known[grant.role].name if grant.role in known else Text(grant.role, grant.role)
        place = None
        if grant.place:
            row = found.get(grant.place)
            place = Text(row.full_name_vi, row.name_en) if row else Text(grant.place, grant.place)
        rows.append(GrantRow(role, place, grant.system, value_of(grant)))
    return tuple(rows)

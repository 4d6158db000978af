"""Names for what grants and keys refer to by code and URN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dinh.kernel.manifests import Text, registry
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ApiKeyRow, Grant, personal
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


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading of somebody's data in words, with where its proof is."""

    reading: personal.ReadingRow
    fields: Sequence[str]
    link: str | None
    proof: str


def reading_rows(readings: Iterable[personal.ReadingRow]) -> Sequence[ReadingRow]:
    def link(about: str) -> str | None:
        kind, _, name = about.removeprefix("urn:dinh:").partition(":")
        return registry.link_path(kind, name) if kind == "case" else None

    words = _field_words()
    return [
        ReadingRow(
            reading=one,
            fields=[words.get(code, code) for code in one.fields],
            link=link(one.about),
            proof=registry.link_path("leaf", str(one.ledger_index)) or "",
        )
        for one in readings
    ]


def _field_words() -> dict[str, str]:
    """What the codes of readings are called; fields of cases by the title that any kind of case gives them."""
    vi = (get_language() or "vi").startswith("vi")
    found: dict[str, str] = identity_words()
    for spec in registry.case_types():
        for code, part in spec.fields.get("properties", {}).items():
            name = part.get("title", code) if vi else part.get("title_en", part.get("title", code))
            found.setdefault(code, str(name))
    return found | {"email": _("E-mail"), "requester": _("Name of the requester"), "file": _("A file that you gave")}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    consent: personal.ConsentRow
    fields: Sequence[str]


def consent_rows(consents: Iterable[personal.ConsentRow]) -> Sequence[ConsentRow]:
    """Those in force; the others are in the copy of one's data."""
    words = identity_words()
    return [ConsentRow(one, [words[name] for name in one.fields]) for one in consents if one.state == "in_force"]


def identity_words() -> dict[str, str]:
    return {
        "name": _("name"),
        "born_on": _("date of birth"),
        "sex": _("sex"),
        "citizen_id": _("personal identification number"),
        "address": _("address"),
        "phone": _("phone number"),
    }


def value_of(grant: Grant) -> str:
    return "|".join((grant.role, grant.place or "", grant.system))


def grant_rows(grants: Iterable[Grant]) -> Sequence[GrantRow]:
    return grant_rows_of([list(grants)])[0]


def grant_rows_of(people: Sequence[Iterable[Grant]]) -> Sequence[Sequence[GrantRow]]:
    """For many people at once: their places are looked up together."""
    held = [tuple(grants) for grants in people]
    known = parties.roles()
    found = places.places({grant.place for grants in held for grant in grants if grant.place})

    def shown(grant: Grant) -> GrantRow:
        role = known[grant.role].name if grant.role in known else Text(grant.role, grant.role)
        place = None
        if grant.place:
            row = found.get(grant.place)
            place = Text(row.full_name_vi, row.name_en) if row else Text(grant.place, grant.place)
        return GrantRow(role, place, grant.system, value_of(grant))

    return tuple(tuple(shown(grant) for grant in grants) for grants in held)

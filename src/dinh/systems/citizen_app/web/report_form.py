"""The report as a form: its fields, the questions of each category, and the draft that was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.tongues import named
from dinh.spine.places import api as places
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import Draft, ServiceRow
from dinh.systems.citizen_app.web import intake
from dinh.systems.citizen_app.web.senders import number_in
from dinh.web.words import said, told


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the categories that ask it; `kind` is choice, number or text."""

    name: str
    label: str
    kind: str
    categories: Sequence[str]
    needed: bool
    choices: Sequence[tuple[str, str]] = ()
    least: float | None = None
    most: float | None = None
    longest: int = 200
    step: str = "any"
    value: str = ""
    error: str = ""

    @property
    def at(self) -> str:
        """What the field is called in the page."""
        return f"q-{self.name}-{self.categories[0]}"

    @property
    def asked(self) -> str:
        return " ".join(self.categories)


def _in_language(schema: Mapping[str, Any], name: str, mark: str) -> Any:
    """The words of a schema in the page's language: its own, else what a catalogue has for the English ones."""
    code = (get_language() or "vi")[:2]
    own, english = schema.get(name), schema.get(f"{name}{mark}en", schema.get(name))
    if code == "vi":
        return own
    if isinstance(english, Mapping):
        return {key: named(str(words), str(words), code) for key, words in english.items()}
    return named(str(own or ""), str(english or ""), code)


def questions(
    services: Sequence[ServiceRow], answers: Mapping[str, str], errors: Mapping[str, str]
) -> Sequence[Question]:
    """Each question once, whichever categories ask it: those that ask for the same in the same way share it."""
    found: dict[str, tuple[str, Mapping[str, Any], list[str]]] = {}
    for row in services:
        for name, schema in row.asks.items():
            key = f"{name} {json.dumps(schema, sort_keys=True, ensure_ascii=False)}"
            found.setdefault(key, (name, schema, []))[2].append(row.code)
    return [_question(name, schema, codes, answers, errors) for name, schema, codes in found.values()]


def _question(
    name: str, schema: Mapping[str, Any], codes: Sequence[str], answers: Mapping[str, str], errors: Mapping[str, str]
) -> Question:
    kind = "choice" if "enum" in schema else "number" if schema.get("type") in ("integer", "number") else "text"
    names = _in_language(schema, "x-names", "-") or {}
    return Question(
        name=name,
        label=str(_in_language(schema, "title", "_") or name),
        kind=kind,
        categories=codes,
        needed=schema.get("x-needed") is True,
        choices=[(str(code), str(names.get(code, code))) for code in schema.get("enum", ())],
        least=schema.get("minimum"),
        most=schema.get("maximum"),
        longest=int(schema.get("maxLength", 200)),
        step="1" if schema.get("type") == "integer" else "any",
        value=answers.get(name, ""),
        error=errors.get(name, ""),
    )


def communes() -> Sequence[tuple[str, str]]:
    """Of the province, by name."""
    language = get_language() or "vi"
    try:
        rows = places.area(settings.AREA)
    except DinhError:
        return []
    return sorted(
        ((row.urn, named(row.full_name_vi, row.full_name_en or row.name_en, language)) for row in rows),
        key=lambda pair: pair[1],
    )


class ReportForm(forms.Form):
    """What is said once for every category. Whether it is enough is for the spine to judge: nothing here is required."""

    description = forms.CharField(
        label=_("What is wrong?"),
        required=False,
        max_length=4000,
        strip=True,
        help_text=_(
            "In your own words: what, since when, for whom it is dangerous. Do not write names or phone numbers of others."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 4000}),
    )
    address = forms.CharField(
        label=_("Address or landmark"),
        required=False,
        max_length=300,
        help_text=_("For example: before Trần Đề market, beside the school’s gate"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "maxlength": 300}),
    )
    unit = forms.ChoiceField(label=_("Commune or ward"), required=False)
    longitude = forms.CharField(required=False, widget=forms.HiddenInput)
    latitude = forms.CharField(required=False, widget=forms.HiddenInput)
    private = forms.BooleanField(
        label=_("Show it to the office only, not to everybody"),
        required=False,
        help_text=_("Your name and contact are never shown to the public, whatever you choose here."),
    )
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail address"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"type": "email", "inputmode": "email", "autocomplete": "email"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("I do not know")), *communes()]  # type: ignore[attr-defined]


@dataclass(slots=True)
class Filled:
    """A form as somebody filled it in; `faults` by the names under which the spine speaks of them."""

    id: UUID
    category: str
    form: ReportForm
    answers: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def questions(self, services: Sequence[ServiceRow]) -> Sequence[Question]:
        errors = {
            name.removeprefix("answers."): words for name, words in self.faults.items() if name.startswith("answers.")
        }
        return questions(services, self.answers, errors)


def empty(category: str = "") -> Filled:
    return Filled(uuid4(), category, ReportForm(), {})


def filled(data: QueryDict) -> Filled:
    answers = {
        name.removeprefix(intake.ANSWER): data.get(name, "").strip() for name in data if name.startswith(intake.ANSWER)
    }
    return Filled(_id(data.get("id", "")), data.get("category", "")[:64], ReportForm(data), answers)


def _id(text: str) -> UUID:
    """What is no UUID gets a new one: then sending again is a new report, and nobody else's."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def draft_of(found: Filled, *, language: str, person: str, sender: str, many: bool) -> Draft:
    """Raises Invalid `report.number`; everything else is left to be judged by the spine."""
    given = found.form.data

    def word(name: str) -> str:
        return str(given.get(name, ""))[:5000]

    return Draft(
        id=found.id,
        category=found.category,
        description=word("description"),
        longitude=number_in(word("longitude").strip(), "longitude"),
        latitude=number_in(word("latitude").strip(), "latitude"),
        address=word("address"),
        unit=word("unit"),
        answers=answers_of(found.category, found.answers),
        private=word("private") in ("on", "1"),
        name=word("name"),
        email=word("email"),
        phone=word("phone"),
        language=language,
        person=person,
        sender=sender,
        many=many,
    )


def answers_of(category: str, answers: Mapping[str, str]) -> Mapping[str, Any]:
    """As the schemas want them; answers to what this category does not ask are left out: the person chose another first."""
    try:
        asks = requests.service(category).asks
    except DinhError:
        return {}
    return {name: intake.typed(category, name, value) for name, value in answers.items() if name in asks and value}


def faults_in(error: DinhError) -> dict[str, str]:
    """By field, in the language of the page."""
    fields = error.params.get("fields")
    if isinstance(error, Invalid) and isinstance(fields, Mapping):
        return {str(name): said(str(words)) for name, words in fields.items()}
    if error.code == "requests.no_category":
        return {"category": str(_("Choose what it is about."))}
    if error.code in ("requests.photos", "files.too_large", "files.empty", "uploads.too_many"):
        return {"photo": told(error)}
    return {"place" if error.code == "report.number" else "": told(error)}

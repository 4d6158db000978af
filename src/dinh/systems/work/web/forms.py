"""Forms of acts on a case, and of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dinh.kernel.manifests import CaseTypeSpec, Severity
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties.api import PartyRow
from dinh.spine.places.api import PlaceRow
from dinh.web.templatetags.dinh import severity_name


def _language() -> str:
    return get_language() or "vi"


class Form(forms.Form):
    """A form that carries the version of the case that its user saw."""

    version: int | None = None


class Comment(Form):
    text = forms.CharField(
        label=_("Comment"),
        max_length=10_000,
        widget=forms.Textarea(
            attrs={"rows": 3, "data-key": "c", "aria-label": _("Write a comment"), "placeholder": _("Write a comment")}
        ),
    )


class Words(Form):
    text = forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}))

    def __init__(self, *arguments: Any, label: str, help: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["text"].label, self.fields["text"].help_text = label, help


class NewTask(Form):
    title = forms.CharField(
        label=_("What is needed"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True})
    )
    organisation = forms.ChoiceField(label=_("From which department"))
    due_at = forms.DateTimeField(
        label=_("By when"),
        required=False,
        help_text=_("Without a time it is due when the case is."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *arguments: Any, offices: Sequence[PartyRow], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose an organisation")), *((row.urn, row.name(_language())) for row in offices)]


class TaskAnswer(Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("done", _("Done")), ("refused", _("Cannot be done"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("Answer"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))


class Join(Form):
    into = forms.CharField(
        label=_("Number of the case that stays"),
        max_length=40,
        widget=forms.TextInput(attrs={"autofocus": True, "list": "likely"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *arguments: Any, likely: Sequence[CaseRow], **options: Any) -> None:
        super().__init__(*arguments, **options)
        if likely:
            self.fields["into"].help_text = "; ".join(f"{row.number_text} {row.name(_language())}" for row in likely)


class Reason(Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=10_000,
        help_text=_("One sentence; everybody who looks at the case will read it."),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )

    def __init__(self, *arguments: Any, needed: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["reason"].required = needed


class Assign(Form):
    to = forms.ChoiceField(label=_("To whom"), widget=forms.Select(attrs={"autofocus": True}))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *arguments: Any, people: Sequence[PartyRow], owner: str | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(person.urn, person.name(_language())) for person in people if person.urn != owner]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a person")), *choices]


class HandOn(Form):
    organisation = forms.ChoiceField(label=_("To which organisation"), widget=forms.Select(attrs={"autofocus": True}))
    reason = forms.CharField(label=_("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *arguments: Any, offices: Sequence[PartyRow], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Choose an organisation")),
            *((office.urn, office.name(_language())) for office in offices),
        ]


class NewCase(Form):
    title = forms.CharField(
        label=_("What is wrong"),
        max_length=300,
        help_text=_("In a few words, without names of private persons."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    type = forms.ChoiceField(label=_("Kind"))
    category = forms.ChoiceField(label=_("Category"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), initial="minor")
    place = forms.ChoiceField(label=_("Place"), required=False)
    text = forms.CharField(
        label=_("What is known"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    take = forms.BooleanField(label=_("I take it at once"), required=False)
    subject = forms.CharField(required=False, max_length=160, widget=forms.HiddenInput)
    drawn = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(
        self, *arguments: Any, types: Sequence[CaseTypeSpec], places: Sequence[PlaceRow], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        language = _language()
        choices: dict[str, list[Any]] = {
            "type": [(spec.code, spec.name.in_(language)) for spec in types],
            "severity": [(severity.value, capfirst(severity_name(severity.value))) for severity in Severity],
            "place": [("", _("No particular place")), *((row.urn, row.name(language)) for row in places)],
        }
        choices["category"] = [
            ("", "–"),
            *(
                (
                    spec.name.in_(language),
                    [(f"{spec.code}/{part.code}", part.name.in_(language)) for part in spec.categories],
                )
                for spec in types
                if spec.categories
            ),
        ]
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values

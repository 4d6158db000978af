"""Forms of the desk. The body of a text has its own way through a form: `body_form`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dinh.kernel.clock import VIETNAM
from dinh.spine.places import api as places
from dinh.spine.publications import api as publications
from dinh.systems.publishing.web.words import kind_names


class Remark(forms.Form):
    remark = forms.CharField(
        label=_("What should be changed"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )


class When(forms.Form):
    at = forms.DateTimeField(
        label=_("When, Vietnam time"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self) -> Any:
        return self.cleaned_data["at"].astimezone(VIETNAM)


class BriefDay(forms.Form):
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class Withdrawal(forms.Form):
    vi = forms.CharField(label=_("Reason in Vietnamese"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    en = forms.CharField(label=_("Reason in English"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class NewPublication(forms.Form):
    title_vi = forms.CharField(label=_("Title in Vietnamese"), max_length=300)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind"))
    licence = forms.ChoiceField(label=_("Licence"), choices=[(code, code) for code in publications.licences()])
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, *arguments: Any, language: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        communes = sorted(places.area(settings.AREA), key=lambda row: row.name(language))
        area = places.places([settings.AREA])
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": [(code, name) for code, name in kind_names().items() if code not in ("daily-brief", "warning")],
            "place": [
                *((urn, row.name(language)) for urn, row in area.items()),
                *((row.urn, row.name(language)) for row in communes),
                ("", _("No particular place")),
            ],
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values

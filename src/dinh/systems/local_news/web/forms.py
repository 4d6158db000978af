"""Forms of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.local_news.actions.feeds import KINDS, Described
from dinh.systems.local_news.actions.warnings import Draft
from dinh.systems.local_news.queries import placing
from dinh.systems.local_news.web import places, words

_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]


def _reached(actor: Actor, permission: str, language: str) -> list[tuple[str, str]]:
    """The whole area where the permission reaches it, then the communes that it reaches."""
    ground = placing.ground()
    found = []
    if ground.row is not None and parties.may(actor, permission, place=ground.area):
        found.append((ground.area, places.whole(language)))
    found += [
        (row.urn, row.name(language))
        for row in places.choices(language)
        if parties.may(actor, permission, place=row.urn)
    ]
    return found


class FeedForm(forms.Form):
    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    address = forms.CharField(
        label=_("Address of the feed"),
        max_length=1000,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=_("Kind"))
    place = forms.ChoiceField(
        label=_("Place"), help_text=_("Where its news belong unless they name another place of this area.")
    )
    every_min = forms.IntegerField(label=_("Asked every (minutes)"), min_value=5, max_value=1440, initial=30)
    silent_after_h = forms.IntegerField(
        label=_("Silent after (hours)"),
        min_value=0,
        max_value=2160,
        initial=24,
        help_text=_("Its manager is told when nothing new has come for so long; 0 never."),
    )
    licence = forms.CharField(
        label=_("Licence"),
        max_length=200,
        required=False,
        help_text=_("Under which its headlines may be shown, such as an agreement with its date."),
    )
    enabled = forms.BooleanField(label=_("Ask it by itself"), required=False, initial=True)

    def __init__(self, *arguments: Any, actor: Actor, language: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choices(self, "kind", [(code, words.feed_kinds()[code]) for code in KINDS])
        _choices(self, "place", _reached(actor, "local_news.manage", language))

    def described(self) -> Described:
        return Described(**self.cleaned_data)


def _choices(form: forms.Form, name: str, values: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = values


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CAP file"), widget=forms.FileInput(attrs={"accept": ".xml,.cap,application/xml,application/cap+xml"})
    )


class HideForm(forms.Form):
    why = forms.CharField(label=_("Why it is hidden"), max_length=500)


class RemarkForm(forms.Form):
    remark = forms.CharField(
        label=_("What should be changed"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )


class CancelForm(forms.Form):
    vi = forms.CharField(label=_("Reason in Vietnamese"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    en = forms.CharField(label=_("Reason in English"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


def _lines(label: Any, rows: int, most: int, language: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows, "lang": language}))


class WarningForm(forms.Form):
    title_vi = forms.CharField(
        label=_("Headline in Vietnamese"), max_length=160, widget=forms.TextInput({"lang": "vi"})
    )
    title_en = forms.CharField(label=_("Headline in English"), max_length=160, widget=forms.TextInput({"lang": "en"}))
    event_vi = forms.CharField(
        label=_("What happens, in Vietnamese"), max_length=100, widget=forms.TextInput({"lang": "vi"})
    )
    event_en = forms.CharField(
        label=_("What happens, in English"), max_length=100, widget=forms.TextInput({"lang": "en"})
    )
    text_vi = _lines(_("Text in Vietnamese"), 4, 2000, "vi")
    text_en = _lines(_("Text in English"), 4, 2000, "en")
    instruction_vi = _lines(_("What to do, in Vietnamese"), 3, 2000, "vi")
    instruction_en = _lines(_("What to do, in English"), 3, 2000, "en")
    category = forms.ChoiceField(label=_("Category"))
    severity = forms.ChoiceField(label=_("Degree"))
    urgency = forms.ChoiceField(label=_("Urgency"))
    certainty = forms.ChoiceField(label=_("Certainty"))
    response = forms.ChoiceField(label=_("What people should do"))
    begins = forms.DateTimeField(
        label=_("From, Vietnam time"),
        input_formats=_MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends = forms.DateTimeField(
        label=_("Until, Vietnam time"),
        input_formats=_MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    areas = forms.MultipleChoiceField(label=_("For"), widget=forms.CheckboxSelectMultiple)
    exercise = forms.BooleanField(
        label=_("This is an exercise"), required=False, help_text=_("It is marked as such wherever it is shown.")
    )
    note_vi = _lines(_("What changes, in Vietnamese"), 2, 2000, "vi")
    note_en = _lines(_("What changes, in English"), 2, 2000, "en")

    def __init__(self, *arguments: Any, actor: Actor, language: str, updating: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, values, left_out in (
            ("category", words.categories(), ()),
            ("severity", words.severities(), ("Unknown",)),
            ("urgency", words.urgencies(), ("Past", "Unknown")),
            ("certainty", words.certainties(), ("Unlikely", "Unknown")),
            ("response", words.responses(), ()),
        ):
            _choices(self, name, [(code, word) for code, word in values.items() if code not in left_out])
        _choices(self, "areas", _reached(actor, "publications.write", language))
        if settings.DEMO:
            del self.fields["exercise"]
        if not updating:
            del self.fields["note_vi"], self.fields["note_en"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        begins, ends = data.get("begins"), data.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end lies before the beginning; choose a later one."))
        elif ends and ends <= clock.now():
            self.add_error("ends", _("The end is past already; choose one to come."))
        return data

    def draft(self) -> Draft:
        data = self.cleaned_data
        pairs: dict[str, Any] = {
            name: {"vi": data[f"{name}_vi"], "en": data[f"{name}_en"]}
            for name in ("title", "text", "event", "instruction")
        }
        area = str(settings.AREA)
        areas = [area] if area in data["areas"] else list(data["areas"])
        values: dict[str, Any] = {
            name: data[name] for name in ("category", "severity", "urgency", "certainty", "response")
        }
        return Draft(
            **pairs,
            **values,
            begins=data["begins"].astimezone(VIETNAM),
            ends=data["ends"].astimezone(VIETNAM),
            areas=areas,
            exercise=bool(data.get("exercise")),
        )

    def note(self) -> Mapping[str, str]:
        return {"vi": self.cleaned_data.get("note_vi", ""), "en": self.cleaned_data.get("note_en", "")}


def first_values() -> dict[str, Any]:
    now = clock.now().astimezone(VIETNAM).replace(second=0, microsecond=0)
    return {
        "category": "Met",
        "severity": "Severe",
        "urgency": "Expected",
        "certainty": "Likely",
        "response": "Prepare",
        "begins": now,
        "ends": now + timedelta(hours=12),
    }


def values_of(
    title: Mapping[str, str], text: Mapping[str, str], note: Mapping[str, str], block: Mapping[str, Any]
) -> dict[str, Any]:
    """What stands in a version, for its form."""
    found: dict[str, Any] = {name: block[name] for name in ("category", "severity", "urgency", "certainty", "response")}
    for name, pair in (
        ("title", title), ("text", text), ("note", note), ("event", block["event"]), ("instruction", block["instruction"]),
    ):  # fmt: skip
        found |= {f"{name}_{code}": pair[code] for code in ("vi", "en")}
    return found | {
        "begins": datetime.fromisoformat(block["from"]),
        "ends": datetime.fromisoformat(block["until"]),
        "areas": [area["urn"] for area in block["areas"]],
        "exercise": block["status"] == "Exercise",
    }

"""Forms of profile, keys and administration: what was typed, checked as far as a form can."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dinh.spine.parties import api as parties

LIFETIMES = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "": None}


def _language() -> str:
    return get_language() or "vi"


class InvitationForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters; four words that do not belong together are easy to keep in mind."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


class PreferencesForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the device")), ("vi", "Tiếng Việt"), ("en", "English")],
        required=False,
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        required=False,
    )


class KeyForm(forms.Form):
    """A new key; `scopes` offers what the asker may pass on, `owner` only to whoever manages people."""

    label = forms.CharField(
        label=_("What the key is for"),
        max_length=120,
        help_text=_("For example the station or the program that will use it."),
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    scopes = forms.MultipleChoiceField(label=_("May"), widget=forms.CheckboxSelectMultiple)
    sources = forms.CharField(
        label=_("Only for these sources"),
        required=False,
        max_length=1000,
        help_text=_("Source codes, separated by commas; empty means any source."),
    )
    lifetime = forms.ChoiceField(
        label=_("Valid for"),
        required=False,
        initial="365",
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Until revoked"))],
    )

    def __init__(self, *args: Any, scopes: list[str], owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = parties.permissions()
        offered: Any = self.fields["scopes"]
        offered.choices = [(code, f"{known[code].name.in_(_language())} ({code})") for code in scopes]
        choosable: Any = self.fields["owner"]
        choosable.choices = owners
        if len(owners) < 2:
            del self.fields["owner"]

    def clean_sources(self) -> list[str]:
        return sorted({part.strip() for part in str(self.cleaned_data["sources"]).split(",") if part.strip()})


class PersonForm(forms.Form):
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._\-]*$",
        label=_("User name"),
        max_length=100,
        help_text=_("Small letters without marks, digits, '.', '_' and '-'. It cannot be changed later."),
        error_messages={"invalid": _("Use small letters without marks, digits, '.', '_' and '-'.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    place = forms.CharField(label=_("Place"), required=False, max_length=140, help_text=_("The URN of a unit."))

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.choices = organisation_choices()
        if not new:
            del self.fields["username"]


class OrganisationForm(forms.Form):
    id = forms.RegexField(
        r"^[a-z0-9][a-z0-9._\-]*$",
        label=_("Code"),
        max_length=100,
        help_text=_("Small letters without marks, digits, '.', '_' and '-'. It cannot be changed later."),
        error_messages={"invalid": _("Use small letters without marks, digits, '.', '_' and '-'.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    parent = forms.ChoiceField(label=_("Belongs to"), required=False)
    place = forms.CharField(label=_("Place"), required=False, max_length=140, help_text=_("The URN of a unit."))

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.choices = organisation_choices()
        if not new:
            del self.fields["id"]


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))
    place = forms.CharField(
        label=_("At"), required=False, max_length=140, help_text=_("The URN of a unit; empty means everywhere.")
    )
    system = forms.ChoiceField(label=_("In"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(code, spec.name.in_(_language())) for code, spec in parties.roles().items()]
        system: Any = self.fields["system"]
        prefixes = sorted({code.partition(".")[0] for code in parties.permissions()})
        system.choices = [("", _("All systems")), *((prefix, prefix) for prefix in prefixes)]


def organisation_choices() -> list[tuple[str, Any]]:
    language = _language()
    return [("", _("None")), *((row.urn, row.name(language)) for row in parties.organisations())]

"""Forms of profile, keys and administration: what was typed, checked as far as a form can."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import security
from dinh.spine.places import api as places
from dinh.systems.account import codes, joining
from dinh.web.limits import client_of

LIFETIMES = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "": None}


def _language() -> str:
    return get_language() or "vi"


class PlaceField(forms.CharField):
    """A place by its name, chosen from the area's or typed in full, or by its URN; cleans to the URN or ''."""

    default_error_messages: ClassVar = {
        "no_place": _("There is no place of this name. Type its full name, or choose from the list."),
        "ambiguous": _("Several places have this name: %(names)s. Type the URN of the one that is meant."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, required=False, **kwargs)
        self.widget.attrs.update({"list": "places", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = nfc(str(super().clean(value) or ""))
        if not text:
            return ""
        if text.startswith("urn:"):
            if places.places([text]):
                return text
            raise forms.ValidationError(self.error_messages["no_place"])
        wanted = fold(text)
        today = clock.today()
        found = [
            row
            for row in places.find(text, kinds=("unit",), on=today, limit=20)
            if wanted in {fold(row.full_name_vi), fold(row.name_vi), fold(row.name_en)}
        ]
        exact = [row for row in found if text.casefold() in {row.full_name_vi.casefold(), row.name_vi.casefold()}]
        found = exact or found
        nearby = [row for row in found if row.urn in dict(area_places())]
        if len(found) > 1 and len(nearby) == 1:
            found = nearby
        if len(found) == 1:
            return found[0].urn
        if found:
            names = "; ".join(row.urn for row in found[:4])
            raise forms.ValidationError(self.error_messages["ambiguous"], params={"names": names})
        raise forms.ValidationError(self.error_messages["no_place"])

    def prepare_value(self, value: Any) -> Any:
        """Shows a stored URN by the place's full name where that is unmistakable."""
        if isinstance(value, str) and value.startswith("urn:"):
            return dict(area_places()).get(value, value)
        return value


def area_places() -> list[tuple[str, str]]:
    """URN and full name of the communes of this centre's area, and of the units that contain it."""
    try:
        communes = list(places.area(settings.AREA))
        above = places.ancestors(communes[0].urn) if communes else ()
    except NotFound:
        return []
    return [(row.urn, row.full_name_vi) for row in (*communes, *above) if row.level != "country"]


class SignInForm(LoginForm):  # type: ignore[misc]
    """The user name, or a proved e-mail address or phone number in its place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(max_length=254)
        self.order_fields(["login", "password"])  # the password is checked after the name is known

    def clean_login(self) -> str:
        typed: str = super().clean_login()
        address = codes.address_of(typed)
        # Looked for whatever was typed, so that the time tells nothing; an unknown one goes on as a name that nobody has.
        found = joining.username_by(address or codes.Address("none", typed))
        return found or typed


class CodeAddressForm(forms.Form):
    address = forms.CharField(
        label=_("E-mail address or phone number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )


class CodeTypedForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class JoinForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=[("vi", "Tiếng Việt"), ("en", "English")])
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("At least 12 characters. Without one, a code is sent each time you sign in."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


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


class UsedOnce:
    """django-allauth remembers a used code for one step; with a tolerance of clocks it would be good for three."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            security.note("factor_refused", account=str(self.user.urn), address=client_of(context.request))
            raise
        if self.authenticator.type == Authenticator.Type.TOTP:
            valid_s = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
            digest = hashlib.sha256(f"{self.authenticator.pk}.{code}".encode()).hexdigest()
            if not cache.add(f"dinh.code.{digest}", True, timeout=valid_s):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(UsedOnce, AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in."""


class ConfirmCodeForm(UsedOnce, ReauthenticateForm):  # type: ignore[misc]
    """The code before a change of what protects the account."""


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
    owner = forms.ChoiceField(label=pgettext_lazy("of a key", "Owner"), required=False)
    scopes = forms.MultipleChoiceField(label=_("Permissions"), widget=forms.CheckboxSelectMultiple)
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


class HasPlaces(forms.Form):
    """A form with a place offers the area's places in a <datalist id="places">."""

    @property
    def places(self) -> list[tuple[str, str]]:
        return area_places()


class PersonForm(HasPlaces):
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
    place = PlaceField(label=_("Place"), help_text=_("Name of the commune or province."))

    no_email = forms.BooleanField(label=_("Remove the e-mail address"), required=False)

    def __init__(self, *args: Any, new: bool, email: str = "", **kwargs: Any) -> None:
        """`email` is the present address, masked: it is not shown here, only replaced or removed."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.choices = organisation_choices()
        self._keeps = bool(email)
        if not new:
            del self.fields["username"]
        if email:
            self.fields["email"].help_text = _("Leave it empty to keep the present one: %(email)s") % {"email": email}
        else:
            del self.fields["no_email"]

    def chosen_email(self) -> str | None:
        """None keeps the present address."""
        typed = str(self.cleaned_data["email"])
        if typed or self.cleaned_data.get("no_email"):
            return typed
        return None if self._keeps else ""


class OrganisationForm(HasPlaces):
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
    place = PlaceField(label=_("Place"), help_text=_("Name of the commune or province."))

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.choices = organisation_choices()
        if not new:
            del self.fields["id"]


class GrantForm(HasPlaces):
    role = forms.ChoiceField(label=_("Role"))
    place = PlaceField(label=_("At the place"), help_text=_("Name of the commune or province; empty means everywhere."))
    system = forms.ChoiceField(label=_("In the system"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(code, spec.name.in_(_language())) for code, spec in parties.roles().items()]
        system: Any = self.fields["system"]
        prefixes = sorted({code.partition(".")[0] for code in parties.permissions()})
        system.choices = [("", _("All systems")), *((prefix, prefix) for prefix in prefixes)]


def organisation_choices() -> list[tuple[str, Any]]:
    language = _language()
    return [("", _("No organisation")), *((row.urn, row.name(language)) for row in parties.organisations())]

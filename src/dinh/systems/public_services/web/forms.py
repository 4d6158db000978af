"""Forms that are not a procedure's own."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dinh.systems.public_services.models.dossiers import AUTHORISED, GUARDIAN, PARENT, SELF

_PHONE: Final = re.compile(r"(?:\+84|84|0)([1-9]\d{8,9})")


def phone_of(text: str) -> str:
    """A Vietnamese number as +84…; '' for what is none."""
    found = _PHONE.fullmatch(re.sub(r"[\s.\-()]", "", text))
    return f"+84{found[1]}" if found else ""


class ApplicantForm(forms.Form):
    """Who applies and for whom. At the counter a telephone is enough; who is signed in is reached by the account."""

    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Full name of the applicant"), max_length=120)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )  # fmt: skip
    acting = forms.ChoiceField(label=gettext_lazy("I apply"), widget=forms.RadioSelect)
    acting_for = forms.CharField(
        label=gettext_lazy("Name of the person for whom I act"), max_length=120, required=False
    )

    def __init__(self, *arguments: Any, signed_in: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.signed_in = signed_in
        acting: Any = self.fields["acting"]
        acting.choices = [
            (SELF, _("for myself")),
            (PARENT, _("as father or mother of a child")),
            (GUARDIAN, _("as guardian")),
            (AUTHORISED, _("as authorised in writing")),
        ]

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        found = phone_of(text)
        if text and not found:
            raise forms.ValidationError(_("This is no Vietnamese telephone number; write it like 0912 345 678."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("acting") not in (None, SELF) and not cleaned.get("acting_for", "").strip():
            self.add_error("acting_for", _("Write for whom you act."))
        reached = self.signed_in or cleaned.get("phone") or cleaned.get("email")
        if not reached and not {"phone", "email"} & set(self.errors):
            self.add_error(
                "phone", _("Give a telephone number or an e-mail address, so that the office can reach you.")
            )
        return cleaned

"""A form with every kind of field, as samples."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    """Never sent anywhere; `errors_of` gives it in the state after a refusal."""

    title = forms.CharField(label=_("Title"), help_text=_("What happened, in one sentence."))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("salinity", _("Salinity intrusion")), ("power", _("Loss of power"))]
    )
    people = forms.IntegerField(label=_("People affected"), required=False, min_value=0)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        widget=forms.RadioSelect,
        choices=[("now", _("At once")), ("today", _("Today")), ("week", _("This week"))],
        initial="today",
    )
    tell = forms.BooleanField(label=_("Tell the commune's loudspeakers"), required=False)
    locked = forms.CharField(label=_("Reference"), initial="SC-2026-0118", disabled=True, required=False)


def errors_of() -> SampleForm:
    given = {"kind": "salinity", "people": "-4", "urgency": "now"}
    form = SampleForm({f"refused-{name}": value for name, value in given.items()}, prefix="refused")
    form.is_valid()
    form.add_error(None, forms.ValidationError(_("The case was closed in the meantime; open a new one.")))
    return form

"""One field of a form from its part of a schema, and a typed value as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from dinh.web.schema_forms.words import choices, help_of, title_of

SHORT: Final = 200
"""Letters that a text may have and still be asked for on one line."""
DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
"""As browsers send it, and as Vietnamese people write it where the browser has no field for days."""


def field_for(name: str, schema: Mapping[str, Any], *, needed: bool) -> forms.Field:
    common: dict[str, Any] = {"label": title_of(name, schema), "required": needed, "help_text": help_of(schema)}
    kind, widget = schema.get("type"), schema.get("x-widget")
    if kind == "array":
        several = choices(schema["items"], empty=False)
        return forms.MultipleChoiceField(choices=several, widget=forms.CheckboxSelectMultiple, **common)
    if "enum" in schema:
        drawn_as = forms.RadioSelect if widget == "radio" else forms.Select
        return forms.ChoiceField(choices=choices(schema, empty=widget != "radio"), widget=drawn_as, **common)
    if kind == "boolean":
        return _yes_or_no(widget, common)
    bounds: dict[str, Any] = {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
    if kind == "integer":
        return forms.IntegerField(**common, **bounds)
    if kind == "number":
        return forms.FloatField(**common, **bounds, localize=True)
    attributes = {
        html: schema[key]
        for html, key in (("autocomplete", "x-autocomplete"), ("inputmode", "x-inputmode"))
        if key in schema
    }
    if schema.get("format") == "date":
        return forms.DateField(
            **common, input_formats=DATES, widget=forms.DateInput(attrs={"type": "date", **attributes})
        )
    if schema.get("format") == "email":
        return forms.CharField(**common, max_length=254, widget=forms.EmailInput(attrs=attributes))
    most = int(schema.get("maxLength", 10_000))
    line = widget == "text" or most <= SHORT
    drawn = forms.TextInput(attrs=attributes) if line else forms.Textarea(attrs={"rows": 3, **attributes})
    return forms.CharField(**common, max_length=most, widget=drawn)


def _yes_or_no(widget: Any, common: dict[str, Any]) -> forms.Field:
    if widget == "checkbox":
        return forms.BooleanField(**common)
    if widget == "radio":
        return forms.TypedChoiceField(
            choices=[("true", _("Yes")), ("false", _("No"))],
            widget=forms.RadioSelect,
            coerce=lambda text: text == "true",
            empty_value=None,
            **common,
        )
    return forms.NullBooleanField(
        **common, widget=forms.Select(choices=[("", "–"), ("true", _("Yes")), ("false", _("No"))])
    )


def plain(value: Any) -> Any:
    """A cleaned value as JSON; None for nothing."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value in ("", [], ()) else value


def begun(schema: Mapping[str, Any], value: Any) -> Any:
    """A value of the record as its field shows it."""
    if isinstance(value, bool) and schema.get("x-widget") != "checkbox":
        return "true" if value else "false"
    return value

"""Forms in the house's markup: label, control, help and error of each field bound together for those who hear the page."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Draws every Django form as `.field`s; `{{ form }}` gives all of them, `{{ form.name.as_field_group }}` one."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

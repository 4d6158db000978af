"""The tabs of one's account; those of the administration for whoever may use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from dinh.spine.parties import api as parties
from dinh.web.requests import actor

register = template.Library()


@dataclass(frozen=True, slots=True)
class Tab:
    path: str
    label: str
    current: bool


@register.simple_tag(takes_context=True)
def account_tabs(context: template.Context) -> list[Tab]:
    request: Any = context["request"]
    offered = [
        (reverse("account:profile"), _("Profile")),
        (reverse("account:keys"), _("API keys")),
        (reverse("account:data"), _("My data")),
    ]
    if parties.may(actor(request), "parties.manage"):
        offered.append((reverse("account:people"), _("People")))
        offered.append((reverse("account:organisations"), _("Organisations")))
    if parties.may_everywhere(actor(request), "parties.manage"):
        offered.append((reverse("account:security"), _("Security events")))
    here = max((path for path, _label in offered if request.path.startswith(path)), key=len, default="")
    return [Tab(path, label, path == here) for path, label in offered]

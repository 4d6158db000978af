"""Which tabs of reporting this person may open."""

from __future__ import annotations

from typing import Any

from django import template

from dinh.spine.parties import api as parties
from dinh.web.requests import actor

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str) -> Any:
    """True if whoever looks at the page holds the permission anywhere."""
    return parties.may(actor(context["request"]), permission)

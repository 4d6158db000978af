"""The pages of this system, those that whoever asks may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dinh.spine.parties import api as parties
from dinh.web.requests import actor


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    path: str
    current: bool


def tabs(request: HttpRequest, present: str) -> Sequence[Tab]:
    pages = [("overview", _("Sources"))]
    if parties.may(actor(request), "observations.manage"):
        pages.append(("rejected", _("Refused input")))
    if request.user.is_authenticated:
        pages.append(("jobs", _("Background work")))
    return [Tab(label, reverse(f"data_operations:{name}"), name == present) for name, label in pages]

"""Antennas of carriers as vendors give them: brought, drawn, taken away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.network_5g import pattern_actions, queries
from dinh.systems.network_5g.domain import AntennaPattern, Carrier, Settings
from dinh.systems.network_5g.feeds.patterns import read_pattern
from dinh.web.requests import actor, permission
from dinh.web.words import told

MOST_BYTES: Final = 1_000_000
DEEPEST_DB: Final = 30.0
"""At the middle of a drawing; what is fainter is drawn there too."""
RADIUS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A carrier and its antenna; `horizontal` and `vertical` are outlines for an SVG around 0, 0."""

    carrier: Carrier
    pattern: AntennaPattern | None
    horizontal: str = ""
    vertical: str = ""


def shown(settings: Settings) -> Sequence[Shown]:
    return [
        Shown(carrier, None)
        if carrier.pattern is None
        # North is up for the one; the front is to the right and the ground below for the other.
        else Shown(carrier, carrier.pattern, outline(carrier.pattern.horizontal_db, -90.0), outline(carrier.pattern.vertical_db, 0.0))
        for carrier in settings.carriers
    ]  # fmt: skip


def outline(cut_db: Sequence[float], first_deg: float) -> str:
    """A closed path, clockwise from an angle of the screen (0 is to the right)."""
    points = []
    for number, below in enumerate(cut_db):
        angle = math.radians(first_deg + number * 360.0 / len(cut_db))
        length = RADIUS * max(0.0, 1.0 - below / DEEPEST_DB)
        points.append(f"{length * math.cos(angle):.1f} {length * math.sin(angle):.1f}")
    return f"M{'L'.join(points)}Z"


@require_POST
@permission(queries.PLAN)
def give(request: HttpRequest, id: UUID) -> HttpResponse:
    """Takes a file for a carrier, or gives the carrier the usual antenna again. One edit, undone like others."""
    who = actor(request)
    row = queries.scenario(id, who)
    queries.require_edit(who, row)
    try:
        carrier = pattern_actions.carrier_of(row, request.POST.get("carrier", ""))
    except NotFound as error:
        messages.error(request, told(error))
        return redirect("network_5g:settings", id=row.id)
    if request.POST.get("remove") == "1":
        pattern_actions.give_pattern(scenario=row, carrier=carrier.code, pattern=None, by=who)
        messages.success(request, _("%(carrier)s has the usual sector antenna again; the map follows.") % {"carrier": carrier.code})  # fmt: skip
        return redirect("network_5g:settings", id=row.id)
    try:
        data, name = _sent(request)
        pattern, warnings = read_pattern(data, name, frequency_mhz=carrier.frequency_mhz)
    except Invalid as error:
        messages.error(request, told(error))
        return redirect("network_5g:settings", id=row.id)
    pattern_actions.give_pattern(scenario=row, carrier=carrier.code, pattern=pattern, by=who)
    messages.success(request, _("%(carrier)s is calculated with “%(name)s”; the map follows.") % {"carrier": carrier.code, "name": pattern.name})  # fmt: skip
    for warning in warnings:
        messages.warning(request, warning.in_words(_))
    return redirect("network_5g:settings", id=row.id)


def _sent(request: HttpRequest) -> tuple[bytes, str]:
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        raise Invalid("network_5g.no_file", "choose a file first")
    if (sent.size or 0) > MOST_BYTES:
        raise Invalid("network_5g.pattern_large", "{name} is larger than 1 MB; give the file of one antenna", name=(sent.name or "")[:80])  # fmt: skip
    return sent.read(), (sent.name or "")[:120]

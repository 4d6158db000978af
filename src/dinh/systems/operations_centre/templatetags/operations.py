"""Tags of the operations centre's own templates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

from dinh.kernel.manifests import registry
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.systems.operations_centre.domain.tables import FORMATS
from dinh.systems.operations_centre.domain.view import View
from dinh.web.requests import actor
from dinh.web.templatetags.dinh import number

register = template.Library()


@register.simple_tag
def view_query(view: View, **changes: Any) -> str:
    """The address's query of the view with some parts changed."""
    return view.query(**changes)


@register.filter
def plain(value: Any) -> str:
    """A number for machines: no group marks, a point for the decimals."""
    return "" if value is None else str(value)


@register.filter
def indicator_urn(code: str) -> str:
    return f"urn:dinh:indicator:{code}"


@register.filter
def series_urn(number: int) -> str:
    return f"urn:dinh:series:{number}"


@register.filter
def minutes(length: timedelta) -> str:
    """A length of time in whole minutes."""
    return number(int(length.total_seconds() // 60))


@register.filter
def kind_name(kind: str) -> str:
    names = {"gauge": _("level"), "counter": _("counter"), "ratio": _("ratio"), "index": _("index")}
    return names.get(str(kind), str(kind))


@register.filter
def place_kind(level: str) -> str:
    """What an asset or a facility is; a type without a name here is shown as its source writes it."""
    names = {
        "salinity_station": _("salinity station"),
        "sluice_gate": _("sluice gate"),
        "air_station": _("air-quality station"),
        "water_station": _("water-level station"),
        "gnb_site": _("5G site"),
        "gnb_cell": _("5G cell"),
        "traffic_camera": _("traffic camera"),
        "hospital": _("hospital"),
        "clinic": _("clinic"),
        "government_network": _("government network"),
        "substation": _("substation"),
    }
    return names.get(level, level.replace("_", " "))


@register.simple_tag
def proof_link(entry: ledger.Entry) -> str:
    """The page that proves an entry of the ledger, '' when no installed system has one."""
    return registry.link_path("leaf", str(entry.index)) or ""


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str) -> bool:
    return parties.may(actor(context["request"]), permission)


@register.simple_tag
def export_forms() -> tuple[str, ...]:
    return tuple(FORMATS)

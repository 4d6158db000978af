"""What the choices of the preview are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

ROLES = {
    "ignore": gettext_noop("leave out"),
    "place": gettext_noop("place"),
    "period": gettext_noop("date or period"),
    "value": gettext_noop("values"),
    "indicator": gettext_noop("name of the indicator"),
    "unit": gettext_noop("unit"),
    "dimension": gettext_noop("dimension"),
    "id": gettext_noop("code"),
    "name": gettext_noop("name"),
    "name_en": gettext_noop("name in English"),
    "level": gettext_noop("type"),
    "longitude": gettext_noop("longitude"),
    "latitude": gettext_noop("latitude"),
    "easting": gettext_noop("VN-2000 easting (Y)"),
    "northing": gettext_noop("VN-2000 northing (X)"),
    "attribute": gettext_noop("attribute"),
}
LEVELS = {
    "": gettext_noop("any"),
    "province": gettext_noop("provinces"),
    "district": gettext_noop("districts"),
    "commune": gettext_noop("communes"),
    "asset": gettext_noop("facilities and assets"),
}
DECIMALS = {"": gettext_noop("as found"), ",": "1.234,5", ".": "1,234.5"}
ORDERS = {"": gettext_noop("as found"), "dmy": gettext_noop("day/month/year"), "mdy": gettext_noop("month/day/year")}
KINDS = {"asset": gettext_noop("assets"), "facility": gettext_noop("facilities")}


def named(words: Mapping[str, str], chosen: Iterable[str] | None = None) -> list[tuple[str, str]]:
    return [(code, _(words[code])) for code in (words if chosen is None else chosen)]

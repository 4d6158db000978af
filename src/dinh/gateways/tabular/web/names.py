"""What the choices of the preview are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy

ROLES = {
    "ignore": gettext_lazy("leave out"),
    "place": gettext_lazy("place"),
    "period": gettext_lazy("date or period"),
    "value": gettext_lazy("values"),
    "indicator": gettext_lazy("name of the indicator"),
    "unit": gettext_lazy("unit"),
    "dimension": gettext_lazy("dimension"),
    "id": gettext_lazy("code"),
    "name": gettext_lazy("name"),
    "name_en": gettext_lazy("name in English"),
    "level": gettext_lazy("type"),
    "longitude": gettext_lazy("longitude"),
    "latitude": gettext_lazy("latitude"),
    "easting": gettext_lazy("VN-2000 easting (Y)"),
    "northing": gettext_lazy("VN-2000 northing (X)"),
    "attribute": gettext_lazy("attribute"),
}
LEVELS = {
    "": gettext_lazy("any"),
    "province": gettext_lazy("provinces"),
    "district": gettext_lazy("districts"),
    "commune": gettext_lazy("communes"),
    "asset": gettext_lazy("facilities and assets"),
}
DECIMALS = {"": gettext_lazy("as found"), ",": "1.234,5", ".": "1,234.5"}
ORDERS = {"": gettext_lazy("as found"), "dmy": gettext_lazy("day/month/year"), "mdy": gettext_lazy("month/day/year")}
KINDS = {"asset": gettext_lazy("assets"), "facility": gettext_lazy("facilities")}


def named(words: Mapping[str, object], chosen: Iterable[str] | None = None) -> list[tuple[str, str]]:
    return [(code, str(words[code])) for code in (words if chosen is None else chosen)]

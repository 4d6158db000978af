"""Units as officials and the statistical yearbooks write them: UCUM code and factor."""

from __future__ import annotations

import re
from typing import Final

from dinh.kernel.vietnamese_text import fold, nfc

UNITS: Final = {
    "%": ("%", 1.0), "phan tram": ("%", 1.0), "km2": ("km2", 1.0), "ha": ("har", 1.0), "nghin ha": ("har", 1e3),
    "thous ha": ("har", 1e3), "tan": ("t", 1.0), "ton": ("t", 1.0), "tons": ("t", 1.0), "nghin tan": ("t", 1e3),
    "thous tons": ("t", 1e3), "thous ton": ("t", 1e3), "ta ha": ("t/har", 0.1), "quintal ha": ("t/har", 0.1),
    "kg": ("kg", 1.0), "nguoi": ("1", 1.0), "pers": ("1", 1.0), "person": ("1", 1.0), "persons": ("1", 1.0),
    "nghin nguoi": ("1", 1e3), "thous pers": ("1", 1e3), "person km2": ("/km2", 1.0), "nguoi km2": ("/km2", 1.0),
    "dong": ("VND", 1.0), "nghin dong": ("VND", 1e3), "trieu dong": ("VND", 1e6), "ty dong": ("VND", 1e9),
    "thous dongs": ("VND", 1e3), "mill dongs": ("VND", 1e6), "bill dongs": ("VND", 1e9), "mill usd": ("USD", 1e6),
    "trieu usd": ("USD", 1e6), "thous copies": ("1", 1e3), "unit": ("1", 1.0), "time": ("1", 1.0), "lan": ("1", 1.0),
    "thous pupil": ("1", 1e3), "con": ("1", 1.0), "nghin con": ("1", 1e3), "mm": ("mm", 1.0), "m": ("m", 1.0),
    "cm": ("cm", 1.0), "km": ("km", 1.0), "gio": ("h", 1.0), "c": ("Cel", 1.0), "mg l": ("mg/L", 1.0), "g l": ("g/L", 1.0),
    "m2": ("m2", 1.0), "m3 s": ("m3/s", 1.0), "kwh": ("kW.h", 1.0), "trieu kwh": ("kW.h", 1e6),
}  # fmt: skip


def unit_of(text: str) -> tuple[str, float]:
    """The unit of a cell; one that is not known here is taken for a UCUM code."""
    told = "%" if text.strip() == "%" else fold(text)
    return UNITS.get(told, (text.strip(), 1.0))


def unit_in(text: str) -> tuple[str, float] | None:
    """The unit that a header or title names in brackets or after a comma: «Diện tích (nghìn ha)»."""
    for inside in re.findall(r"[(\[]([^()\[\]]{1,30})[)\]]", text)[::-1]:
        told = re.sub(r"^(don vi tinh|don vi|dvt|unit)\s*", "", "%" if inside.strip() == "%" else fold(inside))
        if told in UNITS:
            return UNITS[told]
    found = re.search(r"(?:đơn vị(?: tính)?|đvt|unit)\s*:\s*([^,;()]{1,30})", nfc(text), re.IGNORECASE)
    if found and (told := "%" if found[1].strip() == "%" else fold(found[1])) in UNITS:
        return UNITS[told]
    return ("%", 1.0) if re.match(r"(percentage|tỷ lệ|tỉ lệ)\b", nfc(text), re.IGNORECASE) else None

"""Figures as people type them, and the names of periods. No Django."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from dinh.kernel.errors import Invalid

GROUPED: Final = {
    "vi": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?"),
    "en": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
}
PLAIN: Final = {"vi": re.compile(r"[+-]?\d+(,\d+)?"), "en": re.compile(r"[+-]?\d+(\.\d+)?")}
SIGNS: Final = {"-": "not_reported", "–": "not_reported", "x": "not_measured"}
"""What stands for a missing figure; the codes of the reasons are taken too."""
LONGEST: Final = 40


def parse_figure(text: str, language: str) -> tuple[float | None, str | None]:
    """A value, or the reason why there is none; both None for an empty cell. Raises Invalid `reporting.not_a_figure`."""
    clean = "".join(text.replace("−", "-").split()).lower()
    if not clean:
        return None, None
    if clean in SIGNS or re.fullmatch(r"[a-z]+(_[a-z]+)+", clean):
        return None, SIGNS.get(clean, clean)
    if len(clean) <= LONGEST and (GROUPED[language].fullmatch(clean) or PLAIN[language].fullmatch(clean)):
        if language == "vi":
            clean = clean.replace(".", "").replace(",", ".")
        return float(clean.replace(",", "")), None
    raise Invalid(
        "reporting.not_a_figure",
        "“{text}” is no figure; write it like {example}, - where nothing is reported, x where nothing was measured",
        text=text.strip()[:LONGEST],
        example="1.234,5" if language == "vi" else "1,234.5",
    )


def show_figure(value: float | None, missing: str | None, language: str) -> str:
    """What `parse_figure` reads back."""
    if value is None:
        return {"not_reported": "-", "not_measured": "x", None: ""}.get(missing, missing or "")
    text = f"{value:.12f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}"
    text = "0" if text in {"-0", ""} else text
    return text.replace(".", ",") if language == "vi" else text


def period_name(kind: str, first: date, language: str = "vi") -> str:
    """Short: 11/2026, Quý 4/2026 or Q4/2026, 2026."""
    week_word, quarter_word, half_word = ("Tuần ", "Quý ", "Nửa năm ") if language == "vi" else ("W", "Q", "H")
    match kind:
        case "day":
            return f"{first:%d/%m/%Y}"
        case "week":
            year, week, _ = first.isocalendar()
            return f"{week_word}{week:02}/{year}"
        case "month":
            return f"{first:%m/%Y}"
        case "quarter":
            return f"{quarter_word}{(first.month + 2) // 3}/{first.year}"
        case "half":
            return f"{half_word}{1 if first.month < 7 else 2}/{first.year}"
    return str(first.year)

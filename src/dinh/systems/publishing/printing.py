"""Versions as PDF files: each typeset once a language by a process of its own, kept in DINH_HOME/publications."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from dinh.kernel.units import display_unit
from dinh.kernel.vietnamese_text import NARROW_SPACE, format_moment, format_number
from dinh.spine.parties import api as parties
from dinh.spine.publications.api import PublicationRow, VersionRow, Words
from dinh.systems.publishing.domain import brief
from dinh.systems.publishing.web.words import warning_degree, warning_span
from dinh.web import typesetting

LAYOUT: Final = 1
"""Part of the name of a kept file: a new layout is typeset anew."""
PAGE: Final = "print_page.txt"


def pdf_of(row: PublicationRow, version: VersionRow, language: str) -> bytes:
    """The file of a published version, kept by its hash. Raises SourceUnavailable `typesetting.failed`."""
    folder = Path(settings.HOME) / "publications"
    kept = folder / f"{version.sha256}-{language}-{LAYOUT}.pdf"
    if kept.exists():
        return kept.read_bytes()
    made = typeset(row, version, language)
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".unfinished", delete=False) as file:
        file.write(made)
    os.replace(file.name, kept)
    return made


def typeset(row: PublicationRow, version: VersionRow, language: str) -> bytes:
    """Not kept: for drafts and commands."""
    return typesetting.typeset_apart(page(), data_of(row, version, language))


def page() -> str:
    return (files("dinh.systems.publishing") / PAGE).read_text(encoding="utf-8")


def data_of(row: PublicationRow, version: VersionRow, language: str) -> dict[str, Any]:
    """All that the page shows, in one language, numbers written out."""
    with override(language):
        return _data(row, version, language)


def _data(row: PublicationRow, version: VersionRow, language: str) -> dict[str, Any]:
    compact = row.kind == brief.KIND
    organisation = parties.parties([row.organisation]).get(row.organisation) if row.organisation else None
    office = organisation.name(language) if organisation else "Đình"
    moment = version.published_at or version.saved_at
    told = format_moment(moment, language)
    said = {
        "published": _("Published %(at)s"),
        "corrected": _("Published %(at)s, corrected since"),
        "withdrawn": _("Published %(at)s, withdrawn since"),
    }.get(version.state, _("Draft, saved %(at)s")) % {"at": told}
    by_itself = _("made and checked automatically") if checked_by_itself(version) else ""
    note = version.note[language]
    return {
        "language": language,
        "compact": compact,
        "title": version.title[language] or version.title["vi"],
        "summary": version.summary[language],
        "author": office,
        "keywords": [row.kind],
        "dated": moment.isoformat(),
        "over": office,
        "version": _("Version %(number)s") % {"number": version.number} + f" · {said}",
        "note": _("Correction: %(note)s") % {"note": note} if note else "",
        "foot": " · ".join(part for part in (row.licence, by_itself, _simulated(version)) if part),
        "sha256": version.sha256 or "–",
        "address": f"/publications/{row.slug}/",
        "blocks": [_block(block, language) for block in version.body],
    }


def checked_by_itself(version: VersionRow) -> bool:
    return version.automatic and version.checked_by == parties.SYSTEM.urn


def _simulated(version: VersionRow) -> str:
    return _("simulated data") if version.simulated else ""


def _block(block: Mapping[str, Any], language: str) -> dict[str, Any]:
    def said(words: Words) -> str:
        return words[language] or words["vi"] or words["en"]

    kind = block["type"]
    if kind == "list":
        return {"type": kind, "items": [said(item) for item in block["items"]]}
    if kind == "table":
        rows = [[said(cell) for cell in row] for row in block["rows"]]
        return {
            "type": kind,
            "caption": said(block["caption"]),
            "columns": [said(column) for column in block["columns"]],
            "numeric": block["numeric"],
            "wide": _widest(rows, block["numeric"]),
            "rows": rows,
            "loud": ["chưa có", "nobody"],
            "strong": ["Tổng cộng", "Total"],
        }
    if kind == "figures":
        heads = [_("Indicator"), _("Value"), _("Target"), _("1 day"), _("7 days"), _("24 hours"), ""]
        return {"type": kind, "heads": heads, "items": [_figure(item, language, said) for item in block["items"]]}
    if kind == "warning":
        lines = [
            f"{said(block['event'])}: {warning_degree(block)}",
            warning_span(block, language),
            ", ".join(said(area["name"]) for area in block["areas"]),
            said(block["instruction"]),
        ]
        return {"type": "note", "tone": "warning", "text": "\n".join(lines)}
    return {name: said(value) if name == "text" else value for name, value in block.items()}


def _widest(rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> int:
    """The column that takes what room there is: the one of words with the longest cells."""
    longest = [0 if number else max((len(row[n]) for row in rows), default=0) for n, number in enumerate(numeric)]
    return longest.index(max(longest)) if longest else 0


def _figure(item: Mapping[str, Any], language: str, said: Any) -> dict[str, Any]:
    places = item["places"]
    unit = display_unit(item["unit"])
    value = None
    if item["value"] is not None:
        mark = "," if language == "vi" else "."
        whole, _mark, fraction = format_number(item["value"], places, language).partition(mark)
        value = [whole, mark + fraction if fraction else ""]
    trend = sparkline(item["trend"], item["target"])
    return {
        "name": said(item["name"]),
        "value": value,
        "missing": said(item["missing"]),
        "unit": f"{NARROW_SPACE}{unit}" if unit else "",
        "target": "–"
        if item["target"] is None
        else format_number(item["target"], _needed(item["target"], places), language),
        "day": _signed(item["day"], places, language),
        "week": _signed(item["week"], places, language),
        "trend": trend,
        "alt": _("Trend of %(name)s over 24 hours") % {"name": said(item["name"])},
        "judgement": said(item["judgement"]),
        "level": item["level"],
    }


def _needed(target: float, places: int) -> int:
    return 0 if target == int(target) else places


def _signed(value: float | None, places: int, language: str) -> str:
    if value is None:
        return "–"
    text = format_number(value, places, language)
    if not any(digit in text for digit in "123456789"):
        return f"±{text}"
    return text if value < 0 else f"+{text}"


def sparkline(values: Sequence[float | None], target: float | None) -> str | None:
    """An SVG of 120 × 16; None with fewer than two values. Gaps stay gaps; a target near enough is dashed."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    near = target is not None and low - (high - low) <= target <= high + (high - low)
    if near and target is not None:
        low, high = min(low, target), max(high, target)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return 14.5 - (value - low) / span * 13 if high > low else 8.0

    step = 118 / max(1, len(values) - 1)
    path, pen = [], False
    for n, value in enumerate(values):
        if value is not None:
            path.append(f"{'L' if pen else 'M'}{1 + n * step:.1f} {y(value):.1f}")
        pen = value is not None
    dashed = ""
    if near and target is not None:
        dashed = (
            f'<path d="M0 {y(target):.1f}H120" stroke="#53606b" stroke-width=".7" stroke-dasharray="2 2" fill="none"/>'
        )
    last = max(n for n, value in enumerate(values) if value is not None)
    end = f'<circle cx="{1 + last * step:.1f}" cy="{y(known[-1]):.1f}" r="1.6" fill="#0b6b60"/>'
    line = (
        f'<path d={quoteattr(" ".join(path))} stroke="#0b6b60" stroke-width="1.1" fill="none" stroke-linejoin="round"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 16">{dashed}{line}{end}</svg>'

"""Names of kinds, states and acts, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dinh.kernel import clock
from dinh.kernel.vietnamese_text import format_moment

LICENCE_PAGES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}


def kind_names() -> dict[str, str]:
    return {
        "daily-brief": _("Daily brief"),
        "news": _("News"),
        "announcement": _("Announcement"),
        "report": _("Report"),
        "price-list": _("Price list"),
        "warning": _("Warning"),
    }


def state_names() -> dict[str, str]:
    return {
        "draft": _("Draft"),
        "in_review": _("In review"),
        "checked": _("Checked"),
        "scheduled": _("Scheduled"),
        "published": _("Published"),
        "corrected": _("Corrected since"),
        "withdrawn": _("Withdrawn"),
        "dropped": _("Dropped"),
    }


def act_names() -> dict[str, str]:
    return {
        "created": _("Draft begun"),
        "submitted": _("Sent to review"),
        "sent_back": _("Sent back"),
        "approved": _("Checked and approved"),
        "scheduled": _("Put on the schedule"),
        "unscheduled": _("Taken off the schedule"),
        "published": _("Published"),
        "correction_begun": _("Correction begun"),
        "withdrawn": _("Withdrawn"),
        "dropped": _("Dropped"),
    }


def block_names() -> dict[str, str]:
    return {
        "heading": _("Heading"),
        "paragraph": _("Paragraph"),
        "list": _("List"),
        "table": _("Table"),
        "figures": _("Figures"),
        "note": _("Note"),
        "link": _("Link"),
        "warning": _("Warning"),
    }


def warning_degree(block: Mapping[str, Any]) -> str:
    """How bad it is, and that it is an exercise where it is one."""
    names = {
        "Extreme": pgettext("warning", "extreme"),
        "Severe": pgettext("warning", "severe"),
        "Moderate": pgettext("warning", "moderate"),
        "Minor": pgettext("warning", "minor"),
    }
    degree = names.get(str(block["severity"]), str(block["severity"]))
    return _("%(degree)s (exercise)") % {"degree": degree} if block["status"] == "Exercise" else degree


def warning_span(block: Mapping[str, Any], language: str) -> str:
    start, end = (format_moment(clock.parse_moment(block[name]), language) for name in ("from", "until"))
    return _("from %(start)s until %(end)s") % {"start": start, "end": end}

"""Names of kinds, states and acts, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

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
    }

"""Names of the values of CAP, of kinds of feeds and of states, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def severities() -> dict[str, str]:
    return {
        "Extreme": pgettext("warning", "extreme"),
        "Severe": pgettext("warning", "severe"),
        "Moderate": pgettext("warning", "moderate"),
        "Minor": pgettext("warning", "minor"),
        "Unknown": pgettext("warning", "degree not known"),
    }


def urgencies() -> dict[str, str]:
    return {
        "Immediate": pgettext("warning", "act at once"),
        "Expected": pgettext("warning", "act soon, within the hour"),
        "Future": pgettext("warning", "act in the near future"),
        "Past": pgettext("warning", "it is over"),
        "Unknown": pgettext("warning", "time not known"),
    }


def certainties() -> dict[str, str]:
    return {
        "Observed": pgettext("warning", "observed"),
        "Likely": pgettext("warning", "likely (more than half)"),
        "Possible": pgettext("warning", "possible (half or less)"),
        "Unlikely": pgettext("warning", "unlikely"),
        "Unknown": pgettext("warning", "certainty not known"),
    }


def categories() -> dict[str, str]:
    return {
        "Met": pgettext("warning", "Weather, flood"),
        "Env": pgettext("warning", "Environment, salt water"),
        "Health": pgettext("warning", "Health"),
        "Safety": pgettext("warning", "Public safety"),
        "Fire": pgettext("warning", "Fire"),
        "Infra": pgettext("warning", "Power, water, telecommunications"),
        "Transport": pgettext("warning", "Traffic"),
        "Rescue": pgettext("warning", "Rescue"),
        "Security": pgettext("warning", "Security"),
        "Geo": pgettext("warning", "Landslide, earthquake"),
        "CBRNE": pgettext("warning", "Chemical, biological, radiological"),
        "Other": pgettext("warning", "Other"),
    }


def responses() -> dict[str, str]:
    return {
        "Prepare": pgettext("warning", "Prepare"),
        "Shelter": pgettext("warning", "Take shelter where you are"),
        "Evacuate": pgettext("warning", "Leave the place"),
        "Avoid": pgettext("warning", "Keep away"),
        "Execute": pgettext("warning", "Do as planned"),
        "Monitor": pgettext("warning", "Follow the news"),
        "AllClear": pgettext("warning", "All clear"),
        "None": pgettext("warning", "Nothing to do"),
    }


def feed_kinds() -> dict[str, str]:
    return {
        "media": _("Media"),
        "administration": _("Administration"),
        "warnings": _("Warnings (CAP)"),
    }


def news_kinds() -> dict[str, str]:
    return {
        "publications": _("Publications of the administration"),
        "administration": _("Other administrations"),
        "media": _("Media"),
    }


def publication_kinds() -> dict[str, str]:
    return {
        "daily-brief": _("Daily brief"),
        "news": _("News"),
        "announcement": _("Announcement"),
        "report": _("Report"),
        "price-list": _("Price list"),
        "warning": _("Warning"),
    }


def feed_states() -> dict[str, tuple[str, str]]:
    """The word and the kind of badge."""
    return {
        "fresh": (_("up to date"), "done"),
        "waiting": (_("not asked yet"), "waiting"),
        "silent": (_("silent"), "minor"),
        "broken": (_("cannot be read"), "critical"),
        "off": (_("off"), ""),
    }


def alert_states() -> dict[str, tuple[str, str]]:
    return {
        "in_force": (_("in force"), "critical"),
        "to_come": (_("to come"), "waiting"),
        "over": (_("over"), ""),
        "replaced": (_("replaced"), ""),
        "hidden": (_("hidden"), "minor"),
        "quiet": (_("not shown"), ""),
    }


def placed_by() -> dict[str, str]:
    return {
        "shape": _("by the shape on the map"),
        "code": _("by the codes of the communes"),
        "name": _("by the names in the description"),
        "feed": _("by the place of its feed"),
        "nowhere": _("nothing of this area"),
    }


def version_states() -> dict[str, str]:
    return {
        "draft": _("Draft"),
        "in_review": _("Waits for a second person"),
        "checked": _("Checked, not yet told"),
        "scheduled": _("Scheduled"),
        "published": _("Told to the public"),
        "corrected": _("Updated since"),
        "withdrawn": _("Cancelled"),
        "dropped": _("Dropped"),
    }

"""Names of channels, and of reasons why a message was not sent, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dinh.spine.notices import api as notices


def channel_names() -> dict[str, str]:
    names = {
        "inbox": _("Inbox"),
        "email": _("E-mail"),
        "push": _("Browser"),
        "sms": _("SMS"),
        "zalo": _("Zalo"),
    }
    return {code: names[code] for code in notices.CHANNELS}


def error_names() -> dict[str, str]:
    return {
        "timeout": _("the carrier did not answer in time"),
        "unreachable": _("the carrier cannot be reached"),
        "busy": _("the carrier is busy or at fault"),
        "not_let_in": _("the carrier does not let us in"),
        "rejected": _("the carrier refuses the message"),
        "gone": _("no browser takes it any more"),
        "no_template": _("no template for this kind"),
        "no_address": _("no address"),
        "no_person": _("the account is closed"),
        "channel_off": _("the channel is off"),
        "undelivered": _("taken, but not delivered"),
        "crashed": _("the process ended at each attempt"),
        "fault": _("a fault in the house"),
        "discarded": _("let go by an administrator"),
    }


def wanted_names() -> dict[str, str]:
    return {"now": _("At once"), "digest": _("In the digest"), "off": _("Not at all")}

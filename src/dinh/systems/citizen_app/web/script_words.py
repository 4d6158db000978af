"""The words of the scripts, from the same catalogues as the pages: a language is added without touching a script."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def mine() -> Mapping[str, str]:
    """States of what a device keeps, and what one may do with it."""
    return {
        "draft": _("Draft"),
        "waiting": _("Waits for the network"),
        "sending": _("Being sent"),
        "sent": pgettext("state of a draft", "Sent"),
        "refused": _("Not accepted: {why}"),
        "full": _("The memory of this device is full: the draft could not be kept. Send it now, or take photos out."),
        "noStore": _("This browser keeps nothing (private window?). Send now: a draft would be lost."),
        "goOn": _("Go on writing"),
        "open": _("Open"),
        "remove": _("Remove"),
        "removeDraft": _("Delete this draft with its photos?"),
        "removeSent": _(
            "Remove it from this device? The report itself stays; its link is only on this device unless you kept it."
        ),
        "removeAll": _("Remove all drafts and links from this device? Drafts that were not sent are lost."),
        "photos": _("{n} photos"),
        "photo": _("1 photo"),
        "untitled": _("Report without a category yet"),
        "again": _("Tried {n} times; the next try follows by itself."),
        "mend": _("Mend it"),
        "asked": _("The office asks you something"),
        "near": _("{n} reports are being worked on within 1 km"),
        "nearNone": _("Nothing is being worked on within 1 km"),
        **place(),
    }


def place() -> Mapping[str, str]:
    return {
        "locating": _("Looking for your location…"),
        "denied": _(
            "The browser may not tell your location. Allow it in the settings of the browser, or choose another way."
        ),
        "unavailable": _("Your location could not be found. Go outside, or choose another way."),
        "timeout": _("It took too long to find your location. Try again, or choose another way."),
        "unsupported": _("This browser cannot find locations. Choose another way."),
    }


def report() -> Mapping[str, str]:
    return {
        **mine(),
        "step": _("Step {n} of {of}"),
        "steps.photo": _("Photos"),
        "steps.place": pgettext("report", "Place"),
        "steps.kind": pgettext("report", "What it is about"),
        "steps.details": _("Details"),
        "steps.contact": _("Contact"),
        "steps.check": _("Check"),
        "saved": _("Kept on this device"),
        "go": _("Go on"),
        "skip": _("Go on without a photo"),
        "most": _("At most {n} photos; the rest was left out."),
        "heavy": _("{name} is larger than {size} MB; choose a smaller one."),
        "noPicture": _("{name} is no picture."),
        "cover": _("Cover"),
        "covered": pgettext("photo", "Covered"),
        "photoOf": _("Photo {n}"),
        "takeOut": _("Take photo {n} out"),
        "noPreview": _("This device cannot show it. Touch “Cover” and the server opens it, without keeping it"),
        "openOffline": _(
            "This device cannot open the photo, and without a network the server cannot either: it cannot be covered now. Cover it"
            " once there is a network, send it as it is, or choose that only the office sees the report."
        ),
        "openFailed": _(
            "The photo could not be opened, so it cannot be covered. You can send it as it is, or choose that only the office sees"
            " the report."
        ),
        "undone": _("Undone"),
        "coveredOne": _("Covered. {n} parts are covered."),
        "accuracy": _("accurate to {n} m"),
        "outside": _(
            "{place} lies outside this province; reports from there cannot be passed on to an office. Look at the point again."
        ),
        "unknown": _("Point {point}"),
        "pointKept": _("Point chosen; the commune is found when there is a network."),
        "noPlaces": _("Nothing found by that name"),
        "placesFound": _("{n} places found"),
        "mapFails": _("The map could not be loaded. Choose another way."),
        "mapHelp": _("Move the map until the cross is on the place, then touch “Take this point”."),
        "mapTake": _("Take this point"),
        "mapClose": _("Close the map"),
        "zoomIn": _("Closer"),
        "zoomOut": _("Farther"),
        "kindsFound": _("{n} categories"),
        "same": _("I have the same trouble"),
        "sameAddress": _("Phone number or e-mail address, to hear of it"),
        "sameSend": _("Follow it"),
        "metres": _("{n} m away"),
        "needPlace": _("Say where it is: your location, a point on the map, a name, or an address."),
        "needWords": _("Say in a few words what is wrong, or add a photo."),
        "needKind": _("Choose what it is about."),
        "needAnswer": _("This question needs an answer."),
        "badEmail": _("This is no e-mail address; write it like ten@example.vn."),
        "badPhone": _("This is no phone number; write it like 0912 345 678."),
        "change": pgettext("report", "Change"),
        "none": _("none"),
        "private": _("Only the office reads it"),
        "public": _("Shown to everybody, without name and contact"),
        "anonymous": _("No contact: keep the link that you get"),
        "signedIn": _("By your account"),
        "contact": _("Contact"),
        "who": _("Who sees it"),
        "thanks": _("Thank you. Your report was received."),
        "keep": _(
            "Keep this link: by it you follow the report, answer and say whether it is fixed. It works for 30 days after each message."
        ),
        "follow": _("Follow the report"),
        "copy": _("Copy the link"),
        "copied": _("Copied"),
        "another": _("Report something else"),
        "kept": _("Kept on this device. It is sent by itself as soon as there is a network."),
        "keptMore": _("You may close the app. “My reports” shows when it was sent."),
        "mineAll": _("My reports"),
        "underway": _("This report is on its way already. Once it was sent, its own page takes what you want to add."),
        "went": _("This draft was sent already."),
    }


def follow() -> Mapping[str, str]:
    return {"stars": _("{n} of 5 stars")}

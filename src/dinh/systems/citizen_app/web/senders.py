"""Who sends a report through a page: the same mark as through the door of the script, and the signed-in person."""

from __future__ import annotations

from django.http import HttpRequest

from dinh.kernel.errors import Invalid
from dinh.spine.parties import api as parties
from dinh.systems.citizen_app.web import intake
from dinh.web.handing_in import sender_of
from dinh.web.limits import client_of, network_of
from dinh.web.requests import actor


def sender(request: HttpRequest) -> tuple[str, bool]:
    """The mark, and whether suspiciously many come from there, by either way."""
    client = client_of(request)
    return sender_of(client), intake.application.bucket.wait_s(network_of(client)) > 0


def person_of(request: HttpRequest) -> str:
    """The URN of a signed-in person, '' of anyone else; an organisation's key reports for nobody."""
    asking = actor(request)
    return asking.urn if asking.urn.startswith(parties.PERSON) else ""


def number_in(text: str, name: str) -> float | None:
    """Raises Invalid `report.number`. NaN and the infinities are no numbers here."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -1000 < value < 1000:
        raise Invalid(
            "report.number", "'{text}' is no {name}; send degrees such as 106.1 and 9.6", text=text[:40], name=name
        )
    return value

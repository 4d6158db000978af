"""Where a report comes from, for what comes in numbers: a mark that says «the same connection» within a day and nothing else."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.parties import api as parties
from dinh.web.limits import Bucket, client_of, network_of
from dinh.web.requests import actor

_often: Final = Bucket(6 / 60, 6)
"""More than this is marked, never refused: in a flood a whole neighbourhood reports through one address."""


def sender_of(request: HttpRequest) -> tuple[str, bool]:
    """The mark, and whether suspiciously many come from there."""
    network = network_of(client_of(request))
    mark = salted_hmac("citizen_app.sender", f"{network}/{clock.today():%Y%m%d}").hexdigest()[:32]
    return mark, _often.wait_s(network) > 0


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

"""A CAP message (OASIS Common Alerting Protocol 1.2) as frozen rows, and what may stand in each element.

Permitted values are those of CAP 1.2, clause 3.2; those of 1.1 are the same but for `responseType`, which lacks AllClear
and Avoid there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
NAMESPACES: Final[Mapping[str, str]] = {NAMESPACE: "1.2", "urn:oasis:names:tc:emergency:cap:1.1": "1.1"}
MEDIA_TYPE: Final = "application/cap+xml"

STATUSES: Final = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES: Final = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES: Final = ("Public", "Restricted", "Private")
CATEGORIES: Final = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
RESPONSES: Final = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCIES: Final = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES: Final = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
"""Worst first."""
CERTAINTIES: Final = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
URGENT: Final = ("Extreme", "Severe")
WITH_REFERENCES: Final = ("Update", "Cancel", "Ack", "Error")

type Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84: the order in which CAP writes them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and its value, of `eventCode`, `parameter` and `geocode`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of another message: no two have the same three."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    centre: Point
    radius_km: float


@dataclass(frozen=True, slots=True)
class Area:
    """`altitude` and `ceiling` are feet above mean sea level."""

    description: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Pair, ...] = ()
    altitude: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that belongs to it. Content that was enclosed (`derefUri`) is not kept."""

    description: str
    media_type: str = ""
    size: int | None = None
    uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """What happens, for one language and some areas."""

    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = "en-US"
    responses: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[Pair, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Pair, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """`signed` tells that an XML signature stands in the text; nobody has checked it."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    scope: str
    infos: tuple[Info, ...] = ()
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    version: str = "1.2"
    signed: bool = False

    @property
    def reference(self) -> Reference:
        return Reference(self.sender, self.identifier, self.sent)


def worst(severities: tuple[str, ...]) -> str:
    """Of none: Unknown."""
    return min(severities, key=SEVERITIES.index, default="Unknown")

"""Names of things: URNs that map one to one onto NGSI-LD entity ids.

`urn:dinh:<kind>:<id>` is ours, `urn:ngsi-ld:<Type>:<id>` the other side's
(ETSI GS CIM 009, annex A.3). The id of an administrative unit begins with the
period whose catalogue it is from: most codes of 2025 reuse a code of 2004 for
another territory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dinh.kernel.errors import Invalid

NGSI_TYPES: Final = {
    "unit": "AdministrativeUnit",
    "facility": "Facility",
    "asset": "Asset",
    "person": "Person",
    "organisation": "Organization",
    "series": "TimeSeries",
    "alert": "Alert",
    "case": "Case",
    "request": "ServiceRequest",
    "submission": "Submission",
    "source": "DataSource",
    "indicator": "Indicator",
    "publication": "Publication",
    "file": "Document",
    "task": "Task",
    "dossier": "Dossier",
    "warning": "Warning",
    "feed": "NewsFeed",
    "document": "IssuedDocument",
}
_KINDS: Final = {name: kind for kind, name in NGSI_TYPES.items()}
_FORM: Final = re.compile(r"urn:dinh:([a-z]+):([A-Za-z0-9][A-Za-z0-9._:\-]{0,119})")


@dataclass(frozen=True, slots=True)
class Urn:
    """One name: a kind from NGSI_TYPES and an id of letters, digits, `.`, `_`, `:`, `-`."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"urn:dinh:{self.kind}:{self.id}"

    @property
    def ngsi(self) -> str:
        return f"urn:ngsi-ld:{NGSI_TYPES[self.kind]}:{self.id}"


def parse_urn(text: str) -> Urn:
    """The URN in either spelling; raises Invalid `urn.malformed` or `urn.unknown_kind`."""
    if text.startswith("urn:ngsi-ld:"):
        name, _, rest = text.removeprefix("urn:ngsi-ld:").partition(":")
        text = f"urn:dinh:{_KINDS.get(name, name.lower())}:{rest}"
    match = _FORM.fullmatch(text)
    if match is None:
        raise Invalid(
            "urn.malformed",
            "'{value}' is not a name that Đình knows; write it like urn:dinh:asset:tram-my-thanh",
            value=text[:200],
        )
    kind, rest = match.groups()
    if kind not in NGSI_TYPES:
        raise Invalid(
            "urn.unknown_kind",
            "'{value}' names a kind '{kind}' that does not exist; kinds are {kinds}",
            value=text[:200],
            kind=kind,
            kinds=", ".join(sorted(NGSI_TYPES)),
        )
    return Urn(kind, rest)

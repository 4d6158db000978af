"""The block of a warning: what threatens whom, where, from when until when, and what to do.

    {"type": "warning", "status": "Actual", "category": "Met", "event": T, "severity": "Severe", "urgency": "Expected",
     "certainty": "Likely", "response": "Shelter", "from": "2026-11-22T11:42:00+07:00", "until": …,
     "areas": [{"urn": "urn:dinh:unit:…", "name": T}], "instruction": T}

The values are those of the Common Alerting Protocol 1.2, clause 3.2. They stand in the body so that the second person
checks them with the words, and the hash in the ledger holds them too. No Django here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, Phrase
from dinh.spine.publications import blocks

VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "status": ("Actual", "Exercise"),
    "category": (
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
    ),
    "severity": ("Extreme", "Severe", "Moderate", "Minor"),
    "urgency": ("Immediate", "Expected", "Future"),
    "certainty": ("Observed", "Likely", "Possible"),
    "response": ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "AllClear", "None"),
}  # fmt: skip
MOST_AREAS: Final = 200


def checked(block: Mapping[str, Any], at: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        name: blocks.one_of(block.get(name), permitted, f"{at}.{name}") for name, permitted in VALUES.items()
    }
    for name in ("event", "instruction"):
        made[name] = blocks.words(block.get(name), f"{at}.{name}", longest=5000)
    start, end = (_moment(block.get(name), f"{at}.{name}") for name in ("from", "until"))
    if end <= start:
        raise blocks.fault(f"{at}.until", block["until"], Phrase("later than its beginning"))
    areas = block.get("areas")
    if not isinstance(areas, list) or not 1 <= len(areas) <= MOST_AREAS:
        raise blocks.fault(f"{at}.areas", areas, Phrase("a list of 1 to 200 places"))
    made |= {
        "from": start.isoformat(timespec="seconds"),
        "until": end.isoformat(timespec="seconds"),
        "areas": [_area(area, f"{at}.areas[{n}]") for n, area in enumerate(areas, start=1)],
    }
    return made


def _area(area: object, at: str) -> dict[str, Any]:
    urn = area.get("urn") if isinstance(area, Mapping) else None
    if not isinstance(area, Mapping) or set(area) != {"urn", "name"} or not isinstance(urn, str):
        raise blocks.fault(at, area, Phrase("an object with urn and name"))
    if not urn.startswith("urn:dinh:unit:") or len(urn) > 160:
        raise blocks.fault(f"{at}.urn", urn, Phrase("the URN of an administrative unit"))
    return {"urn": urn, "name": blocks.words(area["name"], f"{at}.name", longest=200)}


def _moment(value: object, at: str) -> datetime:
    try:
        return clock.parse_moment(value if isinstance(value, str) else "").astimezone(clock.VIETNAM)
    except Invalid as error:
        raise blocks.fault(at, value, Phrase("a time with its zone, such as 2026-11-22T11:42:00+07:00")) from error

"""What an operator does from the picture: each is one call of the spine, which checks, records and tells."""

from __future__ import annotations

from dinh.spine.cases import api as cases
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor


def acknowledge_alert(alert: str, *, by: Actor, note: str = "") -> observations.AlertRow:
    """Raises NotFound, Refused, Conflict."""
    return observations.acknowledge(alert, by=by, note=note)


def take_case(case: str, *, by: Actor, version: int | None = None) -> cases.CaseRow:
    """The actor becomes the owner. Raises NotFound, Refused, Conflict."""
    return cases.take(case, by=by, version=version)

"""A vendor's antenna is brought for a carrier, or taken from it: an edit of the settings like others."""

from __future__ import annotations

from dataclasses import replace

from dinh.kernel.errors import NotFound
from dinh.spine.parties.api import Actor
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.domain import AntennaPattern, Carrier
from dinh.systems.network_5g.models import Edit, Scenario


def carrier_of(scenario: Scenario, code: str) -> Carrier:
    """Raises NotFound."""
    for carrier in queries.settings(scenario).carriers:
        if carrier.code == code:
            return carrier
    raise NotFound("network_5g.no_carrier", "there is no carrier '{code}' in this scenario", code=code[:20])


def give_pattern(*, scenario: Scenario, carrier: str, pattern: AntennaPattern | None, by: Actor) -> Edit | None:
    """Of all the carrier's cells with an azimuth; None is the usual sector antenna again. Raises Refused, NotFound."""
    queries.require_edit(by, scenario)
    changed = replace(carrier_of(scenario, carrier), pattern=pattern)
    settings = queries.settings(scenario)
    carriers = tuple(changed if one.code == carrier else one for one in settings.carriers)
    about = carrier if pattern is None else f"{carrier}: {pattern.name}"
    return actions.change_settings(scenario=scenario, settings=replace(settings, carriers=carriers), by=by, about=about)

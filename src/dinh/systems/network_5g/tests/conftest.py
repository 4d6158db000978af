"""A scenario that is ready to look at: three masts on flat ground, calculated in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dinh.spine.parties.api import SYSTEM
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.models import Edit, Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.tests import planning


@pytest.fixture
def planned(db: None) -> Iterator[Scenario]:
    """Shared; masts in a row from west to east, of three cells each, without identities."""
    with planning.in_this_process():
        row = planning.scenario(planning.area(resolution_m=200.0), by=SYSTEM)
        masts = [
            planning.mast(n, latitude=planning.MIDDLE[0], longitude=planning.WEST + 0.01 * (n + 1), antenna_height_m=30.0 + 5 * n)
            for n in range(3)
        ]  # fmt: skip
        actions.edit_masts(scenario=row, kind=Edit.Kind.ADD, by=SYSTEM, changes=[(None, mast) for mast in masts])
        Scenario.objects.filter(pk=row.pk).update(shared=True)
        row.refresh_from_db()
        desk().ask("calculate", queries.question(row))
        yield row

"""Units, a source and an indicator for the tests of tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places


@pytest.fixture
def ground(transactional_db: None) -> None:
    """Every unit of both periods; the source «book»; the indicators test.population and test.area."""
    places.load_units()
    observations.save_source(
        code="book", name_vi="Niên giám", name_en="Yearbook", owner="", licence="CC-BY-4.0", simulated=False,
        period=timedelta(days=365),
    )  # fmt: skip
    observations.declare_indicators(
        [
            IndicatorSpec(
                code=code, name=Text(vi, en), domain=Text("Thống kê", "Statistics"), unit=unit, kind=Kind.GAUGE,
                over_time=Aggregation.LAST, over_place=Aggregation.NONE, valid_min=0,
            )
            for code, vi, en, unit in (
                ("test.population", "Dân số", "Population", "1"),
                ("test.area", "Diện tích", "Area", "km2"),
            )
        ],
        by=SYSTEM,
    )  # fmt: skip

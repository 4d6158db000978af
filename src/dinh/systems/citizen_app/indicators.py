"""What the operations centre is told of reports, once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from dinh.kernel.manifests import Aggregation, Direction, IndicatorSpec, Kind, Text

DOMAIN: Final = Text("Phản ánh của người dân", "Reports of the public")
DAY: Final = timedelta(days=1)
SOURCE: Final = "citizen_app"
RECEIVED, HOURS_TO_FIX = "reports.received", "reports.hours_to_fix"
UNFIXED_SHARE, REOPENED_SHARE = "reports.unfixed_share", "reports.reopened_share"


def _spec(code: str, name: Text, unit: str, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(
        code=code, name=name, domain=DOMAIN, unit=unit, period=DAY, valid_min=0, source=SOURCE,
        **({"kind": Kind.GAUGE, "over_time": Aggregation.MEAN, "over_place": Aggregation.NONE} | more),
    )  # fmt: skip


INDICATORS: Final = (
    _spec(
        RECEIVED, Text("Phản ánh công khai mỗi ngày", "Public reports a day"), "1", decimals=0, over_time=Aggregation.SUM,
        over_place=Aggregation.SUM,
    ),
    _spec(
        HOURS_TO_FIX, Text("Thời gian khắc phục (trung vị 30 ngày)", "Time to the repair (median of 30 days)"), "h",
        direction=Direction.LOWER,
    ),
    _spec(
        UNFIXED_SHARE, Text("Tỷ lệ đóng, chưa khắc phục (30 ngày)", "Share closed, not fixed (30 days)"), "%",
        direction=Direction.LOWER, valid_max=100,
    ),
    _spec(
        REOPENED_SHARE, Text("Tỷ lệ bị mở lại (30 ngày)", "Share opened again (30 days)"), "%", direction=Direction.LOWER,
        valid_max=100,
    ),
)  # fmt: skip

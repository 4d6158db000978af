"""The values of formulas by commune, written into the history once their step is over, so that rules can watch them.

A value is what the formula gives when its parts are rolled up over the step, under the step's beginning, so that the
lineage of the same place and step leads from it to the readings. Recording is idempotent: a part that came late makes
a correction, and what a crash cut off is simply worked out again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.spine.observations import catalogue, formulas
from dinh.spine.observations.intake import door
from dinh.spine.observations.models import Series
from dinh.spine.observations.reporting_rows import FormulaRow
from dinh.spine.observations.steps import Grid
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places

log = structlog.get_logger("dinh.observations")
CHANNEL: Final = "formula"
BACK: Final = timedelta(days=30)
"""So far back a new or changed formula is worked out, so that rules on it can be tried."""
STEPS_BACK: Final = 13
"""Of slow steps at least so many, each time: returns come late and are corrected."""
STEPS_AGAIN: Final = 3
NAMES: Final = {
    "formula": ("Tính theo công thức", "Worked out by formulas"),
    "formula.simulated": ("Tính theo công thức, từ số liệu mô phỏng", "Worked out by formulas, from simulated figures"),
}
_done: dict[str, int] = {}
"""By code the version that this process has worked out in full."""


def periodically() -> None:
    work_out()


def work_out() -> int:
    """See `reported_api.work_out_formulas`."""
    return sum(_worked_out(row) for row in formulas.listed())


def _worked_out(row: FormulaRow) -> int:
    try:
        parts = formulas.with_parts(row)
        every = formulas.step(parts)
        end = _last_end(every)
        back = (
            STEPS_AGAIN * every
            if _done.get(row.code) == row.version and every < formulas.DAY
            else max(BACK, STEPS_BACK * every)
        )
        values = formulas.values(row, within=places.COUNTRY, start=end - back, end=end, every=every, by="commune")
        source = _source({spec.code for spec in formulas.leaves(parts)})
        rows = [
            {
                "indicator": row.code, "subject": value.place, "observed_at": value.at.isoformat(),
                "value": value.value, "source": source,
            }
            for value in values
            if value.value is not None
        ]  # fmt: skip
        if not rows:
            return 0
        receipt = door.record(rows, by=SYSTEM, channel=CHANNEL, sources=frozenset())
    except DinhError as error:
        log.warning("a formula cannot be worked out", formula=row.code, code=error.code, why=error.message)
        return 0
    if receipt.rejected:
        log.warning("values of a formula were refused", formula=row.code, why=receipt.rejected[0].message)
    _done[row.code] = row.version
    return receipt.accepted + receipt.corrections


def _last_end(every: timedelta) -> datetime:
    """The end of the last step that is over."""
    return clock.from_microseconds(Grid(every).floor_us(clock.to_microseconds(clock.now())))


def _source(codes: set[str]) -> str:
    """The source under which the values come; declared at its first use."""
    known = catalogue.current()
    used = set(Series.objects.filter(indicator__code__in=codes).values_list("source", flat=True).distinct())
    simulated = any(known.sources[code].simulated for code in used if code in known.sources)
    code = catalogue.FORMULA_SOURCES[simulated]
    if code not in known.sources:
        vi, en = NAMES[code]
        catalogue.save_source(
            code=code, name_vi=vi, name_en=en, owner="", licence="CC-BY-4.0", simulated=simulated, period=None
        )
    return code

"""Late readings beside timely ones: the same intake, the same history, the same form."""

from __future__ import annotations

from bench import Result, at_most
from bench.house import data_folder, served
from bench.readings import ARROW, ROWS, as_arrow, declare, post_all, table

HELD = 300
BATCHES = 60
LIMIT = 3.0


def run() -> list[Result]:
    with data_folder() as home:
        province = declare()
        bodies = [as_arrow(table(province, minute)) for minute in range(1, HELD + BATCHES + 1)]
        late = [as_arrow(table(province, HELD + BATCHES, late=number)) for number in range(BATCHES)]
        with served(home) as server:
            post_all(server, province.key, ARROW, bodies[:HELD])
            timely_s = post_all(server, province.key, ARROW, bodies[HELD:], connections=1)
            late_s = post_all(server, province.key, ARROW, late, connections=1)
    given = (
        f"{BATCHES} batches of {ROWS:,} rows each way, one connection, onto {HELD * ROWS:,} readings; each late row between"
        " two readings of its series, minutes of the six hours held mixed"
    )
    slower = late_s / timely_s
    return [at_most("intake_late", slower, "times the time of timely readings", LIMIT, input=given)]

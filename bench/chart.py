"""A chart of one series over a year of minutes among twenty such series, beside the bare query in DuckDB."""

from __future__ import annotations

from bench import Result, at_most

SERIES = 20
MINUTES = 365 * 24 * 60
STEPS = 600
LIMIT_MS = 100


def run() -> list[Result]:
    from bench.history import START, fill, milliseconds
    from bench.house import data_folder

    with data_folder():
        held = fill(stations=SERIES, indicators=1, minutes=MINUTES)
        from dinh.spine.observations import api as observations
        from dinh.spine.observations.history import owner

        series = held.series[SERIES // 2]

        def ours() -> int:
            return len(observations.history(series, start=START, end=held.end, steps=STEPS))

        def bare() -> int:
            width_us = MINUTES * 60_000_000 // STEPS
            table = owner.query(
                f"""
                SELECT epoch_us(observed_at) // {width_us} AS step, avg(value), min(value), max(value)
                FROM observation WHERE series = ? AND observed_at >= ? AND observed_at < ? GROUP BY step ORDER BY step
                """,
                [series, START, held.end],
            )
            rows: int = table.num_rows
            return rows

        assert ours() == STEPS
        return [
            at_most(
                "chart of a year of minutes", milliseconds(ours), "ms", LIMIT_MS,
                input=f"{MINUTES:,} readings of one series among {held.rows:,}, thinned to {STEPS} steps",
                peer="bare DuckDB group-by of the same", peer_value=milliseconds(bare),
            )
        ]  # fmt: skip

"""Roll-up of ten million readings by commune and hour, beside the bare query of the same in DuckDB."""

from __future__ import annotations

from datetime import timedelta

from bench import Result, at_most

STATIONS = 2_000
MINUTES = 5_000
LIMIT_MS = 300


def run() -> list[Result]:
    from bench.history import AREA, START, fill, milliseconds, places_of
    from bench.house import data_folder

    with data_folder():
        held = fill(stations=STATIONS, indicators=1, minutes=MINUTES)
        from dinh.spine.observations import api as observations
        from dinh.spine.observations.history import owner

        hour = timedelta(hours=1)

        def ours() -> int:
            table = observations.roll_up(held.indicators[0], within=AREA, start=START, end=held.end, every=hour)
            rows: int = table.num_rows
            return rows

        communes = places_of(held.series)

        def bare() -> int:
            table = owner.query(
                """
                SELECT p.commune, time_bucket(INTERVAL 1 HOUR, o.observed_at) AS hour, avg(o.value), count(*)
                FROM observation o JOIN places p USING (series)
                WHERE o.observed_at >= ? AND o.observed_at < ? GROUP BY ALL
                """,
                [START, held.end],
                tables={"places": communes},
            )
            rows: int = table.num_rows
            return rows

        assert ours() == bare() > 0
        given = f"{held.rows:,} readings of {STATIONS:,} series in {MINUTES:,} minutes, 43 communes, by the hour"
        peer_ms = milliseconds(bare)
        return [
            at_most(
                "rollup by commune and hour", milliseconds(ours), "ms", LIMIT_MS,
                input=given, peer="bare DuckDB group-by of the same", peer_value=peer_ms,
            )
        ]  # fmt: skip

"""`dinh year`: plays a year of a province in minutes, and says whether everything is accounted for at its end."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

HELP = "play a year of a province with a crowd of officials, and reckon up at its end"
START = datetime(2025, 1, 1, tzinfo=UTC)
SPELLS_A_YEAR = 6.0
"""How often each watched series goes beyond its threshold in a year, on average."""


def run(arguments: list[str]) -> int:
    """Exit status 0 where every alert, case, deadline and escalation is accounted for and the ledger is whole."""
    parser = argparse.ArgumentParser(prog="dinh year", description=HELP)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reports", type=float, default=25.0, help="reports of citizens a day")
    parser.add_argument("--out", type=Path, help="write the figures here, as JSON")
    options = parser.parse_args(arguments)
    if (Path(settings.HOME) / "registers.sqlite3").exists():
        print(f"dinh year plays in an empty data folder; {settings.HOME} is none", file=sys.stderr)
        return 2
    started = time.perf_counter()
    figures, faults = play(days=options.days, seed=options.seed, reports_a_day=options.reports, tell=print)
    figures["minutes"] = round((time.perf_counter() - started) / 60, 1)
    figures |= {"days": options.days, "seed": options.seed, "reports_a_day": options.reports}
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    for fault in faults[:50]:
        print(f"NOT ACCOUNTED FOR: {fault}", file=sys.stderr)
    print("everything is accounted for" if not faults else f"{len(faults)} faults")
    return 0 if not faults else 1


def play(*, days: int, seed: int, reports_a_day: float, tell: Any) -> tuple[dict[str, Any], Sequence[str]]:
    """Fills an empty house, plays, reckons. The clock runs as it should again afterwards."""
    from dinh.kernel import clock
    from dinh.project.demo import preparing
    from dinh.project.year.crowd import gather
    from dinh.project.year.play import SOURCE, Play
    from dinh.project.year.reckoning import reckon
    from dinh.spine.observations import api as observations
    from dinh.spine.places import api as places

    pick = random.Random(seed)  # noqa: S311 - the same year each time
    clock.move_to(START)
    try:
        with tempfile.TemporaryDirectory() as folder:
            preparing.prepare(Path(folder), seed=seed, tell=lambda text: tell(f"· {text}"), work=False)
        communes = sorted(places.area(settings.AREA), key=lambda row: row.urn)
        offices = [
            f"urn:dinh:organisation:{name}"
            for name in (
                "so-nong-nghiep-moi-truong",
                "so-y-te",
                "so-xay-dung",
                "so-khoa-hoc-cong-nghe",
                "cong-an",
                "dien-luc",
            )
        ]
        crowd = gather(communes, offices, START, days, seed)
        observations.save_source(
            code=SOURCE, name_vi="Năm mô phỏng", name_en="Played year", owner="", licence="CC0-1.0", simulated=True,
            period=timedelta(hours=1),
        )  # fmt: skip
        end = START + timedelta(days=days)
        observations.start()
        found = Play(crowd, communes, _watched(pick, days), START, end, reports_a_day, pick)
        ended_at = found.run(tell)
        reckoned = reckon(found.tally, ended_at)
        return dict(reckoned.figures), reckoned.faults
    finally:
        observations.stop()
        clock.move_to(None)


def _watched(pick: random.Random, days: int) -> list[Any]:
    """Series of five kinds of things with spells of trouble, seeded."""
    from dinh.project.year.play import Watched
    from dinh.spine.places import api as places

    kinds = (
        ("water.salinity", "salinity_station", 0.6, 5.2),
        ("net5g.cells_up", "gnb_site", 3.0, 0.0),
        ("traffic.camera_online", "traffic_camera", 1.0, 0.0),
        ("water.stage", "sluice_gate", 1.2, 2.1),
        ("health.beds_free", "clinic", 40.0, 2.0),
    )
    rows: list[places.PlaceRow] = []
    after = ""
    while page := places.assets(within=settings.AREA, after=after, limit=1000):
        rows += page
        after = page[-1].urn
    found = []
    for number, (indicator, level, usual, bad) in enumerate(kinds):
        mine = [row for row in rows if row.level == level] or rows[number::7]
        found += [Watched(indicator, row.urn, usual, bad, _spells(pick, days)) for row in mine[:8]]
    return found


def _spells(pick: random.Random, days: int) -> list[tuple[datetime, datetime]]:
    found = []
    day = pick.expovariate(SPELLS_A_YEAR / 365)
    while day < days:
        begins = START + timedelta(days=day)
        found.append((begins, begins + timedelta(hours=pick.uniform(2, 40))))
        day += pick.expovariate(SPELLS_A_YEAR / 365)
    return found

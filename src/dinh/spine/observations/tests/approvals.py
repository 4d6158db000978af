"""A leader who approves one return after another and is killed in the midst of it, again and again.

Run with the number of rounds; prints one JSON object of what was found at the end.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from datetime import timedelta
from typing import Any

DAYS = 300


def prepare() -> None:
    from django.core.management import call_command

    from dinh.kernel import clock
    from dinh.spine.observations.models import Return
    from dinh.spine.observations.tests import offices
    from dinh.spine.places import api as places

    call_command("migrate", interactive=False, verbosity=0)
    places.load_units()
    communes = [row.urn for row in places.area(offices.AREA)][:2]
    offices.declare(communes, period="day", first_day=clock.today() - timedelta(days=DAYS), change_percent=None)
    cells = {
        f"{urn}#{column}": {"value": 10.0 + column, "missing": None, "note": ""}
        for urn in communes
        for column in (0, 1)
    }
    Return.objects.update(
        state="submitted", cells=cells, submitted_by=offices.LAN.urn, edited_by=offices.LAN.urn,
        submitted_at=clock.now(), first_submitted_at=clock.now(),
    )  # fmt: skip


def work(told: int) -> None:
    """Approves, says so once the approval is committed, and lets the event be delivered."""
    from dinh.spine.jobs import api as jobs
    from dinh.spine.observations.api import reported
    from dinh.spine.observations.tests import offices

    for row in reported.queue(actor=offices.MINH):
        reported.approve(row.id, by=offices.MINH, version=row.version)
        os.write(told, f"{row.id}\n".encode())
        jobs.deliver_pending()


def child(run: Any, *given: Any) -> int:
    number = os.fork()
    if number:
        return number
    try:
        run(*given)
    finally:
        os._exit(0)


def findings(acknowledged: set[int]) -> dict[str, Any]:
    from dinh.spine.jobs import api as jobs
    from dinh.spine.ledger import api as ledger
    from dinh.spine.observations.api import reported
    from dinh.spine.observations.history import owner
    from dinh.spine.observations.models import Return, ReturnAct

    jobs.deliver_pending()
    reported.record_approved()
    states = dict(Return.objects.values_list("pk", "state"))
    done = [number for number, state in states.items() if state == "recorded"]
    acts: dict[tuple[int, str], int] = {}
    for number, what in ReturnAct.objects.values_list("of", "what"):
        acts[number, what] = acts.get((number, what), 0) + 1
    stored = owner.query(
        "SELECT count(*) AS n, count(DISTINCT (series, observed_at)) AS m FROM observation", {}
    ).to_pylist()
    return {
        "acknowledged": len(acknowledged),
        "recorded": len(done),
        "lost": sorted(acknowledged - set(done)),
        "left_approved": sum(state == "approved" for state in states.values()),
        "readings": stored[0]["n"],
        "different": stored[0]["m"],
        "superseded": owner.query("SELECT count(*) AS n FROM superseded", {}).to_pylist()[0]["n"],
        "twice": [key for key, count in acts.items() if count != 1],
        "acts": len(acts),
        "ledger": ledger.verify().ok,
    }


def main(rounds: int) -> None:
    import django

    django.setup()
    os.waitpid(child(prepare), 0)
    dice = random.Random(7)
    acknowledged: set[int] = set()
    killed = 0
    for _ in range(rounds):
        reading, told = os.pipe()
        number = child(work, told)
        os.close(told)
        select.select([reading], [], [], 10)  # until the first approval is acknowledged
        time.sleep(dice.uniform(0, 0.3))
        os.kill(number, signal.SIGKILL)
        _pid, status = os.waitpid(number, 0)
        killed += os.WIFSIGNALED(status)
        with os.fdopen(reading) as lines:
            acknowledged |= {int(line) for line in lines if line.endswith("\n")}
    print(json.dumps(findings(acknowledged) | {"killed": killed}))


if __name__ == "__main__":
    main(int(sys.argv[1]))

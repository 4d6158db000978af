"""Every list of work with 50,000 open cases and 10,000 alerts: the slowest page, and what each one asks of the registers.

Pages are drawn by Django's test client in this process, as the server draws them, signed in as an operator of the whole
province and as an official of one commune.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench import Result, at_most
from bench.history import AREA
from bench.house import data_folder

if TYPE_CHECKING:
    from django.test import Client

    from dinh.spine.cases.api import PastCase

CASES = 50_000
ALERTS = 10_000
ROUNDS = 5
LIMIT_MS = 200
LISTS = (
    "/work/",
    "/work/?queue=mine",
    "/work/?queue=unowned",
    "/work/?queue=overdue&order=severity",
    "/work/?q=cong+so+17",
    "/work/?order=-opened_at&page=50",
    "/work/?states=all&severity=critical",
    "/work/tasks/",
    "/work/departments/",
    "/work/fragments/queue/",
    "/",
    "/wall/",
    "/export/alerts.csv",
)


def run() -> list[Result]:
    with data_folder():
        from dinh.spine.observations.history import owner

        fill()
        owner.open_history()
        results = []
        for who, name in (("operator", "of the whole province"), ("official", "of one commune")):
            client = signed_in(who)
            times = {path: _measured(client, path) for path in LISTS}
            worst = max(times, key=lambda path: times[path][0])
            told = ", ".join(f"{path} {ms:.0f} ms {queries} q" for path, (ms, queries) in times.items())
            results.append(
                at_most(
                    f"lists_{who}",
                    times[worst][0],
                    "ms",
                    LIMIT_MS,
                    input=f"{CASES:,} open cases, {ALERTS:,} alerts, an {who} {name}; slowest is {worst}; {told}",
                )
            )
    return results


def _measured(client: Client, path: str) -> tuple[float, int]:
    """Median milliseconds after one that does not count, and the number of queries."""
    from django.db import connection

    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    client.get(path)
    with connection.execute_wrapper(note):
        response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    taken = []
    for _ in range(ROUNDS):
        started = perf_counter()
        client.get(path)
        taken.append((perf_counter() - started) * 1000)
    return median(taken), len(asked)


def fill() -> None:
    from dinh.kernel.manifests import IndicatorSpec, Kind, Text
    from dinh.spine.cases import api as cases
    from dinh.spine.observations import api as observations
    from dinh.spine.observations.models import Alert
    from dinh.spine.parties import api as parties
    from dinh.spine.parties.api import SYSTEM
    from dinh.spine.places import api as places

    benched = IndicatorSpec("bench.level", Text("Mực", "Level"), Text("Đo thử", "Benchmark"), "m", Kind.GAUGE)
    places.load_units()
    communes = [row.urn for row in places.area(AREA)]
    offices = [
        parties.save_organisation(id=f"bench-{n}", name_vi=f"Đơn vị {n}", name_en=f"Office {n}", place=communes[n]).urn
        for n in range(40)
    ]
    report = cases.import_past(_cases(communes, offices), by=SYSTEM)
    assert report.taken == CASES, report.refusals[:3]
    from dinh.kernel import clock

    observations.declare_indicators([benched], by=SYSTEM)
    now = clock.now()
    severities = ("critical", "major", "minor", "information")
    Alert.objects.bulk_create(
        (
            Alert(
                rule="bench.rule", name_vi=f"Cảnh báo {n}", name_en=f"Alert {n}", indicator=benched.code, series=n + 1,
                subject=communes[n % len(communes)], place=communes[n % len(communes)], severity=severities[n % 4],
                rank=n % 4, state="open", since=now - timedelta(minutes=n), fired_at=now - timedelta(minutes=n),
                recorded_at=now, value=1.0, worst_value=2.0, threshold=0.5, simulated=True,
            )
            for n in range(ALERTS)
        ),
        batch_size=500,
    )  # fmt: skip


def _cases(communes: list[str], offices: list[str]) -> Iterator[PastCase]:
    from dinh.kernel import clock
    from dinh.spine.cases.api import PastCase

    pick = random.Random(1)
    now = clock.now()
    for n in range(CASES):
        opened = now - timedelta(minutes=pick.randint(1, 60 * 24 * 30))
        yield PastCase(
            key=f"bench:{n}",
            type="incident",
            title=f"Cống số {n % 997} không đóng được",
            opened_at=opened,
            due_at=opened + timedelta(days=pick.randint(1, 40)),
            organisation=pick.choice(offices),
            place=pick.choice(communes),
            category="water",
            severity=pick.choice(("critical", "major", "minor", "information")),
        )


def signed_in(role: str) -> Client:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from dinh.spine.parties import api as parties
    from dinh.spine.places import api as places

    commune = next(iter(places.area(AREA))).urn
    parties.save_person(
        username=f"bench-{role}",
        name=f"Người {role}",
        email="",
        organisation=None,
        grants=[parties.Grant(role, None if role == "operator" else commune)],
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username=f"bench-{role}"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client

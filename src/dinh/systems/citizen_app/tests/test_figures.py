"""Nothing that anybody may read differs by whether there are private reports, not by a number, a letter or an hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.spine.parties import api as parties
from dinh.spine.requests import models
from dinh.systems.citizen_app.tests.world import NORTH, SOUTH, standing
from dinh.systems.citizen_app.web import answers

pytestmark = pytest.mark.django_db
OFFICES = [f"urn:dinh:organisation:ubnd-{name}" for name in ("bac", "nam")]
NARROWED = (
    "",
    f"unit={NORTH}",
    f"unit={SOUTH}",
    f"office={OFFICES[0]}",
    "status=open",
    "status=fixed",
    "days=30",
    "category=noise",
)
PAGES = (
    "reports/", "reports/points.geojson", "reports/feed.rss", "reports/feed.atom", "reports/feed.geojson", "figures/?days=90",
    "figures.json?days=90", "figures.csv?days=90",
)  # fmt: skip
PLACES = (
    "/app/",
    "/app/sitemap.xml",
    *(
        f"/app/{path}{'&' if '?' in path else '?'}{query}"
        for path in PAGES
        for query in NARROWED
        if not path.startswith("figures") or query.startswith("unit") or not query
    ),
)
SECRET = ("private", "check", "spam", "personal", "forgotten")
one = st.fixed_dictionaries(
    {
        "unit": st.sampled_from([NORTH, SOUTH]), "organisation": st.sampled_from(OFFICES),
        "category": st.sampled_from(["noise", "road_damage"]), "counts_as": st.sampled_from(["open", "done", "unfixed"]),
        "hours": st.integers(1, 24 * 60), "late": st.booleans(), "stars": st.sampled_from([None, 1, 5]),
        "reopened": st.integers(0, 1),
    }
)  # fmt: skip


@pytest.fixture(autouse=True)
def _ground(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path, db: None) -> Iterator[None]:
    for name in ("bac", "nam"):
        parties.save_organisation(id=f"ubnd-{name}", name_vi=f"UBND {name}", name_en=name, place=SOUTH)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    with standing(monkeypatch, settings, tmp_path):
        yield


def kept(number: int, said: Mapping[str, Any], why: str = "") -> None:
    at = clock.now() - timedelta(hours=said["hours"])
    closed = at + timedelta(hours=1) if said["counts_as"] != "open" else None
    models.Request.objects.create(
        id=uuid4(), number=f"PA-{'kin' if why else 'mo'}-{number}", case=f"urn:dinh:case:{why or 'x'}{number}",
        type="citizen_report", category=said["category"], description="kín" if why else "công khai", longitude=106.1, latitude=9.5,
        unit=said["unit"], organisation=said["organisation"], at=at,
        # The private ones are the newest of all.
        updated_at=clock.now() if why else at,
        private=why == "private", hidden=why if why in ("check", "spam", "personal") else "", shown=not why,
        erased_at=clock.now() if why == "forgotten" else None, source="app", state="received", counts_as=said["counts_as"],
        due_at=at + timedelta(minutes=30) if said["late"] else clock.now() + timedelta(days=9), closed_at=closed,
        first_answer_at=closed, reopened=said["reopened"], stars=said["stars"],
    )  # fmt: skip


def read(client: Client) -> dict[str, tuple[int, bytes, str | None, str | None]]:
    """Everything anew: an answer that was kept would be the same by itself."""
    answers._kept._bodies.clear()
    found = {}
    for path in PLACES:
        answer = client.get(path)
        body = answer.content
        nonce = answer.headers.get("Content-Security-Policy", "").partition("'nonce-")[2].partition("'")[0]
        plain = body.replace(nonce.encode(), b"") if nonce else body
        found[path] = (answer.status_code, plain, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    return found


@given(
    public=st.lists(one, max_size=8),
    others=st.lists(st.tuples(one, st.sampled_from(SECRET)), min_size=1, max_size=6),
)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_everything_public_is_the_same_to_the_letter_as_if_private_reports_did_not_exist(
    public: list[dict[str, Any]], others: list[tuple[dict[str, Any], str]]
) -> None:
    models.Request.objects.all().delete()
    client = Client()
    for number, said in enumerate(public):
        kept(number, said)
    without = read(client)
    for number, (said, why) in enumerate(others):
        kept(number, said, why)
    beside = read(client)
    for path in PLACES:
        assert beside[path] == without[path], path

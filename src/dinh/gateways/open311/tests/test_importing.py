"""Another city's reports, from files as cities write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dinh.gateways.open311 import importing
from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestQuery

pytestmark = pytest.mark.django_db
CITIES = Path(__file__).resolve().parents[6] / "shared/data/open311"
RECORDS = [
    {"service_request_id": "14-1", "status": "open", "service_name": "Pothole", "service_code": "p1", "lat": 9.5, "long": 106.2,
     "requested_datetime": "2026-07-12T10:58:43+07:00", "address": "Đường tỉnh 934"},
    {"service_request_id": "14-2", "status": "closed", "status_notes": "Done", "service_name": "Street lamp out", "service_code": "p2",
     "requested_datetime": "2026-07-12T10:00:00Z", "updated_datetime": "2026-07-13T10:00:00Z"},
    {"service_request_id": "14-3", "status": "open", "service_name": "X", "service_code": "p2", "requested_datetime": "yesterday"},
]  # fmt: skip


def test_records_keep_their_times_and_state_and_come_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "city.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    (tmp_path / "map.toml").write_text('[services]\np1 = "hole"\n', encoding="utf-8")
    given = [str(tmp_path / "city.json"), "--mapping", str(tmp_path / "map.toml")]
    assert importing.run(given) == 0
    told = capsys.readouterr()
    assert "taken 2, there already 0, refused 1" in told.out
    assert "yesterday" in told.err
    assert importing.run(given) == 0
    assert "taken 0, there already 2, refused 1" in capsys.readouterr().out
    hole, lamp = requests.requests(RequestQuery(order="at")).rows
    assert (hole.number, hole.category, hole.status, hole.unit) == (
        "city-14-1",
        "hole",
        "open",
        "urn:dinh:unit:2025:31501",
    )
    assert (lamp.category, lamp.counts_as, lamp.reason) == ("lamp", "done", "Done")
    assert lamp.closed_at is not None
    assert f"{lamp.closed_at:%Y-%m-%d}" == "2026-07-13"
    assert [moment.what for moment in requests.timeline(hole)][:1] == ["opened"]


@pytest.mark.parametrize("name", ["requests_many.xml", "requests_single.xml", "service_requests.json"])
def test_real_answers_of_cities_are_read(name: str) -> None:
    if not (CITIES / name).exists():
        pytest.skip(f"the answers of cities are not here ({name})")
    records = importing.read(CITIES / name)
    assert records
    assert all(importing._id(record) and importing._moment(record, "requested_datetime") for record in records)


@pytest.mark.parametrize("content", [b"", b"<requests", b"{}", b"[1", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])
def test_what_is_no_list_of_requests_is_told_with_its_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(Invalid, match="bad cannot be read"):
        importing.read(tmp_path / "bad")


CITY = [
    {"service_request_id": str(n), "requested_datetime": (datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=7 * n)).isoformat()}
    for n in range(300)
]  # fmt: skip


@pytest.mark.parametrize(("most", "pages"), [(40, False), (37, False), (100, False), (40, True), (1000, False)])
def test_of_a_city_that_gives_so_many_at_once_no_report_is_lost(
    most: int, pages: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = 0

    def answer(client: object, address: str, given: Mapping[str, str]) -> list[importing.Record]:
        nonlocal asked
        asked += 1
        start, end = (clock.parse_moment(given[name]) for name in ("start_date", "end_date"))
        found = [one for one in CITY if start <= clock.parse_moment(one["requested_datetime"]) < end]
        skipped = most * (int(given["page"]) - 1) if pages else 0
        return list(found[skipped : skipped + most])

    monkeypatch.setattr(importing, "_ask", answer)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, tzinfo=UTC))
    taken = [importing._id(one) for one in importing._fetched("https://city.example", "2026-08-30", "")]
    assert sorted(map(int, taken)) == list(range(300))
    assert ("asking in halves" in capsys.readouterr().err) is (most < 1000 and not pages)
    assert asked < 80

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from dinh.kernel.clock import now
from dinh.kernel.manifests import IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.data_operations import tasks

pytestmark = pytest.mark.django_db(transaction=True)
INDICATOR = IndicatorSpec(
    code="test.tide", name=Text("Triều", "Tide"), domain=Text("Nước", "Water"), unit="m", kind=Kind.GAUGE
)


@pytest.fixture
def station() -> str:
    observations.save_source(
        code="tides",
        name_vi="Trạm triều",
        name_en="Tide station",
        owner="",
        licence="CC-BY-4.0",
        simulated=True,
        period=timedelta(minutes=10),
    )
    return parties.save_organisation(id="tram-trieu", name_vi="Trạm triều", name_en="Tide station").urn


def send(subject: str, value: float) -> observations.Receipt:
    row = {
        "indicator": "test.tide",
        "subject": subject,
        "observed_at": now().isoformat(),
        "value": value,
        "source": "tides",
    }
    return observations.record([row], by=parties.SYSTEM, channel="http")


def test_anyone_sees_the_quality_of_every_source_and_that_it_is_simulated(station: str) -> None:
    page = Client().get("/data/").content.decode()
    assert "Trạm triều" in page
    assert "mô phỏng" in page


def test_the_page_is_complete_in_english(client_of: Callable[..., Client], station: str) -> None:
    page = client_of("engineer", language="en").get("/data/").content.decode()
    assert "Tide station" in page
    assert "Refused input" in page


def test_refused_input_is_for_data_engineers_alone(client_of: Callable[..., Client], station: str) -> None:
    send(station, 1.0)
    number = observations.rejected()[0].id
    for path in ("/data/rejected/", f"/data/rejected/{number}/", f"/data/rejected/{number}/rows.csv"):
        assert client_of("engineer").get(path).status_code == 200
        assert client_of("official").get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_a_refused_reading_is_shown_with_its_reason_and_taken_after_the_cause_is_mended(
    client_of: Callable[..., Client], station: str
) -> None:
    refused = send(station, 1.87)
    assert [rejection.code for rejection in refused.rejected] == ["indicator.unknown"]
    engineer = client_of("engineer")
    number = observations.rejected()[0].id
    page = engineer.get(f"/data/rejected/{number}/").content.decode()
    assert "indicator.unknown" in page
    assert "1.87" in page
    observations.declare_indicators([INDICATOR], by=parties.SYSTEM)
    after = engineer.post(f"/data/rejected/{number}/replay/", follow=True).content.decode()
    assert "Đã nhận 1 số đo" in after
    assert [latest.value for latest in observations.latest(indicator="test.tide")] == [1.87]


def test_a_downloaded_row_cannot_run_as_a_formula(client_of: Callable[..., Client], station: str) -> None:
    row = {"indicator": "=HYPERLINK(1)", "subject": station, "observed_at": "x", "value": -1, "source": "tides"}
    observations.record([row], by=parties.SYSTEM, channel="http")
    number = observations.rejected()[0].id
    text = client_of("engineer").get(f"/data/rejected/{number}/rows.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text


def test_dinh_reports_on_itself_as_any_source_does(station: str) -> None:
    observations.declare_indicators([INDICATOR], by=parties.SYSTEM)
    send(station, 1.2)
    tasks.report()
    own = {latest.series.indicator: latest for latest in observations.latest(subject="urn:dinh:organisation:dinh")}
    assert {"dinh.disk_free", "dinh.memory", "dinh.ledger_size", "dinh.event_age", "dinh.failed_jobs"} <= set(own)
    assert own["dinh.disk_free"].value is not None
    assert own["dinh.disk_free"].value > 0
    assert not own["dinh.disk_free"].simulated
    measured = observations.series_of(indicator="data.valid")
    assert {series.dimensions["source"] for series in measured} >= {"tides"}
    assert not [batch for batch in observations.rejected() if batch.source == "dinh"]


def test_a_source_whose_code_has_dots_has_a_page() -> None:
    observations.save_source(
        code="reported.so-y-te", name_vi="Sở Y tế báo cáo", name_en="Reported", owner="", licence="CC-BY-4.0",
        simulated=False, period=None,
    )  # fmt: skip
    assert "/data/sources/reported.so-y-te/" in Client().get("/data/").content.decode()
    page = Client().get("/data/sources/reported.so-y-te/")
    assert page.status_code == 200
    assert "Sở Y tế báo cáo" in page.content.decode()

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from openpyxl import load_workbook

from dinh.spine.jobs import api as jobs
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.domain import settings_of
from dinh.systems.network_5g.models import Scenario

from . import planning

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _calculated_here() -> Iterator[None]:
    # Answers have the same names in every test.
    shutil.rmtree(queries.folder("results"), ignore_errors=True)
    with planning.in_this_process():
        yield


@pytest.fixture
def scenario() -> Scenario:
    who = planning.planner()
    row = planning.scenario(by=who, masts=2)
    actions.share_scenario(scenario=row, shared=True, by=who)
    return row


def calculated(client: Client, row: Scenario) -> str:
    answer = client.post(f"/5g/scenarios/{row.pk}/growth/")
    assert answer.status_code == 302
    assert "hx-trigger" in client.get(answer["Location"]).text, "the page looks again while it is calculated"
    jobs.run_due_tasks()
    return client.get(answer["Location"]).text


def test_it_is_calculated_in_the_background_and_shown_for_both_carriers(
    client_of: Callable[..., Client], scenario: Scenario
) -> None:
    client = client_of("engineer", language="en")
    page = f"/5g/scenarios/{scenario.pk}/growth/"
    assert f'href="{page}"' in client.get(f"/5g/scenarios/{scenario.pk}/").text
    assert "Not calculated for the scenario as it stands" in client.get(page).text
    told = calculated(client, scenario)
    assert "of today’s demand, as" in told
    assert told.count("dinh-chart src") == 2
    assert client.post(page)["Location"] == page, "what is known is not calculated again"
    full = json.loads(client.get(f"{page}full.json").content)
    assert [line["name"] for line in full["lines"]] == ["n41", "n78"]
    assert full["lines"][0]["points"][0][:2] == [1.0, 0.0]
    rates = json.loads(client.get(f"{page}rates.json").content)
    first = rates["lines"][0]["points"][0]
    assert first[2] <= first[1] <= first[3]


def test_it_goes_out_as_a_workbook_and_a_csv(client_of: Callable[..., Client], scenario: Scenario) -> None:
    client = client_of("engineer", language="vi")
    place = f"/5g/scenarios/{scenario.pk}/growth"
    assert client.get(f"{place}.csv").status_code == 409, "nothing is known yet"
    calculated(client, scenario)
    book = load_workbook(io.BytesIO(client.get(f"{place}.xlsx").content))
    assert book.sheetnames == ["Điểm nghẽn đầu tiên", "Tăng trưởng", "Cell quá tải trước"]
    cells = list(book["Cell quá tải trước"].iter_rows(min_row=2, values_only=True))
    assert cells[0][:2] == ("n41", 1)
    assert cells[0][3].startswith("Trạm ")
    assert client.get(f"{place}.csv").content.startswith(b"\xef\xbb\xbfcarrier,factor,customers")
    assert client.get(f"{place}.exe").status_code == 404


def test_customers_in_number_are_a_setting_that_may_be_empty(client_of: Callable[..., Client], scenario: Scenario) -> None:  # fmt: skip
    client = client_of("engineer", language="vi")
    page = f"/5g/scenarios/{scenario.pk}/settings/"
    form = {
        "model": "tr38901-uma", "sight": "statistical", "radius_km": "3", "receiver_height_m": "1,5", "gain_dbi": "17", "tilt_deg": "3",
        "load": "50", "noise_figure_db": "7", "terminal_dbm": "23", "served_dbm": "-105", "subscribers_share": "20", "busy_hour_kbps": "50",
        "code_0": "n41", "technology_0": "nr", "frequency_mhz_0": "2600", "bandwidth_mhz_0": "100", "subcarrier_khz_0": "30",
        "power_dbm_0": "53", "layers_0": "4", "slots_0": "DDDSU",
    }  # fmt: skip
    assert client.post(page, form | {"subscribers": "2500"}).status_code == 302
    scenario.refresh_from_db()
    assert settings_of(scenario.settings).subscribers == 2500
    assert 'name="subscribers" value="2500"' in client.get(page).text
    assert client.post(page, form | {"subscribers": "nhiều"}).status_code == 422
    assert client.post(page, form | {"subscribers": "-1"}).status_code == 422
    assert client.post(page, form | {"subscribers": ""}).status_code == 302
    scenario.refresh_from_db()
    assert settings_of(scenario.settings).subscribers is None
    assert 'name="subscribers" value=""' in client.get(page).text


def test_whoever_may_not_see_the_scenario_may_not_see_what_fails(client_of: Callable[..., Client], scenario: Scenario) -> None:  # fmt: skip
    stranger = client_of("engineer", place="urn:dinh:unit:2025:00256", language="en")
    for path in ("growth/", "growth/full.json", "growth.csv"):
        assert stranger.get(f"/5g/scenarios/{scenario.pk}/{path}").status_code == 404

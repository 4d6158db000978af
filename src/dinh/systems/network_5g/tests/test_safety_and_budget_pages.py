"""Safety distances and the link budget as pages: what they say, and what they say of bad input."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from dinh.spine.parties.api import SYSTEM
from dinh.systems.network_5g import actions
from dinh.systems.network_5g.domain import Cell, Mast, plain
from dinh.systems.network_5g.models import Edit, Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of: Callable[..., Client]) -> Client:
    return client_of("leader", language="en")


def safety_of(row: Scenario, code: str, query: str = "") -> str:
    return f"{reverse('network_5g:mast-safety', args=[row.pk, code])}?{query}"


def budget_of(row: Scenario, query: str = "") -> str:
    return f"{reverse('network_5g:budget', args=[row.pk])}?{query}"


def low_mast(row: Scenario) -> None:
    values = plain(Mast("", "Trạm thấp", 9.52, 105.97, 4.0, (Cell(0.0, tilt_deg=15.0),)))
    actions.edit_masts(scenario=row, kind=Edit.Kind.ADD, changes=[(None, values)], by=SYSTEM)


def test_a_mast_shows_both_limits_a_drawing_and_that_a_measurement_decides(planned: Scenario, browser: Client) -> None:
    page = browser.get(safety_of(planned, "T0001", "roof=20"))
    text = page.content.decode()
    assert "decided by a measurement of a licensed inspection body" in text
    assert "QCVN 8:2022/BTTTT" in text
    assert "ICNIRP 2020" in text
    assert "24.3 m" in text
    assert "10.9 m" in text
    assert text.count("within the limit") == 4
    assert "safety-drawing__qcvn" in text
    assert len(page.context["sends"]) == 6


def test_a_roof_in_the_beam_is_told_as_far_as_it_is_reached(planned: Scenario, browser: Client) -> None:
    near = browser.get(safety_of(planned, "T0001", "roof=28&roof_at=10")).context["verdicts"]
    assert [one.roof_reached for one in near] == [True, True]
    far = browser.get(safety_of(planned, "T0001", "roof=28&roof_at=30")).context["verdicts"]
    assert [one.roof_reached for one in far] == [False, False]
    assert browser.get(safety_of(planned, "T0001")).context["verdicts"][0].roof_reached is None


def test_what_is_no_number_or_out_of_range_is_told_at_its_field_and_nothing_is_calculated(planned: Scenario, browser: Client) -> None:  # fmt: skip
    for query, says in (("reduction=abc", "is a number, not &#x27;abc&#x27;"), ("roof=900", "between 0 and 200, not 900"), ("antenna=nan", "between 0.1 and 5")):  # fmt: skip
        answer = browser.get(safety_of(planned, "T0001", query))
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert "What must be kept free" not in answer.content.decode()
        assert browser.get(f"{reverse('network_5g:safety', args=[planned.pk])}?{query}").status_code == 422
    assert browser.get(safety_of(planned, "T9999")).status_code == 404


def test_the_table_has_the_widest_distance_first_and_counts_who_reaches_the_ground(planned: Scenario, browser: Client) -> None:  # fmt: skip
    low_mast(planned)
    table = reverse("network_5g:safety", args=[planned.pk])
    context = browser.get(table).context
    assert context["total"] == 4
    assert context["ground_reached"] == 1
    distances = [verdicts[0].found["distance_m"] for _mast, verdicts in context["rows"]]
    assert distances == sorted(distances, reverse=True)
    assert browser.get(f"{table}?order=-ground").context["rows"][0][0].name == "Trạm thấp"
    assert [mast.name for mast, _verdicts in browser.get(f"{table}?q=thap").context["rows"]] == ["Trạm thấp"]
    assert "above the limit" in browser.get(table).content.decode()


def test_terms_go_along_from_the_table_to_a_mast(planned: Scenario, browser: Client) -> None:
    text = browser.get(f"{reverse('network_5g:safety', args=[planned.pk])}?reduction=0,25&reflection=k52&q=tram").content.decode()  # fmt: skip
    assert f"{reverse('network_5g:mast-safety', args=[planned.pk, 'T0001'])}?reduction=0%2C25&amp;reflection=k52" in text  # fmt: skip


def test_the_budget_begins_from_the_scenarios_carrier(planned: Scenario, browser: Client) -> None:
    page = browser.get(budget_of(planned, "carrier=n78"))
    assert page.status_code == 200
    found = page.context["found"]
    assert found["down"]["lines"]["eirp"] == 70.0
    assert found["up"]["lines"]["transmit_power"] == 23.0
    assert page.context["limiting"] == "up"
    assert 'name="mast" value="35"' in page.content.decode(), "the mean of the masts"
    assert len(page.context["models"]) == 7


def test_every_value_of_the_address_is_kept_and_counts(planned: Scenario, browser: Client) -> None:
    usual = browser.get(budget_of(planned)).context["found"]
    page = browser.get(budget_of(planned, "down_body=3,5&up_blocks=20&building=traditional&inside=80&area=90"))
    text = page.content.decode()
    for kept in ('name="down_body" value="3,5"', 'name="up_blocks" value="20"', 'value="traditional" selected', 'name="inside" value="80"', 'name="area" value="90"'):  # fmt: skip
        assert kept in text
    found = page.context["found"]
    assert found["down"]["lines"]["body_loss"] == 3.5
    assert found["up"]["blocks"] == 20
    assert found["penetration_db"] > 10
    assert found["shadowing_db"] < usual["shadowing_db"]


def test_bad_values_are_told_all_at_once_and_nothing_is_calculated(planned: Scenario, browser: Client) -> None:
    page = browser.get(budget_of(planned, "down_power=abc&area=120&up_layers=0"))
    assert page.status_code == 422
    assert set(page.context["faults"]) == {"down_power", "area", "up_layers"}
    assert page.context["found"] is None
    assert 'name="down_power" value="abc"' in page.content.decode()
    refused = browser.get(budget_of(planned, "down_throughput=5000"))
    assert refused.status_code == 422
    assert "no SINR carries more than" in refused.content.decode()


def test_the_budget_speaks_vietnamese_with_its_decimal_mark(planned: Scenario, client_of: Callable[..., Client]) -> None:  # fmt: skip
    text = client_of("leader").get(budget_of(planned)).content.decode()
    assert "Quỹ đường truyền" in text
    assert 'name="exponent" value="3,9"' in text


def test_the_masts_form_leads_to_its_safety_and_its_neighbours(planned: Scenario, browser: Client) -> None:
    text = browser.get(reverse("network_5g:mast", args=[planned.pk, "T0002"])).content.decode()
    assert reverse("network_5g:mast-safety", args=[planned.pk, "T0002"]) in text
    assert f"{reverse('network_5g:neighbours', args=[planned.pk])}?q=T0002" in text

"""Antennas of vendors: what is calculated with them, and how they come and go on the settings page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dinh.engines.radio.antennas import PlanetPattern, write_planet
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g import actions, queries, telling
from dinh.systems.network_5g.calculation.antennas import antenna_of, tilt_of
from dinh.systems.network_5g.calculation.exposures import around
from dinh.systems.network_5g.calculation.questions import SafetyQuestion
from dinh.systems.network_5g.domain import N41, N78, Cell, Mast, Settings
from dinh.systems.network_5g.feeds.patterns import read_pattern
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.tests import planning

TURN = np.arange(360.0)
NARROW = np.minimum(12.0 * (np.minimum(TURN, 360.0 - TURN) / 30.0) ** 2, 35.0)
LOW = np.minimum(12.0 * ((np.abs(TURN - 6.0)) / 6.0) ** 2, 30.0)


def file_of(*, horizontal: np.ndarray = NARROW, frequency: tuple[float, float] = (3.3e9, 3.8e9)) -> bytes:
    return write_planet(PlanetPattern("Panel 30 6T", 21.0, horizontal, LOW, frequency, 6.0))


def test_a_cells_own_gain_and_tilt_go_before_the_files_and_the_files_before_the_scenarios() -> None:
    pattern, warnings = read_pattern(file_of(), "panel.msi", frequency_mhz=3750.0)
    assert not warnings
    carrier, settings = replace(N78, pattern=pattern), Settings()
    ahead, down = np.array([0.0]), np.array([-6.0])
    assert antenna_of(Cell(0.0), carrier, settings).gain_dbi(ahead, down) == pytest.approx(21.0)
    assert antenna_of(Cell(0.0, gain_dbi=18.0), carrier, settings).gain_dbi(ahead, down) == pytest.approx(18.0)
    assert antenna_of(Cell(0.0), carrier, settings).gain_dbi(np.array([30.0]), down) == pytest.approx(9.0, abs=0.1)
    assert (tilt_of(Cell(0.0), carrier, settings), tilt_of(Cell(0.0), N78, settings)) == (0.0, 3.0)
    assert antenna_of(Cell(0.0), carrier, settings) is antenna_of(
        Cell(120.0), replace(carrier, power_dbm=40.0), settings
    )


def test_the_safety_distance_points_where_the_measured_beam_points() -> None:
    pattern, _warnings = read_pattern(file_of(), "panel.msi", frequency_mhz=3750.0)
    mast = Mast("T1", "Trạm", 9.5, 106.0, 30.0, (Cell(0.0),))
    usual, measured = (
        around(SafetyQuestion((mast,), Settings(carriers=(carrier,))))[0]["qcvn"]
        for carrier in (N78, replace(N78, pattern=pattern))
    )
    assert measured["elevation_deg"] == -6.0
    assert measured["distance_m"] == pytest.approx(usual["distance_m"] * 10 ** (4.0 / 20), rel=1e-3)


def test_what_a_planner_should_look_at_is_told() -> None:
    turned = np.roll(NARROW, 90) + 2.0
    _pattern, warnings = read_pattern(file_of(horizontal=turned), "p.msi", frequency_mhz=2600.0)
    told = " ".join(warning.sentence for warning in warnings)
    assert "measured at 3300 to 3800 MHz, the carrier is at 2600 MHz" in told
    assert "strongest at 90°, not in front" in told
    assert "HORIZONTAL begins at 2.0 dB below the peak" in told


def test_a_finer_table_is_thinned_to_half_a_degree() -> None:
    fine = np.interp(np.arange(3600) / 10, np.append(TURN, 360.0), np.append(NARROW, NARROW[0]))
    pattern, _warnings = read_pattern(file_of(horizontal=fine), "p.msi", frequency_mhz=3500.0)
    assert len(pattern.horizontal_db) == 720
    assert pattern.horizontal_db[::2] == pytest.approx(NARROW, abs=0.011)


@pytest.fixture
def client(db: None, client_of: Callable[..., Client]) -> Iterator[Client]:
    with planning.in_this_process():
        yield client_of("network_planner", place=planning.PLACE)


@pytest.fixture
def row(client: Client) -> Scenario:
    return planning.scenario(by=planning.planner("test-network_planner"), masts=2)


def bring(client: Client, row: Scenario, data: bytes, carrier: str = "n78", **more: str) -> str:
    sent = {"file": SimpleUploadedFile("panel.msi", data), "carrier": carrier} | more
    return client.post(f"/5g/scenarios/{row.pk}/settings/antennas/", sent, follow=True).content.decode()


def test_a_file_becomes_an_edit_that_changes_the_map_and_is_undone_like_others(client: Client, row: Scenario) -> None:
    before = queries.question(row)
    desk().ask("calculate", before)
    text = bring(client, row, file_of())
    assert "Panel 30 6T" in text
    assert "plan-antenna__cut" in text
    row.refresh_from_db()
    after = queries.question(row)
    assert after.digest != before.digest
    desk().ask("calculate", after)
    for code, changes in (("n41", False), ("n78", True)):
        levels = [np.load(asked.answer / code / "rsrp.npy") for asked in (before, after)]
        assert np.array_equal(*levels) is not changes
    report = telling.told(row, address="/5g/", with_maps=False)
    assert [held.name for held in report.inputs] == ["n78: panel.msi"]
    assert "n78: Panel 30 6T" in client.get(f"/5g/scenarios/{row.pk}/history/").content.decode()
    client.post(f"/5g/scenarios/{row.pk}/undo/", b"{}", content_type="application/json")
    row.refresh_from_db()
    assert queries.question(row).digest == before.digest
    client.post(f"/5g/scenarios/{row.pk}/redo/", b"{}", content_type="application/json")
    bring(client, row, b"", remove="1")
    row.refresh_from_db()
    assert queries.question(row).digest == before.digest


def test_a_file_with_a_gap_is_refused_with_line_value_and_remedy(client: Client, row: Scenario) -> None:
    lines = file_of().decode().splitlines()
    gap = [line for line in lines if not line.startswith("90 ")]
    assert "ít dòng hơn" in bring(client, row, "\n".join(gap).encode())
    counted = [line.replace("HORIZONTAL 360", "HORIZONTAL 359").replace("VERTICAL 360", "VERTICAL 359") for line in gap]
    text = bring(client, row, "\n".join(counted).encode())
    assert "89° → 91°" in text
    assert "bước đều nhau" in text
    row.refresh_from_db()
    assert not row.edits.filter(kind="settings").exists()


def test_saving_the_settings_keeps_the_antenna_also_of_a_carrier_that_is_named_anew(
    client: Client, row: Scenario
) -> None:
    bring(client, row, file_of())
    page = client.get(f"/5g/scenarios/{row.pk}/settings/")
    texts = dict(page.context["form"].texts) | {"code_1": "n77"}
    assert client.post(f"/5g/scenarios/{row.pk}/settings/", texts).status_code == 302
    row.refresh_from_db()
    plain, measured = queries.settings(row).carriers
    assert (plain.code, plain.pattern) == (N41.code, None)
    assert measured.code == "n77"
    assert measured.pattern is not None
    assert measured.pattern.name == "Panel 30 6T"


def test_who_only_reads_sees_the_antenna_and_brings_none(client: Client, row: Scenario, client_of: Callable[..., Client]) -> None:  # fmt: skip
    bring(client, row, file_of())
    actions.share_scenario(scenario=row, shared=True, by=planning.planner("test-network_planner"))
    leader = client_of("leader", place=planning.PLACE)
    assert "Panel 30 6T" in leader.get(f"/5g/scenarios/{row.pk}/settings/").content.decode()
    assert (
        leader.post(f"/5g/scenarios/{row.pk}/settings/antennas/", {"carrier": "n78", "remove": "1"}).status_code == 403
    )


def test_a_file_that_is_no_antenna_is_refused() -> None:
    for data in (b"", b"%PDF-1.7", b"\0" * 100, b"HORIZONTAL 4"):
        with pytest.raises(Invalid):
            read_pattern(data, "x.msi", frequency_mhz=3500.0)

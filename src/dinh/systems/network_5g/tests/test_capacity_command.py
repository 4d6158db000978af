from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from dinh.engines.radio.antennas import PlanetPattern, write_planet
from dinh.engines.radio.nr.link_adaptation import throughput_bps
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.carriers import downlink_bandwidth_hz
from dinh.systems.network_5g.commands import capacity, coverage_map
from dinh.systems.network_5g.domain import N41

SITES = "name,latitude,longitude,height_m,azimuth\nA,9.50,105.50,30,0;120;240\nB,9.55,105.56,35,60;180;300\n"
PEOPLE = "name,latitude,longitude,population\nẤp 1,9.51,105.50,4000\nẤp 2,9.55,105.57,900\nẤp 3,9.505,105.53,2500\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    side = np.arange(1201)
    heights = 20 + 15 * np.sin(side[:, None] / 9) * np.cos(side[None, :] / 7)
    heights.astype(">i2").tofile(tmp_path / "N09E105.hgt")
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def ran(folder: Path, *more: str) -> int:
    return capacity.run(
        [
            "--sites", str(folder / "sites.csv"), "--terrain", str(folder), "--population", str(folder / "people.csv"),
            "--radius-km", "5", "--resolution-m", "100", *more,
        ]
    )  # fmt: skip


def pattern(peak_dbi: float = 20.0) -> bytes:
    turn = np.arange(360.0)
    off = np.minimum(turn, 360.0 - turn)
    aside, down = np.minimum(off / 2, 30.0), np.minimum(off * 2, 30.0)
    return write_planet(PlanetPattern("narrow", peak_dbi, aside, down, (2.5e9, 2.7e9)))


def test_both_bands_stand_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(folder, "--band", "n41", "--band", "n78", "--json") == 0
    first, second = json.loads(capsys.readouterr().out)["bands"]
    assert (first["band"], second["band"], first["people"]) == ("n41", "n78", 7400)
    # 7400 people · 0.2 · 50 kb/s
    assert first["demand_mbps"] == pytest.approx(74.0)
    assert len(first["cells"]) == 6
    assert {cell["site"] for cell in first["cells"]} == {"A", "B"}
    rates = first["experienced_mbps"]
    assert 0 < rates["5"] <= rates["50"] <= rates["95"] < 2337
    assert ran(folder, "--band", "n41", "--band", "n78") == 0
    told = capsys.readouterr().out
    assert "5 % of people get less than" in told
    assert "n41           n78" in told


def test_more_demand_fills_cells_until_they_are_overloaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loads = []
    for kbps in ("20", "100", "3000"):
        assert ran(folder, "--busy-hour-kbps", kbps, "--json") == 0
        loads.append(json.loads(capsys.readouterr().out)["bands"][0])
    assert loads[0]["mean_load"] < loads[1]["mean_load"] < loads[2]["mean_load"]
    assert loads[0]["overloaded"] == []
    assert loads[2]["overloaded"][0]["asked"] > 1
    assert loads[2]["experienced_mbps"]["5"] == 0
    assert ran(folder, "--busy-hour-kbps", "3000") == 0
    assert "% of itself" in capsys.readouterr().out


def test_a_raster_of_people_is_read_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with rasterio.open(
        folder / "people.tif", "w", driver="GTiff", height=20, width=20, count=1, dtype="float32", crs="EPSG:4326",
        transform=from_origin(105.49, 9.52, 0.001, 0.001),
    ) as file:  # fmt: skip
        file.write(np.full((20, 20), 3.0, dtype=np.float32), 1)
    assert ran(folder, "--population", str(folder / "people.tif"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["bands"][0]["people"] == pytest.approx(1200)


def test_a_measured_antenna_takes_the_place_of_the_usual_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "narrow.msi").write_bytes(pattern())
    told = []
    for more in ([], ["--pattern", str(folder / "narrow.msi")], ["--pattern", str(folder / "narrow.msi"), "--gain-dbi", "10"]):  # fmt: skip
        assert coverage_map.run(["--sites", str(folder / "sites.csv"), "--terrain", str(folder), "--out", str(folder / "map.tif"), "--radius-km", "5", "--resolution-m", "100", "--json", *more]) == 0  # fmt: skip
        told.append(json.loads(capsys.readouterr().out)["median_rsrp_dbm"])
    assert told[1] != pytest.approx(told[0], abs=0.1)
    assert told[2] == pytest.approx(told[1] - 10, abs=0.01)
    with rasterio.open(folder / "map.tif") as file:
        assert file.tags()["PATTERN"] == "narrow.msi"
    assert ran(folder, "--band", "n78", "--pattern", str(folder / "narrow.msi")) == 0
    assert "warning: narrow.msi was measured at 2500 to 2700 MHz, not at 3750 MHz" in capsys.readouterr().err
    (folder / "narrow.msi").write_text("NAME x\nGAIN 17 dBi\n")
    with pytest.raises(Invalid, match="add the table that is missing"):
        ran(folder, "--pattern", str(folder / "narrow.msi"))


def test_faulty_or_distant_people_are_told_and_nothing_is_calculated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "people.csv").write_text(PEOPLE + "Ấp 4,105.5,9.5,10\nẤp 5,9.5,105.5,\n", encoding="utf-8")
    assert ran(folder) == 1
    told = capsys.readouterr().err
    assert "are the two columns swapped?" in told
    assert "2 faults; mend them first" in told
    (folder / "people.csv").write_text("latitude,longitude,population\n10.5,106.5,10\n10.6,106.5,5\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"nobody of people\.csv lives within reach"):
        ran(folder)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--sites", "sites.csv"], "--sites needs --terrain too"),
        (["--sites", "sites.csv", "--terrain", "."], "--sites needs --population too"),
        (["--band", "n41"], "--band is for the busy hour; give --sites too"),
        (["--layers", "0"], "--layers is 1 or more"),
        (["--sites", "s", "--terrain", ".", "--population", "p", "--subscribers-share", "2"], "a share from 0 to 1"),
        (["--sites", "s", "--terrain", ".", "--population", "p", "--direction", "up"], "for the downlink"),
        (["--sites", "s", "--terrain", ".", "--population", "p", "--bandwidth-mhz", "40", "60"], "give one --bandwidth-mhz"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(
    capsys: pytest.CaptureFixture[str], wrong: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        capacity.run(wrong)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_a_carrier_bears_what_its_links_do() -> None:
    alone = throughput_bps(np.array([10.0]), blocks=273, spacing_hz=30e3, layers=4, time_share=52 / 70)
    assert downlink_bandwidth_hz(N41) * 0.6 * np.log2(11.0) == pytest.approx(alone[0])

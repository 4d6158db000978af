from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.commands import capacity, coverage_map

SITES = "name,latitude,longitude,height_m,azimuth\nA,9.50,105.50,30,0;120;240\nB,9.55,105.56,35,60;180;300\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Terrain of gentle hills in one tile, and a list of two sites."""
    side = np.arange(1201)
    heights = 20 + 15 * np.sin(side[:, None] / 9) * np.cos(side[None, :] / 7)
    heights.astype(">i2").tofile(tmp_path / "N09E105.hgt")
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    return tmp_path


def ran(folder: Path, *more: str) -> int:
    return coverage_map.run(
        [
            "--sites", str(folder / "sites.csv"), "--terrain", str(folder), "--out", str(folder / "map.tif"),
            "--radius-km", "5", "--resolution-m", "100", *more,
        ]
    )  # fmt: skip


@pytest.mark.parametrize("model", ["tr38901-rma", "p1812"])
def test_a_list_becomes_a_geotiff_with_a_value_at_each_pixel_in_reach(
    folder: Path, capsys: pytest.CaptureFixture[str], model: str
) -> None:
    assert ran(folder, "--model", model, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sites"], told["cells"], told["crs"]) == (2, 6, "EPSG:32648")
    with rasterio.open(folder / "map.tif") as file:
        level, server, sinr, within = file.read()
        assert file.tags()["MODEL"] == model
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    reached = np.isfinite(level)
    assert reached.sum() == told["pixels"] > 7000
    assert np.array_equal(reached, np.isfinite(sinr))
    assert set(np.unique(server[reached])) == {0, 1, 2, 3, 4, 5}
    assert within[reached].mean() > 0.9
    assert -130 < np.median(level[reached]) < -50


def test_people_read_areas_and_times(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(folder) == 0
    told = capsys.readouterr().out
    assert "2 sites, 6 cells" in told
    assert "SS-RSRP ≥ -105 dBm" in told


def test_a_faulty_list_writes_nothing_and_tells_every_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sites.csv").write_text(SITES + "C,105.5,9.5,30,0\nD,9.5,105.5,0,0\n", encoding="utf-8")
    assert ran(folder) == 1
    told = capsys.readouterr().err
    assert "are the two columns swapped?" in told
    assert "height of the antenna" in told
    assert "2 faults" in told
    assert not (folder / "map.tif").exists()
    assert ran(folder, "--skip-faulty") == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("--resolution-m", "0"), "--resolution-m is above 0, not 0.0"),
        (("--radius-km", "nan"), "--radius-km is above 0, not nan"),
        (("--frequency-mhz", "-5"), "--frequency-mhz is above 0"),
        (("--load", "1.5"), "--load is a share from 0 to 1, not 1.5"),
        (("--power-dbm", "inf"), "--power-dbm is a number, not inf"),
        (("--fill-holes", "-1"), "--fill-holes is 0 or more"),
        (("--out", "/no-such-folder/map.tif"), "there is no folder /no-such-folder"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, str], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        ran(folder, *wrong)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_a_site_in_the_sea_is_pointed_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.zeros((1201, 1201), dtype=">i2").tofile(folder / "N09E105.hgt")
    assert ran(folder) == 0
    assert "terrain is 0 m all around site A; does it stand in the sea?" in capsys.readouterr().err


def test_terrain_that_does_not_reach_is_told_with_the_place(folder: Path) -> None:
    (folder / "sites.csv").write_text(
        "name,latitude,longitude,height_m\nA,9.5,105.01,30\nB,9.5,105.02,30\n", encoding="utf-8"
    )
    with pytest.raises(Invalid, match=r"terrain has \d+ holes, the first at"):
        ran(folder)


def test_the_peak_rate_is_told_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert capacity.run(["--bandwidth-mhz", "100", "60"]) == 0
    assert "2337.0" in capsys.readouterr().out
    assert capacity.run(["--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["carriers"][0]["peak_rate_mbps"] == pytest.approx(2337.0, abs=0.05)


def test_heights_above_sea_lose_the_terrain_under_each_site(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.full((1201, 1201), 20, dtype=">i2").tofile(folder / "N09E105.hgt")
    assert ran(folder) == 0
    with rasterio.open(folder / "map.tif") as file:
        above_ground = file.read(1)
    (folder / "sites.csv").write_text(SITES.replace(",30,", ",50,").replace(",35,", ",55,"), encoding="utf-8")
    assert ran(folder, "--heights", "sea") == 0
    with rasterio.open(folder / "map.tif") as file:
        np.testing.assert_allclose(file.read(1), above_ground, atol=0.01)
    (folder / "sites.csv").write_text(SITES.replace(",30,", ",12,"), encoding="utf-8")
    capsys.readouterr()
    assert ran(folder, "--heights", "sea") == 1
    assert "the terrain is 20.0 m high there" in capsys.readouterr().err
    assert ran(folder, "--heights", "sea", "--skip-faulty") == 0


def test_a_mean_over_buildings_hears_less_and_the_file_says_how_sight_was_taken(folder: Path) -> None:
    levels = []
    for sight in ("terrain", "statistical"):
        assert ran(folder, "--model", "tr38901-uma", "--sight", sight) == 0
        with rasterio.open(folder / "map.tif") as file:
            levels.append(np.nanmedian(file.read(1)))
            assert file.tags()["SIGHT"] == sight
    assert levels[1] < levels[0] - 5
    with pytest.raises(SystemExit):
        ran(folder, "--model", "p1812", "--sight", "statistical")

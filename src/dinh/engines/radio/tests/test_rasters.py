from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.rasters import metric_crs, read_grid, read_ground, read_hgt, terrain_files, write_geotiff
from dinh.kernel.errors import Invalid, NotFound, OutOfRange


def hgt(folder: Path, name: str = "N09E105.hgt", *, hole: bool = False) -> Path:
    """1201 x 1201 heights that rise by 1 m a pixel to the east."""
    heights = np.tile(np.arange(1201), (1201, 1)).astype(">i2")
    if hole:
        heights[600, 600] = -32768
    path = folder / name
    heights.tofile(path)
    return path


def test_a_tile_lies_where_its_name_says_with_its_pixels_on_the_corners(tmp_path: Path) -> None:
    ground = read_hgt(hgt(tmp_path))
    assert ground.coordinates(0, 0) == pytest.approx((105.0, 10.0))
    assert ground.coordinates(1200, 1200) == pytest.approx((106.0, 9.0))
    assert ground.height_at(*ground.pixel(105.5, 9.5)) == pytest.approx(600)
    assert ground.height_at(*ground.pixel(105.5 + 0.25 / 1200, 9.5)) == pytest.approx(600.25, abs=1e-3)


def test_tiles_are_brought_to_a_metric_grid(tmp_path: Path) -> None:
    hgt(tmp_path)
    crs = metric_crs(105.5, 9.5)
    assert crs == "EPSG:32648"
    ground = read_ground(
        terrain_files(tmp_path), west=550_000, south=1_050_000, east=560_000, north=1_060_000, resolution=100, crs=crs
    )
    assert ground.shape == (100, 100)
    assert not ground.geographic
    slope = np.diff(ground.height_m, axis=1).mean() / 100
    assert slope == pytest.approx(1200 / 109_600, rel=0.01)  # a degree of longitude there is 109.6 km


def test_holes_are_told_with_their_place_or_filled_when_small(tmp_path: Path) -> None:
    path = hgt(tmp_path, hole=True)
    with pytest.raises(Invalid, match=r"1 holes, the first at 105\.50000, 9\.50000"):
        read_hgt(path)
    edges = {"west": 105.4, "south": 9.4, "east": 105.6, "north": 9.6, "resolution": 1 / 1200, "crs": "EPSG:4326"}
    with pytest.raises(Invalid, match="holes"):
        read_ground([path], **edges)  # type: ignore[arg-type]
    filled = read_ground([path], **edges, fill_holes_up_to=3)  # type: ignore[arg-type]
    assert filled.height_at(*filled.pixel(105.5, 9.5)) == pytest.approx(600, abs=2)


def test_what_is_no_terrain_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no terrain"):
        terrain_files(tmp_path)
    broken = tmp_path / "N09E105.tif"
    broken.write_bytes(b"not a raster")
    edges = {"west": 105.4, "south": 9.4, "east": 105.6, "north": 9.6, "resolution": 1 / 1200, "crs": "EPSG:4326"}
    with pytest.raises(Invalid, match="is not a raster that can be read"):
        read_ground([broken], **edges)  # type: ignore[arg-type]
    (tmp_path / "terrain.hgt").write_bytes(b"1234")
    with pytest.raises(Invalid, match="not the name of an HGT tile"):
        read_hgt(tmp_path / "terrain.hgt")
    (tmp_path / "N01E001.hgt").write_bytes(b"123456")
    with pytest.raises(Invalid, match="3 heights, which make no square"):
        read_hgt(tmp_path / "N01E001.hgt")


def test_clutter_is_laid_over_the_terrain(tmp_path: Path) -> None:
    path = hgt(tmp_path)
    trees = tmp_path / "clutter.tif"
    values = np.zeros((20, 20), dtype=np.float32)
    values[:, 10:] = 15
    with rasterio.open(
        trees, "w", driver="GTiff", height=20, width=20, count=1, dtype="float32", crs="EPSG:4326",
        transform=from_origin(105.4, 9.6, 0.01, 0.01),
    ) as file:  # fmt: skip
        file.write(values, 1)
    ground = read_ground(
        [path], west=105.4, south=9.4, east=105.6, north=9.6, resolution=1 / 1200, crs="EPSG:4326", clutter=trees
    )
    assert set(np.unique(ground.clutter_m)) == {0.0, 15.0}
    assert ground.clutter_m[:, -1].min() == 15


def test_results_are_cloud_optimised_and_come_back_as_they_were(tmp_path: Path) -> None:
    band = np.full((700, 900), np.nan, dtype=np.float32)
    band[100:600, 100:800] = -95.5
    path = tmp_path / "rsrp.tif"
    write_geotiff(
        path, {"SS-RSRP dBm": band, "server": band}, west=550_000, north=1_060_000, step_x=50, step_y=50, crs="EPSG:32648",
        about={"MODEL": "ITU-R P.1812-6"},
    )  # fmt: skip
    with rasterio.open(path) as file:
        assert file.descriptions == ("SS-RSRP dBm", "server")
        assert file.tags()["MODEL"] == "ITU-R P.1812-6"
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        np.testing.assert_array_equal(file.read(1), band)
        assert file.bounds.left == 550_000


def test_a_point_off_the_ground_asks_whether_its_coordinates_are_swapped() -> None:
    flat: Grid = np.zeros((10, 10), dtype=np.float32)
    ground = Ground(flat, flat, 105.0, 10.0, 0.1, 0.1)
    with pytest.raises(OutOfRange, match="are its coordinates swapped"):
        ground.pixel(9.5, 105.5)


def counted(path: Path, values: object, *, step: float, west: float, north: float, nodata: float | None = None) -> Path:
    array = np.asarray(values, dtype=np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", height=array.shape[0], width=array.shape[1], count=1, dtype="float32", crs="EPSG:4326",
        transform=from_origin(west, north, step, step), nodata=nodata,
    ) as file:  # fmt: skip
        file.write(array, 1)
    return path


@pytest.mark.parametrize("pixel_m", [37.0, 100.0, 410.0])
def test_people_of_a_raster_keep_their_sum_on_finer_and_coarser_ground(tmp_path: Path, pixel_m: float) -> None:
    """A grid in degrees like that of WorldPop (3 arc-seconds), with towns between empty fields."""
    pick = np.random.default_rng(7)
    people = pick.lognormal(0, 2, (90, 110)) * (pick.uniform(size=(90, 110)) < 0.3)
    path = counted(tmp_path / "people.tif", people, step=3 / 3600, west=105.9, north=9.65)
    flat = np.zeros((int(14_000 / pixel_m), int(14_000 / pixel_m)), dtype=np.float32)
    ground = Ground(flat, flat, 597_500.0, 1_068_500.0, pixel_m, pixel_m, "EPSG:32648", geographic=False)
    laid = read_grid(path, ground)
    assert laid.shape == ground.shape
    assert (laid >= 0).all()
    assert float(laid.sum(dtype=np.float64)) == pytest.approx(people.sum(), rel=1e-4)


def test_people_outside_the_ground_are_not_counted_and_marks_of_nothing_are_nobody(tmp_path: Path) -> None:
    people = np.full((40, 40), 10.0)
    people[:, :20] = -99999.0
    path = counted(tmp_path / "people.tif", people, step=0.001, west=105.9, north=9.64)
    flat = np.zeros((20, 20), dtype=np.float32)
    ground = Ground(flat, flat, 105.92, 9.64, 0.001, 0.001)
    assert float(read_grid(path, ground).sum()) == pytest.approx(20 * 20 * 10.0)
    with pytest.raises(Invalid, match="lies nowhere over the area"):
        read_grid(path, Ground(flat, flat, 107.0, 12.0, 0.001, 0.001))
    (tmp_path / "no.tif").write_text("no raster")
    with pytest.raises(Invalid, match="is not a raster"):
        read_grid(tmp_path / "no.tif", ground)

"""Rasters in and out: terrain (HGT, GeoTIFF), clutter and population brought to one grid; results as cloud-optimised GeoTIFF."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.errors import CRSError as RasterioCRSError
from rasterio.errors import RasterioIOError
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject, transform_bounds
from rasterio.windows import Window

from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.kernel.errors import Invalid, NotFound

TERRAIN_SUFFIXES: Final = (".hgt", ".tif", ".tiff")
_HGT_NAME: Final = re.compile(r"^([NS])(\d{2})([EW])(\d{3})\.hgt$", re.IGNORECASE)
MOST_COUNTED: Final = 200_000_000
_VOID_BELOW_M: Final = -1000.0
"""No land lies lower: such a value is a hole (SRTM writes -32768)."""


def terrain_files(folder: Path) -> list[Path]:
    """Rasters of a folder, or the file itself. Raises NotFound where there are none."""
    if folder.is_file():
        return [folder]
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in TERRAIN_SUFFIXES) if folder.is_dir() else []  # fmt: skip
    if not found:
        raise NotFound(
            "radio.no_terrain", "{folder} holds no terrain; put .hgt or .tif files there", folder=str(folder)
        )
    return found


def metric_crs(longitude: float, latitude: float) -> str:
    """The UTM zone of a point, WGS 84."""
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return f"EPSG:{32600 + zone if latitude >= 0 else 32700 + zone}"


def read_ground(
    terrain: Sequence[Path],
    *,
    west: float,
    south: float,
    east: float,
    north: float,
    resolution: float,
    crs: str,
    clutter: Path | None = None,
    fill_holes_up_to: int = 0,
) -> Ground:
    """Terrain, and clutter heights where given, on one grid of the resolution within the edges, in the units of `crs`.

    Terrain is resampled bilinearly, clutter by the nearest pixel. Holes of at most `fill_holes_up_to` pixels across are
    filled from around them. Raises Invalid for files that are no rasters and for holes that stay, naming the first.
    """
    columns, rows = max(2, math.ceil((east - west) / resolution)), max(2, math.ceil((north - south) / resolution))
    height = np.full((rows, columns), np.nan, dtype=np.float32)
    for path in terrain:
        _lay(path, height, west, north, resolution, crs, Resampling.bilinear)
    height[height < _VOID_BELOW_M] = np.nan
    if fill_holes_up_to:
        height = _filled(height, fill_holes_up_to)
    standing = np.zeros((rows, columns), dtype=np.float32)
    if clutter is not None:
        found = np.full((rows, columns), np.nan, dtype=np.float32)
        _lay(clutter, found, west, north, resolution, crs, Resampling.nearest)
        standing = np.where(np.isfinite(found), np.maximum(found, 0), 0).astype(np.float32)
    return Ground(height, standing, west, north, resolution, resolution, crs, CRS.from_user_input(crs).is_geographic)


def read_layer(path: Path, ground: Ground) -> Grid:
    """A raster's first band on a ground's grid by its nearest pixels; NaN where it has none. Raises Invalid as `read_ground`."""
    found = np.full(ground.shape, np.nan, dtype=np.float32)
    _lay(path, found, ground.west, ground.north, ground.step_x, ground.crs, Resampling.nearest)
    return found


def read_grid(path: Path, ground: Ground) -> Grid:
    """Counts of a raster, such as people, laid on the ground's pixels so that their sum stays.

    What a source pixel counts is shared among the pixels that it overlaps, by area. What is not known counts as 0, as do
    the negative marks that sources write instead. Raises Invalid for a file that is no raster, says not where it lies, or
    nowhere meets the ground.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise Invalid("radio.raster_place", "{name} does not say where it lies; give it a coordinate system (gdal_edit -a_srs)", name=path.name)  # fmt: skip
            rows, columns = ground.shape
            edges = (
                ground.west,
                ground.north - rows * ground.step_y,
                ground.west + columns * ground.step_x,
                ground.north,
            )
            inside = _window(source, transform_bounds(ground.crs, source.crs, *edges, densify_pts=21), path.name)
            counts = source.read(1, window=inside, masked=True).astype(np.float64).filled(0.0)
            where, crs = source.window_transform(inside), source.crs
    except (RasterioIOError, RasterioCRSError) as error:
        raise Invalid("radio.raster_unread", "{name} is not a raster that can be read: {reason}", name=path.name, reason=str(error)) from error  # fmt: skip
    counts[~(np.isfinite(counts) & (counts > 0))] = 0.0
    laid = np.zeros(ground.shape, dtype=np.float64)
    reproject(
        counts, laid, src_transform=where, src_crs=crs,
        dst_transform=from_origin(ground.west, ground.north, ground.step_x, ground.step_y), dst_crs=ground.crs,
        resampling=Resampling.sum,
    )  # fmt: skip
    return np.nan_to_num(laid, nan=0.0).astype(np.float32)


def _window(source: Any, edges: tuple[float, float, float, float], name: str) -> Window:
    """The part of a raster within the edges, and some pixels more: a raster of a whole country stays on the disk."""
    found = source.window(*edges)
    left, top = max(math.floor(found.col_off) - 2, 0), max(math.floor(found.row_off) - 2, 0)
    right = min(math.ceil(found.col_off + found.width) + 2, source.width)
    bottom = min(math.ceil(found.row_off + found.height) + 2, source.height)
    if left >= right or top >= bottom:
        raise Invalid("radio.raster_elsewhere", "{name} lies nowhere over the area; choose the raster of this province", name=name)  # fmt: skip
    if (right - left) * (bottom - top) > MOST_COUNTED:
        raise Invalid("radio.raster_fine", "{name} has {pixels:,} pixels over the area, more than {most:,}; make it coarser first", name=name, pixels=(right - left) * (bottom - top), most=MOST_COUNTED)  # fmt: skip
    return Window(left, top, right - left, bottom - top)


def read_hgt(path: Path) -> Ground:
    """One SRTM tile on its own grid in degrees. Raises Invalid for another name or size, and for holes."""
    named = _HGT_NAME.match(path.name)
    if not named:
        raise Invalid("radio.hgt_name", "{name} is not the name of an HGT tile; it is written like N09E105.hgt", name=path.name)  # fmt: skip
    values = np.fromfile(path, dtype=">i2")
    side = math.isqrt(values.size)
    if side * side != values.size or side < 2:
        raise Invalid("radio.hgt_size", "{name} holds {count} heights, which make no square; fetch the tile again", name=path.name, count=values.size)  # fmt: skip
    south = int(named[2]) * (1 if named[1].upper() == "N" else -1)
    west = int(named[4]) * (1 if named[3].upper() == "E" else -1)
    height = values.reshape(side, side).astype(np.float32)
    height[height < _VOID_BELOW_M] = np.nan
    step = 1 / (side - 1)
    return Ground(height, np.zeros_like(height), west - step / 2, south + 1 + step / 2, step, step)


def _lay(path: Path, onto: Grid, west: float, north: float, resolution: float, crs: str, how: Resampling) -> None:
    """Writes a raster into the grid where it has values and the grid has none."""
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise Invalid("radio.raster_place", "{name} does not say where it lies; give it a coordinate system (gdal_edit -a_srs)", name=path.name)  # fmt: skip
            laid = np.full_like(onto, np.nan)
            reproject(
                rasterio.band(source, 1), laid, dst_transform=from_origin(west, north, resolution, resolution), dst_crs=crs,
                dst_nodata=np.nan, resampling=how,
            )  # fmt: skip
    except RasterioIOError as error:
        raise Invalid("radio.raster_unread", "{name} is not a raster that can be read: {reason}", name=path.name, reason=str(error)) from error  # fmt: skip
    empty = ~np.isfinite(onto)
    onto[empty] = laid[empty]


def _filled(height: Grid, across: int) -> Grid:
    """Small holes filled from their surroundings by rasterio's inverse distances."""
    from rasterio.fill import fillnodata

    known = np.isfinite(height)
    filled: Grid = fillnodata(np.where(known, height, 0).astype(np.float32), mask=known, max_search_distance=across)
    reached = fillnodata(known.astype(np.float32), mask=known, max_search_distance=across) > 0
    return np.where(known | reached, filled, np.nan).astype(np.float32)


def write_geotiff(
    path: Path,
    bands: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[Any]]],
    *,
    west: float,
    north: float,
    step_x: float,
    step_y: float,
    crs: str,
    about: Mapping[str, str],
) -> None:
    """A cloud-optimised GeoTIFF of float32 bands with names; NaN is what is not known. `about` becomes its metadata."""
    first = next(iter(bands.values()))
    rows, columns = first.shape
    profile = {
        "driver": "GTiff", "height": rows, "width": columns, "count": len(bands), "dtype": "float32", "crs": crs,
        "transform": from_origin(west, north, step_x, step_y), "nodata": float("nan"),
    }  # fmt: skip
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as plain:
            for number, (name, band) in enumerate(bands.items(), start=1):
                plain.write(band.astype(np.float32), number)
                plain.set_band_description(number, name)
            plain.update_tags(**about)
        with memory.open() as plain:
            from rasterio.shutil import copy

            # The format's own driver lays out tiles and overviews; a predictor makes levels in dB compress well.
            copy(plain, path, driver="COG", compress="DEFLATE", predictor="YES", overview_resampling="NEAREST")
